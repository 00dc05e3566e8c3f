"""Somebody whose only payment was taken back by a bank pays what is open by themselves, and nothing a second time."""

from __future__ import annotations

import pytest

from app.lib.database import db
from app.payments import checkout
from app.payments.models import Order
from tests.rooms.payments.plans import EACH, TOTAL, Plan, charged
from tests.rooms.payments.purchases import CANCEL, SUCCESS, Buyer, stripe  # noqa: F401
from tests.rooms.payments.test_plan_pages import MASTERCARD, come_back, press


@pytest.fixture
def pat(cast, clock, stripe):
    """One of three paid, and contested."""
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe)
    stripe.dispute(stripe.all("payment_intent")[0]["id"])
    return plan


@pytest.fixture
def browser(pat, cast, sign_in):
    return sign_in(cast.pat)


def test_the_page_leads_to_what_is_open_and_not_to_what_a_bank_has(pat, browser):
    assert pat.state()["order"] == "open"  # nothing of it is with us
    text = browser.get("/payments").text
    assert "Your bank has taken $850 of this back." in text and "Taken back by your bank" in text
    assert "Pay installment 2 of 3" in text and f"/payments/installments/{pat.part(2).id}" in text
    assert "/checkout" not in text and "by itself on that day" not in text
    assert "Use another card" not in text  # none is charged at the moment
    page = browser.get(f"/payments/installments/{pat.part(2).id}")
    assert page.status_code == 200 and "Pay $850" in page.text and "Charged by itself" not in page.text


def test_the_next_installment_is_paid(pat, browser, stripe):
    text = come_back(browser, _paid(browser, stripe, f"/payments/installments/{pat.part(2).id}"))
    assert "Thank you" in text and "Next: $850" in text
    assert pat.state() == {
        "order": "part paid", "enrollment": "active", "parts": ["paid", "paid", "scheduled"],
        "payments": [("succeeded", EACH)] * 2,
    }  # fmt: skip
    assert pat.alerts() == ["dispute"]


def test_what_a_bank_has_taken_back_is_not_paid_a_second_time(pat, browser, stripe):
    address = f"/payments/installments/{pat.part(1).id}"
    assert "This is paid." in browser.get(address).text
    response = browser.post(address)
    assert response.status_code == 409 and "paid for already" in response.text
    with pytest.raises(Exception, match="paid for already"):
        checkout.pay(pat.order_id, SUCCESS, CANCEL, pat.clock.now)  # the way the checkout goes
    rest = f"/payments/orders/{pat.order_id}/rest"
    assert "Pay $1,700" in browser.get(rest).text
    _paid(browser, stripe, rest)
    assert pat.state()["parts"] == ["paid"] * 3
    assert charged(stripe) == TOTAL  # the contested part of it once
    assert browser.post(rest).status_code == 409


@pytest.mark.parametrize(
    ("won", "status", "tasks"), [(True, "paid", []), (False, "part paid", ["dispute lost"])]
)
def test_the_bank_decides_after_the_rest_is_paid(pat, browser, stripe, won, status, tasks):
    _paid(browser, stripe, f"/payments/orders/{pat.order_id}/rest")
    stripe.close_dispute(stripe.all("dispute")[0]["id"], won=won)
    assert (pat.state()["order"], pat.alerts()) == (status, tasks)
    assert pat.state()["parts"] == ["paid"] * 3
    assert "/checkout" not in browser.get("/payments").text


def test_no_card_is_charged_meanwhile_and_the_next_after_it_is(pat, stripe):
    pat.wait_until_due(2)
    pat.work()
    assert charged(stripe) == EACH
    stripe.pay(pat.go_to_pay(2), MASTERCARD)
    pat.wait_until_due(3)
    pat.work()
    assert pat.state()["parts"] == ["paid"] * 3
    db.session.rollback()
    assert db.session.get_one(Order, pat.order_id).card_words == "Mastercard ending 4444"


def test_paid_in_full_and_contested_leads_nowhere(cast, clock, stripe, sign_in):
    buyer = Buyer(cast.wes, cast.summer, clock.now)
    stripe.pay(buyer.go_to_pay(clock.now))
    stripe.dispute(stripe.all("payment_intent")[-1]["id"])
    text = sign_in(cast.wes).get("/payments").text
    assert "Your bank has taken $2,400 of this back." in text
    assert "/checkout" not in text and ">Pay $" not in text


def _paid(browser, stripe, address: str) -> str:
    session = press(browser, address)
    stripe.pay(session)
    return session
