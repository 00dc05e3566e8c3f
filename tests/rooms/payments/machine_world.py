"""A database and a stand-in that go back to where they were, so that thousands of courses of events share a beginning.

Everything happens inside one transaction that never ends: what the product commits is a savepoint released, what it
rolls back a savepoint taken back. So going back costs nothing, on both engines, and what a commit makes durable stays
visible as it would be. Real commits, real requests and real deaths are the business of the tests beside this.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask_sqlalchemy.session import Session
from sqlalchemy import Integer, text

from app.lib.database import Base, db
from app.payments.standin import StandIn

BOOKS = ("objects", "hidden", "answers", "owed")  # all that a stand-in remembers


@dataclass(frozen=True)
class Mark:
    """A moment to go back to."""

    name: str
    books: bytes
    now: datetime
    made: int


class World:
    """The database, Stripe's books and the clock, with marks to go back to. Marks are given up in reverse order."""

    def __init__(self, connection: Any, stripe: StandIn, clock: Any) -> None:
        self.connection, self.stripe, self.clock = connection, stripe, clock
        self.made = self.marks = 0
        self.sequences = _sequences() if connection.dialect.name == "postgresql" else None
        stripe.hold_deliveries = True
        stripe.state.new_id = self._number  # type: ignore[method-assign]
        sends = stripe._deliveries.send
        # Signed now, by the clock that the site reads: a course of events may take months.
        stripe._deliveries.send = lambda event, at=None: sends(event, at or stripe.state.now())  # type: ignore[method-assign]

    def _number(self, prefix: str) -> str:
        """Stripe's ids, the same in each course of the same events."""
        self.made += 1
        return f"{prefix}_{self.made:024x}"

    def mark(self) -> Mark:
        """Remember how everything stands."""
        db.session.rollback()
        self.marks += 1
        name = f"mark_{self.marks}"
        self.connection.exec_driver_sql(f"SAVEPOINT {name}")
        state = self.stripe.state
        books = pickle.dumps([getattr(state, book) for book in BOOKS], pickle.HIGHEST_PROTOCOL)
        return Mark(name, books, self.clock.now, self.made)

    def back(self, mark: Mark) -> None:
        """Everything is as it was at the mark, which stays."""
        db.session.rollback()
        db.session.expunge_all()
        self.connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {mark.name}")
        if self.sequences is not None:
            self.connection.execute(self.sequences)
        for book, kept in zip(BOOKS, pickle.loads(mark.books), strict=True):
            setattr(self.stripe.state, book, kept)
        self.stripe._faults._orders.clear()
        self.stripe.requests.clear()
        self.clock.now, self.made = mark.now, mark.made

    def forget(self, mark: Mark) -> None:
        """The mark is needed no more."""
        db.session.rollback()
        self.connection.exec_driver_sql(f"RELEASE SAVEPOINT {mark.name}")

    @contextmanager
    def tried(self) -> Iterator[None]:
        """Whatever is done inside has not happened afterwards."""
        mark = self.mark()
        try:
            yield
        finally:
            self.back(mark)
            self.forget(mark)


def _sequences() -> Any:
    """PostgreSQL takes no number back: this does, so that the same events make the same rows."""
    named = [table.name for table in Base.metadata.sorted_tables if "id" in table.columns]
    counted = [name for name in named if Base.metadata.tables[name].c.id.autoincrement is not False]
    whole = [name for name in counted if isinstance(Base.metadata.tables[name].c.id.type, Integer)]
    ends = [
        f"""setval(pg_get_serial_sequence('"{name}"', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM "{name}"), false)"""
        for name in whole
    ]
    return text(f"SELECT {', '.join(ends)}")


@contextmanager
def one_transaction(stripe: StandIn, clock: Any) -> Iterator[World]:
    """Let everything until the end happen in one transaction, which is rolled back."""
    db.session.remove()
    patch = pytest.MonkeyPatch()
    with db.engine.connect().execution_options(writes=True) as connection:
        whole = connection.begin()
        patch.setattr(Session, "get_bind", lambda *_given, **_more: connection)
        patch.setitem(db.session.session_factory.kw, "join_transaction_mode", "create_savepoint")
        try:
            yield World(connection, stripe, clock)
        finally:
            db.session.remove()
            patch.undo()
            whole.rollback()
