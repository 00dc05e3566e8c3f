"""Somebody who applied, and somebody who was offered a seat."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.admissions import actions, seats
from app.admissions.models import Application
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db

ANSWERS = {"clients": "Adults after a stroke", "why_now": "No system", "hours": "Four or five hours"}


def applied(user_id: int, cohort_id: int, now: datetime) -> int:
    """The id of a fresh application."""
    begin_write()
    cohort = seats.lock(cohort_id)
    application = actions.apply(db.session.get_one(User, user_id), cohort, "Lakeside Exercise", ANSWERS, now)
    assert application is not None
    application_id = application.id
    db.session.commit()
    return application_id


def offered(user_id: int, cohort_id: int, staff_id: int, now: datetime) -> int:
    """The id of an application with an open offer."""
    application_id = applied(user_id, cohort_id, now)
    begin_write()
    staff, application = db.session.get_one(User, staff_id), db.session.get_one(Application, application_id)
    actions.accept(staff, application, application.version, now)
    db.session.commit()
    return application_id


def new_user(name: str, now: datetime) -> int:
    begin_write()
    user = User(email=f"{name.lower()}@example.com", name=f"{name} Example", created_at=now)
    db.session.add(user)
    db.session.flush()
    user_id = user.id
    db.session.commit()
    return user_id


def fill(cohort_id: int, number: int, now: datetime) -> None:
    """Sell so many seats to people who matter no further."""
    for index in range(number):
        user_id = new_user(f"Filler{index}", now)
        begin_write()
        hold = seats.take(db.session.get_one(Cohort, cohort_id), user_id, "enrolled", None, now)
        assert hold is not None
        seats.keep(hold)
        db.session.commit()
