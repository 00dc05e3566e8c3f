"""How many persons reached each step of the way in, and who stopped before paying. Counted from rows, never kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Row, Select, func, literal, select, union_all
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.admissions.lead_models import Lead
from app.admissions.left_checkout import KIND
from app.admissions.models import Application, Offer
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.rules import WORKING
from app.coursework.systems import first_work
from app.lib.database import db
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment

MOST_TASKS = 50


def counts(cohort_id: int | None, since: datetime | None) -> dict[str, int]:
    """Step → persons who reached it since then, of one cohort or of all. One query.

    Leads ask before they know a cohort, so of one cohort they are not counted. Who has moved to another cohort since
    came in to the first one, and is counted there.
    """
    first_money = select(func.min(Payment.received_at)).where(
        Payment.order_id == Order.id, Payment.status == "succeeded"
    )
    paid_at = func.coalesce(
        first_money.correlate(Order).scalar_subquery(), Order.paid_at
    )  # or it cost nothing
    application = (Application.user_id, Application.cohort_id == cohort_id)
    came = _came_in(cohort_id) if cohort_id is not None else None
    order = (Enrollment.user_id, came, select(Order).join(Order.enrollment))
    place = (Enrollment.user_id, came)
    begun_at = first_work().correlate(Enrollment).scalar_subquery()
    steps: list[tuple[Any, ...]] = [
        ("applied", Application.submitted_at, *application, select(Application)),
        ("offered", Offer.made_at, *application, select(Offer).join(Offer.application)),
        ("checkout", Order.created_at, *order),
        ("paid", paid_at, *order),
        ("onboarded", Enrollment.onboarded_at, *place, select(Enrollment)),
        ("begun", begun_at, *place, select(Enrollment)),
    ]
    if cohort_id is None:
        steps += [(name, at, Lead.id, None, select(Lead)) for name, at in _LEADS]
    found = union_all(*(_count(step, cohort_id is not None, since) for step in steps))
    return dict(db.session.execute(found).all())


def _came_in(cohort_id: int) -> ColumnElement[bool]:
    """A place that its person came in to by this cohort: one there, or one that goes on from it in another."""
    first = (Enrollment.cohort_id == cohort_id, Enrollment.continues_id.is_(None))
    places = select(Enrollment.id).where(*first).cte("places", recursive=True)
    after = aliased(Enrollment)
    places = places.union_all(select(after.id).join(places, after.continues_id == places.c.id))
    return Enrollment.id.in_(select(places.c.id))


_LEADS = (("asked", Lead.asked_at), ("confirmed", Lead.confirmed_at))


def _count(step: tuple[Any, ...], of_one: bool, since: datetime | None) -> Select[str, int]:
    name, at, person, of, rows = step
    query: Select[str, int] = rows.with_only_columns(literal(name), func.count(person.distinct()))
    query = query.where(at.is_not(None))
    if of_one:
        query = query.where(of)
    return query.where(at >= since) if since else query


def cohorts_to_choose() -> list[Row[Any]]:
    """id, slug and title of every cohort, the latest start first; how many there are at work, and not set up yet."""
    here = select(func.count(Enrollment.id)).where(
        Enrollment.cohort_id == Cohort.id, Enrollment.status.in_(WORKING)
    )
    at_work = here.correlate(Cohort).scalar_subquery()
    not_set_up = here.where(Enrollment.is_onboarding).correlate(Cohort).scalar_subquery()
    query = select(
        Cohort.id, Cohort.slug, Cohort.title, at_work.label("at_work"), not_set_up.label("not_set_up")
    )
    return list(db.session.execute(query.order_by(Cohort.starts_on.desc(), Cohort.id.desc())))


def tasks() -> list[Row[Any]]:
    """Who stopped before paying and was reminded twice, the oldest first: alert id, opened_at, name, email, cohort."""
    query = (
        select(MoneyAlert.id, MoneyAlert.opened_at, User.name, User.email, Cohort.slug, Cohort.title)
        .join(Order, Order.id == MoneyAlert.order_id)
        .join(Enrollment, Enrollment.id == Order.enrollment_id)
        .join(User, User.id == Enrollment.user_id)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .where(MoneyAlert.kind == KIND, MoneyAlert.closed_at.is_(None))
    )
    return list(db.session.execute(query.order_by(MoneyAlert.id).limit(MOST_TASKS)))


def task_for(user: User, alert_id: int) -> MoneyAlert:
    """One of them under its lock, for staff; 404 for everybody else and for what is no such task."""
    query = select(MoneyAlert).where(MoneyAlert.id == alert_id, MoneyAlert.kind == KIND).with_for_update()
    found = db.session.scalar(query) if user.is_staff else None
    return found or abort(404)
