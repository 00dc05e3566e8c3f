"""Checkout Sessions: made, paid, declined, expired. Every function runs inside ``State.changing()``.

Amounts are integers in the currency's smallest unit; instants are epoch seconds.
"""

from typing import Any

import stripe

from . import catalog, objects, payments, rules, setups
from .cards import BANK_DEBIT, CARDS, Card
from .errors import ApiError, too_late, wrong
from .state import Object, State

# Parameters that the session shows as they were given.
_COPIED = (
    "allowed_payment_method_types",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_email",
    "excluded_payment_method_types",
    "locale",
    "submit_type",
    "success_url",
)


def create(state: State, given: dict[str, Any]) -> Object:
    """A new open session. Raises ApiError when a rule between the parameters is broken."""
    lines = given.get("line_items", [])
    given["line_items"] = [catalog.priced(state, line, f"line_items[{i}]") for i, line in enumerate(lines)]
    rules.check_session(given, state.now())
    if "customer" in given:
        state.get("customer", given["customer"], "customer")
    lines = [objects.line_item(state, line) for line in given["line_items"]]
    session = _session(state, given, lines)
    if given["mode"] == "setup":
        setups.begin(state, session, given.get("setup_intent_data", {}))
    return state.add(session, lines=lines, intent_data=given.get("payment_intent_data", {}))


def _session(state: State, given: dict[str, Any], lines: list[Object]) -> Object:
    session_id = f"cs_test_{state.new_id('a1').replace('_', '')}"
    total = sum(line["amount_total"] for line in lines) if lines else None
    return objects.blank(
        stripe.checkout.Session,
        **{name: given.get(name) for name in _COPIED},
        id=session_id,
        adaptive_pricing={"enabled": False},
        allow_promotion_codes=given.get("allow_promotion_codes"),
        amount_subtotal=total,
        amount_total=total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        consent_collection=_consent_collection(given),
        created=state.now(),
        currency=lines[0]["currency"] if lines else given["currency"].lower(),
        custom_fields=[],
        custom_text=_custom_text(given.get("custom_text", {})),
        customer_creation=_customer_creation(given),
        customer_details=_details(_email(state, given)),
        expires_at=given.get("expires_at", state.now() + rules.LONGEST_LIFE),
        invoice_creation={"enabled": False, "invoice_data": _invoice_data()},
        livemode=False,
        metadata=given.get("metadata", {}),
        mode=given["mode"],
        payment_method_collection="if_required" if lines else "always",
        payment_method_types=_method_types(given),
        payment_status="unpaid" if lines else "no_payment_required",
        phone_number_collection={"enabled": False},
        shipping_options=[],
        status="open",
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if lines else None,
        ui_mode="hosted_page",
        url=f"{state.public_url}/c/pay/{session_id}",
    )


def _custom_text(given: dict[str, Any]) -> Object:
    places = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    return {place: given.get(place) or None for place in places}


def _consent_collection(given: dict[str, Any]) -> Object | None:
    asked = given.get("consent_collection")
    wanted = ("payment_method_reuse_agreement", "promotions", "terms_of_service")
    return {name: asked.get(name) for name in wanted} if asked else None


def _customer_creation(given: dict[str, Any]) -> str | None:
    if "customer" in given:
        return None
    # A card can only be saved on a customer, so Stripe makes one when the session asks to save it.
    saves = "setup_future_usage" in given.get("payment_intent_data", {})
    return "always" if saves else given.get("customer_creation", "if_required")


def _email(state: State, given: dict[str, Any]) -> str | None:
    if "customer" in given:
        email: str | None = state.get("customer", given["customer"])["email"]
        return email
    return given.get("customer_email")


def _details(email: str | None) -> Object | None:
    if email is None:
        return None
    unknown = dict.fromkeys(("address", "business_name", "individual_name", "name", "phone", "tax_ids"))
    return unknown | {"email": email, "tax_exempt": "none"}


def _invoice_data() -> Object:
    names = ("account_tax_ids", "custom_fields", "description", "footer", "issuer", "rendering_options")
    return dict.fromkeys(names) | {"metadata": {}}


def _method_types(given: dict[str, Any]) -> list[str]:
    # Saving a bank account means waiting for two small deposits: that is not played.
    offered = ["card", BANK_DEBIT] if given["mode"] == "payment" else ["card"]
    allowed = given.get("allowed_payment_method_types", offered)
    excluded = given.get("excluded_payment_method_types", [])
    left = [kind for kind in offered if kind in allowed and kind not in excluded]
    if not left:
        raise wrong("No payment method is left to offer.", "allowed_payment_method_types")
    return left


def expire_if_due(state: State, session: Object) -> Object:
    """Stripe lets a session end by itself; here it is noticed whenever somebody looks."""
    if session["status"] == "open" and state.now() >= session["expires_at"]:
        _expire(state, session)
    return session


