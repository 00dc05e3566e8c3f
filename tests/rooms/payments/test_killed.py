"""The worker is killed (SIGKILL) at every stage of charging a saved card, and of sending money back: nothing moves
twice, nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from threading import Thread
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.lib.database import begin_write, db
from app.payments import actions, charging, refunding, refunds
from app.payments.models import Payment
from app.payments.standin import StandIn
from app.payments.standin.server import make
from tests.rooms.coursework.deaths import answer_or_death
from tests.rooms.payments.leavers import Leaver, returned
from tests.rooms.payments.plans import Plan, charged
from tests.rooms.payments.purchases import stripe  # noqa: F401

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
PARTS, CENTS = 150, 1000  # an installment for each stage there may be


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


def test_killed_at_every_stage_of_a_charge(app: Flask, cast, clock, stripe, address):
    plan = Plan(cast.pat, cast.summer, clock, parts=PARTS, total=PARTS * CENTS).begun(stripe)
    stripe.hold_deliveries = True  # no webhook may help
    ids = plan.ids()
    for stage in range(PARTS - 1):
        number = stage + 2
        now = plan.wait_until_due(number)
        db.session.rollback()

        def charge(part_id: int = ids[number - 1], now: datetime = now) -> SimpleNamespace:
            app.config.update(STRIPE_HTTP_CLIENT=None, STRIPE_API_BASE=address)
            app.extensions.pop("stripe", None)
            charging.charge(part_id, now)
            return SimpleNamespace(status_code=200)

        lived = answer_or_death(app, stage, charge)
        plan.clock.move(minutes=10)
        assert plan.work() == []
        assert plan.part(number).status == "paid", stage
        assert charged(stripe) == number * CENTS, stage
        if lived:
            break
    assert lived
    assert stage > 30  # the charge has this many stages at least, or they were not counted
    assert {status for _number, status in plan.tries()} == {"succeeded"}
    assert len(plan.tries()) == number - 1


def test_killed_at_every_stage_of_a_refund(app: Flask, cast, clock, stripe, address):
    stages = 150
    pat = Leaver(cast.pat, cast.summer, clock, parts=1, total=stages * CENTS).begun(stripe)
    stripe.hold_deliveries = True
    for stage in range(stages):
        begin_write()
        order = actions.lock_order(pat.order_id)
        payment = db.session.scalars(select(Payment)).one()
        sam = db.session.get_one(User, cast.sam)
        row_id = refunds.ask(sam, [(payment, CENTS)], "time", "", False, clock.now)[0].id
        order.credited_cents += CENTS
        db.session.commit()
        now = clock.now

        def send(refund_id: int = row_id, now: datetime = now) -> SimpleNamespace:
            app.config.update(STRIPE_HTTP_CLIENT=None, STRIPE_API_BASE=address)
            app.extensions.pop("stripe", None)
            refunding.send(refund_id, now)
            return SimpleNamespace(status_code=200)

        lived = answer_or_death(app, stage, send)
        clock.move(minutes=10)
        assert pat.send() == []
        assert pat.refunds()[-1] == ("succeeded", CENTS), stage
        assert returned(stripe) == (stage + 1) * CENTS, stage
        if lived:
            break
    assert lived
    assert stage > 10  # sending has this many stages at least, or they were not counted
    assert {status for status, _cents in pat.refunds()} == {"succeeded"}
    assert pat.sums()[0] == pat.sums()[1]
