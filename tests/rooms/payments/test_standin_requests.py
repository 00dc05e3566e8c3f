"""What the stand-in makes of a request: parameters, keys, versions, idempotency, paging, expansion, faults."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from app.payments.standin import StandIn

from .standin_kit import Clock, client_of, seat


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def standin(clock: Clock) -> StandIn:
    return StandIn(clock=clock)


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    return client_of(standin)


def key(text: str) -> stripe.RequestOptions:
    return {"idempotency_key": text}


def line(**price: Any) -> dict[str, Any]:
    given = {"currency": "usd", "unit_amount": 100, "product_data": {"name": "Seat"}, **price}
    return {"price_data": {k: v for k, v in given.items() if v is not None}, "quantity": 1}


NOW = int(Clock().now.timestamp())
WRONG = [
    (
        {"billing_address_collection": "sometimes"},
        "billing_address_collection",
        "must be one of auto, required",
    ),
    (
        {"line_items": [line(unit_amount="2497.00")]},
        "line_items[0][price_data][unit_amount]",
        "Invalid integer",
    ),
    (
        {"line_items": [line(unit_amount=0)]},
        "line_items[0][price_data][unit_amount]",
        "positive whole number",
    ),
    (
        {"line_items": [line(unit_amount=-5)]},
        "line_items[0][price_data][unit_amount]",
        "positive whole number",
    ),
    ({"line_items": [line(unit_amount=49)]}, "line_items", "at least 50 cents"),
    ({"line_items": [line(currency=None)]}, "line_items[0][price_data][currency]", "Missing required param"),
    (
        {"line_items": [line(unit_amount=None)]},
        "line_items[0][price_data][unit_amount]",
        "Missing required param",
    ),
    ({"line_items": [line(), line(currency="eur")]}, "line_items", "share one currency"),
    ({"line_items": [line(currency="dollars")]}, "line_items[0][price_data][currency]", "Invalid currency"),
    ({"line_items": [{**line(), "quantity": 0}]}, "line_items[0][quantity]", "at least 1"),
    ({"line_items": None}, "line_items", "required in payment mode"),
    (
        {"payment_intent_data": {"recipt_email": "a@b.org"}},
        "payment_intent_data[recipt_email]",
        "unknown parameter",
    ),
    ({"payment_method_types": ["card"]}, "payment_method_types", "no longer supported"),
    ({"ui_mode": "hosted"}, "ui_mode", "must be one of"),
    ({"mode": None}, "mode", "Missing required param"),
    ({"success_url": None}, "success_url", "Missing required param"),
    ({"success_url": "/return"}, "success_url", "Not a valid URL"),
    ({"cancel_url": "javascript:alert(1)"}, "cancel_url", "Not a valid URL"),
    ({"cancel_url": ""}, "cancel_url", "sent empty"),
    ({"customer_email": "ana at example"}, "customer_email", "Invalid email"),
    ({"customer": "cus_1"}, "customer_email", "not both"),
    ({"client_reference_id": "enrollment 7"}, "client_reference_id", "letters, digits"),
    ({"expires_at": NOW + 30 * 60 - 1}, "expires_at", "30 minutes and 24 hours"),
    ({"expires_at": NOW + 24 * 3600 + 1}, "expires_at", "30 minutes and 24 hours"),
    ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", "40"),
    ({"metadata": {"k": "v" * 501}}, "metadata[k]", "500"),
    ({"metadata": {f"k{i}": "v" for i in range(51)}}, "metadata", "50 keys"),
    ({"mode": "subscription"}, "mode", "does not play"),
    ({"invoice_creation": {"enabled": True}}, "invoice_creation", "does not play"),
    ({"allow_promotion_codes": True}, "allow_promotion_codes", "does not play"),
    ({"discounts": [{"coupon": "x"}]}, "discounts", "does not play"),
    ({"idempotency_key_": "x"}, "idempotency_key_", "unknown parameter"),
]


@pytest.mark.parametrize(("changes", "param", "sentence"), WRONG)
def test_a_wrong_session_is_refused_by_name_and_noted(client, standin, changes, param, sentence):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.checkout.sessions.create(seat(**changes), key("checkout:1"))

    assert refusal.value.http_status == 400
    assert refusal.value.param == param
    assert sentence in refusal.value.user_message
    assert len(standin.violations) == 1
    assert standin.violations[0].startswith("POST /v1/checkout/sessions: ")
    assert standin.all("checkout.session") == []


@pytest.mark.parametrize("seconds", [30 * 60, 24 * 3600])
def test_the_bounds_of_the_expiry_are_allowed(client, seconds):
    session = client.v1.checkout.sessions.create(seat(expires_at=NOW + seconds), key("checkout:1"))

    assert session.expires_at == NOW + seconds


def test_lists_and_queries_are_checked_as_well(client, standin):
    with pytest.raises(stripe.InvalidRequestError, match="must be one of complete, expired, open"):
        client.v1.checkout.sessions.list({"status": "paid"})
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: typ"):
        client.v1.events.list({"typ": "charge.succeeded"})
    with pytest.raises(stripe.InvalidRequestError, match="must be one of duplicate, fraudulent"):
        client.v1.refunds.create({"payment_intent": "pi_1", "reason": "moved cohort"}, key("refund:1"))
    assert len(standin.violations) == 3


def test_an_unknown_object_is_404(client, standin):
    with pytest.raises(stripe.InvalidRequestError, match=r"No such checkout\.session") as refusal:
        client.v1.checkout.sessions.retrieve("cs_test_none")

    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
    assert standin.violations == []


def test_a_route_that_is_not_played_says_so(client, standin):
    with pytest.raises(stripe.InvalidRequestError, match=r"GET: /v1/coupons"):
        client.v1.coupons.list()
    assert len(standin.violations) == 1


def test_only_the_right_key_and_version_are_served(standin):
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided: sk_test_…"):
        stripe.StripeClient("sk_test_other", http_client=standin.http_client()).v1.events.list()
    with pytest.raises(stripe.InvalidRequestError, match="2023-08-16"):
        client_of(standin, stripe_version="2023-08-16").v1.events.list()
    assert len(standin.violations) == 2


# --- idempotency ---


def test_the_same_key_gives_the_same_answer(client, standin):
    first = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    standin.pay(first.id)
    again = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    assert again.id == first.id
    assert again.status == "open"  # the answer as it was, not the session as it is
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(standin.all("checkout.session")) == 1


def test_the_same_key_with_other_parameters_is_refused(client, standin):
    client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    with pytest.raises(stripe.IdempotencyError) as refusal:
        client.v1.checkout.sessions.create(seat(locale="en"), key("checkout:1"))

    assert refusal.value.http_status == 400
    assert len(standin.violations) == 1


def test_a_key_can_be_used_again_after_a_day(client, standin, clock):
    first = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    clock.move(hours=24, seconds=1)

    assert client.v1.checkout.sessions.create(seat(), key("checkout:1")).id != first.id


def test_a_refused_request_does_not_use_up_its_key(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(seat(ui_mode="hosted"), key("checkout:1"))

    assert client.v1.checkout.sessions.create(seat(), key("checkout:1")).status == "open"


def test_a_declined_charge_keeps_its_answer(client, standin):
    """A new attempt needs a new key; the old one goes on saying what happened."""
    customer = client.v1.customers.create({"email": "ana@example.com"}, key("customer:1"))
    saving = seat(
        customer=customer.id, customer_email=None, payment_intent_data={"setup_future_usage": "off_session"}
    )
    session = standin.pay(
        client.v1.checkout.sessions.create(saving, key("checkout:1")).id, "4000008260003178"
    )
    given = {"amount": 500, "currency": "usd", "customer": customer.id, "off_session": True, "confirm": True}
    given["payment_method"] = standin.get(session["payment_intent"])["payment_method"]

    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(given, key("installment:2:try:1"))
    assert [charge["status"] for charge in standin.all("charge")] == ["succeeded", "failed"]


def test_a_post_without_a_key_of_ours_is_noted(client, standin):
    client.v1.customers.create({"email": "ana@example.com"})  # the SDK adds a random one

    assert standin.violations == ["POST /v1/customers: no idempotency key of ours"]
    assert standin.requests[0].params == {"email": "ana@example.com"}


# --- faults ---


@pytest.mark.parametrize(("kind", "times_done"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_broken_line_leaves_it_open_whether_the_work_was_done(standin, kind, times_done):
    client = client_of(standin)
    standin.fail_next(kind)

    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    assert len(standin.all("checkout.session")) == times_done
    assert standin.requests[-1].status == 0
    client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    assert len(standin.all("checkout.session")) == 1


def test_the_sdk_tries_again_by_itself(standin):
    client = client_of(standin, max_network_retries=2)
    standin.fail_next("timeout_after", times=2)

    client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    assert [entry.status for entry in standin.requests] == [0, 0, 200]
    assert len(standin.all("checkout.session")) == 1


def test_a_500_is_the_lasting_answer_of_its_key(standin):
    client = client_of(standin)
    standin.fail_next("500")

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.checkout.sessions.create(seat(), key("checkout:1:try:1"))
    assert client.v1.checkout.sessions.create(seat(), key("checkout:1:try:2")).status == "open"


def test_too_many_requests_is_said_once(standin):
    client = client_of(standin)
    standin.fail_next("429", on="POST /v1/refunds")

    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    intent = standin.pay(session.id)["payment_intent"]
    with pytest.raises(stripe.RateLimitError):
        client.v1.refunds.create({"payment_intent": intent}, key("refund:1"))
    assert client.v1.refunds.create({"payment_intent": intent}, key("refund:1")).status == "succeeded"


def test_an_unknown_fault_is_a_mistake_in_the_test(standin):
    with pytest.raises(ValueError, match="timeout_before"):
        standin.fail_next("503")
