"""The line of a cohort: who is next, where somebody stands, and on what terms freed seats are offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import Row, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import aliased, lazyload

from app.accounts.models import User
from app.admissions import waitlist_rules as rules
from app.admissions.models import Application
from app.admissions.waitlist_models import WaitlistEntry
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib.database import db

# The order of the line; who is passed over this once comes after all who are not.
ORDER = (
    WaitlistEntry.skipped,
    WaitlistEntry.priority.desc(),
    WaitlistEntry.joined_at,
    WaitlistEntry.id,
)


@dataclass(frozen=True)
class Place:
    """Somebody's place in line, and where it is: `ahead` wait before it, `waiting` in all."""

    entry: WaitlistEntry
    ahead: int
    waiting: int

    @property
    def band(self) -> str:
        return rules.band(self.ahead, self.waiting)


def terms_of(cohort: Cohort) -> rules.Terms:
    """How this cohort offers freed seats, by the release it is pinned to."""
    program = cohorts.program(cohort)
    hours, days = program.waitlist_offer_hours, program.waitlist_stops_days
    return rules.terms(cohort.starts_on, cohort.shift_days, cohort.time_zone, hours, days)


def place_of(cohort_id: int, user_id: int) -> Place | None:
    """This person's live place in the line of the cohort. One query."""
    query = select(WaitlistEntry, *_where_it_is()).where(
        WaitlistEntry.cohort_id == cohort_id,
        WaitlistEntry.user_id == user_id,
        WaitlistEntry.status.in_(rules.LIVE),
    )
    row = db.session.execute(query.options(lazyload("*"))).one_or_none()
    return Place(row[0], int(row[1]), int(row[2])) if row else None


def application_and_place(user: User, application_id: int) -> tuple[Application, Place | None]:
    """An application with its live place in line, for staff; 404 for everybody else and for what is not there."""
    if not user.is_staff:
        abort(404)
    live = and_(WaitlistEntry.application_id == Application.id, WaitlistEntry.status.in_(rules.LIVE))
    query = select(Application, WaitlistEntry, *_where_it_is()).outerjoin(WaitlistEntry, live)
    query = query.where(Application.id == application_id, Application.status != "draft")
    row = db.session.execute(query.options(lazyload(WaitlistEntry.application))).one_or_none()
    if row is None:
        abort(404)
    return row[0], Place(row[1], int(row[2]), int(row[3])) if row[1] else None


def _where_it_is() -> tuple[ScalarSelect[int], ScalarSelect[int]]:
    """How many wait before an entry, and how many in all; for the statement around it."""
    other = aliased(WaitlistEntry, name="other")
    mine = WaitlistEntry
    sooner = or_(
        other.joined_at < mine.joined_at, and_(other.joined_at == mine.joined_at, other.id < mine.id)
    )
    before = or_(other.priority > mine.priority, and_(other.priority == mine.priority, sooner))
    line = (other.cohort_id == mine.cohort_id, other.status == "waiting")
    counted = select(func.coalesce(func.sum(case((before, 1), else_=0)), 0)).where(*line)
    everybody = select(func.count()).select_from(other).where(*line)
    return counted.correlate(mine).scalar_subquery(), everybody.correlate(mine).scalar_subquery()


def next_in_line(cohort_id: int) -> WaitlistEntry | None:
    """Who is offered the next free seat: the first in line whose application was read and found good."""
    query = select(WaitlistEntry).join(WaitlistEntry.application).where(
        WaitlistEntry.cohort_id == cohort_id,
        WaitlistEntry.status == "waiting",
        Application.status == "waitlisted",
    )  # fmt: skip
    return db.session.scalar(query.order_by(*ORDER).limit(1).execution_options(populate_existing=True))


def cohorts_with_a_line() -> Any:
    """Ids of the open cohorts in which somebody waits."""
    waits = select(WaitlistEntry.cohort_id).where(WaitlistEntry.status == "waiting")
    sells = (Cohort.status == "open", Cohort.sales_stopped_at.is_(None))
    return select(Cohort.id).where(*sells, Cohort.id.in_(waits))


def line_of(cohort: Cohort) -> list[Row[Any]]:
    """Everybody with a live place, in the order of the line: the entry, their name, how their application stands."""
    query = (
        select(WaitlistEntry, User.name, Application.status.label("application_status"))
        .join(User, User.id == WaitlistEntry.user_id)
        .join(Application, Application.id == WaitlistEntry.application_id)
        .where(WaitlistEntry.cohort_id == cohort.id, WaitlistEntry.status.in_(rules.LIVE))
        .options(lazyload("*"))
    )
    rank = case({"waiting": 0, "offered": 1}, value=WaitlistEntry.status, else_=2)
    return list(db.session.execute(query.order_by(rank, *ORDER)))


def entry_for(user: User, application_id: int) -> WaitlistEntry:
    """The live place in line of an application, for staff; 404 for everybody else and for what is not there."""
    if not user.is_staff:
        abort(404)
    query = select(WaitlistEntry).where(
        WaitlistEntry.application_id == application_id, WaitlistEntry.status.in_(rules.LIVE)
    )
    return db.session.scalar(query) or abort(404)
