from __future__ import annotations

from sqlalchemy import select

from app.lib.database import db
from app.payments import checkout
from app.payments import stripe as calls
from app.payments.models import CheckoutSession
from tests.rooms.payments.purchases import CANCEL, SUCCESS, Buyer, stripe  # noqa: F401


def test_a_payment_page_may_have_a_long_address(cast, clock, stripe, monkeypatch):
    """Stripe's own limit is 5,000 characters; PostgreSQL refuses what a column is too short for."""
    create = calls.create_session

    def long_winded(*args, **kwargs):
        made = create(*args, **kwargs)
        made.url += "#" + "x" * 4000
        return made

    monkeypatch.setattr(calls, "create_session", long_winded)
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    url = checkout.pay(buyer.order_id, SUCCESS, CANCEL, clock.now)
    db.session.rollback()
    assert len(url) > 4000
    assert db.session.scalar(select(CheckoutSession.url)) == url
