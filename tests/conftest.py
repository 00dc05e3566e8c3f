"""One application for each test process, one fresh copy of a database with the cast for each test.

The clock stands at `NOW` (tests/cast.py); a test moves it with the `clock` fixture. The engine is SQLite, or
PostgreSQL when TEST_ENGINE=postgresql and TEST_POSTGRES_URL say so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask

from app import create_app
from app.accounts.models import SignIn
from app.curriculum.queries import front, program_of
from app.files import storage
from app.lib.database import Base, begin_write, db
from app.lib.tokens import hash_token, new_token
from tests.cast import NOW, Cast, make_cast
from tests.client import Client
from tests.programs import LINE, PLAN
from tests.settings import settings_for
from tests.tools.spread import JourneysTogether

ENGINE = os.environ.get("TEST_ENGINE", "sqlite")


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> JourneysTogether:
    return JourneysTogether(config, log)


class Clock:
    """The time every part of the application sees."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


class Databases:
    """A template with the cast, and a fresh copy of it for each test."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.folder = folder
        self.name = f"mes_test_{worker}"
        self.rows: dict[str, Rows] = {}  # by the template they are from

    def url(self, name: str) -> str:
        if ENGINE == "sqlite":
            return f"sqlite:///{self.folder}/{name}.db"
        return self._server_url(name).replace("postgresql://", "postgresql+psycopg://")

    def _server_url(self, name: str) -> str:
        return f"{os.environ['TEST_POSTGRES_URL'].rsplit('/', 1)[0]}/{self.name}_{name}"

    def create(self, name: str, template: str | None = None) -> None:
        if ENGINE == "sqlite":
            for path in self.folder.glob(f"{name}.db*"):
                path.unlink()
            if template:
                shutil.copyfile(self.folder / f"{template}.db", self.folder / f"{name}.db")
            return
        copy = f' TEMPLATE "{self.name}_{template}"' if template else ""
        with psycopg.connect(os.environ["TEST_POSTGRES_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}_{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{self.name}_{name}"{copy}')

    def renew(self, template: str = "template") -> None:
        """The test database as this template is, by the quickest way that is sure."""
        if template in self.rows and self.rows[template].put_back():
            return
        self.create("test", template)
        if ENGINE != "sqlite":
            self.rows[template] = Rows(self._server_url("test"))


class Rows:
    """The rows of a PostgreSQL database, kept in memory: putting them back is ten times quicker than a new copy."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tables = [table.name for table in Base.metadata.sorted_tables]
        with psycopg.connect(url) as connection:
            self.shape = self._shape(connection)
            self.data = {name: self._read(connection, name) for name in self.tables}
            self.counters = connection.execute(
                "SELECT schemaname || '.' || quote_ident(sequencename), coalesce(last_value, 1), "
                "last_value IS NOT NULL FROM pg_sequences"
            ).fetchall()

    @staticmethod
    def _shape(connection: psycopg.Connection[Any]) -> Any:
        """Which tables and columns there are, by their internal numbers: a table made anew counts as another."""
        return connection.execute(
            "SELECT attrelid, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid "
            "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1, 2"
        ).fetchall()

    @staticmethod
    def _read(connection: psycopg.Connection[Any], table: str) -> bytes:
        with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
            return b"".join(bytes(part) for part in rows)

    def put_back(self) -> bool:
        """Every row as it was; False when the tables are no longer the same ones."""
        with psycopg.connect(self.url) as connection:
            if self._shape(connection) != self.shape:
                return False
            for name in reversed(self.tables):
                connection.execute(f'DELETE FROM "{name}"')
            for name, data in self.data.items():
                if data:
                    with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as rows:
                        rows.write(data)
            for name, value, called in self.counters:
                connection.execute("SELECT setval(%s::regclass, %s, %s)", (name, value, called))
        return True


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Databases, Cast]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    found = Databases(tmp_path_factory.mktemp("databases"), worker)
    found.create("template")
    app = create_app(settings_for(found.url("template"), found.folder))
    with app.app_context():
        begin_write()
        Base.metadata.create_all(db.session.connection())
        db.session.commit()
        cast = make_cast()
        for data in (
            PLAN,
            LINE,
        ):  # the files of the lessons, without which no changed program can be published
            storage.put(data)
        if ENGINE == "sqlite":
            with db.engine.connect().execution_options(writes=True) as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
    _dispose(app)
    found.create("test", "template")
    return found, cast


@pytest.fixture(scope="session")
def application(databases: tuple[Databases, Cast]) -> Flask:
    app = create_app(settings_for(databases[0].url("test"), databases[0].folder))

    @app.teardown_appcontext
    def note_what_is_left(error: BaseException | None) -> None:
        left = [*db.session.new, *db.session.dirty, *db.session.deleted]
        if left and error is None:
            app.extensions["left_unsaved"] = left

    return app


@pytest.fixture(scope="session")
def cast(databases: tuple[Databases, Cast]) -> Cast:
    return databases[1]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(application: Flask, databases: tuple[Databases, Cast], clock: Clock) -> Iterator[Flask]:
    """The application on a fresh copy of the cast, inside an application context."""
    _dispose(application)
    databases[0].renew()
    program_of.cache_clear()  # another database: the same id may be another release
    front.forget()
    application.config["CLOCK"] = clock
    application.config["PROPAGATE"] = True
    with application.app_context():
        yield application
        left = [*db.session.new, *db.session.dirty, *db.session.deleted]
        db.session.rollback()
        db.session.remove()
    assert not left, f"the test left unsaved changes: {left}"
    _dispose(application)


@pytest.fixture
def client(app: Flask) -> Client:
    """Nobody: a browser that is not signed in."""
    return Client(app)


@pytest.fixture
def sign_in(app: Flask, clock: Clock) -> Any:
    """`sign_in(cast.ana)` gives that person's browser."""

    def signed_in(user_id: int) -> Client:
        token = new_token()
        begin_write()
        row = SignIn(
            token_hash=hash_token(token), user_id=user_id, device="Firefox on Linux", created_at=clock.now
        )
        row.last_used_at, row.expires_at = clock.now, clock.now + timedelta(days=30)
        db.session.add(row)
        db.session.commit()
        browser = Client(app)
        with browser.session_transaction() as session:
            session["sign_in"] = token
        return browser

    return signed_in


@pytest.fixture
def write(app: Flask) -> Any:
    """`with write(): ...` : rows for a test, written in one transaction that commits."""
    from contextlib import contextmanager

    @contextmanager
    def writing() -> Iterator[None]:
        begin_write()
        yield
        db.session.commit()

    return writing
