"""Publishing: the one thing that changes in this room."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.audit.actions import Actor, record
from app.curriculum.models import Release
from app.curriculum.schema import Program
from app.files import storage
from app.lib.database import db


class Published(NamedTuple):
    """The release, and whether it is new: the same content is the same release."""

    release: Release
    is_new: bool


def publish(actor: Actor | None, program: Program, now: datetime, note: str = "") -> Release:
    """The release of this program; publishing the same content again gives back the release it already is.

    `program` comes from `rendering.rendered`, because rendering is too slow for a writing transaction, and the bytes
    of its media files are in the store already (`media_folder.keep`), for the same reason. Raises FileNotFoundError
    when they are not. Flushes, so the release has its id; the caller commits.
    """
    return publish_once(actor, program, now, note).release


def publish_once(actor: Actor | None, program: Program, now: datetime, note: str = "") -> Published:
    """Like `publish`, and says whether the release is new."""
    content_hash = program.content_hash()
    existing = db.session.scalar(select(Release).where(Release.hash == content_hash))
    if existing:
        return Published(existing, is_new=False)
    for module in program.modules:
        for media in module.media:
            storage.path_of(media.sha256)
    release = Release(hash=content_hash, content=program.canonical_json(), created_at=now, note=note[:300])
    db.session.add(release)
    db.session.flush()
    sentence = f"Published release {release.id} of the curriculum ({content_hash[:12]})"
    record(actor, f"{sentence}: {note}" if note else sentence, ("release", release.id), now=now)
    return Published(release, is_new=True)
