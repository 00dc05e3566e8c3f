"""Cards saved in the stand-in: on a page where nothing is paid, and given back."""

from __future__ import annotations

import pytest
import stripe

from app.payments.standin import StandIn

from .standin_kit import Clock, client_of

SAVE = {
    "mode": "setup",
    "currency": "usd",
    "success_url": "https://ours.example/back?id={CHECKOUT_SESSION_ID}",
}


@pytest.fixture
def standin() -> StandIn:
    return StandIn(clock=Clock())


@pytest.fixture
def client(standin):
    return client_of(standin)


@pytest.fixture
def page(client):
    customer = client.v1.customers.create({"email": "ana@example.com"}, {"idempotency_key": "customer"})
    return client.v1.checkout.sessions.create({**SAVE, "customer": customer.id}, {"idempotency_key": "page"})


def test_a_card_is_saved_and_nothing_is_paid(standin, client, page):
    standin.pay(page.id)

    seen = client.v1.checkout.sessions.retrieve(page.id, {"expand": ["setup_intent.payment_method"]})
    assert (seen.status, seen.payment_status, seen.amount_total) == ("complete", "no_payment_required", None)
    assert seen.setup_intent.status == "succeeded"
    assert seen.setup_intent.payment_method.card.last4 == "4242"
    assert seen.setup_intent.payment_method.customer == page.customer
    assert standin.all("charge") == []
    kinds = [event["type"] for event in standin.events]
    assert kinds[-3:] == ["payment_method.attached", "setup_intent.succeeded", "checkout.session.completed"]


def test_a_refused_card_is_not_saved(standin, client, page):
    assert "declined" in standin.decline(page.id)

    assert client.v1.checkout.sessions.retrieve(page.id).status == "open"
    assert client.v1.customers.payment_methods.list(page.customer).data == []


def test_what_was_saved_is_charged_and_given_back(standin, client, page):
    standin.pay(page.id)
    (method,) = client.v1.customers.payment_methods.list(page.customer).data
    later = {"amount": 500, "currency": "usd", "customer": page.customer, "payment_method": method.id}

    client.v1.payment_intents.create(
        {**later, "off_session": True, "confirm": True}, {"idempotency_key": "1"}
    )
    client.v1.payment_methods.detach(method.id, None, {"idempotency_key": "2"})

    assert client.v1.customers.payment_methods.list(page.customer).data == []
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        client.v1.payment_methods.detach(method.id, None, {"idempotency_key": "3"})


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"currency": None}, "currency"),
        ({"customer": None}, "customer"),
        ({"line_items": [{"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 1,
                                                         "product_data": {"name": "x"}}}]}, "line_items"),
        ({"payment_intent_data": {"description": "x"}}, "payment_intent_data"),
        ({"setup_intent_data": {"on_behalf_of": "acct_1"}}, "setup_intent_data[on_behalf_of]"),
    ],
)  # fmt: skip
def test_what_setup_mode_refuses(client, page, changes, param):
    wanted = {**SAVE, "customer": page.customer, **changes}
    wanted = {name: value for name, value in wanted.items() if value is not None}

    with pytest.raises(stripe.InvalidRequestError) as error:
        client.v1.checkout.sessions.create(wanted, {"idempotency_key": "wrong"})

    assert error.value.param == param


def test_the_page_says_that_nothing_is_paid(standin, page):
    from werkzeug.test import Client

    browser = Client(standin.wsgi)
    assert "Nothing is paid now" in browser.get(f"/c/pay/{page.id}").text
    assert "Save the card" in browser.get(f"/c/pay/{page.id}").text
    answer = browser.post(f"/c/pay/{page.id}", data={"do": "pay", "card": "4242424242424242"})
    assert answer.location == f"https://ours.example/back?id={page.id}"
    assert "The card is saved" in browser.get(f"/c/pay/{page.id}").text
