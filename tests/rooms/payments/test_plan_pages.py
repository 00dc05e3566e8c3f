"""What a participant on a plan sees and does: next debit, recovery, early pay-off, another card, a suspended place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.coursework.models import System
from app.lib.database import begin_write, db
from app.payments.models import CheckoutSession, Order
from app.payments.standin.cards import CONFIRM_LATER, DECLINED, DECLINED_LATER
from tests.factories import submitted_system
from tests.rooms.payments.plans import EACH, TOTAL, Plan, charged
from tests.rooms.payments.purchases import stripe  # noqa: F401

MASTERCARD = "5555555555554444"


@pytest.fixture
def pat(cast, clock, stripe):
    return Plan(cast.pat, cast.summer, clock).begun(stripe)


@pytest.fixture
def declined(cast, clock, stripe):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    plan.wait_until_due(2)
    plan.work()
    return plan


@pytest.fixture
def browser(request, cast, sign_in):
    """Pat, signed in once the time has passed that a test is about."""
    if "declined" in request.fixturenames:
        request.getfixturevalue("declined")
    return sign_in(cast.pat)


def press(browser, address: str) -> str:
    """Press the button of a page; returns Stripe's id of where one lands."""
    response = browser.post(address)
    assert response.status_code == 303, response.text
    return response.location.rsplit("/", 1)[1]


def come_back(browser, page: str) -> str:
    response = browser.get(f"/payments/return?session_id={page}")
    assert response.status_code == 303
    assert response.location.endswith("/payments")
    return browser.get("/payments").text


def test_what_is_paid_and_what_is_to_come(pat, browser):
    text = browser.get("/payments").text
    for said in (
        "Next: $850 on Sat, Apr 25, 2026, charged to Visa ending 4242 by itself",
        "1 of 3", "2 of 3", "3 of 3", "Charged by itself on that day",
        "Still to pay", "$1,700", "Received of $2,550", "Pay all of it now", "Use another card",
    ):  # fmt: skip
        assert said in text, said
    assert "btn--next" not in text  # nothing is asked of them


def test_the_page_of_one_installment_pays_exactly_that_one(declined, browser, stripe):
    address = f"/payments/installments/{declined.part(2).id}"
    text = browser.get("/payments").text
    assert f'href="{address}"' in text
    assert text.count("btn--next") == 1
    assert "Everything stays open to you until Sat, May 9, 2026" in text
    assert "we try Visa ending 3178 again on Tue, Apr 28, 2026" in text
    page = browser.get(address).text
    assert "Installment 2 of 3" in page
    assert "not enough money" in page
    assert "Pay $850" in page
    assert declined.state()["enrollment"] == "grace"
    session = press(browser, address)
    assert stripe.get(session)["amount_total"] == EACH
    stripe.hold_deliveries = True
    stripe.pay(session)
    text = come_back(browser, session)
    assert "Thank you" in text
    assert "btn--next" not in text
    assert declined.state()["parts"] == ["paid", "paid", "scheduled"]
    assert declined.state()["enrollment"] == "active"
    assert "This is paid" in browser.get(address).text
    assert "paid for already" in browser.post(address).text
    stripe.deliver_pending()
    assert charged(stripe) == 2 * EACH


def test_declined_on_the_page_and_again(declined, browser, stripe):
    address = f"/payments/installments/{declined.part(2).id}"
    session = press(browser, address)
    stripe.decline(session, DECLINED)
    assert "Nothing was charged" in come_back(browser, session)
    assert press(browser, address) == session  # two presses lead to the same page
    stripe.pay(session)
    assert declined.state()["parts"][1] == "paid"


def test_the_bank_wants_a_confirmation(cast, clock, stripe, sign_in):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe, card=CONFIRM_LATER)
    plan.wait_until_due(2)
    plan.work()
    text = sign_in(cast.pat).get("/payments").text
    assert "Your bank wants you to confirm this payment yourself." in text
    assert "we try" not in text  # it would not help


def test_everything_at_once(pat, browser, stripe):
    address = f"/payments/orders/{pat.order_id}/rest"
    page = browser.get(address).text
    assert "What is still to pay" in page
    assert "Pay $1,700" in page
    session = press(browser, address)
    assert stripe.get(session)["amount_total"] == TOTAL - EACH
    stripe.pay(session)
    assert pat.state()["order"] == "paid"
    assert "There is nothing to pay here" in browser.get(address).text or "paid" in browser.get(address).text
    assert browser.post(address).status_code == 409
    assert "Use another card" not in browser.get("/payments").text


def test_another_card(pat, browser, stripe):
    session = press(browser, f"/payments/orders/{pat.order_id}/card")
    assert stripe.get(session)["mode"] == "setup"
    stripe.pay(session, MASTERCARD)
    assert "Mastercard ending 4444 by itself" in come_back(browser, session)
    assert pat.state()["payments"] == [("succeeded", EACH)]
    pat.wait_until_due(2)
    pat.work()
    assert pat.state()["parts"] == ["paid", "paid", "scheduled"]
    assert stripe.all("charge")[-1]["payment_method_details"]["card"]["last4"] == "4444"


