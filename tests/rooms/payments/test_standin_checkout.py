"""The stand-in's Checkout Sessions, driven by the real SDK: made, paid, declined, expired, paid late."""

from __future__ import annotations

import pytest
import stripe

from app.payments.standin import BANK_DEBIT, ApiError, StandIn

from .standin_kit import Clock, Site, client_of, seat


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def standin(site: Site, clock: Clock) -> StandIn:
    return StandIn(site, clock=clock)


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    return client_of(standin)


def key(text: str) -> stripe.RequestOptions:
    return {"idempotency_key": text}


def test_a_new_session_is_open_and_shows_what_was_asked(client, standin, clock):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    assert (session.status, session.payment_status, session.mode) == ("open", "unpaid", "payment")
    assert (session.amount_total, session.currency) == (249_700, "usd")
    assert session.url == f"http://127.0.0.1:8001/c/pay/{session.id}"
    assert session.metadata["enrollment"] == "7"
    assert session.expires_at == session.created + 24 * 3600 == int(clock.now.timestamp()) + 24 * 3600
    assert session.livemode is False
    assert session.payment_intent is None
    assert standin.violations == []


def test_paying_completes_the_session_and_makes_a_charge(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    standin.pay(session.id)

    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    intent = paid.payment_intent
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received) == ("succeeded", 249_700)
    assert intent.metadata["enrollment"] == "7"
    assert intent.latest_charge.receipt_url == f"http://127.0.0.1:8001/receipts/{intent.latest_charge.id}"
    assert paid.customer_details.email == "ana@example.com"


def test_paying_sends_signed_events_that_the_sdk_accepts(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    standin.pay(session.id)

    assert site.types == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    body, headers = site.received[-1]
    event = client.construct_event(body, headers["Stripe-Signature"], standin.webhook_secret)
    assert event.api_version == stripe.api_version
    assert event.data.object.id == session.id
    assert event.data.object.payment_status == "paid"


def test_a_paid_session_is_not_paid_again(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    standin.pay(session.id)
    before = len(site.received)

    with pytest.raises(ApiError, match="already paid"):
        standin.pay(session.id)

    assert len(standin.all("charge")) == 1
    assert len(site.received) == before


def test_a_declined_card_leaves_the_session_open_for_another_try(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    assert standin.decline(session.id) == "Your card was declined."

    assert standin.get(session.id)["status"] == "open"
    assert site.types == ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
    standin.pay(session.id)
    assert len(standin.all("payment_intent")) == 1
    assert [charge["status"] for charge in standin.all("charge")] == ["failed", "succeeded"]


def test_a_session_expires_by_the_clock(client, standin, site, clock):
    expires_at = int(clock.now.timestamp()) + 45 * 60
    session = client.v1.checkout.sessions.create(seat(expires_at=expires_at), key("checkout:1"))

    clock.move(minutes=44, seconds=59)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    clock.move(seconds=1)
    standin.sweep()

    ended = client.v1.checkout.sessions.retrieve(session.id)
    assert (ended.status, ended.payment_status, ended.url) == ("expired", "unpaid", None)
    assert site.types == ["checkout.session.expired"]
    with pytest.raises(ApiError, match="expired"):
        standin.pay(session.id)


def test_expiry_is_noticed_by_whoever_looks_first(client, standin, clock):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    clock.move(hours=24)

    assert client.v1.checkout.sessions.list({"status": "expired"}).data[0].id == session.id
    assert [event["type"] for event in standin.pending_events] == ["checkout.session.expired"]


def test_only_an_open_session_can_be_expired(client, standin):
    open_one = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    paid_one = client.v1.checkout.sessions.create(seat(), key("checkout:2"))
    standin.pay(paid_one.id)

    assert client.v1.checkout.sessions.expire(open_one.id, {}, key("expire:1")).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="this one is complete"):
        client.v1.checkout.sessions.expire(paid_one.id, {}, key("expire:2"))
    assert standin.violations == []  # losing that race is not a mistake of the program


def test_expiring_after_a_decline_cancels_the_payment_intent(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    standin.decline(session.id)

    standin.expire(session.id)

    assert [intent["status"] for intent in standin.all("payment_intent")] == ["canceled"]


@pytest.mark.parametrize(
    ("answer", "payment_status", "event"),
    [
        ("async_pay", "paid", "checkout.session.async_payment_succeeded"),
        ("async_fail", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_a_bank_debit_is_answered_later(client, standin, site, answer, payment_status, event):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    waiting = standin.pay(session.id, BANK_DEBIT)
    assert (waiting["status"], waiting["payment_status"]) == ("complete", "unpaid")
    assert standin.get(waiting["payment_intent"])["status"] == "processing"
    assert site.types[-1] == "checkout.session.completed"

    settled = getattr(standin, answer)(session.id)
    assert (settled["status"], settled["payment_status"]) == ("complete", payment_status)
    assert site.types[-1] == event
    with pytest.raises(ApiError, match="waiting"):
        standin.async_pay(session.id)


def test_a_session_for_cards_only_takes_no_bank_debit(client, standin):
    session = client.v1.checkout.sessions.create(
        seat(allowed_payment_method_types=["card"]), key("checkout:1")
    )

    assert session.payment_method_types == ["card"]
    with pytest.raises(ApiError, match="does not offer"):
        standin.pay(session.id, BANK_DEBIT)


def test_terms_have_to_be_agreed_to_where_they_are_asked(client, standin):
    session = client.v1.checkout.sessions.create(
        seat(consent_collection={"terms_of_service": "required"}), key("checkout:1")
    )

    with pytest.raises(ApiError, match="agree to the terms"):
        standin.pay(session.id, agreed=False)
    standin.pay(session.id)

    assert client.v1.checkout.sessions.retrieve(session.id).consent.terms_of_service == "accepted"
