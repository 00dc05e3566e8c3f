"""Real processes for the last use of a discount code: one gets it, the others pay the whole price or nothing."""

from __future__ import annotations

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions.models import Application, Offer
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.payments import discounts
from app.payments.discount_models import DiscountUse
from app.payments.models import Order
from tests.rooms.admissions.offers import new_user
from tests.rooms.admissions.racers import code_of, run, uses_the_code
from tests.rooms.admissions.test_codes import TERMS

ROUNDS, RACERS = 60, 3


def test_the_last_use_of_a_code_is_given_once(app, databases, cast, clock):
    """Three people, each in a cohort of their own, so that only the code itself can keep them apart."""
    people = [new_user(f"Racer{number}", clock.now) for number in range(RACERS)]
    rounds = list(range(1, ROUNDS + 1))
    _codes(cast, clock.now, rounds)
    _offers(cast, clock.now, people, rounds)
    found = run(databases[0], [(uses_the_code, user) for user in people], rounds)
    for number in rounds:
        paid = [one[number] for one in found]
        assert sorted(paid) == [0, 0, 192000], f"round {number}: {paid}"
    db.session.rollback()
    assert db.session.scalar(select(func.count(DiscountUse.id)).where(DiscountUse.status == "held")) == ROUNDS
    assert db.session.scalar(select(func.count(Order.id)).where(Order.discount_cents > 0)) == ROUNDS


def _codes(cast, now, rounds: list[int]) -> None:
    begin_write()
    staff = db.session.get_one(User, cast.sam)
    for number in rounds:
        discounts.create(staff, discounts.Terms(**TERMS | {"code": code_of(number), "max_uses": 1}), now)
    db.session.commit()


def _offers(cast, now, people: list[int], rounds: list[int]) -> None:
    """For every round and person a cohort, an application named after the round, and an open offer."""
    begin_write()
    release_id = db.session.get_one(Cohort, cast.summer).release_id
    starts_on = db.session.get_one(Cohort, cast.summer).starts_on
    for number in rounds:
        for user_id in people:
            cohort = Cohort(
                slug=f"race-{number}-{user_id}", title="A race", starts_on=starts_on, capacity=3, status="open",
                time_zone="America/New_York", release_id=release_id, created_at=now,
            )  # fmt: skip
            db.session.add(cohort)
            db.session.flush()
            application = Application(user_id=user_id, cohort=cohort, status="accepted", answers={})
            application.practice_name = code_of(number)
            made = {
                "amount_cents": 240000,
                "currency": "usd",
                "made_at": now,
                "expires_at": now.replace(year=2027),
            }
            db.session.add(Offer(application=application, plans=[], **made))
    db.session.commit()
