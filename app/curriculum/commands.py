"""`flask --app wsgi curriculum check | publish`; `diff` and `preview` are in the room that knows the cohorts."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.curriculum import actions
from app.curriculum.problems import CurriculumErrors
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
    program = read_or_exit(directory)
    lessons = sum(len(module.lessons) for module in program.modules)
    fields = sum(len(list(m.worksheet.fields())) for m in program.modules if m.worksheet)
    click.echo(
        f"{_count(len(program.modules), 'module')}, {_count(lessons, 'lesson')}, {_count(fields, 'field')}: clean."
    )


@curriculum_cli.command("publish")
@click.option("--note", default="", help="One sentence about what is new.")
def publish(note: str) -> None:
    """Make a release of the curriculum. The same content twice is the same release."""
    program = read_or_exit(None)
    begin_write()
    release, is_new = actions.publish_once(None, program, now(), note)
    said = f"Release {release.id} ({release.hash[:12]})"
    db.session.commit()
    click.echo(
        f"{said} is published." if is_new else f"{said} is this curriculum already; nothing was published."
    )


def read_or_exit(directory: Path | None) -> Program:
    """The curriculum in this folder (default: CURRICULUM_DIR), rendered; says everything that is wrong and exits."""
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
