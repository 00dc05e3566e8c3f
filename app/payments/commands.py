from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.lib import clock
from app.lib.refusal import Refused
from app.payments import jobs, reconciling
from app.payments.stripe import NoAnswer


@click.command("reconcile")
@with_appcontext
def reconcile() -> None:
    """Settle what can be settled, compare our payments with Stripe's, and print what is left (exit code 1)."""
    now = clock.now()
    for change in jobs.reconcile(now):
        click.echo(change)
    try:
        reconciling.compare(now)
    except Refused as refused:
        silent = isinstance(refused, NoAnswer)
        why = "did not answer" if silent else "did not accept the call (the log says why)"
        again = " Please run it again in a minute." if silent else ""
        raise click.ClickException(f"Stripe {why}, so nothing was compared.{again}") from refused
    left = reconciling.open_tasks()
    for task in left:
        click.echo(task)
    click.echo(f"{len(left)} tasks are open, see /staff/money." if left else "Stripe and we agree.")
    if left:
        raise SystemExit(1)
