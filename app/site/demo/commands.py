from __future__ import annotations

import secrets
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from app.accounts.passwords import hash_password
from app.curriculum.queries import current_release
from app.lib import clock
from app.lib.database import begin_write, db
from app.site.demo import loader, paper
from app.site.demo.people import SIGNING_IN

WORDS = (
    "harbor", "ledger", "lantern", "maple", "copper", "meadow", "anchor", "cedar", "marble", "pebble",
    "willow", "summit", "canvas", "velvet", "orchard", "tandem", "beacon", "saddle", "timber", "quarry",
)  # fmt: skip


@click.command("demo")
@click.option("--sign-ins", is_flag=True, help="Only print who can sign in.")
@with_appcontext
def demo(sign_ins: bool) -> None:
    """Load the demo into an empty database, once; print the cast's sign-ins."""
    if not current_app.config["DEMO"]:
        raise click.ClickException(
            "The demo is loaded only where DEMO=1: its sign-ins are printed for all to see."
        )
    if not sign_ins:
        _load()
    _print_sign_ins()


def _load() -> None:
    if loader.is_loaded():
        click.echo("The demo is loaded already; its data is kept.")
        return
    release = current_release()
    if release is None:
        raise click.ClickException("Publish the curriculum first: flask --app wsgi curriculum publish")
    release_id, password_hash, sample = release.id, hash_password(_password()), paper.stored()
    begin_write()
    loader.load(release_id, password_hash, sample, clock.now())
    db.session.commit()
    click.echo("Loaded the demo: a cohort in week 4, one open for enrollment, one finished.")


def _password() -> str:
    """One random password for the whole cast, made here and kept in the data folder, readable by its owner only."""
    path = Path(current_app.config["DATA_DIR"]) / "demo-password"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("-".join(secrets.choice(WORDS) for _ in range(4)))
    return path.read_text()


def _print_sign_ins() -> None:
    base, password = current_app.config["BASE_URL"], _password()
    click.echo(f"\nSign in at {base}/sign-in\n")
    for person in SIGNING_IN:
        click.echo(f"  {person.name:<15} {person.email:<20} {password}  {person.role}")
    click.echo(f"\nMail arrives at {base}/dev/mail; all parts of the look are at {base}/dev/styles.")
