"""Webhooks get lost: what the job and the command make of it."""

from __future__ import annotations

import pytest

from app.lib.database import begin_write, db
from app.payments.jobs import reconcile
from app.payments.models import Payment
from app.payments.reconciling import compare
from tests.rooms.payments.purchases import PAID_ONCE, Buyer, stripe  # noqa: F401


@pytest.fixture
def pat(cast, clock, stripe):
    stripe.hold_deliveries = True
    return Buyer(cast.pat, cast.summer, clock.now)


def test_a_lost_webhook_costs_minutes(pat, stripe, clock):
    stripe.pay(pat.go_to_pay(clock.now))
    assert reconcile(clock.now) == ["payment page 1: open → complete"]
    assert pat.state() == PAID_ONCE
    assert reconcile(clock.now) == []
    assert compare(clock.now) == []


def test_a_lost_answer_is_found_by_our_mark(pat, stripe, clock):
    stripe.fail_next("timeout_after", times=3, on="POST /v1/checkout/sessions")
    with pytest.raises(Exception, match="did not answer"):
        pat.go_to_pay(clock.now)
    stripe.pay(stripe.all("checkout.session")[0]["id"])
    assert reconcile(clock.now) == []  # the call might still be under way
    clock.move(minutes=3)
    assert reconcile(clock.now) == ["payment page 1: created → complete"]
    assert pat.state() == PAID_ONCE


def test_a_page_that_was_never_made_is_given_up(pat, stripe, clock):
    stripe.fail_next("timeout_before", times=3, on="POST /v1/checkout/sessions")
    with pytest.raises(Exception, match="did not answer"):
        pat.go_to_pay(clock.now)
    clock.move(minutes=2)
    assert reconcile(clock.now) == []  # the call might still be under way
    clock.move(minutes=1)
    assert reconcile(clock.now) == ["payment page 1: created → failed"]


def test_one_silent_answer_does_not_stop_the_others(pat, cast, stripe, clock):
    wes = Buyer(cast.wes, cast.summer, clock.now)
    for buyer in (pat, wes):
        stripe.pay(buyer.go_to_pay(clock.now))
    stripe.fail_next("timeout_before", times=3, on="GET /v1/checkout/sessions")
    changes = reconcile(clock.now)
    assert len(changes) == 2
    assert "did not answer" in changes[0]
    assert wes.state() == PAID_ONCE
    assert reconcile(clock.now) == ["payment page 1: open → complete"]


def test_the_command_says_what_is_left(app, pat, stripe, clock):
    stripe.pay(pat.go_to_pay(clock.now))
    runner = app.test_cli_runner()
    result = runner.invoke(args=["reconcile"])
    assert result.exit_code == 0, result.output
    assert "payment page 1: open → complete" in result.output
    assert "Stripe and we agree." in result.output
    begin_write()
    db.session.query(Payment).one().amount_cents = 100
    db.session.commit()
    result = runner.invoke(args=["reconcile"])
    assert result.exit_code == 1
    assert "$2,400 at Stripe, $1 here" in result.output
