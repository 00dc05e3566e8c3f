"""What processes do in a race of people who move. A module of its own, because a new process has to import it."""

from __future__ import annotations

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import actions, deferring, deferring_queries, seats
from app.admissions.deferring import Deferring
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from tests.rooms.admissions.racers import NOW

ROUNDS = 60  # as many cohorts lie between one and its partner


def moves(cohort_id: int, user_id: int) -> int | None:
    """Move this person into the cohort, or out of it into its partner, as the screen does; the new place."""
    ids = (cohort_id, cohort_id + ROUNDS)
    query = select(Enrollment).where(Enrollment.user_id == user_id, Enrollment.cohort_id.in_(ids))
    enrollment = db.session.scalars(query.where(Enrollment.status == "active")).one()
    enrollment_id = enrollment.id
    target_id = next(one for one in ids if one != enrollment.cohort_id)
    begin_write()
    place = deferring_queries.place_of(enrollment_id)
    assert place is not None
    staff = db.session.scalars(select(User).where(User.is_staff)).one()
    what = Deferring(told_on=NOW.date(), reason="time")
    try:
        target = db.session.get_one(Cohort, target_id)
        new = deferring.defer(staff, place.enrollment, place.order, target, what, NOW).id
    except Refused as refused:
        db.session.rollback()
        return None if "is full" in refused.sentence else -1
    db.session.commit()
    return new


def sweeps(cohort_id: int, _user_id: int) -> None:
    """Keep paid seats and free those of who left, as the job does, in both cohorts."""
    for one in (cohort_id + ROUNDS, cohort_id):
        begin_write()
        seats.lock(one)
        actions.keep_paid_seats(one, NOW)
        db.session.commit()
