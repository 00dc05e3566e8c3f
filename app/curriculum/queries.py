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


def newest_release() -> tuple[int, str] | None:
    """Id and hash of the newest release, without its content, which is the whole curriculum."""
    newest = select(Release.id, Release.hash).order_by(Release.id.desc()).limit(1)
    found = db.session.execute(newest).first()
    return (found.id, found.hash) if found else None


@lru_cache(maxsize=16)
def program_of(release_id: int) -> Program:
    """The program of a release; each process parses it once, since it never changes. LookupError: no such release."""
    content = db.session.scalar(select(Release.content).where(Release.id == release_id))
    if content is None:
        raise LookupError(f"no release {release_id}")
    return Program.model_validate_json(content)
