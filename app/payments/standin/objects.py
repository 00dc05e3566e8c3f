"""Stripe's objects, built with every field the installed SDK knows: unset ones are null, as on the wire."""

from typing import Any

import stripe

from .cards import Card, Decline
from .state import Object, State

# Present only when a caller asks to have them expanded, or not at all for objects like ours.
_ABSENT = {
    stripe.checkout.Session: {"line_items", "presentment_details", "payment_method_options", "shipping_cost"},
    stripe.Charge: {"refunds", "authorization_code", "level3", "presentment_details", "radar_options"},
    stripe.Customer: {"deleted", "sources", "subscriptions", "tax", "tax_ids", "cash_balance"},
    stripe.Price: {"deleted", "currency_options", "tiers"},
}

_CARD_SHOWN = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
_BANK_SHOWN = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")


def blank(kind: type[stripe.StripeObject], **known: Any) -> Object:
    """An object of the SDK's class with all its fields null but the known ones."""
    absent = _ABSENT.get(kind, set())
    fields = [name for name in kind.__annotations__ if name.islower() and name not in absent]
    strangers = known.keys() - set(fields)
    assert not strangers, f"{kind.__name__} of this SDK has no {strangers}"
    return dict.fromkeys(fields) | known | {"object": kind.OBJECT_NAME}  # type: ignore[attr-defined]


def listing(url: str, data: list[Object], has_more: bool = False) -> Object:
    return {"object": "list", "url": url, "data": data, "has_more": has_more}


def billing_details(email: str | None) -> Object:
    return {"address": _address(), "email": email, "name": None, "phone": None, "tax_id": None}


def _address() -> Object:
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def _shipping(given: Object | None) -> Object | None:
    if given is None:
        return None
    known = dict.fromkeys(("carrier", "name", "phone", "tracking_number"))
    return known | given | {"address": _address() | given["address"]}


