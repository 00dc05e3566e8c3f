"""`flask --app wsgi curriculum check | publish | diff`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.curriculum import actions
from app.curriculum.differences import differences
from app.curriculum.problems import CurriculumErrors
from app.curriculum.queries import current_release, program_of
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Program
from app.lib.clock import now
from app.lib.database import begin_write, db

curriculum_cli = AppGroup("curriculum", help="Check, compare and publish the texts of the program.")


@curriculum_cli.command("check")
@click.argument("directory", required=False, type=click.Path(path_type=Path))
def check(directory: Path | None) -> None:
    """Say everything that is wrong with the curriculum, one line each; exit 1 if there is anything."""
    program = _read_or_exit(directory)
    lessons = sum(len(module.lessons) for module in program.modules)
    fields = sum(len(list(m.worksheet.fields())) for m in program.modules if m.worksheet)
    click.echo(
        f"{_count(len(program.modules), 'module')}, {_count(lessons, 'lesson')}, {_count(fields, 'field')}: clean."
    )


@curriculum_cli.command("publish")
@click.option("--note", default="", help="One sentence about what is new.")
def publish(note: str) -> None:
    """Make a release of the curriculum. The same content twice is the same release."""
    program = _read_or_exit(None)
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
    program = _read_or_exit(None)
    release = current_release()
    if release is None:
        click.echo("Nothing is published yet; everything is new.")
        return
    found = differences(program_of(release.id), program)
    if not found:
        same = program.content_hash() == release.hash
        more = "." if same else ", but the texts are rendered anew: publishing makes a new release."
        click.echo(f"Nothing differs from release {release.id}{more}")
        return
    click.echo(f"Compared with release {release.id} ({release.hash[:12]}):")
    for one in found:
        click.echo(f"  {one}")


def _read_or_exit(directory: Path | None) -> Program:
    folder = directory or Path(current_app.config["CURRICULUM_DIR"])
    try:
        return rendered(read(folder))
    except CurriculumErrors as errors:
        for problem in errors.problems:
            click.echo(f"{_shown(folder)}/{problem}", err=True)
        click.echo(f"{_count(len(errors.problems), 'problem')}.", err=True)
        raise SystemExit(1) from errors


def _shown(folder: Path) -> Path:
    """The folder as a person in the current directory would type it."""
    resolved = folder.resolve()
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else folder


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
