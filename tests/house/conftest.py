"""The world of tests/house/world.py: built once for each test process, a fresh copy for each test that asks."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.curriculum.queries import program_of
from app.lib.database import db
from app.payments.standin import StandIn
from tests.cast import NOW
from tests.house.visits import House
from tests.house.world import World, build


@contextmanager
def _speaking_to(standin: StandIn, app: Flask) -> Iterator[None]:
    app.config["STRIPE_HTTP_CLIENT"] = standin.http_client()
    app.extensions.pop("stripe", None)
    yield
    app.config.pop("STRIPE_HTTP_CLIENT")
    app.extensions.pop("stripe", None)


def _close() -> None:
    db.session.remove()
    db.engine.dispose()


@pytest.fixture(scope="session")
def filled(
    application: Flask, databases: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, StandIn, Path]:
    """The database `world`, to be copied, the stand-in that knows the payment page in it, and its files."""
    standin = StandIn(
        webhook_secret=application.config["STRIPE_WEBHOOK_SECRET"],
        api_key=application.config["STRIPE_SECRET_KEY"],
        clock=lambda: NOW,
    )
    found, cast = databases
    application.config["CLOCK"] = lambda: NOW
    with application.app_context(), _speaking_to(standin, application):
        _close()
        found.create("test", "template")
        program_of.cache_clear()
        world = build(cast)
        _close()
    found.create("world", "test")
    files = tmp_path_factory.mktemp("world") / "files"
    _link_files(Path(application.config["STORAGE_URL"]), files)
    return world, standin, files


def _link_files(source: Path, goal: Path) -> None:
    """The same bytes under the same names: kept files are never changed, only removed, so no copy is needed."""
    shutil.copytree(source, goal, copy_function=_link_missing, dirs_exist_ok=True)


def _link_missing(source: str, goal: str) -> None:
    if not os.path.exists(goal):
        os.link(source, goal)


@pytest.fixture
def house(filled: tuple[World, StandIn, Path], app: Flask, databases: Any) -> Iterator[House]:
    """The application on a copy of the world, and a browser for each of the cast."""
    world, standin, files = filled
    books = ("objects", "hidden", "answers", "owed")
    as_it_was = copy.deepcopy({name: getattr(standin.state, name) for name in books})

    def forget() -> None:
        """The ids of our rows begin again, and so must the keys that Stripe was sent."""
        for name, kept in copy.deepcopy(as_it_was).items():
            setattr(standin.state, name, kept)

    def restore() -> None:
        _close()
        forget()
        databases[0].renew("world")
        _link_files(files, Path(app.config["STORAGE_URL"]))
        program_of.cache_clear()

    restore()
    with _speaking_to(standin, app):
        yield House(app, world, restore)
    forget()
