"""Places in line: how they begin, and how they follow what happens to the application and the seat.

Called by the verbs of applications and seats; whoever calls has locked the cohort. Commits nothing, mails nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.admissions.models import Application, SeatHold
from app.admissions.waitlist_models import WaitlistEntry
from app.admissions.waitlist_rules import LIVE
from app.lib.database import db


def entry_of(cohort_id: int, user_id: int | None) -> WaitlistEntry | None:
    """This person's live place in line, as it is now; an employer's seat that nobody claimed has none."""
    query = select(WaitlistEntry).where(
        WaitlistEntry.cohort_id == cohort_id,
        WaitlistEntry.user_id == user_id,
        WaitlistEntry.status.in_(LIVE),
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


def enter(application: Application, joined_at: datetime) -> WaitlistEntry:
    """Give this application a place in line from that moment; who has one keeps it, as old as it is."""
    entry = entry_of(application.cohort_id, application.user_id)
    if entry is None:
        entry = WaitlistEntry(
            cohort_id=application.cohort_id,
            user_id=application.user_id,
            application=application,
            joined_at=joined_at,
            status="waiting",
        )
        db.session.add(entry)
    elif entry.status == "lapsed":
        _move(entry, "waiting")
    db.session.flush()
    return entry


def offered(entry: WaitlistEntry, until: datetime) -> None:
    """The seat that is held until then is theirs to take."""
    entry.offered_until, entry.skipped = until, False
    _move(entry, "offered")


def let_pass(hold: SeatHold) -> WaitlistEntry | None:
    """The time of their offer is over: the place is kept for them to come back to. None for who had none."""
    entry = entry_of(hold.cohort_id, hold.user_id)
    if entry is None or entry.status != "offered":
        return None
    _move(entry, "lapsed")
    entry.application.status = "waitlisted"
    entry.application.version += 1
    return entry


def take(hold: SeatHold) -> None:
    """They are in: the place in line is used up, for good."""
    entry = entry_of(hold.cohort_id, hold.user_id)
    if entry is not None:
        _move(entry, "taken")
        entry.application.status = "accepted"


def drop(application: Application, note: str = "") -> None:
    """They do not wait any more."""
    entry = entry_of(application.cohort_id, application.user_id)
    if entry is not None:
        entry.note = note
        _move(entry, "removed")


def _move(entry: WaitlistEntry, status: str) -> None:
    entry.status = status
    entry.version += 1