def customer(state: State, given: Object) -> Object:
    return blank(
        stripe.Customer,
        id=state.new_id("cus"),
        created=state.now(),
        livemode=False,
        balance=0,
        delinquent=False,
        address=_address() | given["address"] if given.get("address") else None,
        description=given.get("description"),
        email=given.get("email"),
        name=given.get("name"),
        phone=given.get("phone"),
        preferred_locales=given.get("preferred_locales", []),
        metadata=given.get("metadata", {}),
        tax_exempt="none",
        invoice_settings={
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
    )


def line_item(state: State, given: Object) -> Object:
    """One line of a session, from ``price_data``."""
    data, quantity = given["price_data"], given["quantity"]
    amount = data["unit_amount"] * quantity
    currency = data["currency"].lower()
    return blank(
        stripe.LineItem,
        id=state.new_id("li"),
        amount_discount=0,
        amount_subtotal=amount,
        amount_tax=0,
        amount_total=amount,
        currency=currency,
        description=data["product_data"]["name"],
        quantity=quantity,
        metadata=given.get("metadata", {}),
        price=price(state, currency, data["unit_amount"], state.new_id("prod")),
    )


def price(state: State, currency: str, unit_amount: int, product_id: str) -> Object:
    """What one unit costs, once; made for a single session it is not active."""
    return blank(
        stripe.Price,
        id=state.new_id("price"),
        active=False,
        billing_scheme="per_unit",
        created=state.now(),
        currency=currency,
        livemode=False,
        metadata={},
        product=product_id,
        tax_behavior="unspecified",
        type="one_time",
        unit_amount=unit_amount,
        unit_amount_decimal=str(unit_amount),
    )


def payment_method(state: State, email: str | None, card: Card | None) -> Object:
    """A card, or with no card a bank account."""
    details = {"type": "card", "card": _card(card)} if card else {"type": "us_bank_account", **_bank()}
    whole = blank(
        stripe.PaymentMethod,
        id=state.new_id("pm"),
        created=state.now(),
        livemode=False,
        allow_redisplay="limited",
        billing_details=billing_details(email),
        metadata={},
        **details,
    )
    # Every kind of payment method has a field of its own, present only on that kind.
    always = {
        "id",
        "object",
        "created",
        "livemode",
        "allow_redisplay",
        "billing_details",
        "metadata",
        "customer",
    }
    return {k: v for k, v in whole.items() if k in always or k in details}


def _card(card: Card) -> Object:
    return {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": "US",
        "display_brand": card.brand,
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": f"standin{card.last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": None,
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _bank() -> Object:
    return {
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "TEST BANK",
            "financial_connections_account": None,
            "fingerprint": "standin6789",
            "last4": "6789",
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": "110000000",
            "status_details": None,
        }
    }


def payment_intent(state: State, amount: int, currency: str, given: Object) -> Object:
    """``amount`` in the currency's smallest unit; ``given`` holds the optional parameters."""
    intent_id = state.new_id("pi")
    return blank(
        stripe.PaymentIntent,
        id=intent_id,
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        capture_method="automatic_async",
        client_secret=f"{intent_id}_secret_{state.new_id('x')[2:]}",
        confirmation_method="automatic",
        created=state.now(),
        currency=currency,
        livemode=False,
        customer=given.get("customer"),
        description=given.get("description"),
        metadata=given.get("metadata", {}),
        payment_method_options={},
        payment_method_types=["card"],
        receipt_email=given.get("receipt_email"),
        setup_future_usage=given.get("setup_future_usage"),
        shipping=_shipping(given.get("shipping")),
        statement_descriptor=given.get("statement_descriptor"),
        statement_descriptor_suffix=given.get("statement_descriptor_suffix"),
        status="requires_payment_method",
    )


def setup_intent(state: State, customer_id: str, given: Object) -> Object:
    """A card to be saved; ``given`` holds the optional parameters."""
    intent_id = state.new_id("seti")
    return blank(
        stripe.SetupIntent,
        id=intent_id,
        client_secret=f"{intent_id}_secret_{state.new_id('x')[2:]}",
        created=state.now(),
        customer=customer_id,
        description=given.get("description"),
        livemode=False,
        metadata=given.get("metadata", {}),
        payment_method_options={},
        payment_method_types=["card"],
        status="requires_payment_method",
        usage="off_session",
    )


def charge(
    state: State, intent: Object, method: Object, status: str, decline: Decline | None = None
) -> Object:
    """One attempt to move money: ``succeeded``, ``pending`` or ``failed`` (with the reason)."""
    charge_id = state.new_id("ch")
    paid = status == "succeeded"
    return blank(
        stripe.Charge,
        id=charge_id,
        amount=intent["amount"],
        amount_captured=intent["amount"] if paid else 0,
        amount_refunded=0,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="STAND-IN",
        captured=paid,
        created=state.now(),
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=decline.code if decline else None,
        failure_message=decline.sentence if decline else None,
        fraud_details={},
        livemode=False,
        metadata=dict(intent["metadata"]),
        outcome=_outcome(status, decline),
        paid=paid,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_paid_with(method),
        receipt_email=intent["receipt_email"],
        receipt_url=f"{state.public_url}/receipts/{charge_id}" if paid else None,
        refunded=False,
        status=status,
    )


def _outcome(status: str, decline: Decline | None) -> Object:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline.decline_code if decline else None,
        "seller_message": "The bank declined." if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


def _paid_with(method: Object) -> Object:
    kind = method["type"]
    if kind == "card":
        card = {k: method["card"][k] for k in _CARD_SHOWN}
        return {"type": kind, kind: card | {"network": card["brand"], "three_d_secure": None, "wallet": None}}
    return {"type": kind, kind: {k: method[kind][k] for k in _BANK_SHOWN}}


def refund(state: State, paid: Object, amount: int, given: Object) -> Object:
    """Money going back from a charge; ``amount`` in the smallest unit."""
    return blank(
        stripe.Refund,
        id=state.new_id("re"),
        amount=amount,
        charge=paid["id"],
        created=state.now(),
        currency=paid["currency"],
        customer=paid["customer"],
        metadata=given.get("metadata", {}),
        payment_intent=paid["payment_intent"],
        payment_method=paid["payment_method"],
        reason=given.get("reason"),
        status="pending",
    )
