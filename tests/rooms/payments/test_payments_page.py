"""What people see of their own money, and of nobody else's."""

from __future__ import annotations

import pytest

from app.lib.database import begin_write, db
from app.payments import actions
from app.payments.models import Order, Payment
from app.payments.standin import BANK_DEBIT
from tests.rooms.payments.purchases import Buyer, stripe  # noqa: F401


@pytest.fixture
def pat(cast, clock, stripe):
    return Buyer(cast.pat, cast.summer, clock.now)


@pytest.fixture
def page(cast, sign_in):
    browser = sign_in(cast.pat)
    return lambda: browser.get("/payments").text


def test_nothing_yet(page):
    assert "Nothing is paid or owed" in page()


def test_what_is_owed_has_one_button(pat, page):
    text = page()
    assert "To pay" in text
    assert 'href="/cohorts/summer-2026/checkout">Pay $2,400<' in text
    assert text.count("btn--next") == 1


def test_a_receipt(pat, page, stripe, clock):
    stripe.pay(pat.go_to_pay(clock.now))
    text = page()
    charge = stripe.all("charge")[0]
    assert charge["receipt_url"] in text
    assert "Visa ending 4242" in text
    assert "Received of $2,400" in text
    assert "50% of $2,400 = $1,200" in text
    assert "btn--next" not in text


def test_while_the_bank_decides(pat, page, stripe, clock):
    stripe.pay(pat.go_to_pay(clock.now), BANK_DEBIT)
    text = page()
    assert "Your bank is deciding" in text
    assert "please do not pay a second time" in text
    assert "btn--next" not in text


def test_paid_too_much(pat, page, stripe, clock):
    stripe.pay(pat.go_to_pay(clock.now))
    begin_write()
    again = Payment(
        order_id=pat.order_id, amount_cents=5000, currency="usd", status="succeeded", received_at=clock.now
    )
    db.session.add(again)
    db.session.commit()
    assert "You paid $50 too much" in page()


def test_paid_too_late(pat, page, stripe, clock):
    where = pat.go_to_pay(clock.now)
    begin_write()
    actions.expire_order(db.session.get_one(Order, pat.order_id), clock.now)
    db.session.commit()
    assert "Nothing is paid or owed" in page()  # what came to nothing is not listed
    stripe.pay(where)
    assert "you get a seat, or all of it back" in page()


def test_nobody_elses(pat, stripe, clock, sign_in, cast):
    stripe.pay(pat.go_to_pay(clock.now))
    assert "2,400" not in sign_in(cast.wes).get("/payments").text


def test_nobody_is_asked_to_sign_in(client, app):
    response = client.get("/payments")
    assert response.status_code == 303
    assert "/sign-in" in response.location
