"""`curriculum diff`, which is about cohorts, and `curriculum preview`, which shows pages: so both are told up here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.curriculum.commands import read_or_exit
from app.curriculum.differences import differences
from app.curriculum.queries import current_release, program_of
from app.curriculum.schema import Program
from app.lib import clock, times
from app.site.preview_server import HOME, HOST, server
from app.site.releases import Outlook, movable_cohorts, outlooks, touched


@click.command("diff")
@with_appcontext
def diff() -> None:
    """What publishing would change compared with the newest release, and what it would mean for which cohort."""
    program = read_or_exit(None).program
    release = current_release()
    if release is None:
        click.echo("Nothing is published yet; everything is new.")
        return
    found = differences(program_of(release.id), program)
    if found:
        click.echo(f"Compared with release {release.id} ({release.hash[:12]}):")
        for one in found:
            click.echo(f"  {one}")
    else:
        same = program.content_hash() == release.hash
        more = "." if same else ", but the texts are rendered anew: publishing makes a new release."
        click.echo(f"Nothing differs from release {release.id}{more}")
    _say_for_whom(program)


@click.command("preview")
@click.argument("directory", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--port", default=8010, show_default=True, type=click.IntRange(0, 65535))
@with_appcontext
def preview(directory: Path | None, port: int) -> None:
    """Show the folder's modules, worksheets and documents in the browser, on this machine alone, until Ctrl-C."""
    folder = (directory or Path(current_app.config["CURRICULUM_DIR"])).resolve()
    try:
        serving = server(folder, port)
    except (OSError, SystemExit):
        raise click.ClickException(f"Port {port} is taken. Choose another: --port {port + 1}") from None
    click.echo(f"Preview of {folder}: http://{HOST}:{serving.server_port}{HOME} (Ctrl-C ends it)")
    with contextlib.suppress(KeyboardInterrupt):
        serving.serve_forever()
    serving.server_close()


def _say_for_whom(program: Program) -> None:
    for one in outlooks(touched(movable_cohorts(), program), program, clock.now()):
        cohort = one.cohort
        click.echo(
            f"\nFor the {cohort.title} ({cohort.status}, release {cohort.release_id}), if it is moved:"
        )
        for line in _lines(one):
            click.echo(f"  {line}")


def _lines(outlook: Outlook) -> Iterator[str]:
    """Obstacles first: as long as there is one, nothing else of it can happen."""
    yield from (f"NOT POSSIBLE YET. {one}" for one in outlook.plan.obstacles)
    for effect in outlook.plan.effects:
        yield f"System {effect.number}, {effect.system}. {effect.arithmetic}"
    zone = outlook.cohort.time_zone
    for date in outlook.dates:
        for word, old, new in (
            ("opens", date.old.opens_at, date.new.opens_at),
            ("is due", date.old.due_at, date.new.due_at),
        ):
            if old != new:
                said = f"{word} {times.moment(new, zone)} instead of {times.moment(old, zone)}"
                yield f"Module {date.module.number}, {date.module.chapter}, {said}."
        if date.shuts:
            yield f"Module {date.module.number} is open now and would be shut until then."
    if not outlook.plan.effects and not outlook.dates:
        yield "Only texts around the modules; everybody reads them."
