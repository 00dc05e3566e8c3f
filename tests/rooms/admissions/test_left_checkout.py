"""Somebody began to pay and stopped: two kind mails, then a person. Never to one who has paid or lost the seat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.admissions.jobs import sweep_seats
from app.admissions.left_checkout import remind_checkout
from app.lib.database import db
from app.mail.models import Message
from app.payments import checkout
from app.payments.event_models import MoneyAlert
from tests.rooms.admissions.test_sweep import pats_order  # noqa: F401
from tests.rooms.payments.purchases import CANCEL, SUCCESS, stripe  # noqa: F401


def after(clock, page: str, **time: float) -> tuple[int, int]:
    """Time passes, the page has ended, the worker has run twice: how many reminders, how many open tasks."""
    clock.move(**time)
    checkout.settle(page, clock.now)
    for _ in range(2):
        remind_checkout(clock.now)
    db.session.rollback()
    mails = db.session.scalars(select(Message).where(Message.kind == "admissions/left_checkout")).all()
    tasks = select(MoneyAlert).where(MoneyAlert.kind == "left checkout", MoneyAlert.closed_at.is_(None))
    return len(mails), len(db.session.scalars(tasks).all())


def test_two_kind_reminders_then_a_person(cast, clock, stripe, pats_order):
    _order, page = pats_order
    assert after(clock, page, hours=3.9) == (0, 0)
    assert after(clock, page, hours=0.2) == (1, 0)
    assert after(clock, page, hours=20) == (2, 0)
    assert after(clock, page, hours=24) == (2, 1)
    first, last = db.session.scalars(select(Message).where(Message.kind == "admissions/left_checkout"))
    assert "Nothing was charged" in first.text
    assert "last reminder" not in first.text
    assert "our last reminder" in last.text
    assert "/sign-in/link/" in last.text


def test_trying_again_begins_anew_and_mails_no_third_time(cast, clock, stripe, pats_order):
    order_id, page = pats_order
    assert after(clock, page, hours=25) == (1, 0)  # the worker slept through the first
    again = checkout.pay(order_id, SUCCESS, CANCEL, clock.now).rsplit("/", 1)[1]
    assert after(clock, again, hours=5) == (2, 0)
    assert after(clock, again, hours=20) == (2, 0)


def test_no_word_to_one_who_has_paid_and_the_task_is_over(cast, clock, stripe, pats_order):
    order_id, page = pats_order
    assert after(clock, page, hours=49) == (0, 1)
    again = checkout.pay(order_id, SUCCESS, CANCEL, clock.now).rsplit("/", 1)[1]
    stripe.pay(again)
    checkout.settle(again, clock.now)
    remind_checkout(clock.now + timedelta(hours=5))
    db.session.rollback()
    assert db.session.scalars(select(MoneyAlert)).one().closed_at is not None
    assert not db.session.scalars(select(Message).where(Message.kind == "admissions/left_checkout")).all()


def test_none_after_the_seat_is_let_go_but_staff_hear_of_it(cast, clock, stripe, pats_order):
    _order, page = pats_order
    clock.move(hours=72)
    assert sweep_seats(clock.now) == 1
    assert after(clock, page, hours=0) == (0, 1)


@pytest.mark.parametrize("days", [14, 200])
def test_what_is_old_is_left_alone(cast, clock, stripe, pats_order, days):
    assert after(clock, pats_order[1], days=days, seconds=1) == (0, 0)
