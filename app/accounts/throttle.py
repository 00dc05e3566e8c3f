"""How often something may be tried, counted in the database: it holds for every worker and across restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update

from app.accounts.models import Throttle
from app.lib.database import db

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def allow(key: str, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one try under `key` and say whether it is still within `limit` tries per window of length `per`.

    Windows are fixed (they begin at multiples of `per`). Must be called in a writing transaction that commits
    even when the answer is no, or the tries are not counted.
    """
    window_at = now - ((now - _EPOCH) % per)
    key = key[:160]
    query = select(Throttle).where(Throttle.key == key, Throttle.window_at == window_at).with_for_update()
    row = db.session.scalar(query)
    if row is None:
        row = Throttle(key=key, window_at=window_at, count=0)
        db.session.add(row)
    row.count += 1
    db.session.flush()
    return row.count <= limit


def take_back(key: str, per: timedelta, now: datetime) -> None:
    """Uncount one try that turned out to be right, where only the wrong ones are limited."""
    this_window = (Throttle.key == key[:160]) & (Throttle.window_at == now - ((now - _EPOCH) % per))
    db.session.execute(
        update(Throttle).where(this_window, Throttle.count > 0).values(count=Throttle.count - 1)
    )


def forget_old(now: datetime) -> None:
    """Drop windows that ended more than a day ago."""
    db.session.execute(delete(Throttle).where(Throttle.window_at < now - timedelta(days=2)))
