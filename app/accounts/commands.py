from __future__ import annotations

import click
from email_validator import EmailNotValidError, validate_email
from flask.cli import with_appcontext

from app.accounts import actions, links, second_factor
from app.accounts.queries import user_by_email
from app.lib import clock
from app.lib.database import begin_write, db
from app.lib.imprint import imprint


@click.command("create-staff")
@click.argument("email")
@click.option("--name", default="Staff", show_default=True, help="The name others see.")
@with_appcontext
def create_staff(email: str, name: str) -> None:
    """Give EMAIL a staff account and print a link with which to sign in and choose a password."""
    now = clock.now()
    try:
        address = validate_email(email, check_deliverability=False, allow_smtputf8=False).original
    except EmailNotValidError as odd:
        raise click.ClickException(f"{email} is no address to write to: {odd}") from None
    begin_write()
    user = actions.find_or_create(address, name, imprint().time_zone, now)
    actions.make_staff(user, now)
    url = links.make(user, "reset-password", now=now)
    db.session.commit()
    click.echo(f"{user.email} is staff. Choose a password within {links.RESET_MINUTES} minutes: {url}")


@click.command("forget-second-factor")
@click.argument("email")
@with_appcontext
def forget_second_factor(email: str) -> None:
    """Take the second factor of EMAIL away: phone and recovery codes are lost, or the database leaked.

    Make sure first that it is the person who asks. Coaches and staff set it up anew when they next sign in.
    """
    now = clock.now()
    begin_write()
    user = user_by_email(email)
    if user is None:
        db.session.rollback()
        raise click.ClickException(f"Nobody has the address {email}.")
    second_factor.take_away(user, now)
    db.session.commit()
    click.echo(f"{user.email} has no second factor now, and is signed out everywhere.")
