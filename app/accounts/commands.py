from __future__ import annotations

import click
from flask.cli import with_appcontext

from app.accounts import actions, links
from app.lib import clock
from app.lib.database import begin_write, db


@click.command("create-staff")
@click.argument("email")
@click.option("--name", default="METI staff", help="The name others see.")
@with_appcontext
def create_staff(email: str, name: str) -> None:
    """Give EMAIL a staff account and print a link with which to sign in and choose a password."""
    now = clock.now()
    begin_write()
    user = actions.find_or_create(email, name, "America/New_York", now)
    user.is_staff = True
    url = links.make(user, "reset-password", now=now)
    db.session.commit()
    click.echo(f"{user.email} is staff. Choose a password within {links.RESET_MINUTES} minutes: {url}")
