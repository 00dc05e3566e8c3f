"""Verbs of the coach's desk. None of them commits."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.audit.actions import record
from app.coaching import rules
from app.coaching.models import PersonNote
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.lib.refusal import Refused


class Stale(Refused):
    """A colleague saved the note since this form was opened."""


def write_note(
    coach: User, enrollment: Enrollment, note: PersonNote | None, text: str, version: int, now: datetime
) -> PersonNote | None:
    """Keep a new version of the note; `note` is the newest one, read under the lock of `enrollment`.

    The same text once more changes nothing. Raises Stale when `version` is not the newest. The audit says that there
    was a change and not what: only coaches of this cohort may read it.
    """
    current = note.version if note else 0
    if text == (note.text if note else ""):
        return note
    rules.check_note(text)
    if version != current:
        raise Stale("A colleague changed this note after you opened the page. Both texts are below.", "note")
    row = PersonNote(
        enrollment_id=enrollment.id,
        version=current + 1,
        text=text,
        by_id=coach.id,
        by_name=coach.name,
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    record(
        coach, f"Changed the coaches' note on {enrollment.user.name}", ("enrollment", enrollment.id), now=now
    )
    return row
