from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from app.files.hints import NONE, Hints
from app.files.models import StoredFile
from app.lib.database import db


def keep(
    owner_id: int,
    digest: str,
    name: str,
    content_type: str,
    size: int,
    now: datetime,
    hints: Hints = NONE,
) -> StoredFile:
    """The row of a file whose bytes are already stored (`storage.put`); it is its owner's to download."""
    row = StoredFile(
        sha256=digest,
        name=name[:200],
        content_type=content_type,
        size=size,
        owner_id=owner_id,
        hints=hints.as_json,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def forget(files: Collection[StoredFile]) -> list[str]:
    """Delete these rows. The hashes no row names any more: to be let go of after the commit."""
    for row in files:
        db.session.delete(row)
    db.session.flush()
    digests = {row.sha256 for row in files}
    still = set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(digests))))
    return sorted(digests - still)
