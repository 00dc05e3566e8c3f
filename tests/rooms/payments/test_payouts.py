"""What Stripe paid out, taken in every night: matched, added up, and put before a person where it does not fit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.lib.database import begin_write, db
from app.payments import payouts, refunding
from app.payments.event_models import MoneyAlert
from app.payments.models import Payment, Refund
from app.payments.payout_models import BalanceLine, Payout
from app.payments.standin import StandIn
from tests.rooms.payments.leavers import Leaver
from tests.rooms.payments.purchases import Buyer, stripe  # noqa: F401

FEE = 6_990  # of $2,400.00


@pytest.fixture
def pat(cast: Any, clock: Any, stripe: StandIn) -> Buyer:
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(buyer.go_to_pay(clock.now))
    return buyer


def fetched(now: Any) -> list[tuple[int, str, bool]]:
    """Every payout after a night's look: amount, status, and whether it is listed; the oldest first."""
    assert payouts.run(now) == []
    db.session.rollback()
    rows = db.session.scalars(select(Payout).order_by(Payout.made_at)).all()
    return [(row.amount_cents, row.status, row.listed_at is not None) for row in rows]


def lines() -> list[tuple[str, str, int, int]]:
    query = select(BalanceLine).order_by(BalanceLine.made_at, BalanceLine.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return [(one.category, one.kind, one.amount_cents, one.net_cents) for one in found]


def tasks() -> list[str]:
    query = select(MoneyAlert.detail).where(MoneyAlert.kind == payouts.KIND, MoneyAlert.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(MoneyAlert.id)))


def test_a_payment_is_found_in_its_payout(pat, clock, stripe):
    assert fetched(clock.now) == []

    clock.move(days=3)

    assert fetched(clock.now) == [(240_000 - FEE, "paid", True)]
    assert lines() == [("payment", "charge", 240_000, 240_000 - FEE)]
    assert db.session.scalar(select(BalanceLine.payment_id)) == db.session.scalar(select(Payment.id))
    assert tasks() == []


def test_looking_again_changes_what_changed_and_nothing_else(pat, clock, stripe):
    clock.move(days=2)
    assert fetched(clock.now)[0][1] == "in_transit"
    row = db.session.scalars(select(Payout)).one()
    assert row.arrives_on == date(2026, 3, 28)
    for _ in range(2):
        clock.move(days=1)
        assert fetched(clock.now) == [(240_000 - FEE, "paid", True)]
        assert len(lines()) == 1
    asked = [one for one in stripe.requests if one.path == "/v1/balance_transactions"]
    assert len(asked) == 1  # what is complete is not asked for again


def test_refunds_and_disputes_are_found_too(cast, clock, stripe, write):
    ana = Leaver(cast.pat, cast.summer, clock, parts=1, total=240_000).begun(stripe)
    ana.leave(cast.sam)
    with write():
        db.session.scalars(select(Refund)).one().status = "approved"  # a second person's yes
    assert ana.send() == []
    wes = Buyer(cast.wes, cast.summer, clock.now)
    stripe.pay(wes.go_to_pay(clock.now))
    intent = db.session.scalar(select(Payment.stripe_payment_intent).where(Payment.order_id == wes.order_id))
    db.session.rollback()
    stripe.close_dispute(stripe.dispute(intent)["id"], won=True)
    clock.move(days=3)

    ((amount, _status, _listed),) = fetched(clock.now)

    found = lines()
    assert [one[:3] for one in found] == [
        ("payment", "charge", 240_000),
        ("refund", "refund", -240_000),
        ("payment", "charge", 240_000),
        ("dispute", "adjustment", -240_000),
        ("dispute", "adjustment", 240_000),
    ]
    assert sum(one[3] for one in found) == amount
    assert tasks() == []


