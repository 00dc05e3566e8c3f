from __future__ import annotations

from sqlalchemy import and_, or_, select

from app.audit.models import Entry
from app.lib.database import db


def entries_about(*things: tuple[str, int], most: int = 50) -> list[Entry]:
    """What happened to these (noun, id), the latest first. One query."""
    about = [and_(Entry.about_kind == kind, Entry.about_id == id) for kind, id in things]
    query = select(Entry).where(or_(*about)).order_by(Entry.id.desc()).limit(most)
    return list(db.session.scalars(query))
