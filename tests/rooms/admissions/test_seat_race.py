"""Real processes for the last seats: never over, never a lost sale, on the engine the tests run on.

A thousand rounds in all. The processes of one test live through all of its rounds, so a round costs milliseconds.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.admissions import line, seats
from app.admissions.models import Application, Offer, SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.models import CheckoutSession, Installment, Order
from app.payments.price_models import Price
from tests.rooms.admissions.offers import new_user
from tests.rooms.admissions.racers import offers, run, sweeps, sweeps_and_takes, takes

ROUNDS, RACERS, CAPACITY = 600, 3, 3
ROUNDS_WITH_A_LINE = 200  # each makes offers, with their mails
ROUNDS_OF_THE_SWEEP = 200  # each with an offer whose time is over, and a payment page that cannot be ended
AN_HOUR = timedelta(hours=1)


def test_the_last_seat_is_sold_once(app, databases, cast, clock):
    """600 cohorts with one seat left, three processes that all want it: never over, never a lost sale."""
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


def test_a_lapsed_seat_is_sold_once_and_a_page_that_may_take_money_keeps_its_seat(
    app, databases, cast, clock
):
    """The time of two seats is over. One was only offered: it goes to the line where somebody waits, else to one of
    two newcomers. Of the other the payment page is open and Stripe silent, or the bank is deciding: it stays."""
    cohort_ids = _cohorts(cast, clock.now, ROUNDS_OF_THE_SWEEP, {1: cast.ana})
    waiting, *newcomers = (new_user(f"Racer{number}", clock.now) for number in range(3))
    lined = cohort_ids[::2]
    _wait(dict.fromkeys(lined, (waiting,)), clock.now)
    paying = _over(cohort_ids, clock.now)
    each = [(sweeps, 0), *((sweeps_and_takes, user) for user in newcomers)]
    offered, *wins = run(databases[0], each, cohort_ids)
    for cohort_id in cohort_ids:
        won = [found[cohort_id] for found in wins if found[cohort_id] is not None]
        assert won == ([] if cohort_id in lined else [2]), f"cohort {cohort_id}: seats {won} were won"
        assert offered[cohort_id] in ([], [waiting]), f"cohort {cohort_id}: offered to {offered[cohort_id]}"
    _assert_full(cohort_ids)
    stays = select(func.count()).where(SeatHold.id.in_(paying), SeatHold.status == "active")
    assert db.session.scalar(stays) == len(cohort_ids)
    in_line = select(SeatHold.cohort_id).where(SeatHold.user_id == waiting, SeatHold.status == "active")
    assert sorted(db.session.scalars(in_line)) == lined
    assert db.session.query(Message).filter_by(kind="admissions/let_go").count() == len(cohort_ids)


def _over(cohort_ids: list[int], now: datetime) -> list[int]:
    """In each cohort seat 2 offered and seat 3 being paid for, both until an hour ago; the holds of the latter."""
    offered, paying = (new_user(name, now - AN_HOUR) for name in ("Olga", "Paula"))
    begin_write()
    holds = []
    for index, cohort_id in enumerate(cohort_ids):
        application = Application(user_id=offered, cohort_id=cohort_id, status="accepted", answers={})
        made = {"amount_cents": 240000, "currency": "usd", "made_at": now, "expires_at": now - AN_HOUR}
        db.session.add(Offer(application=application, **made))
        common = {"cohort_id": cohort_id, "until": now - AN_HOUR, "created_at": now}
        db.session.add(SeatHold(user_id=offered, seat=2, because="offer", **common))
        holds.append(SeatHold(user_id=paying, seat=3, because="checkout", **common))
        db.session.add(holds[-1])
        db.session.add(_page(paying, cohort_id, "processing" if index % 4 > 1 else "open", now))
    db.session.flush()
    ids = [hold.id for hold in holds]
    db.session.commit()
    return ids


def _page(user_id: int, cohort_id: int, status: str, now: datetime) -> CheckoutSession:
    """A payment page, with the order and the enrollment it is for."""
    enrollment = Enrollment(user_id=user_id, cohort_id=cohort_id, status="pending", created_at=now)
    money = {"amount_cents": 240000, "currency": "usd"}
    order = Order(enrollment=enrollment, description="A seat", status="open", created_at=now, **money)
    db.session.add(Installment(order=order, number=1, due_on=now.date(), amount_cents=240000, status="due"))
    return CheckoutSession(
        order=order, number=1, stripe_id=f"cs_test_{cohort_id}", url="https://checkout.stripe.com/c/pay",
        amount_cents=240000, status=status, created_at=now - AN_HOUR, expires_at=now,
    )  # fmt: skip


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
