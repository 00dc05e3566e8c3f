"""Seats, applications and offers, as pages and the rooms above need them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Row, String, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.admissions import rules
from app.admissions.models import Application, Offer, SeatHold
from app.admissions.rules import Seats
from app.admissions.seats import LIVE
from app.admissions.waitlist_models import WaitlistEntry
from app.admissions.waitlist_rules import LIVE as IN_LINE
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments import queries as payments
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order, Refund
from app.payments.returns import WITHDRAWABLE

__all__ = ["Seats", "application_for", "offer_of", "seats", "seats_left", "standing"]


def seats(cohort: Cohort) -> Seats:
    """How the cohort's seats stand at this moment, in one query."""
    return _seats(cohort, _counted([cohort.id]).get(cohort.id, []))


def _seats(cohort: Cohort, counted: Any) -> Seats:
    sums = {"sold": 0, "held": 0, "offered": 0, "waiting": 0}
    for status, because, number in counted:
        kind = {"converted": "sold", "waiting": "waiting"}.get(status)
        sums[kind or ("offered" if because == "offer" else "held")] += number
    return Seats(capacity=cohort.capacity, **sums)


def seats_left(cohort: Cohort) -> int:
    """Seats that are neither sold, nor held, nor offered, nor waited for."""
    return seats(cohort).public


def spoken_for(cohort_ids: Collection[int]) -> dict[int, int]:
    """Cohort id → seats that are sold, held, offered or waited for. One query."""
    return {
        cohort_id: sum(row[-1] for row in rows)
        for cohort_id, rows in (_counted(cohort_ids) if cohort_ids else {}).items()
    }


def next_cohort(cohort: Cohort, now: datetime) -> tuple[Cohort, Seats] | None:
    """The next other cohort that takes applications and has a seat free. Two queries however many there are."""
    others = [other for other in cohorts.open_cohorts(now) if other.id != cohort.id]
    counted = _counted([other.id for other in others]) if others else {}
    standing = ((other, _seats(other, counted.get(other.id, []))) for other in others)
    return next((found for found in standing if found[1].public), None)


def _counted(cohort_ids: Collection[int] | None = None) -> dict[int, list[Any]]:
    """Cohort id → (status, because, number) of its live seats, and ('waiting', '', number) of its line."""
    held = select(SeatHold.cohort_id, SeatHold.status, SeatHold.because, func.count())
    held = held.where(SeatHold.status.in_(LIVE))
    held = held.group_by(SeatHold.cohort_id, SeatHold.status, SeatHold.because)
    line = select(WaitlistEntry.cohort_id, WaitlistEntry.status, literal("", String), func.count())
    line = line.where(WaitlistEntry.status == "waiting")
    line = line.group_by(WaitlistEntry.cohort_id, WaitlistEntry.status)
    if cohort_ids is not None:
        held = held.where(SeatHold.cohort_id.in_(cohort_ids))
        line = line.where(WaitlistEntry.cohort_id.in_(cohort_ids))
    found: dict[int, list[Any]] = {}
    for cohort_id, *row in db.session.execute(union_all(held, line)):
        found.setdefault(cohort_id, []).append(row)
    return found


@dataclass(frozen=True)
class CohortRow:
    """One cohort as the list of all shows it."""

    cohort: Cohort
    seats: Seats
    waiting: int  # applications without an answer
    oldest: datetime | None  # since when the oldest of them waits


def cohort_overview() -> list[CohortRow]:
    """Every cohort, the latest start first, with its seats and what waits. Three queries however many there are."""
    counted = _counted()
    waits = select(Application.cohort_id, func.count(), func.min(Application.submitted_at))
    waits = waits.where(Application.status.in_(rules.WAITING)).group_by(Application.cohort_id)
    waiting = {cohort_id: (number, oldest) for cohort_id, number, oldest in db.session.execute(waits)}
    found = db.session.scalars(select(Cohort).order_by(Cohort.starts_on.desc(), Cohort.id.desc()))
    return [
        CohortRow(one, _seats(one, counted.get(one.id, [])), *waiting.get(one.id, (0, None))) for one in found
    ]


@dataclass(frozen=True)
class Standing:
    """How one person stands to one cohort."""

    application: Application | None
    offer: Offer | None
    hold: SeatHold | None
    enrollment: Enrollment | None
    order: Order | None
    bank_deciding: bool = False
    net_cents: int = 0  # what was paid and did not go back


