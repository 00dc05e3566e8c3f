"""Leads as staff see them: filtered, paged by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import Row, Select, select

from app.accounts.models import User
from app.admissions.lead_models import Lead
from app.lib.database import db

PAGE = 50
STATUSES = {"": "All", "confirmed": "Confirmed", "asked": "Not confirmed yet", "unsubscribed": "Unsubscribed"}
WANTS = {"": "Anything", "cohorts": "The next cohort", "updates": "Updates"}


@dataclass(frozen=True)
class Filter:
    """Which leads: by status and by what they want; '' for all."""

    status: str = ""
    wants: str = ""

    def query(self, *columns: Any) -> Select[Any]:
        found = select(*columns).order_by(Lead.id.desc())
        if self.status:
            found = found.where(Lead.status == self.status)
        if self.wants:
            found = found.where(
                (Lead.wants_cohorts if self.wants == "cohorts" else Lead.wants_updates).is_(True)
            )
        return found


def filter_of(status: str | None, wants: str | None) -> Filter:
    """What an address asks for; what it cannot ask for is left out."""
    return Filter(status if status in STATUSES else "", wants if wants in WANTS else "")


def lead_for(user: User, lead_id: int) -> Lead:
    """A lead under its lock, for staff; 404 for everybody else and for what is not there."""
    found = db.session.get(Lead, lead_id, with_for_update=True) if user.is_staff else None
    return found or abort(404)


COLUMNS = (
    Lead.id,
    Lead.email,
    Lead.name,
    Lead.wants_updates,
    Lead.wants_cohorts,
    Lead.status,
    Lead.source,
    Lead.consent_version,
    Lead.asked_at,
    Lead.confirmed_at,
    Lead.unsubscribed_at,
)


def page_of(which: Filter, before: int | None) -> tuple[list[Row[Any]], int | None]:
    """One page, the newest first, and the key that the next one goes on from."""
    query = which.query(*COLUMNS)
    if before:
        query = query.where(Lead.id < before)
    rows = list(db.session.execute(query.limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def all_of(which: Filter) -> Iterator[Row[Any]]:
    """All of them, read in portions."""
    yield from db.session.execute(which.query(*COLUMNS).execution_options(yield_per=500))
