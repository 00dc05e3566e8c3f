"""What is said to Stripe, here and in `stripe_out`, and nowhere else.

Each function is one call: no transaction, no rows, no clock. Every POST carries an idempotency key made from a row that
is already committed here, so a repeated call gets the first one's answer instead of doing the work twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import stripe
from flask import current_app
from stripe.checkout import Session

from app.lib.refusal import Refused

API_VERSION = "2026-10-28.endive"
TIMEOUT = 20  # seconds; the SDK's own 80 would hang a worker for longer than anybody waits
EXPAND = ["payment_intent.latest_charge", "setup_intent.payment_method"]

# A call to Stripe, its retries included, is over by then: an unanswered row older than this has lost its answer.
IN_FLIGHT = timedelta(minutes=2)

NO_ANSWER = (
    "The payment service did not answer, and nothing was charged just now. "
    "Please try again in a minute; nothing is charged twice."
)
NOT_ACCEPTED = (
    "The payment service did not accept the request, and nothing was charged. "
    "Please write to us; this is ours to put right."
)


class NotThere(Refused):
    """Stripe does not know this object."""


class NeverMade(Refused):
    """Stripe refused the call before doing anything: no object came of it, and another key may be used."""


class NoAnswer(Refused):
    """Nobody knows whether Stripe has heard of it: the line broke, or Stripe has too much to do."""


class Unclear(NoAnswer):
    """Stripe broke while doing it, and will say so again for this key: look whether the object is there."""


def client() -> stripe.StripeClient:
    """The SDK's client, made once per application. Tests hand in `STRIPE_HTTP_CLIENT`."""
    made = current_app.extensions.get("stripe")
    if made is None:
        config = current_app.config
        base = config.get("STRIPE_API_BASE")
        made = current_app.extensions["stripe"] = stripe.StripeClient(
            config["STRIPE_SECRET_KEY"],
            stripe_version=API_VERSION,
            base_addresses={"api": base} if base else {},
            max_network_retries=2,
            http_client=config.get("STRIPE_HTTP_CLIENT") or stripe.RequestsClient(timeout=TIMEOUT),
        )
    return made


def is_live() -> bool:
    """Is our key one that moves real money?"""
    return "_live_" in current_app.config["STRIPE_SECRET_KEY"]


