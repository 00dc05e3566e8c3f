"""A line for a seat, in the demo: one person let an offer pass, the next has one open, and two wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.admissions import actions, line, seats, waitlist
from app.admissions.models import Application

HOURS_AGO = 5  # so long ago the open offer was made


def in_line(applications: Iterable[Application], now: datetime) -> None:
    """These applications to a cohort with one seat free stand in line in their order; its first two were offered it."""
    cohort_id = 0
    for application in applications:
        assert application.submitted_at is not None
        cohort_id = application.cohort_id
        line.enter(application, application.submitted_at)
    offered = now - timedelta(hours=HOURS_AGO)
    passed = waitlist.offer_next(cohort_id, offered - timedelta(days=2))
    assert passed is not None
    hold = seats.hold_of(cohort_id, passed.application.user_id)
    assert hold is not None
    actions.let_go(hold, None, offered)
    waitlist.offer_next(cohort_id, offered)
