"""`flask --app wsgi curriculum check | publish | diff`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.curriculum import actions, media_folder
from app.curriculum.differences import differences
from app.curriculum.json_schemas import KINDS, json_schema
from app.curriculum.problems import CurriculumErrors, Problem
from app.curriculum.queries import current_release, program_of
from app.curriculum.reader import Reading, read_closely
from app.curriculum.rendering import rendered
from app.lib.clock import now
from app.lib.database import begin_write, db

curriculum_cli = AppGroup("curriculum", help="Check, compare and publish the texts of the program.")


@curriculum_cli.command("check")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="List also what is open, and fail if anything is.")
def check(directory: Path | None, strict: bool) -> None:
    """Say everything that is wrong with the curriculum, one line each; exit 1 if there is anything."""
    program, still_open = _read_or_exit(directory)
    lessons = sum(len(module.lessons) for module in program.modules)
    fields = sum(len(list(m.worksheet.fields())) for m in program.modules if m.worksheet)
    parts = [(len(program.modules), "module"), (lessons, "lesson"), (fields, "field")]
    if program.assessment:
        parts.append((program.assessment.count, "statement"))
    if strict:
        _say(still_open, directory)
    said = ", ".join(_count(number, word) for number, word in parts) + ": clean."
    if still_open:
        said += f" Still open: {_count(len(still_open), 'point')}{'' if strict else '; --strict lists them'}."
    click.echo(said)
    if strict and still_open:
        raise SystemExit(1)


@curriculum_cli.command("publish")
@click.option("--note", default="", help="One sentence about what is new.")
def publish(note: str) -> None:
    """Make a release of the curriculum. The same content twice is the same release."""
    program = _read_or_exit(None, keeps_media=True).program
    begin_write()
    release, is_new = actions.publish_once(None, program, now(), note)
    said = f"Release {release.id} ({release.hash[:12]})"
    db.session.commit()
    click.echo(
        f"{said} is published." if is_new else f"{said} is this curriculum already; nothing was published."
    )


@curriculum_cli.command("diff")
def diff() -> None:
    """What publishing would change, compared with the newest release."""
    program = _read_or_exit(None).program
    release = current_release()
    if release is None:
        click.echo("Nothing is published yet; everything is new.")
        return
    lines = differences(program_of(release.id), program)
    if not lines:
        same = program.content_hash() == release.hash
        more = "." if same else ", but the texts are rendered anew: publishing makes a new release."
        click.echo(f"Nothing differs from release {release.id}{more}")
        return
    click.echo(f"Compared with release {release.id} ({release.hash[:12]}):")
    for line in lines:
        click.echo(f"  {line}")


@curriculum_cli.command("schema")
@click.argument("directory", required=False, type=click.Path(path_type=Path, file_okay=False))
def schema(directory: Path | None) -> None:
    """JSON schemas of the files, for editors: written into DIRECTORY, or printed as one object by kind of file."""
    schemas = {kind: json_schema(kind) for kind in KINDS}
    if directory is None:
        click.echo(json.dumps(schemas, indent=2, ensure_ascii=False))
        return
    directory.mkdir(parents=True, exist_ok=True)
    for kind, found in schemas.items():
        text = json.dumps(found, indent=2, ensure_ascii=False)
        (directory / f"{kind}.schema.json").write_text(text + "\n", encoding="utf-8")
    click.echo(f"{len(schemas)} schemas are in {directory}.")


def _read_or_exit(directory: Path | None, *, keeps_media: bool = False) -> Reading:
    try:
        program, still_open = read_closely(_folder(directory))
        program = rendered(program)
        if keeps_media:
            media_folder.keep(_folder(directory), program)
    except CurriculumErrors as errors:
        _say(errors.problems, directory)
        click.echo(f"{_count(len(errors.problems), 'problem')}.", err=True)
        raise SystemExit(1) from errors
    return Reading(program, still_open)


def _say(problems: Iterable[Problem], directory: Path | None) -> None:
    for problem in problems:
        click.echo(f"{_shown(_folder(directory))}/{problem}", err=True)


def _folder(directory: Path | None) -> Path:
    return directory or Path(current_app.config["CURRICULUM_DIR"])


def _shown(folder: Path) -> Path:
    """The folder as a person in the current directory would type it."""
    resolved = folder.resolve()
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else folder


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