def standing(user: User, cohort: Cohort) -> Standing:
    """Everything the way in knows about this person and this cohort. One query, anchored on the cohort's row."""
    asked = select(func.max(Application.id)).where(
        Application.user_id == user.id, Application.cohort_id == cohort.id
    )
    seated = and_(SeatHold.cohort_id == Cohort.id, SeatHold.user_id == user.id, SeatHold.status.in_(LIVE))
    query = (
        select(Application, Offer, SeatHold, Enrollment, Order, payments.bank_decides(), payments.net_sum())
        .select_from(Cohort)
        .outerjoin(Application, Application.id == asked.scalar_subquery())
        .outerjoin(Offer, Offer.application_id == Application.id)
        .outerjoin(SeatHold, seated)
        .outerjoin(Enrollment, and_(Enrollment.cohort_id == Cohort.id, Enrollment.user_id == user.id))
        .outerjoin(Order, Order.id == payments.order_that_counts())
        .where(Cohort.id == cohort.id)
        .options(lazyload("*"))  # user and cohort are at hand
    )
    application, offer, hold, enrollment, order, deciding, net = db.session.execute(query).one()
    return Standing(application, offer, hold, enrollment, order, bool(deciding), int(net or 0))


def application_for(user: User, application_id: int) -> Application:
    """An application that was sent, for staff; 404 for everybody else, for a draft and for what is not there."""
    found = db.session.get(Application, application_id) if user.is_staff else None
    return found if found and found.status != "draft" else abort(404)


def place_for(user: User, enrollment_id: int) -> tuple[Enrollment, Order | None]:
    """Somebody's place with the order that counts for it, for staff; 404 for everybody else and for what is not there.

    A place that somebody has although their order was let go is not the order's: an employer's, say. One query.
    """
    its_own = or_(Order.status != "expired", Enrollment.status.not_in(WITHDRAWABLE))
    query = select(Enrollment, Order).outerjoin(
        Order, and_(Order.id == payments.order_that_counts(), its_own)
    )
    query = query.where(Enrollment.id == enrollment_id).options(lazyload(Order.enrollment))
    found = db.session.execute(query).one_or_none() if user.is_staff else None
    return (found[0], found[1]) if found else abort(404)


def refund_for(user: User, refund_id: int) -> Refund:
    """A refund, for staff; 404 for everybody else and for what is not there."""
    found = db.session.get(Refund, refund_id) if user.is_staff else None
    return found or abort(404)


def offer_of(application: Application) -> Offer | None:
    query = select(Offer).where(Offer.application_id == application.id)
    return db.session.scalar(query.options(lazyload("*")))


def decider(application: Application) -> str | None:
    """The name of the one who decided, if somebody has."""
    return db.session.scalar(select(User.name).where(User.id == application.decided_by))


def applications_of(user: User) -> list[Application]:
    """This person's applications, the latest first."""
    query = select(Application).where(Application.user_id == user.id).order_by(Application.id.desc())
    return list(db.session.scalars(query))


def waiting_of(cohort: Cohort) -> list[Row[Any]]:
    """What may be decided, the oldest first, with the place in line where there is one."""
    live_entry = and_(WaitlistEntry.application_id == Application.id, WaitlistEntry.status.in_(IN_LINE))
    query = (
        select(
            Application.id,
            Application.status,
            User.name,
            Application.submitted_at,
            Application.practice_name,
            Application.answers,
            WaitlistEntry.id.label("entry_id"),
            WaitlistEntry.status.label("in_line"),
        )
        .join(User, User.id == Application.user_id)
        .outerjoin(WaitlistEntry, live_entry)
        .where(Application.cohort_id == cohort.id, Application.status.in_(rules.DECIDABLE))
    )
    return list(db.session.execute(query.order_by(Application.submitted_at, Application.id)))


def cohort_and_holds(slug: str) -> tuple[Cohort, list[Row[Any]]]:
    """A cohort by its address, and its live seats in order: status, because, until, name, user_id. One query."""
    query = (
        select(
            Cohort,
            SeatHold.id.label("hold_id"),
            SeatHold.status,
            SeatHold.because,
            SeatHold.until,
            func.coalesce(User.name, EmployerPurchase.employer).label("name"),
            User.id.label("user_id"),
        )
        .outerjoin(SeatHold, and_(SeatHold.cohort_id == Cohort.id, SeatHold.status.in_(LIVE)))
        .outerjoin(User, User.id == SeatHold.user_id)
        .outerjoin(EmployerPurchase, EmployerPurchase.id == SeatHold.employer_purchase_id)
        .where(Cohort.slug == slug)
        .order_by(SeatHold.seat)
    )
    rows: list[Row[Any]] = list(db.session.execute(query))
    if not rows:
        abort(404)
    return rows[0][0], [row for row in rows if row.hold_id is not None]


def seats_from(cohort: Cohort, holds: list[Row[Any]], waiting: int) -> Seats:
    """The same sums as `seats`, from rows that are there already."""
    return _seats(cohort, [*((hold.status, hold.because, 1) for hold in holds), ("waiting", "", waiting)])