@contextmanager
def asking() -> Iterator[None]:
    """Turn Stripe's errors into a Refused that says what the error means for the person, or one of its kinds above."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        current_app.logger.warning("Stripe refused a call: %s", error)
        raise (NotThere if error.code == "resource_missing" else NeverMade)(NOT_ACCEPTED) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        current_app.logger.exception("Stripe does not accept our key")
        raise Refused(NOT_ACCEPTED) from error
    except stripe.StripeError as error:
        current_app.logger.warning("Stripe did not answer: %s", error)
        status = error.http_status or 0
        stuck = status >= 500 or (status == 400 and isinstance(error, stripe.IdempotencyError))
        raise (Unclear if stuck else NoAnswer)(NO_ANSWER) from error


def create_customer(kind: str, payer_id: int, email: str, name: str, now: datetime) -> str:
    """A customer for this 'user' or 'employer'; the same one however often it is asked for with the same words.

    Where Stripe broke, and repeats that for a day, another is made: two customers of one payer cost nobody anything.
    """
    words = hashlib.sha256(f"{email}\n{name}".encode()).hexdigest()[:12]
    key = f"customer:{payer_id}:{words}" if kind == "user" else f"customer:{kind}:{payer_id}:{words}"
    about = {"email": email, "name": name, "metadata": {kind: str(payer_id)}}
    try:
        return _make_customer(about, key)
    except Unclear:
        return _make_customer(about, f"{key}:{int(now.timestamp()) // 60}")


def _make_customer(about: Any, key: str) -> str:
    with asking():
        made = client().v1.customers.create(about, {"idempotency_key": key})
    return made.id


def create_session(
    row_id: int,
    *,
    order_id: int,
    enrollment_id: int | None,
    customer_id: str,
    description: str,
    amount_cents: int,
    currency: str,
    expires_at: datetime,
    save_card: bool,
    success_url: str,
    cancel_url: str,
) -> Session:
    """Open Stripe's page for one row of `checkout_session`. NeverMade: it cannot exist; Refused: it may.

    `save_card`: keep what is paid with, to be charged later while the person is away. An amount of 0 saves a card and
    pays nothing.
    """
    # A session's marks do not travel by themselves.
    marks = {"checkout": str(row_id), "order": str(order_id)}
    if enrollment_id is not None:  # an employer's order is for none
        marks["enrollment"] = str(enrollment_id)
    data: Any = {"description": description, "metadata": marks}
    what: Any
    if amount_cents == 0:
        what = {"mode": "setup", "currency": currency, "setup_intent_data": data}
        # A bank account would have to be confirmed with two small deposits first.
        what["allowed_payment_method_types"] = ["card"]
    else:
        line = {"currency": currency, "unit_amount": amount_cents, "product_data": {"name": description}}
        if save_card:
            data["setup_future_usage"] = "off_session"
        what = {"mode": "payment", "payment_intent_data": data}
        what["line_items"] = [{"quantity": 1, "price_data": line}]
    what |= {
        "customer": customer_id,
        "client_reference_id": f"order-{order_id}",
        "metadata": marks,
        "expires_at": int(expires_at.timestamp()),
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    with asking():
        return client().v1.checkout.sessions.create(what, {"idempotency_key": f"checkout:{row_id}"})


def retrieve_session(stripe_id: str) -> Session:
    """The session as it is now, with its payment and charge. Raises NotThere, Refused."""
    with asking():
        return client().v1.checkout.sessions.retrieve(stripe_id, {"expand": EXPAND})


def expire_session(stripe_id: str, row_id: int, now: datetime) -> Session:
    """End an open session, or return it as it is when it is over already. Raises NotThere, Refused."""
    # Ending a session twice is harmless, so a key per minute: a broken answer is not repeated to us for a day.
    key = f"expire:{row_id}:{int(now.timestamp()) // 60}"
    with suppress(NeverMade), asking():  # paid or expired in the meantime: what it is now decides
        client().v1.checkout.sessions.expire(stripe_id, options={"idempotency_key": key})
    return retrieve_session(stripe_id)


def find_session(customer_id: str, row_id: int) -> Session | None:
    """The session that was made for this row, by our mark on it: for a row whose answer never reached us."""
    with asking():
        found = client().v1.checkout.sessions.list({"customer": customer_id, "limit": 100})
        for session in found.auto_paging_iter():
            if plain(session.metadata).get("checkout") == str(row_id):
                return retrieve_session(session.id)
    return None


def charge(
    try_id: int,
    key: str,
    *,
    installment_id: int,
    order_id: int,
    enrollment_id: int | None,
    customer_id: str,
    card_id: str,
    amount_cents: int,
    currency: str,
    description: str,
) -> stripe.PaymentIntent:
    """Charge a saved card while its owner is away. A decline is an answer, not an error: the intent says why.

    Raises NeverMade (nothing was and will be charged), Unclear, Refused (it may have been: look, or ask again with
    the same key).
    """
    marks = {"installment": str(installment_id), "order": str(order_id), "enrollment": str(enrollment_id)}
    with asking():
        try:
            return client().v1.payment_intents.create(
                {
                    "amount": amount_cents,
                    "currency": currency,
                    "customer": customer_id,
                    "payment_method": card_id,
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "confirm": True,
                    "off_session": True,
                    "description": description,
                    "metadata": marks | {"try": str(try_id)},
                    "expand": ["latest_charge"],
                },
                {"idempotency_key": key},
            )
        except stripe.CardError as error:
            intent_id = _intent_of(error)
            if intent_id is None:  # refused before an intent was made
                raise NeverMade(NOT_ACCEPTED) from error
    return retrieve_intent(intent_id)


def _intent_of(error: stripe.CardError) -> str | None:
    body = error.json_body if isinstance(error.json_body, dict) else {}
    intent_id = plain(plain(body.get("error")).get("payment_intent")).get("id")
    return intent_id if isinstance(intent_id, str) else None


def retrieve_intent(stripe_id: str) -> stripe.PaymentIntent:
    """The payment intent as it is now, with its charge. Raises NotThere, Refused."""
    with asking():
        return client().v1.payment_intents.retrieve(stripe_id, {"expand": ["latest_charge"]})


def find_intent(customer_id: str, try_id: int, since: datetime) -> stripe.PaymentIntent | None:
    """The intent that was made for this try, by our mark on it: for a try whose answer never reached us."""
    made_since = int(since.timestamp()) - 60  # Stripe's clock is not ours
    with asking():
        found = client().v1.payment_intents.list(
            {"customer": customer_id, "created": {"gte": made_since}, "limit": 100}
        )
        for intent in found.auto_paging_iter():
            if plain(intent.metadata).get("try") == str(try_id):
                return retrieve_intent(intent.id)
    return None


def saved_methods(customer_id: str) -> list[str]:
    """Ids of everything this customer can be charged with while away."""
    with asking():
        found = client().v1.customers.payment_methods.list(customer_id, {"limit": 100})
        return [method.id for method in found.auto_paging_iter()]


def forget_method(card_id: str, now: datetime) -> None:
    """Stripe keeps this card no longer. Twice is harmless. Raises Refused."""
    key = f"forget:{card_id}:{int(now.timestamp()) // 60}"  # as for ending a session
    with suppress(NeverMade, NotThere), asking():
        client().v1.payment_methods.detach(card_id, options={"idempotency_key": key})


def intents_since(since: datetime) -> Iterator[stripe.PaymentIntent]:
    """Every payment intent made since this instant, with its charge, the newest first. Raises Refused."""
    with asking():
        listed = client().v1.payment_intents.list(
            {"created": {"gte": int(since.timestamp())}, "limit": 100, "expand": ["data.latest_charge"]}
        )
        yield from listed.auto_paging_iter()


def retrieve_event(event_id: str) -> dict[str, Any] | None:
    """An event of the last 30 days; None for an older one, or one that Stripe does not know. Raises Refused."""
    try:
        with asking():
            return client().v1.events.retrieve(event_id).to_dict()
    except NotThere:
        return None


def read_event(payload: bytes, header: str, secrets: list[str]) -> tuple[dict[str, Any], int]:
    """The event in a signed webhook and the epoch second it was signed at.

    Raises ValueError when no secret fits, or the body is not an event.
    """
    for secret in secrets:
        try:
            # The SDK would compare the time with the machine's own clock; ours is passed in, so the caller does it.
            stripe.WebhookSignature.verify_header(payload, header, secret, tolerance=None)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        event = json.loads(payload)
        if not isinstance(event, dict) or not all(isinstance(event.get(key), str) for key in ("id", "type")):
            raise ValueError("not an event")
        return event, _signed_at(header)
    raise ValueError("the signature does not fit")


def _signed_at(header: str) -> int:
    # The first one, as that is the one that was verified: a second "t" could be added by anybody.
    return next(int(part[2:]) for part in header.split(",") if part.startswith("t="))


def plain(value: Any) -> dict[str, Any]:
    """A Stripe object (or the id of one that was not expanded) as a dictionary; empty for nothing."""
    if isinstance(value, stripe.StripeObject):
        return value.to_dict()
    if isinstance(value, dict):
        return value
    return {"id": value} if isinstance(value, str) else {}
