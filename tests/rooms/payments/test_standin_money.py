"""The stand-in after the first payment: later installments from a saved card, refunds, disputes."""

from __future__ import annotations

import pytest
import stripe

from app.payments.standin import CONFIRM_LATER, DECLINED_LATER, StandIn

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


@pytest.mark.parametrize(
    ("won", "status", "last"),
    [(True, "won", "charge.dispute.funds_reinstated"), (False, "lost", "charge.dispute.closed")],
)
def test_a_disputed_charge_is_not_refunded_unless_the_dispute_is_won(
    client, standin, site, won, status, last
):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    intent = standin.pay(session.id)["payment_intent"]
    dispute = standin.dispute(intent)
    assert site.types[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.refunds.create({"payment_intent": intent}, key("refund:1:try:1"))
    assert refusal.value.code == "charge_disputed"

    standin.close_dispute(dispute["id"], won=won)

    assert site.types[-1] == last
    assert client.v1.disputes.retrieve(dispute["id"]).status == status
    assert client.v1.disputes.list({"payment_intent": intent}).data[0].is_charge_refundable is won
    if won:
        refund = client.v1.refunds.create({"payment_intent": intent}, key("refund:1:try:2"))
        assert refund.amount == 249_700
