"""Commands of the coursework: counting the queue anew."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.coursework import counts
from app.lib.database import begin_write, db


@click.command("recount")
@with_appcontext
def recount() -> None:
    """Count anew what waits in every queue and what was answered on time, and say what was wrong."""
    begin_write()
    found = counts.recount()
    db.session.commit()
    for difference in found:
        click.echo(difference)
    click.echo(f"{len(found)} put right." if found else "The counters are right.")