def test_what_fits_nothing_is_a_task_until_it_fits(pat, clock, stripe, write):
    with write():
        payment = db.session.scalars(select(Payment)).one()
        intent, payment.stripe_payment_intent = payment.stripe_payment_intent, None
    clock.move(days=3)
    fetched(clock.now)
    assert lines()[0][0] == "unknown"
    said = ["In the payout of Sat, Mar 28, 2026, one movement fits nothing in our books: $2,400 in all."]
    assert tasks() == said
    fetched(clock.now)
    assert tasks() == said  # said once

    with write():
        db.session.scalars(select(Payment)).one().stripe_payment_intent = intent
    fetched(clock.now)

    assert lines()[0][0] == "payment"
    assert tasks() == []
    closed = db.session.scalars(select(MoneyAlert).where(MoneyAlert.kind == payouts.KIND)).one()
    assert closed.closed_note == payouts.OVER


def test_a_payout_that_does_not_add_up_is_a_task(pat, clock, stripe, write):
    clock.move(days=3)
    fetched(clock.now)
    with write():
        db.session.scalars(select(BalanceLine)).one().net_cents -= 100

    fetched(clock.now)

    (said,) = tasks()
    assert "is $2,330.10, and what it is made of comes to $2,329.10." in said


def test_one_made_by_hand_does_not_say_what_it_is_made_of(pat, clock, stripe):
    clock.move(days=3)
    stripe.pay_out()
    with stripe.state.changing():
        (payout,) = stripe.state.all("payout")
        payout.update(automatic=False, reconciliation_status="not_applicable")

    assert fetched(clock.now) == [(240_000 - FEE, "paid", False)]
    assert lines() == []
    assert tasks() == []


def test_lists_are_read_to_their_end(cast, clock, stripe):
    """More than a hundred movements in one payout: the second page counts as well."""
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(buyer.go_to_pay(clock.now))
    intent = db.session.scalar(select(Payment.stripe_payment_intent))
    db.session.rollback()
    for _ in range(120):
        stripe.refund(intent, 100)
    refunding.take_in(clock.now, clock.now - refunding.LOOK_BACK)
    clock.move(days=3)

    ((amount, _status, _listed),) = fetched(clock.now)

    found = lines()
    assert len(found) == 121
    assert {one[0] for one in found} == {"payment", "refund"}
    assert sum(one[3] for one in found) == amount == 240_000 - FEE - 12_000


@pytest.mark.parametrize("fault", ["500", "429", "timeout_before", "timeout_after"])
def test_a_silent_stripe_leaves_everything_for_the_next_night(pat, clock, stripe, fault):
    clock.move(days=3)
    times = 1 if fault == "429" else 3  # too many requests are not made more at once
    stripe.fail_next(fault, times=times, on="GET /v1/payouts")
    (said,) = payouts.run(clock.now)
    assert "did not answer" in said
    stripe.fail_next(fault, times=times, on="GET /v1/balance_transactions")
    (said,) = payouts.run(clock.now)
    assert "did not answer" in said
    assert lines() == []

    assert fetched(clock.now) == [(240_000 - FEE, "paid", True)]
    assert len(lines()) == 1


def test_a_short_fault_is_tried_again_at_once(pat, clock, stripe):
    clock.move(days=3)
    stripe.fail_next("500", on="GET /v1/balance_transactions")

    assert fetched(clock.now) == [(240_000 - FEE, "paid", True)]


def test_a_task_that_a_person_closed_stays_closed(pat, clock, stripe, write, cast, sign_in):
    with write():
        db.session.scalars(select(Payment)).one().stripe_payment_intent = None
    clock.move(days=3)
    fetched(clock.now)
    task = db.session.scalar(select(MoneyAlert.id).where(MoneyAlert.kind == payouts.KIND))
    db.session.rollback()
    sign_in(cast.sam).post(f"/staff/money/{task}/close", data={"note": "A workshop of ours."})
    fetched(clock.now + timedelta(days=1))
    assert tasks() == []
    begin_write()
    db.session.rollback()
