"""The worker, and the check of the settings."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.lib import jobs


@click.command("work")
@click.option("--once", is_flag=True, help="Run every job once and stop.")
@with_appcontext
def work(once: bool) -> None:
    """Run the jobs: on their clock, and at once when something was written for them."""
    if once:
        for name in jobs.all_jobs():
            jobs.run(name)
        return
    for name in jobs.all_jobs():
        current_app.extensions["queue_tasks"][name]()  # what waited while no worker ran
    consumer = current_app.extensions["queue"].create_consumer(
        workers=2, periodic=True, initial_delay=0.1, max_delay=2
    )
    consumer.run()


@click.command("check-config")
@with_appcontext
def check_config() -> None:
    """Say that the settings are safe. Unsafe ones stop the start before this runs, each with a sentence."""
    mode = "the demo" if current_app.config["DEMO"] else "production"
    click.echo(f"The settings are complete for {mode} at {current_app.config['BASE_URL']}.")