def test_another_card_is_charged_for_what_had_failed(declined, browser, stripe):
    session = press(browser, f"/payments/orders/{declined.order_id}/card")
    stripe.pay(session, MASTERCARD)
    declined.clock.move(minutes=10)
    declined.work()
    assert declined.state()["parts"] == ["paid", "paid", "scheduled"]
    assert declined.state()["enrollment"] == "active"
    assert charged(stripe) == 2 * EACH


def test_a_page_for_a_card_is_not_one_to_pay_on(declined, browser, stripe):
    """Two tabs: in one the installment is paid, in the other a page for a card is open; paying again does neither."""
    address = f"/payments/installments/{declined.part(2).id}"
    stripe.pay(press(browser, address))
    card = press(browser, f"/payments/orders/{declined.order_id}/card")
    assert press(browser, f"/payments/orders/{declined.order_id}/card") == card
    response = browser.post(address)
    assert response.status_code == 409
    assert "paid for already" in response.text


def test_another_card_told_twice_and_late(declined, browser, stripe):
    """The webhook of the first card arrives after the second was saved: the second stays."""
    stripe.hold_deliveries = True
    first = press(browser, f"/payments/orders/{declined.order_id}/card")
    stripe.pay(first)
    come_back(browser, first)
    second = press(browser, f"/payments/orders/{declined.order_id}/card")
    stripe.pay(second, MASTERCARD)
    come_back(browser, second)
    stripe.deliver_pending("reversed")
    db.session.rollback()
    assert db.session.get_one(Order, declined.order_id).card_words == "Mastercard ending 4444"


def test_a_card_that_is_refused_is_not_kept(pat, browser, stripe):
    session = press(browser, f"/payments/orders/{pat.order_id}/card")
    assert "declined" in stripe.decline(session)
    stripe.expire(session)
    assert "Nothing was charged" in come_back(browser, session)
    db.session.rollback()
    assert db.session.get_one(Order, pat.order_id).card_words == "Visa ending 4242"


def test_no_card_where_nothing_is_charged_any_more(pat, browser, stripe):
    stripe.pay(press(browser, f"/payments/orders/{pat.order_id}/rest"))
    response = browser.post(f"/payments/orders/{pat.order_id}/card")
    assert response.location.endswith("/payments")
    assert "no card is needed" in browser.get("/payments").text
    assert db.session.query(CheckoutSession).count() == 2


def test_stripe_is_down(declined, browser, stripe):
    address = f"/payments/installments/{declined.part(2).id}"
    stripe.fail_next("timeout_before", times=3, on="POST /v1/checkout/sessions")
    response = browser.post(address)
    assert response.status_code == 409
    assert "did not answer, and nothing was charged" in response.text
    assert "Pay $850" in response.text


def test_before_the_first_is_paid_the_checkout_holds_the_seat(cast, clock, stripe, browser):
    plan = Plan(cast.pat, cast.summer, clock)
    address = f"/payments/installments/{plan.part(1).id}"
    for response in (browser.get(address), browser.post(address)):
        assert response.location.endswith("/cohorts/summer-2026/checkout")
    assert ">Pay $850<" in browser.get("/payments").text


@pytest.mark.parametrize("who", ["wes", "sam", "cora"])
def test_nobody_elses(pat, who, cast, sign_in):
    other = sign_in(getattr(cast, who))
    part, order = pat.part(2).id, pat.order_id
    for address in (f"/payments/installments/{part}", f"/payments/orders/{order}/rest"):
        assert other.get(address).status_code == 404
        assert other.post(address).status_code == 404
    assert other.post(f"/payments/orders/{order}/card").status_code == 404
    assert other.get("/payments/return?session_id=cs_test_none").status_code == 404


@pytest.mark.parametrize("address", ["installments/{}", "orders/{}/rest", "orders/{}/card"])
def test_a_number_that_no_row_can_have_is_not_there(cast, sign_in, address):
    pat = sign_in(cast.pat)
    for number in (10**20, 2**31, "٣"):
        assert pat.post(f"/payments/{address.format(number)}").status_code in (404, 405)


def test_a_suspended_place(cast, clock, stripe, sign_in):
    """Own work is readable and goes home; nothing new is written, nothing is asked for; paid: open at once."""
    plan = Plan(cast.ana, cast.spring, clock).begun(stripe, card=DECLINED_LATER)
    begin_write()
    submitted_system(cast.ana_enrollment, now=clock.now)
    system = db.session.scalars(select(System.id)).one()
    db.session.commit()
    plan.wait_until_due(2)
    plan.work()
    browser = sign_in(cast.ana)
    assert "An installment for your seat is open" in browser.get("/dashboard").text
    due = plan.part(2).due_on
    for day in range(16):
        plan.wait_until(due + timedelta(days=day))
        plan.work()
    assert plan.state()["enrollment"] == "suspended"
    text = browser.get("/dashboard").text
    assert "Your place is on hold until an installment is paid" in text
    assert text.count("btn--next") == 1
    assert browser.get(f"/systems/{system}").status_code == 200
    assert browser.get("/manual").status_code == 200
    assert browser.post(f"/systems/{system}", data={"version": "1", "1.A.1": "New"}).status_code != 303
    before = plan.mails()
    for _day in range(5):
        plan.clock.move(days=1)
        plan.work()
    assert plan.mails() == before  # silence, until they come back
    stripe.pay(press(browser, f"/payments/installments/{plan.part(2).id}"))
    assert plan.state()["enrollment"] == "active"
    assert "on hold" not in browser.get("/dashboard").text
