from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.audit.models import Entry
from app.lib.database import db


class Actor(Protocol):
    """A user, as far as the audit needs to know one."""

    id: int
    name: str


def record(
    actor: Actor | None, sentence: str, about: tuple[str, int] | None = None, *, now: datetime
) -> Entry:
    """Add one entry to this transaction. `actor` None is the system; `about` is (noun, id)."""
    entry = Entry(
        at=now,
        actor_id=actor.id if actor else None,
        actor_name=actor.name if actor else "The system",
        sentence=sentence[:500],
        about_kind=about[0] if about else None,
        about_id=about[1] if about else None,
    )
    db.session.add(entry)
    return entry
