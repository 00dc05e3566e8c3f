"""Releases as the other rooms read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from flask import has_app_context
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.curriculum.models import Release
from app.curriculum.schema import Program
from app.lib import clock
from app.lib.database import db
from app.lib.imprint import Imprint

FRESH = timedelta(minutes=1)  # how long a process goes on with the imprint it knows


def current_release() -> Release | None:
    """The newest release; None before the first one is published."""
    return db.session.scalar(select(Release).order_by(Release.id.desc()).limit(1))


def newest_release() -> tuple[int, str] | None:
    """Id and hash of the newest release, without its content, which is the whole curriculum."""
    newest = select(Release.id, Release.hash).order_by(Release.id.desc()).limit(1)
    found = db.session.execute(newest).first()
    return (found.id, found.hash) if found else None


def current_release_id() -> int | None:
    """Its id alone, where a page needs the program: that is read once for each process, the row would be read again."""
    return db.session.scalar(select(Release.id).order_by(Release.id.desc()).limit(1))


def media_digests() -> Iterator[str]:
    """The SHA-256 of every media file of every release: a cohort may be pinned to any of them."""
    for release_id in db.session.scalars(select(Release.id)).all():
        content = db.session.scalar(select(Release.content).where(Release.id == release_id))
        modules = json.loads(content or "{}").get("modules", ())
        yield from (one["sha256"] for module in modules for one in module.get("media", ()))


# The real program is 1.6 MB of JSON: read in 8 ms, 4.3 MB once it is values. A few cohorts read a few releases, and old
# rounds name older ones; whatever is crowded out costs those 8 ms again.
PROGRAMS_KEPT = 16


@lru_cache(maxsize=PROGRAMS_KEPT)
def program_of(release_id: int) -> Program:
    """The program of a release; each process parses it once, since it never changes. LookupError: no such release."""
    content = db.session.scalar(select(Release.content).where(Release.id == release_id))
    if content is None:
        raise LookupError(f"no release {release_id}")
    return Program.model_validate_json(content)


class _Known(NamedTuple):
    imprint: Imprint
    release_id: int | None
    until: datetime


class Front:
    """The imprint of the newest release. Every page shows it, so each process asks for it once a minute at most."""

    def __init__(self) -> None:
        self._known: _Known | None = None

    def forget(self) -> None:
        self._known = None

    def imprint(self) -> Imprint:
        """What is known, asked for anew when it is old; on an error page the database may be what failed."""
        if not has_app_context():
            return Imprint()  # words made by a rule alone, which asks no database
        now = clock.now()
        if self._known is None or now >= self._known.until:
            try:
                newest = db.session.scalar(select(Release.id).order_by(Release.id.desc()).limit(1))
                self.learn(newest, now)
            except SQLAlchemyError:
                return self._known.imprint if self._known else Imprint()
        assert self._known is not None
        return self._known.imprint

    def learn(self, newest: int | None, now: datetime) -> None:
        """Take note of the newest release; whoever has looked it up for another reason says so here."""
        if self._known is None or self._known.release_id != newest:
            said = Imprint() if newest is None else imprint_of(program_of(newest))
        else:
            said = self._known.imprint
        self._known = _Known(said, newest, now + FRESH)


front = Front()


def imprint_of(program: Program) -> Imprint:
    """What this program calls the site."""
    return Imprint(
        title=program.title,
        institute=program.institute,
        short_name=program.short_name,
        time_zone=program.time_zone,
        notice=program.notice or program.hedges[0],
        public_notice=program.public_notice or program.hedges[0],
        modules=len(program.modules),
        weeks=program.weeks,
    )
