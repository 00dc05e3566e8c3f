"""Grace, suspension and coming back: the same end whatever the order of the news, and whoever notices first."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest

from app.cohorts.models import Enrollment
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments.jobs import reconcile
from app.payments.standin.cards import DECLINED_LATER
from tests.rooms.payments.plans import EACH, TOTAL, Plan, charged
from tests.rooms.payments.purchases import stripe  # noqa: F401


@pytest.mark.parametrize("seed", range(8))
def test_news_in_any_order(cast, clock, stripe, seed):
    """Days pass, the card is declined, pages are opened and paid, webhooks come late, twice and shuffled, the worker
    and the reconciler run when they like: at the end all is paid once, and the place is open."""
    dice = random.Random(seed)
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    stripe.hold_deliveries = True
    start = plan.part(2).due_on
    for day in range(45):
        plan.wait_until(start + timedelta(days=day), f"{dice.randrange(9, 20):02}:30")
        for step in dice.sample(STEPS, 3):
            step(plan, stripe, dice)
        _what_always_holds(plan, stripe)
    _settle_everything(plan, stripe)
    assert plan.state()["order"] == "paid"
    assert plan.state()["enrollment"] == "active"
    assert plan.state()["parts"] == ["paid"] * 3
    assert charged(stripe) == TOTAL
    assert plan.alerts() == []


def _work(plan, stripe, dice):
    plan.work()


def _pay_second(plan, stripe, dice):
    """Seldom, so that most runs go through grace, and some through suspension."""
    if dice.random() < 0.1:
        _pay(plan, stripe, 2)


def _open_a_page(plan, stripe, dice):
    if dice.random() < 0.2:
        with suppress(Refused):
            plan.go_to_pay(dice.choice([2, 3]))


def _news(plan, stripe, dice):
    stripe.deliver_pending(dice)


def _old_news(plan, stripe, dice):
    known = [event for event in stripe.events if event["type"].startswith(("checkout", "payment_intent"))]
    stripe.deliver(dice.choice(known), times=2)


def _look(plan, stripe, dice):
    reconcile(plan.clock.now)


STEPS = [_work, _work, _pay_second, _open_a_page, _news, _old_news, _look]


def _pay(plan, stripe, *numbers):
    with suppress(Refused):  # paid already, or a page for something else is just being opened
        stripe.pay(plan.go_to_pay(*numbers))


def _what_always_holds(plan, stripe):
    assert charged(stripe) <= TOTAL
    state = plan.state()
    assert sum(cents for status, cents in state["payments"] if status == "succeeded") <= charged(stripe)
    if "failed" not in state["parts"] and "processing" not in state["parts"]:
        assert state["enrollment"] == "active"
    assert state["enrollment"] in ("active", "grace", "suspended")


def _settle_everything(plan, stripe):
    for _ in range(3):
        plan.clock.move(hours=1)
        stripe.sweep()
        reconcile(plan.clock.now)
        stripe.deliver_pending()
        plan.work()
        open_parts = [number for number in (2, 3) if plan.part(number).status != "paid"]
        if open_parts:
            _pay(plan, stripe, *open_parts)


def test_paid_while_the_last_day_of_grace_passes(cast, clock, stripe):
    """The webhook of the payment comes after the worker has suspended: open at once, and it stays open."""
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    due = plan.part(2).due_on
    for day in (0, 3, 7, 14):
        plan.wait_until(due + timedelta(days=day))
        plan.work()
    plan.wait_until(due + timedelta(days=14), "23:50")
    page = plan.go_to_pay(2)
    stripe.hold_deliveries = True
    stripe.pay(page)
    plan.wait_until(due + timedelta(days=15), "00:10")
    plan.work()
    assert plan.state()["enrollment"] == "suspended"
    stripe.deliver_pending()
    assert plan.state()["enrollment"] == "active"
    plan.work()
    assert plan.state() == {
        "order": "part paid", "enrollment": "active", "parts": ["paid", "paid", "scheduled"],
        "payments": [("succeeded", EACH)] * 2,
    }  # fmt: skip


@pytest.mark.parametrize("status", ["paused", "completed", "withdrawn", "deferred"])
def test_who_is_paused_or_has_left_is_not_moved_by_money(cast, clock, stripe, write, status):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    due = plan.part(2).due_on
    db.session.rollback()
    with write():
        db.session.get_one(Enrollment, plan.enrollment_id).status = status
    for day in (0, 20):
        plan.wait_until(due + timedelta(days=day))
        plan.work()
        assert plan.state()["enrollment"] == status
