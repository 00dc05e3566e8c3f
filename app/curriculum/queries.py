"""Releases as the other rooms read them."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select

from app.curriculum.models import Release
from app.curriculum.schema import Program
from app.lib.database import db


def current_release() -> Release | None:
    """The newest release; None before the first one is published."""
    return db.session.scalar(select(Release).order_by(Release.id.desc()).limit(1))


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
