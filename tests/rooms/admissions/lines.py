"""A full cohort, people who wait for a seat in it, and what becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import actions, seats
from app.admissions.models import Application, SeatHold
from app.admissions.waitlist_models import WaitlistEntry
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import checkout
from tests.rooms.admissions.offers import applied, new_user, offered
from tests.rooms.payments.purchases import CANCEL, SUCCESS


def sell(cohort_id: int, number: int, now: datetime, name: str = "Seated") -> list[int]:
    """So many seats sold to people who are enrolled; their ids."""
    found = []
    for index in range(number):
        user_id = new_user(f"{name}{index}", now)
        begin_write()
        hold = seats.take(seats.lock(cohort_id), user_id, "enrolled", None, now)
        assert hold is not None
        seats.keep(hold)
        enrollment = Enrollment(user_id=user_id, cohort_id=cohort_id, status="active", created_at=now)
        db.session.add(enrollment)
        db.session.commit()
        found.append(user_id)
    return found


def withdraw(user_id: int) -> None:
    """They leave; the sweep finds their seat."""
    begin_write()
    db.session.scalar(select(Enrollment).where(Enrollment.user_id == user_id)).status = "withdrawn"
    db.session.commit()


def waits(cast: Any, user_id: int, now: datetime) -> int:
    """Somebody applied to the full summer cohort, and staff said yes: the application's id."""
    application_id = applied(user_id, cast.summer, now)
    begin_write()
    application = db.session.get_one(Application, application_id)
    actions.put_on_waitlist(db.session.get_one(User, cast.sam), application, application.version, now)
    db.session.commit()
    return application_id


def entry(user_id: int) -> WaitlistEntry:
    """Their latest place in line."""
    db.session.rollback()
    db.session.expire_all()
    query = select(WaitlistEntry).where(WaitlistEntry.user_id == user_id)
    found = db.session.scalar(query.order_by(WaitlistEntry.id.desc()))
    assert found is not None
    return found


def status(user_id: int) -> str:
    return entry(user_id).status


def seat(user_id: int) -> str | None:
    """How their live hold in the cohort stands: 'active', 'converted'; None without one."""
    db.session.rollback()
    query = select(SeatHold.status).where(SeatHold.user_id == user_id, SeatHold.status.in_(seats.LIVE))
    return db.session.scalar(query)


def taken(cohort_id: int) -> int:
    db.session.rollback()
    live = select(func.count(SeatHold.id)).where(
        SeatHold.cohort_id == cohort_id, SeatHold.status.in_(seats.LIVE)
    )
    return db.session.scalar(live) or 0


def set_cohort(cohort_id: int, **facts: Any) -> None:
    begin_write()
    cohort = db.session.get_one(Cohort, cohort_id)
    for name, value in facts.items():
        setattr(cohort, name, value)
    db.session.commit()


def pays(cast: Any, user_id: int, now: datetime) -> str:
    """Somebody with an offer has pressed the button and stands before Stripe's page; Stripe's id of it."""
    offered(user_id, cast.summer, cast.sam, now)
    begin_write()
    user, cohort = db.session.get_one(User, user_id), db.session.get_one(Cohort, cast.summer)
    order_id = actions.begin_checkout(user, cohort, now).id
    db.session.commit()
    return checkout.pay(order_id, SUCCESS, CANCEL, now).rsplit("/", 1)[1]


def mails(user_id: int, kind: str) -> list[Message]:
    db.session.rollback()
    address = db.session.get_one(User, user_id).email
    query = select(Message).where(Message.to_address == address, Message.kind == kind)
    return list(db.session.scalars(query.order_by(Message.id)))
