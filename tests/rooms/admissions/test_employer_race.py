"""Real processes for an employer's seats, on the engine the tests run on; a server killed between two statements."""

from __future__ import annotations

import os
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import claims, employers, seats
from app.admissions.claim_models import Invitation
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.lib.tokens import hash_token
from app.mail.models import Message
from app.payments import employers as money
from app.payments import staff_actions
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order, Payment, Refund
from app.payments.price_models import RefundTier
from tests.rooms.admissions.bought import PRICE, terms
from tests.rooms.admissions.offers import new_user
from tests.rooms.admissions.racers import buys_two, claims_one, run, takes
from tests.rooms.admissions.test_seat_race import CAPACITY, _cohorts
from tests.rooms.coursework.deaths import every_stage

ROUNDS = 40


def _live(cohort_id: int) -> tuple[int, int]:
    """Live seats, and different ones."""
    db.session.rollback()
    live = (SeatHold.cohort_id == cohort_id, SeatHold.status.in_(seats.LIVE))
    counted = select(func.count(), func.count(SeatHold.seat.distinct())).select_from(SeatHold)
    return tuple(db.session.execute(counted.where(*live)).one())


def _paid(cohort_id: int, staff_id: int, emails: list[str], now, **changed) -> int:
    """A paid purchase in this cohort with an open invitation for each address; the caller has begun to write."""
    staff, cohort = db.session.get_one(User, staff_id), db.session.get_one(Cohort, cohort_id)
    changed = {"seats": 1, "claim_until": date(2026, 6, 30)} | changed
    purchase = employers.open_purchase(staff, cohort, terms(**changed), now)
    order = money.order_of(purchase.id)
    order.status = "paid"
    for hold in employers.holds_of(purchase.id):
        hold.status, hold.until = "converted", None
    for email in emails:
        hashed = hash_token(f"{email} {cohort_id}")
        db.session.add(
            Invitation(purchase=purchase, email=email, token_hash=hashed, invited_at=now, sent_at=now)
        )
    db.session.flush()
    return purchase.id


def test_an_employer_and_buyers_race_for_the_last_seats(app, databases, cast, clock):
    """Two seats are free: the employer wants both, two buyers one each. Never over, all or none, and none is left."""
    cohort_ids = _cohorts(cast, clock.now, ROUNDS, {2: cast.ana})
    buyers = [new_user(f"Racer{number}", clock.now) for number in range(2)]
    bought, *won = run(databases[0], [(buys_two, cast.sam), *((takes, user) for user in buyers)], cohort_ids)
    for cohort_id in cohort_ids:
        sold = [found[cohort_id] for found in won if found[cohort_id] is not None]
        got = bought[cohort_id] or []
        assert sorted(got + sold) == [1, 3], f"cohort {cohort_id}: employer {got}, buyers {sold}"
        assert len(got) in (0, 2)
        assert _live(cohort_id) == (CAPACITY, CAPACITY)


def test_the_last_seat_is_claimed_once(app, databases, cast, clock):
    """One seat of an employer's is left and two are invited to it: one is in, the other is told, by real processes."""
    cohort_ids = _cohorts(cast, clock.now, ROUNDS, {2: cast.ana})
    racers = [new_user(f"Racer{number}", clock.now) for number in range(2)]
    emails = list(db.session.scalars(select(User.email).where(User.id.in_(racers)).order_by(User.id)))
    db.session.rollback()
    begin_write()
    for cohort_id in cohort_ids:
        _paid(cohort_id, cast.sam, emails, clock.now)
    db.session.commit()
    found = run(databases[0], [(claims_one, user) for user in racers], cohort_ids)
    for cohort_id in cohort_ids:
        answers = sorted(one[cohort_id] for one in found)
        assert answers == [
            "The last of these seats was claimed a moment ago. Please ask whoever invited you.",
            "in",
        ]
        assert _live(cohort_id) == (2, 2)
    active = select(func.count()).select_from(Enrollment).where(Enrollment.cohort_id.in_(cohort_ids))
    assert db.session.scalar(active) == ROUNDS
    assert db.session.query(Message).filter_by(kind="admissions/claimed").count() == ROUNDS


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
def test_killed_at_every_stage_of_a_claim(app, cast, clock):
    """It has happened whole or not at all, and doing it once more does it once."""
    stages = 120
    with_seats = _cohorts(cast, clock.now, stages, {})
    begin_write()
    email = db.session.get_one(User, cast.pat).email
    for cohort_id in with_seats:
        _paid(cohort_id, cast.sam, [email], clock.now)
    db.session.commit()

    def claim(cohort_id: int):
        def press() -> SimpleNamespace:
            begin_write()
            claims.claim(db.session.get_one(User, cast.pat), _invitation(cohort_id), "P", clock.now)
            db.session.commit()
            return SimpleNamespace(status_code=200)

        return press

    def after(cohort_id: int, status: int | None) -> None:
        state = _state(cohort_id, cast.pat)
        assert state in (("open", None, 0), ("claimed", "active", 1)), (cohort_id, state)
        if status is not None:
            assert state == ("claimed", "active", 1)
        claim(cohort_id)()
        assert _state(cohort_id, cast.pat) == ("claimed", "active", 1)
        assert _live(cohort_id) == (1, 1)

    deaths = every_stage(app, with_seats, claim, after)
    assert deaths > 15  # a claim has this many stages at least, or they were not counted


