"""Real processes: somebody moves into the last seat while a buyer wants it, and two move in opposite directions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import seats
from app.admissions.models import SeatHold
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from tests.rooms.admissions.offers import new_user
from tests.rooms.admissions.racers import run, takes
from tests.rooms.admissions.racers_moving import ROUNDS, moves, sweeps
from tests.rooms.payments.movers import another_cohort

CAPACITY = 2


def _seated(user_id: int, cohort_id: int, now: Any) -> int:
    cohort = db.session.get_one(Cohort, cohort_id)
    user = db.session.get_one(User, user_id)
    hold = seats.take(cohort, user_id, "enrolled", None, now)
    assert hold is not None
    seats.keep(hold)
    enrollment = cohorts.enroll(None, user, cohort, "Practice", now)
    cohorts.activate(None, enrollment, now)
    return enrollment.id


def _live(cohort_ids: list[int]) -> list[tuple[int, int]]:
    db.session.rollback()
    live = select(func.count(), func.count(SeatHold.seat.distinct())).where(
        SeatHold.cohort_id.in_(cohort_ids), SeatHold.status.in_(seats.LIVE)
    )
    return [tuple(row) for row in db.session.execute(live.group_by(SeatHold.cohort_id))]


def test_the_last_seat_goes_to_the_mover_or_the_buyer(app, databases, cast, clock):
    """60 cohorts with one seat left: the one who moves, a buyer and the sweep. One of the two has it, and the seat that
    is left is free exactly when the move was made."""
    now, weeks = clock.now, range(ROUNDS)
    mover, buyer, other = (new_user(f"Racer{number}", now) for number in range(3))
    begin_write()
    targets = [another_cohort(cast, date(2027, 1, 2) + timedelta(weeks=w), capacity=CAPACITY) for w in weeks]
    homes = [another_cohort(cast, date(2030, 1, 5) + timedelta(weeks=w), capacity=CAPACITY) for w in weeks]
    for target, home in zip(targets, homes, strict=True):
        assert home - target == ROUNDS  # where `moves` looks for it
        _seated(mover, home, now)
        _seated(other, target, now)
    db.session.commit()
    moved, bought, _swept = run(databases[0], [(moves, mover), (takes, buyer), (sweeps, 0)], targets)
    assert _live(targets) == [(CAPACITY, CAPACITY)] * ROUNDS
    for target, home in zip(targets, homes, strict=True):
        assert moved[target] != -1
        assert (moved[target] is not None) != (bought[target] is not None), target
        left = db.session.scalar(select(SeatHold.status).where(SeatHold.cohort_id == home))
        place = db.session.scalar(select(Enrollment.status).where(Enrollment.cohort_id == home))
        assert (left, place) == (
            ("released", "deferred") if moved[target] is not None else ("converted", "active")
        )


def test_two_in_opposite_directions_do_not_wait_for_each_other(app, databases, cast, clock):
    """In pairs of cohorts with room for both, each of two people moves to where the other comes from."""
    now, weeks = clock.now, range(ROUNDS)
    there, back = (new_user(f"Racer{number}", now) for number in range(2))
    begin_write()
    targets = [another_cohort(cast, date(2027, 1, 2) + timedelta(weeks=w), capacity=CAPACITY) for w in weeks]
    homes = [another_cohort(cast, date(2030, 1, 5) + timedelta(weeks=w), capacity=CAPACITY) for w in weeks]
    for target, home in zip(targets, homes, strict=True):
        _seated(there, home, now)
        _seated(back, target, now)
    db.session.commit()
    found = run(databases[0], [(moves, there), (moves, back)], targets)
    for target in targets:
        assert not {None, -1} & {one[target] for one in found}, target
    assert _live([*targets, *homes]) == [(1, 1)] * (2 * ROUNDS)
