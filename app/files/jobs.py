"""The store is swept of bytes that no row names: a week later, so that every backup of a week still finds its files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.files import storage
from app.files.models import StoredFile
from app.lib.database import db
from app.lib.jobs import job

KEPT = timedelta(days=7)
JUST_PUT = timedelta(hours=1)  # bytes this young may be of an upload whose row is not written yet

_needed: dict[str, Callable[[], Iterable[str]]] = {}


def also_needed(what: str, digests: Callable[[], Iterable[str]]) -> None:
    """A room above says which bytes it needs that have no row here; asked at every sweep."""
    _needed[what] = digests


def remove_now(digests: Collection[str], now: datetime) -> None:
    """Delete the bytes of what was purged, unless somebody else holds the same ones. After the commit."""
    held = set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(digests))))
    needed = held.union(*(ask() for ask in _needed.values()))
    db.session.rollback()
    for digest in digests:
        if digest not in needed:
            storage.remove(digest, now - JUST_PUT)


@job("sweep-files", minutes=30)
def sweep_files(now: datetime) -> None:
    """What an upload left that died before its row was written, and what was forgotten. Safe to run twice."""
    rows = set(db.session.scalars(select(StoredFile.sha256).distinct()))
    needed = rows.union(*(digests() for digests in _needed.values()))
    db.session.rollback()
    if rows:  # no row at all is rather another database than an empty house
        storage.sweep(needed, now - KEPT)
