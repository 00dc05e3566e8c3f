from __future__ import annotations

from datetime import datetime

from app.files.models import StoredFile
from app.lib.database import db


def keep(owner_id: int, digest: str, name: str, content_type: str, size: int, now: datetime) -> StoredFile:
    """The row of a file whose bytes are already stored (`storage.put`); it is its owner's to download."""
    row = StoredFile(
        sha256=digest,
        name=name[:200],
        content_type=content_type,
        size=size,
        owner_id=owner_id,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row
