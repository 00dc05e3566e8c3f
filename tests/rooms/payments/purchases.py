"""A purchase to test with: the stand-in wired to the application, and somebody with an order to pay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import actions, checkout
from app.payments.event_models import MoneyAlert
from app.payments.models import CheckoutSession, Order, Payment
from app.payments.standin import StandIn, post_to_app

SUCCESS = "http://localhost:8000/cohorts/summer-2026/checkout/return?session_id={CHECKOUT_SESSION_ID}"
CANCEL = "http://localhost:8000/cohorts/summer-2026/checkout/cancelled"


@pytest.fixture
def stripe(app: Flask, clock: Any) -> Iterator[StandIn]:
    """The stand-in in the place of Stripe. Every call the test caused must be one a correct program sends, and none is
    made while a transaction is open."""
    found = StandIn(
        post_to_app(app),
        webhook_secret=app.config["STRIPE_WEBHOOK_SECRET"],
        api_key=app.config["STRIPE_SECRET_KEY"],
        clock=clock,
    )
    app.config["STRIPE_HTTP_CLIENT"], held = found.http_client(), []
    _note_open_transactions(app.config["STRIPE_HTTP_CLIENT"], held)
    app.extensions.pop("stripe", None)
    yield found
    app.config.pop("STRIPE_HTTP_CLIENT")
    app.extensions.pop("stripe", None)
    assert not found.violations
    assert not held, "asked while a transaction was open"


def _note_open_transactions(client: Any, held: list[str]) -> None:
    """Write down each call during which the database would have to wait for Stripe."""
    request = client.request

    def ask(method: str, url: str, *args: Any, **more: Any) -> Any:
        if db.session().in_transaction():
            held.append(f"{method} {url}")
        return request(method, url, *args, **more)

    client.request = ask


class Buyer:
    """One person with one order, and what became of it."""

    def __init__(self, user_id: int, cohort_id: int, now: Any, amount: int = 240000) -> None:
        begin_write()
        user, cohort = db.session.get_one(User, user_id), db.session.get_one(Cohort, cohort_id)
        enrollment = cohorts.enroll(user, user, cohort, "Practice", now)
        order = actions.open_order(user, enrollment, amount, "usd", f"A seat in the {cohort.title}", now)
        self.user_id, self.order_id, self.enrollment_id = user.id, order.id, enrollment.id
        db.session.commit()

    def go_to_pay(self, now: Any) -> str:
        """Press the button; returns Stripe's id of the page one lands on."""
        url = checkout.pay(self.order_id, SUCCESS, CANCEL, now)
        return url.rsplit("/", 1)[1]

    def state(self) -> dict[str, Any]:
        """Everything that must come out the same, however the news arrived."""
        db.session.rollback()
        order = db.session.get_one(Order, self.order_id)
        payments = db.session.scalars(
            select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)
        ).all()
        sessions = db.session.scalars(select(CheckoutSession).where(CheckoutSession.order_id == order.id))
        mails = (
            select(Message.kind).join(User, User.email == Message.to_address).where(User.id == self.user_id)
        )
        return {
            "order": order.status,
            "enrollment": db.session.get_one(Enrollment, self.enrollment_id).status,
            "payments": [(payment.status, payment.amount_cents) for payment in payments],
            "pages": sorted(row.status for row in sessions),
            "mails": sorted(db.session.scalars(mails)),
            "alerts": db.session.scalar(
                select(func.count(MoneyAlert.id)).where(MoneyAlert.order_id == order.id)
            ),
        }


PAID_ONCE = {
    "order": "paid",
    "enrollment": "active",
    "payments": [("succeeded", 240000)],
    "pages": ["complete"],
    "mails": ["payments/welcome"],
    "alerts": 0,
}
