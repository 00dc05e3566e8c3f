"""Four people, three seats, and whatever can happen in any order: what must be true in the end, always is.

Each round is a seeded sequence of presses, payments, declines, lost, late and repeated news, silent answers, sweeps
and hours going by. Then the news arrives and the jobs run, and the books must agree.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import actions, seats
from app.admissions.jobs import sweep_seats
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from app.payments import checkout
from app.payments.event_models import MoneyAlert
from app.payments.jobs import reconcile
from app.payments.models import CheckoutSession, Order, Payment
from app.payments.standin import BANK_DEBIT, ApiError
from tests.rooms.admissions.offers import applied, new_user
from tests.rooms.payments.purchases import CANCEL, SUCCESS, stripe  # noqa: F401

STEPS = 40
CAPACITY = 3


class World:
    """What may happen. Refusals are fine; anything else is a fault."""

    def __init__(self, cast: Any, clock: Any, stripe: Any, dice: random.Random) -> None:
        self.cast, self.clock, self.stripe, self.dice = cast, clock, stripe, dice
        stripe.hold_deliveries = True
        self.people = [new_user(f"Person{number}", clock.now) for number in range(4)]
        self.applications = {user: applied(user, cast.summer, clock.now) for user in self.people}
        self.steps = [
            self.offer, self.offer, self.press, self.press, self.press, self.pay, self.pay, self.bank,
            self.decline, self.bank_answers, self.deliver, self.deliver, self.repeat, self.lose, self.come_back,
            self.silence, self.sweep, self.sweep, self.reconcile, self.wait, self.wait_long,
        ]  # fmt: skip

    def step(self) -> None:
        try:
            self.dice.choice(self.steps)()
        except (Refused, ApiError):
            db.session.rollback()

    def offer(self) -> None:
        from app.admissions.models import Application

        begin_write()
        found = db.session.get_one(Application, self.applications[self.dice.choice(self.people)])
        actions.accept(db.session.get_one(User, self.cast.sam), found, found.version, self.clock.now)
        db.session.commit()

    def press(self) -> None:
        begin_write()
        user = db.session.get_one(User, self.dice.choice(self.people))
        order = actions.begin_checkout(user, db.session.get_one(Cohort, self.cast.summer), self.clock.now)
        order_id = order.id
        db.session.commit()
        checkout.pay(order_id, SUCCESS, CANCEL, self.clock.now)

    def pages(self, status: str) -> list[str]:
        return [page["id"] for page in self.stripe.all("checkout.session") if page["status"] == status]

    def pay(self) -> None:
        for page in self.pages("open")[-1:]:
            self.stripe.pay(page)

    def bank(self) -> None:
        for page in self.pages("open")[:1]:
            self.stripe.pay(page, BANK_DEBIT)

    def decline(self) -> None:
        for page in self.pages("open")[:1]:
            self.stripe.decline(page)

    def bank_answers(self) -> None:
        for page in self.pages("complete"):
            if self.stripe.get(page)["payment_status"] == "unpaid":
                self.dice.choice((self.stripe.async_pay, self.stripe.async_fail))(page)

    def deliver(self) -> None:
        owed = self.stripe.pending_events
        if owed:
            self.stripe.deliver(self.dice.choice(owed))

    def repeat(self) -> None:
        events = self.stripe.events
        if events:
            self.stripe.deliver(self.dice.choice(events), times=2)

    def lose(self) -> None:
        owed = self.stripe.pending_events
        if owed:
            self.stripe.drop(self.dice.choice(owed))

    def come_back(self) -> None:
        for page in self.pages(self.dice.choice(("complete", "expired", "open")))[-1:]:
            checkout.settle(page, self.clock.now)

    def silence(self) -> None:
        on = self.dice.choice(("POST /v1/checkout", "GET /v1/checkout", "POST /v1/customers", "/expire"))
        self.stripe.fail_next(self.dice.choice(("500", "timeout_before", "timeout_after")), times=3, on=on)

    def sweep(self) -> None:
        sweep_seats(self.clock.now)

    def reconcile(self) -> None:
        reconcile(self.clock.now)

    def wait(self) -> None:
        self.clock.move(minutes=self.dice.choice((1, 5, 25, 40)))
        self.stripe.sweep()

    def wait_long(self) -> None:
        self.clock.move(hours=self.dice.choice((10, 80)))
        self.stripe.sweep()

    def calm_down(self) -> None:
        """Nothing fails any more, what is owed arrives, and the jobs run."""
        self.stripe._faults._orders.clear()
        for page in self.pages("complete"):
            if self.stripe.get(page)["payment_status"] == "unpaid" and self._deciding(page):
                self.stripe.async_pay(page)
        self.stripe.deliver_pending(self.dice)
        for _round in range(3):
            reconcile(self.clock.now)
            sweep_seats(self.clock.now)
            self.clock.move(minutes=5)

    def _deciding(self, page: str) -> bool:
        intent = self.stripe.get(page)["payment_intent"]
        return bool(self.stripe.get(intent)["status"] == "processing")

    def picture(self) -> list[Any]:
        """Everything that must not change when old news is told again."""
        db.session.rollback()
        tables = (SeatHold, Order, Payment, CheckoutSession, Enrollment, MoneyAlert)
        rows = [
            db.session.execute(select(table.id, table.status)).all()
            for table in tables
            if table is not MoneyAlert
        ]
        return [sorted(map(tuple, part)) for part in rows] + [_count(MoneyAlert), _count(Message)]


def _count(model: Any) -> int:
    return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


@pytest.mark.parametrize("seed", range(16))
def test_the_books_agree_in_the_end(app, cast, clock, stripe, seed):
    world = World(cast, clock, stripe, random.Random(seed))
    for _step in range(STEPS):
        world.step()
        _never_over(cast)
    world.calm_down()
    _never_over(cast)
    _sums_agree(stripe)
    _who_paid_is_in(cast)
    before = world.picture()
    for event in reversed(stripe.events):
        assert stripe.deliver(event) == [200]
    assert world.picture() == before
    assert not stripe.violations


def _never_over(cast: Any) -> None:
    db.session.rollback()
    live = select(func.count(SeatHold.id)).where(
        SeatHold.cohort_id == cast.summer, SeatHold.status.in_(seats.LIVE)
    )
    assert db.session.scalar(live) <= CAPACITY


def _sums_agree(stripe: Any) -> None:
    theirs = sorted(
        one["amount_received"] for one in stripe.all("payment_intent") if one["status"] == "succeeded"
    )
    ours = sorted(db.session.scalars(select(Payment.amount_cents).where(Payment.status == "succeeded")))
    assert theirs == ours


def _who_paid_is_in(cast: Any) -> None:
    """Paid, in the cohort, on a seat and told so, exactly once each; or paid too late, and a person knows."""
    orders = db.session.scalars(
        select(Order).join(Order.enrollment).where(Enrollment.cohort_id == cast.summer)
    ).all()
    for order in orders:
        received = db.session.scalar(
            select(func.count(Payment.id)).where(Payment.order_id == order.id, Payment.status == "succeeded")
        )
        kinds = set(db.session.scalars(select(MoneyAlert.kind).where(MoneyAlert.order_id == order.id)))
        user = order.enrollment.user
        welcomes = select(func.count(Message.id)).where(
            Message.kind == "payments/welcome", Message.to_address == user.email
        )
        hold = seats.hold_of(cast.summer, user.id)
        if order.status == "paid":
            assert received >= 1
            assert (received > 1) == ("overpaid" in kinds)
            assert order.enrollment.status == "active"
            assert hold is not None
            assert hold.status == "converted"
            assert db.session.scalar(welcomes) == 1
        elif received:
            assert order.status == "expired"
            assert "paid late" in kinds
