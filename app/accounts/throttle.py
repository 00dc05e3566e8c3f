"""How often something may be tried, counted in the database: it holds for every worker and across restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.models import Throttle
from app.lib.database import db

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def allow(key: str, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one try under `key` and say whether it is still within `limit` tries per window of length `per`.

    Windows are fixed (they begin at multiples of `per`). Must be called in a writing transaction that commits
    even when the answer is no, or the tries are not counted.
    """
    window_at = now - ((now - _EPOCH) % per)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # One statement: two first tries at the same moment must not meet on the unique index.
    counted = insert(Throttle).values(key=key[:160], window_at=window_at, count=1)
    counted = counted.on_conflict_do_update(
        index_elements=[Throttle.key, Throttle.window_at], set_={"count": Throttle.count + 1}
    )
    tries = db.session.scalar(counted.returning(Throttle.count))
    return tries is not None and tries <= limit


def take_back(key: str, per: timedelta, now: datetime) -> None:
    """Uncount one try that turned out to be right, where only the wrong ones are limited."""
    this_window = (Throttle.key == key[:160]) & (Throttle.window_at == now - ((now - _EPOCH) % per))
    db.session.execute(
        update(Throttle).where(this_window, Throttle.count > 0).values(count=Throttle.count - 1)
    )


def forget_old(now: datetime) -> None:
    """Drop windows that ended more than a day ago."""
    db.session.execute(delete(Throttle).where(Throttle.window_at < now - timedelta(days=2)))