def expire(state: State, session_id: str) -> Object:
    """End an open session by hand. Raises ApiError when it is complete or expired already."""
    session = expire_if_due(state, state.get("checkout.session", session_id))
    if session["status"] != "open":
        raise too_late(f"Only an open Checkout Session can be expired; this one is {session['status']}.")
    return _expire(state, session)


def _expire(state: State, session: Object) -> Object:
    session.update(status="expired", url=None)
    if session["setup_intent"]:
        setups.cancel(state, session["setup_intent"])
    if session["payment_intent"]:
        payments.cancel(state, session["payment_intent"], {"cancellation_reason": "automatic"})
    state.emit("checkout.session.expired", session)
    return session


def payable(state: State, session_id: str) -> Object:
    """The session, if it can still be paid. Raises ApiError with a sentence for the person otherwise."""
    session = expire_if_due(state, state.get("checkout.session", session_id))
    if session["status"] == "complete":
        raise too_late(
            "This is already paid. Nothing was charged a second time.", "checkout_session_complete"
        )
    if session["status"] == "expired":
        raise too_late("This payment page has expired. Nothing was charged.", "checkout_session_expired")
    return session


def pay(state: State, session_id: str, number: str, email: str | None = None, agreed: bool = True) -> Object:
    """Pay with a test card, or with BANK_DEBIT, whose answer comes later; in setup mode the card is saved.

    Raises ApiError 402 when the card is declined (the session stays open), 400 when it cannot be paid.
    """
    session = payable(state, session_id)
    card = _chosen(session, number)
    _agree(session, agreed)
    email = _payer_email(session, email)
    method = state.add(objects.payment_method(state, email, card), number=number)
    if session["setup_intent"]:
        setups.save(state, session["setup_intent"], method, card.now if card else None)
        session.update(status="complete", url=None, customer_details=_details(email))
        state.emit("checkout.session.completed", session)
        return session
    intent = _intent(state, session)
    if card and card.now:
        payments.decline(state, intent, method, card.now)
    _note_customer(state, session, intent, email)
    _save_method(state, intent, method)
    if card:
        payments.succeed(state, intent, method)
    else:
        payments.begin_debit(state, intent, method)
    session.update(status="complete", url=None, customer_details=_details(email))
    session["payment_status"] = "paid" if card else "unpaid"
    state.emit("checkout.session.completed", session)
    return session


def _chosen(session: Object, number: str) -> Card | None:
    kind = BANK_DEBIT if number == BANK_DEBIT else "card"
    if kind not in session["payment_method_types"]:
        raise too_late(f"This session does not offer {kind}.", "payment_method_not_available")
    if kind == "card" and number not in CARDS:
        raise too_late("That is not one of the test cards.", "testmode_charges_only")
    return CARDS.get(number)


def _agree(session: Object, agreed: bool) -> None:
    asked = session["consent_collection"] or {}
    if asked.get("terms_of_service") != "required":
        return
    if not agreed:
        raise too_late("Please agree to the terms first. Nothing was charged.", "consent_required")
    session["consent"] = {"promotions": None, "terms_of_service": "accepted"}


def _payer_email(session: Object, typed: str | None) -> str:
    known = (session["customer_details"] or {}).get("email") or typed
    if not known:
        raise too_late("Please enter an email address. Nothing was charged.", "email_invalid")
    rules.check_email(known, "email")
    return str(known)


def _intent(state: State, session: Object) -> Object:
    """Made at the first attempt to pay, and used again by the next one."""
    if session["payment_intent"]:
        return state.get("payment_intent", session["payment_intent"])
    data = dict(state.hidden[session["id"]]["intent_data"], customer=session["customer"])
    intent = objects.payment_intent(state, session["amount_total"], session["currency"], data)
    intent["payment_method_types"] = list(session["payment_method_types"])
    session["payment_intent"] = state.add(intent)["id"]
    state.emit("payment_intent.created", intent)
    return intent


def _note_customer(state: State, session: Object, intent: Object, email: str) -> None:
    if session["customer"]:
        customer = state.get("customer", session["customer"])
        customer["email"] = customer["email"] or email
    elif session["customer_creation"] == "always":
        customer = state.add(objects.customer(state, {"email": email}))
        state.emit("customer.created", customer)
        session["customer"] = intent["customer"] = customer["id"]


def _save_method(state: State, intent: Object, method: Object) -> None:
    if intent["setup_future_usage"] and intent["customer"]:
        method["customer"] = intent["customer"]
        state.emit("payment_method.attached", method)


def finish_debit(state: State, session_id: str, paid: bool) -> Object:
    """The bank's late answer to a debit. Raises ApiError when none is outstanding."""
    session = state.get("checkout.session", session_id)
    intent = state.objects.get(session["payment_intent"] or "", {})
    if intent.get("status") != "processing":
        raise ApiError("No bank debit of this session is waiting for an answer.")
    payments.finish_debit(state, intent, paid)
    session["payment_status"] = "paid" if paid else "unpaid"
    state.emit(f"checkout.session.async_payment_{'succeeded' if paid else 'failed'}", session)
    return session
