"""Real processes for the last seats: never over, never a lost sale, on the engine the tests run on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.admissions import line, seats
from app.admissions.models import Application, SeatHold
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.models import Price
from tests.rooms.admissions.offers import new_user
from tests.rooms.admissions.racers import offers, run, takes

ROUNDS, RACERS, CAPACITY = 200, 3, 3
ROUNDS_WITH_A_LINE = 40  # each makes offers, with their mails


def test_the_last_seat_is_sold_once(app, databases, cast, clock):
    """200 cohorts with one seat left, three processes that all want it: never over, never a lost sale."""
    cohort_ids = _cohorts(cast, clock.now, ROUNDS, {1: cast.ana, 3: cast.ben})
    users = [new_user(f"Racer{number}", clock.now) for number in range(RACERS)]
    wins = run(databases[0], [(takes, user) for user in users], cohort_ids)
    for cohort_id in cohort_ids:
        won = [found[cohort_id] for found in wins if found[cohort_id] is not None]
        assert won == [2], f"cohort {cohort_id}: seats {won} were won"  # the one that was free, in the middle
    _assert_full(cohort_ids)


def test_freed_seats_go_to_the_line_first(app, databases, cast, clock):
    """Two sweeps and a newcomer for two seats, by turns three and one in line: in order, each once, none left over."""
    cohort_ids = _cohorts(cast, clock.now, ROUNDS_WITH_A_LINE, {2: cast.ana})
    first, second, third, newcomer = (new_user(f"Racer{number}", clock.now) for number in range(4))
    lines = {one: (first, second, third)[: 1 if index % 2 else 3] for index, one in enumerate(cohort_ids)}
    _wait(lines, clock.now)
    *sweeps, won = run(databases[0], [(offers, 0), (offers, 0), (takes, newcomer)], cohort_ids)
    for cohort_id, people in lines.items():
        offered = [user for found in sweeps for user in found[cohort_id]]
        assert sorted(offered) == list(people[:2]), f"cohort {cohort_id}: offered to {offered}"
        assert (won[cohort_id] is not None) == (len(people) == 1), f"cohort {cohort_id}: {won[cohort_id]}"
    _assert_full(cohort_ids)
    made = sum(min(len(people), 2) for people in lines.values())
    assert db.session.query(Message).filter_by(kind="waitlist/seat_free").count() == made


def _assert_full(cohort_ids: list[int]) -> None:
    """As many live seats as the cohort has, and none twice."""
    db.session.rollback()
    live = select(SeatHold.cohort_id, func.count(), func.count(SeatHold.seat.distinct())).where(
        SeatHold.cohort_id.in_(cohort_ids), SeatHold.status.in_(seats.LIVE)
    )
    counted = db.session.execute(live.group_by(SeatHold.cohort_id)).all()
    assert {(number, different) for _cohort, number, different in counted} == {(CAPACITY, CAPACITY)}


def _wait(lines: dict[int, tuple[int, ...]], now: datetime) -> None:
    """Cohort id → who waits in it, in this order; all were read."""
    begin_write()
    for cohort_id, people in lines.items():
        db.session.add(Price(cohort_id=cohort_id, label="Full price", amount_cents=240000, currency="usd"))
        for minutes, user_id in enumerate(people):
            application = Application(user_id=user_id, cohort_id=cohort_id, status="waitlisted", answers={})
            db.session.add(application)
            db.session.flush()
            line.enter(application, now + timedelta(minutes=minutes))
    db.session.commit()


def _cohorts(cast, now, rounds: int, sold: dict[int, int]) -> list[int]:
    """Cohorts of three seats, of which these are sold: number → user."""
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
        for number in range(rounds)
    ]
    db.session.add_all(made)
    db.session.flush()
    for cohort in made:
        for seat, user in sold.items():
            hold = SeatHold(cohort_id=cohort.id, user_id=user, seat=seat, because="enrolled", created_at=now)
            hold.status = "converted"
            db.session.add(hold)
    ids = [cohort.id for cohort in made]
    db.session.commit()
    return ids
