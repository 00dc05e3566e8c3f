from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.lib import clock
from app.payments import jobs


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Settle what can be settled, compare our payments with Stripe's, and print what is left (exit code 1)."""
    now = clock.now()
    for change in jobs.reconcile(now):
        click.echo(change)
    left = jobs.differences(now)
    for difference in left:
        click.echo(difference)
    click.echo(f"{len(left)} differences." if left else "Stripe and we agree.")
    if left:
        raise SystemExit(1)
