"""Real processes for the last seat: exactly one wins, every time, on the engine the tests run on."""

from __future__ import annotations

import multiprocessing
from datetime import date

from sqlalchemy import func, select

from app.admissions import seats
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from tests.rooms.admissions.offers import new_user
from tests.rooms.admissions.racers import race

ROUNDS, RACERS, CAPACITY = 200, 3, 3


def test_the_last_seat_is_sold_once(app, databases, cast, clock):
    """200 cohorts with one seat left, three processes that all want it: never over, never a lost sale."""
    cohort_ids = _almost_full(cast, clock.now)
    users = [new_user(f"Racer{number}", clock.now) for number in range(RACERS)]
    wins = _run(databases[0].url("test"), str(databases[0].folder), users, cohort_ids)
    for cohort_id in cohort_ids:
        winners = [user for user, won in wins.items() if cohort_id in won]
        assert len(winners) == 1, f"cohort {cohort_id}: {winners} got the last seat"
        assert wins[winners[0]][cohort_id] == 2  # the one that was free, in the middle
    db.session.rollback()
    live = select(SeatHold.cohort_id, func.count(), func.count(SeatHold.seat.distinct())).where(
        SeatHold.cohort_id.in_(cohort_ids), SeatHold.status.in_(seats.LIVE)
    )
    counted = db.session.execute(live.group_by(SeatHold.cohort_id)).all()
    assert {(number, different) for _cohort, number, different in counted} == {(CAPACITY, CAPACITY)}


def _almost_full(cast, now) -> list[int]:
    """Cohorts of three seats whose seats 1 and 3 are sold."""
    begin_write()
    release_id = db.session.get_one(Cohort, cast.summer).release_id
    made = [
        Cohort(
            slug=f"race-{number}",
            title="A race",
            starts_on=date(2026, 6, 6),
            time_zone="America/New_York",
            capacity=CAPACITY,
            status="open",
            release_id=release_id,
            created_at=now,
        )
        for number in range(ROUNDS)
    ]
    db.session.add_all(made)
    db.session.flush()
    for cohort in made:
        for seat, user in ((1, cast.ana), (3, cast.ben)):
            sold = SeatHold(cohort_id=cohort.id, user_id=user, seat=seat, because="enrolled", created_at=now)
            sold.status = "converted"
            db.session.add(sold)
    ids = [cohort.id for cohort in made]
    db.session.commit()
    return ids


def _run(url: str, folder: str, users: list[int], cohort_ids: list[int]) -> dict[int, dict[int, int]]:
    fast = "forkserver" in multiprocessing.get_all_start_methods()  # imports once for all
    context = multiprocessing.get_context("forkserver" if fast else "spawn")
    if fast:
        context.set_forkserver_preload([race.__module__])
    start, results = context.Barrier(len(users)), context.Queue()
    racers = [
        context.Process(target=race, args=(url, folder, user, cohort_ids, start, results), daemon=True)
        for user in users
    ]
    for racer in racers:
        racer.start()
    reports = [results.get(timeout=120) for _racer in racers]
    for racer in racers:
        racer.join(30)
    assert not [error for _user, _won, error in reports if error]
    return {user: won for user, won, _error in reports}
