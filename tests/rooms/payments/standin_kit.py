"""What the tests of the Stripe stand-in share: a clock, a site that takes webhooks, a client, and two witnesses.

The stand-in must not teach us its own misunderstandings. Everything it answers is compared with the resource classes of
the installed SDK, always; and, where the derived OpenAPI file lies beside the checkout, with that as well.
"""

from __future__ import annotations

import builtins
import json
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Union, get_args, get_origin

import stripe
from stripe._stripe_object import StripeObject, UntypedStripeObject

from app.payments.standin import StandIn

NOON = datetime(2026, 2, 28, 12, 0, tzinfo=UTC)
OPENAPI = Path(__file__).parents[4] / "shared" / "stripe" / "openapi-subset.json"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class Site:
    """The endpoint for webhooks: keeps what arrives, answers ``status``."""

    status: int = 200
    received: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> int:
        self.received.append((body, headers))
        return self.status

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.received]


def client_of(standin: StandIn, **options: Any) -> stripe.StripeClient:
    return stripe.StripeClient(standin.api_key, http_client=standin.http_client(), **options)


def seat(**changes: Any) -> dict[str, Any]:
    """Parameters of a session for one seat, $2,497.00; a change to None leaves the parameter out."""
    price = {
        "currency": "usd",
        "unit_amount": 249_700,
        "product_data": {"name": "Enterprise Cohort, one seat"},
    }
    given = {
        "mode": "payment",
        "customer_email": "ana@example.com",
        "success_url": "http://127.0.0.1:8000/return?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:8000/cohorts/spring",
        "line_items": [{"price_data": price, "quantity": 1}],
        "metadata": {"enrollment": "7"},
        "payment_intent_data": {"metadata": {"enrollment": "7"}},
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


# --- the SDK's own resource classes as witness ---


class _Names(dict[str, Any]):
    """Resolves what the annotations of the SDK's classes name, also what is imported for type checkers only."""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        return getattr(
            stripe, name, Any
        )  # Any: a class of a corner of Stripe that the stand-in does not play


@cache
def _fields(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, localns=_Names(vars(sys.modules[kind.__module__])))
    own = {name: hints[name] for name in kind.__annotations__}
    return {name: hint for name, hint in own.items() if get_origin(hint) is not ClassVar}


def misfits(value: Any, kind: Any, at: str = "") -> Iterator[str]:
    """Where the value is not what the SDK's type says, each as a sentence."""
    origin, arms = get_origin(kind), get_args(kind)
    if kind is Any or isinstance(kind, typing.TypeVar):
        return
    if origin in (Union, types.UnionType):
        if any(get_origin(arm) is Literal for arm in arms):
            arms = tuple(arm for arm in arms if arm is not str)  # close what the SDK leaves open
        tries = [list(misfits(value, arm, at)) for arm in arms]
        if all(tries):
            yield min(tries, key=len)[0] if value is not None else f"{at} is null"
    elif origin is Literal:
        if value not in arms:
            yield f"{at} is {value!r}, not one of {arms}"
    elif origin in (list, stripe.ListObject):
        items = value if origin is list else (value or {}).get("data")
        if not isinstance(items, list):
            yield f"{at} is not a list"
        else:
            for i, item in enumerate(items):
                yield from misfits(item, arms[0], f"{at}[{i}]")
    elif origin in (dict, UntypedStripeObject):
        if not isinstance(value, dict):
            yield f"{at} is not a mapping"
    elif isinstance(kind, type) and issubclass(kind, StripeObject):
        yield from _object_misfits(value, kind, at)
    elif kind is Decimal:
        if not isinstance(value, str):
            yield f"{at} is {value!r}, not a decimal in text"
    elif type(value) is not kind and not (kind is type(None) and value is None):
        yield f"{at} is {value!r}, not {kind}"


def _object_misfits(value: Any, kind: type, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at} is not an object"
        return
    fields = _fields(kind)
    if kind is stripe.Event.Data:
        return  # checked by what it holds
    yield from (f"{at}.{name} is unknown" for name in value if name not in fields)
    for name, hint in fields.items():
        if name in value:
            yield from misfits(value[name], hint, f"{at}.{name}")
        elif type(None) not in get_args(hint):
            yield f"{at}.{name} is missing"


KINDS = {
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe.checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "payout": stripe.Payout,
    "price": stripe.Price,
    "product": stripe.Product,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
}


def shape_misfits(value: Any) -> list[str]:
    """For any object or list the stand-in answers with."""
    if value["object"] == "list":
        return [sentence for item in value["data"] for sentence in shape_misfits(item)]
    inside = shape_misfits(value["data"]["object"]) if value["object"] == "event" else []
    return inside + list(misfits(value, KINDS[value["object"]], value["object"]))
