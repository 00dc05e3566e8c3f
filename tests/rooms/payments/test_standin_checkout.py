"""The stand-in's Checkout Sessions, driven by the real SDK: made, paid, declined, expired, paid late."""

from __future__ import annotations

import pytest
import stripe

from app.payments.standin import BANK_DEBIT, CONFIRM_LATER, DECLINED_LATER, ApiError, StandIn

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


# --- a plan: the first installment saves the card, the later ones are charged off-session ---


def paid_first_installment(client: stripe.StripeClient, standin: StandIn, card: str) -> tuple[str, str]:
    """The ids of the customer and of the saved card."""
    customer = client.v1.customers.create({"email": "ana@example.com"}, key("customer:1"))
    saving = {"setup_future_usage": "off_session"}
    given = seat(customer=customer.id, customer_email=None, payment_intent_data=saving)
    session = standin.pay(client.v1.checkout.sessions.create(given, key("checkout:1")).id, card)
    return customer.id, standin.get(session["payment_intent"])["payment_method"]


def installment(customer: str, method: str) -> dict[str, object]:
    given = {"amount": 83_233, "currency": "usd", "customer": customer, "payment_method": method}
    return given | {"off_session": True, "confirm": True, "metadata": {"installment": "2"}}


def test_a_saved_card_is_charged_while_its_owner_is_away(client, standin, site):
    customer, method = paid_first_installment(client, standin, "5555555555554444")
    assert [m.id for m in client.v1.customers.payment_methods.list(customer).data] == [method]

    intent = client.v1.payment_intents.create(installment(customer, method), key("installment:2:try:1"))

    assert (intent.status, intent.amount_received) == ("succeeded", 83_233)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    standin.deliver_pending()
    assert site.types[-1] == "payment_intent.succeeded"


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        (DECLINED_LATER, "card_declined", "insufficient_funds"),
        (CONFIRM_LATER, "authentication_required", "authentication_required"),
    ],
)
def test_a_later_installment_can_be_declined(client, standin, card, code, decline_code):
    customer, method = paid_first_installment(client, standin, card)

    with pytest.raises(stripe.CardError) as refusal:
        client.v1.payment_intents.create(installment(customer, method), key("installment:2:try:1"))

    assert (refusal.value.code, refusal.value.error.decline_code) == (code, decline_code)
    intent = refusal.value.error.payment_intent
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    assert client.v1.payment_intents.cancel(intent.id, {}, key("cancel:2")).status == "canceled"
    assert standin.violations == []


def test_a_card_that_was_not_saved_cannot_be_charged_later(client, standin):
    customer = client.v1.customers.create({"email": "ana@example.com"}, key("customer:1"))
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    method = standin.get(standin.pay(session.id)["payment_intent"])["payment_method"]

    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        client.v1.payment_intents.create(installment(customer.id, method), key("installment:2:try:1"))


def test_saving_a_card_makes_a_customer_where_none_was_named(client, standin):
    saving = {"setup_future_usage": "off_session"}
    session = client.v1.checkout.sessions.create(seat(payment_intent_data=saving), key("checkout:1"))

    standin.pay(session.id)

    customer = client.v1.customers.retrieve(standin.get(session.id)["customer"])
    assert customer.email == "ana@example.com"


# --- money going back ---


def test_refunds_never_exceed_the_charge(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    intent = standin.pay(session.id)["payment_intent"]

    first = client.v1.refunds.create({"payment_intent": intent, "amount": 200_000}, key("refund:1"))
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
        client.v1.refunds.create({"payment_intent": intent, "amount": 49_701}, key("refund:2"))
    rest = client.v1.refunds.create({"payment_intent": intent}, key("refund:3"))
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent}, key("refund:4"))

    assert refusal.value.code == "charge_already_refunded"
    assert (first.amount, rest.amount) == (200_000, 49_700)
    assert [r.id for r in client.v1.refunds.list({"payment_intent": intent}).data] == [rest.id, first.id]
    assert client.v1.charges.retrieve(rest.charge).refunded is True
    assert standin.violations == []


def test_a_failed_refund_gives_the_money_back_to_us(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    intent = standin.pay(session.id)["payment_intent"]
    refund = client.v1.refunds.create({"payment_intent": intent}, key("refund:1"))

    standin.fail_refund(refund.id)

    assert client.v1.refunds.retrieve(refund.id).status == "failed"
    charge = client.v1.charges.retrieve(refund.charge)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert site.types[-2:] == ["refund.failed", "refund.updated"]


def test_a_refund_from_the_dashboard_is_only_heard_of(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    intent = standin.pay(session.id)["payment_intent"]

    standin.refund(intent, 5_000)

    assert site.types[-2:] == ["refund.created", "charge.refunded"]
    assert [r.metadata.to_dict() for r in client.v1.refunds.list({"payment_intent": intent}).data] == [{}]