def _invitation(cohort_id: int) -> Invitation:
    query = select(Invitation).join(Invitation.purchase).where(EmployerPurchase.cohort_id == cohort_id)
    return db.session.scalars(query).one()


def _state(cohort_id: int, user_id: int) -> tuple[str, str | None, int]:
    """The invitation, the enrollment, and how many mails say that they are in."""
    db.session.rollback()
    query = select(Enrollment).where(Enrollment.cohort_id == cohort_id, Enrollment.user_id == user_id)
    enrollment = db.session.scalar(query)
    key = f"welcome:enrollment:{enrollment.id if enrollment else 0}"
    told = db.session.query(Message).filter_by(key=key).count()
    return _invitation(cohort_id).status, enrollment.status if enrollment else None, told


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
def test_killed_at_every_stage_of_handing_seats_back(app, cast, clock):
    """Free and refunded, or neither: never one without the other."""
    stages = 120
    cohort_ids = _cohorts(cast, clock.now, stages, {})
    begin_write()
    for cohort_id in cohort_ids:
        purchase_id = _paid(cohort_id, cast.sam, ["a@x.example"], clock.now, seats=2)
        _pay_by_check(purchase_id, cast.sam, clock.now)
        db.session.add(RefundTier(cohort_id=cohort_id, until=date(2026, 5, 23), share_percent=50))
    db.session.commit()

    def hand_back(cohort_id: int):
        def press() -> SimpleNamespace:
            begin_write()
            sam = db.session.get_one(User, cast.sam)
            employers.hand_back(sam, _order(cohort_id), 2, PRICE, clock.now.date(), clock.now)
            db.session.commit()
            return SimpleNamespace(status_code=200)

        return press

    def after(cohort_id: int, status: int | None) -> None:
        found = (_live(cohort_id), _invitation(cohort_id).status, *_sent_back(cohort_id))
        before, done = ((2, 2), "open", 0, 0), ((0, 0), "taken back", PRICE, PRICE)
        assert found in (before, done)
        assert status is None or found == done

    assert every_stage(app, cohort_ids, hand_back, after) > 10


def _sent_back(cohort_id: int) -> tuple[int, int]:
    """Cents that are to go back to the employer, and cents that are owed no more."""
    db.session.rollback()
    order = _order(cohort_id)
    asked = select(func.coalesce(func.sum(Refund.amount_cents), 0)).join(Refund.payment)
    return int(db.session.scalar(asked.where(Payment.order_id == order.id)) or 0), order.credited_cents


def _order(cohort_id: int) -> Order:
    query = select(Order).join(Order.employer).where(EmployerPurchase.cohort_id == cohort_id)
    return db.session.scalars(query).one()


def _pay_by_check(purchase_id: int, staff_id: int, now) -> None:
    order = money.order_of(purchase_id)
    order.status = "open"
    day = (now - timedelta(hours=6)).date()
    staff_actions.enter_payment(
        db.session.get_one(User, staff_id), order, "check", order.amount_cents, day, "1", "", False, now
    )
