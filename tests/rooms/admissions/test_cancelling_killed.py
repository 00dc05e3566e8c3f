"""A cohort is being cancelled and the process is killed (SIGKILL) at stages all along: nobody is half seen to, nothing
goes back twice, and everybody has one letter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import cancelling_jobs, seats
from app.admissions import cancelling_queries as queries
from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import actions
from app.payments.models import CheckoutSession, Order, Payment, Refund
from app.payments.paper_models import Paper
from app.payments.standin import StandIn
from app.payments.standin.server import make
from tests.rooms.admissions.cancelled import Called, called, enrolled  # noqa: F401
from tests.rooms.coursework.deaths import answer_or_death
from tests.rooms.payments.plans import Plan
from tests.rooms.payments.purchases import stripe  # noqa: F401

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
PEOPLE, CENTS = 80, 300  # all together below the limit of one person
STRIDE = 3  # one person for every third stage


@pytest.fixture
def address(stripe: StandIn) -> Iterator[str]:
    """The stand-in behind a port: its books must outlive who asks it."""
    server = make(stripe, 0)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def crowd(called: Called, clock: Any, stripe: StandIn) -> Called:
    """Everybody has paid the first of three, in our books alone, and has a page open at Stripe for the second."""
    begin_write()
    db.session.get_one(Cohort, called.cohort_id).capacity = PEOPLE
    users = [
        User(email=f"off{n}@example.com", name=f"Person {n}", time_zone="UTC", created_at=clock.now)
        for n in range(PEOPLE)
    ]
    db.session.add_all(users)
    db.session.flush()
    ids = [user.id for user in users]
    db.session.commit()
    plans = [Plan(user_id, called.cohort_id, clock, total=3 * CENTS) for user_id in ids]
    begin_write()
    for number, plan in enumerate(plans):
        order = actions.lock_order(plan.order_id)
        intent = {"id": f"pi_crowd_{number}", "status": "succeeded"}
        actions.note_payment(order, CENTS, "usd", intent, "succeeded", clock.now)
        actions.settle_order(order, clock.now)
        hold = seats.take(order.enrollment.cohort, plan.user_id, "enrolled", None, clock.now, in_line=True)
        assert hold is not None
        seats.keep(hold)
    db.session.commit()
    for plan in plans:
        plan.go_to_pay(2)
    return called


def test_killed_at_stages_of_seeing_to_somebody(app: Flask, crowd: Called, clock, stripe, address):
    assert crowd.ask() == "confirmed"
    cases = queries.waiting_cases()[:-1]  # Wes, who only waits in line, is the last
    db.session.rollback()
    stripe.hold_deliveries = True  # no webhook may help
    for number, case_id in enumerate(cases):
        stage = number * STRIDE

        def see_to(case_id: int = case_id) -> SimpleNamespace:
            app.config.update(STRIPE_HTTP_CLIENT=None, STRIPE_API_BASE=address)
            app.extensions.pop("stripe", None)
            assert cancelling_jobs._see_to(case_id, clock.now) == ""
            return SimpleNamespace(status_code=200)

        lived = answer_or_death(app, stage, see_to)
        assert _whole(case_id), stage
        assert cancelling_jobs._see_to(case_id, clock.now) == ""
        assert _is_done(case_id), stage
        if lived:
            break
    assert lived
    assert stage > 100  # seeing to somebody has this many stages at least, or they were not counted
    seen = number + 1
    assert _count(Message.id, Message.kind == "admissions/cancelled") == seen
    assert _count(Refund.id) == _count(Paper.id, Paper.kind == "credit note") == seen
    assert _count(CheckoutSession.id, CheckoutSession.status == "open") == PEOPLE - seen
    assert sum(one["status"] == "open" for one in stripe.all("checkout.session")) == PEOPLE - seen


def test_killed_at_every_stage_of_the_confirm(app: Flask, called: Called, cast, clock, stripe):
    enrolled(cast.pat, cast.summer, clock, stripe, total=3 * CENTS)
    for stage in range(100):

        def ask() -> SimpleNamespace:
            return SimpleNamespace(status_code=200 if called.ask() == "confirmed" else 500)

        lived = answer_or_death(app, stage, ask)
        db.session.rollback()
        cancelled, people = called.status() == "cancelled", _count(CancellationCase.id)
        assert (cancelled, people, _count(Cancellation.id)) in ((False, 0, 0), (True, 2, 1)), stage
        if cancelled:
            break
    assert stage > 10
    assert lived in (200, None)
    assert called.run() == []
    assert {status for _standing, status in called.cases().values()} == {"done"}


def _count(what: Any, *where: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(what)).where(*where)) or 0


def _facts(case_id: int) -> tuple[str, str, str, int, int, int]:
    """The case, the place, the order; refunds, letters, live seats of the person."""
    db.session.rollback()
    case = db.session.get_one(CancellationCase, case_id, populate_existing=True)
    place = db.session.scalars(select(Enrollment).where(Enrollment.user_id == case.user_id)).one()
    order = db.session.scalars(select(Order).where(Order.enrollment_id == place.id)).one()
    refunds = _count(Refund.id, Refund.payment_id == Payment.id, Payment.order_id == order.id)
    letters = _count(Message.id, Message.key == f"cancelled:case:{case_id}")
    seats = _count(SeatHold.id, SeatHold.user_id == case.user_id, SeatHold.status == "converted")
    return case.status, place.status, order.status, refunds, letters, seats


def _whole(case_id: int) -> bool:
    """All of it or nothing of it."""
    nothing = ("waiting", "active", "part paid", 0, 0, 1)
    return _facts(case_id) in (nothing, ("done", "withdrawn", "cancelled", 1, 1, 0))


def _is_done(case_id: int) -> bool:
    return _facts(case_id) == ("done", "withdrawn", "cancelled", 1, 1, 0)
