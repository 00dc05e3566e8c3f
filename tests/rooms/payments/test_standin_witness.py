"""The stand-in against what Stripe itself publishes: the SDK's resource classes, and the OpenAPI file derived from it.

One scenario makes everything the stand-in can make; then every object, every event and every request is looked at.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
import stripe
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from app.payments.standin import API_VERSION, BANK_DEBIT, DECLINED_LATER, StandIn
from app.payments.standin.checks import read_params
from app.payments.standin.errors import ApiError
from app.payments.standin.form import unfold
from app.payments.standin.routes import CALLS

from .standin_kit import KINDS, OPENAPI, Clock, client_of, seat, shape_misfits
from .test_standin_requests import WRONG

# What is played and that file, which is cut to what was played before, does not have: the SDK's types are its witness.
BEYOND_THE_FILE = {"payout"}
needs_openapi = pytest.mark.skipif(
    not OPENAPI.exists(), reason=f"second witness: no {OPENAPI.name} beside this checkout"
)


@pytest.fixture(scope="module")
def standin() -> StandIn:
    """With one of everything in its books."""
    clock = Clock()
    standin = StandIn(clock=clock)
    client, count = client_of(standin), iter(range(100))

    def key() -> stripe.RequestOptions:
        return {"idempotency_key": f"scenario:{next(count)}"}

    customer = client.v1.customers.create({"email": "ana@example.com", "name": "Ana"}, key())
    client.v1.customers.update(customer.id, {"metadata": {"user": "1"}}, key())
    saving = seat(
        customer=customer.id, customer_email=None, payment_intent_data={"setup_future_usage": "off_session"}
    )
    plan = client.v1.checkout.sessions.create(saving, key())
    standin.decline(plan.id)
    paid = standin.pay(plan.id, DECLINED_LATER)
    later = {"amount": 500, "currency": "usd", "customer": customer.id, "off_session": True, "confirm": True}
    later["payment_method"] = standin.get(paid["payment_intent"])["payment_method"]
    with pytest.raises(stripe.CardError):
        client.v1.payment_intents.create(later, key())
    everything = {
        "consent_collection": {"terms_of_service": "required"},
        "custom_text": {"submit": {"message": "Three installments"}},
        "expires_at": int(Clock().now.timestamp()) + 3600,
        "client_reference_id": "enrollment-7",
        "locale": "en",
        "allowed_payment_method_types": ["card", BANK_DEBIT],
        "automatic_tax": {"enabled": False},
    }
    for verb in (standin.async_pay, standin.async_fail, standin.expire):
        verb(client.v1.checkout.sessions.create(seat(**everything), key()).id)
    saving = {
        "mode": "setup",
        "currency": "usd",
        "customer": customer.id,
        "success_url": "https://ours.example/x",
    }
    saving |= {"setup_intent_data": {"metadata": {"order": "1"}}, "allowed_payment_method_types": ["card"]}
    saved = client.v1.checkout.sessions.create(saving, key())
    standin.decline(saved.id)
    standin.pay(saved.id)
    standin.expire(client.v1.checkout.sessions.create(saving, key()).id)
    client.v1.payment_methods.detach(standin.all("payment_method")[-1]["id"], None, key())
    product = client.v1.products.create({"name": "A seat"}, key())
    price = client.v1.prices.create({"product": product.id, "currency": "usd", "unit_amount": 1500}, key())
    client.v1.checkout.sessions.create(seat(line_items=[{"price": price.id, "quantity": 2}]), key())
    client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}, key())
    client.v1.refunds.create({"payment_intent": paid["payment_intent"], "amount": 5_000}, key())
    standin.fail_refund(standin.all("refund")[0]["id"])
    standin.close_dispute(standin.dispute(paid["payment_intent"])["id"], won=True)
    client.v1.checkout.sessions.list(
        {"limit": 3, "expand": ["data.payment_intent.latest_charge", "data.line_items"]}
    )
    client.v1.events.list({"created": {"gte": 1}, "types": ["charge.failed"]})
    clock.move(days=4)
    payout = client.v1.payouts.list({"created": {"gte": 1}, "limit": 5}).data[0]
    client.v1.balance_transactions.list({"payout": payout.id, "expand": ["data.source"]})
    assert standin.violations == []
    return standin


def answers(standin: StandIn) -> list[dict[str, Any]]:
    """Every object as the API shows it, plain and expanded."""
    client = client_of(standin)
    found = [standin.get(object_id) for object_id in standin.state.objects]
    for session in standin.all("checkout.session"):
        wanted = {"expand": ["payment_intent.latest_charge.refunds", "line_items", "customer"]}
        wanted["expand"].append("setup_intent.payment_method")
        found.append(client.v1.checkout.sessions.retrieve(session["id"], wanted).to_dict())
        found.append(client.v1.checkout.sessions.line_items.list(session["id"]).to_dict())
    # Through JSON, as on the wire: the SDK has turned some texts into numbers.
    return [json.loads(json.dumps(answer, default=str)) for answer in found]


def test_every_answer_has_the_shape_of_the_sdk(standin):
    found = answers(standin)

    kinds = {answer["object"] for answer in found}
    assert kinds - {"list"} == KINDS.keys() - {"item"}
    assert [sentence for answer in found for sentence in shape_misfits(answer)] == []


def test_every_event_type_is_one_that_the_sdk_knows(standin):
    known = set(stripe.Event.__annotations__["type"].__args__)

    assert {event["type"] for event in standin.events} <= known
    assert len({event["type"] for event in standin.events}) >= 15


def test_the_shape_witness_sees_what_is_wrong(standin):
    session = standin.all("checkout.session")[0]
    session.update(bogus=1, amount_total="249700", status="done")
    session["automatic_tax"]["enabled"] = None
    del session["created"]

    assert len(shape_misfits(session)) == 5


# --- the second witness ---


@cache
def openapi() -> dict[str, Any]:
    return json.loads(OPENAPI.read_text())


@cache
def validator_of(pointer: str) -> Validator:
    resource = DRAFT202012.create_resource(openapi())
    registry = Registry().with_resource("urn:stripe", resource)
    return Draft202012Validator({"$ref": f"urn:stripe#{pointer}"}, registry=registry)


def problems(pointer: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator_of(pointer).iter_errors(value)]


@needs_openapi
def test_the_file_is_of_the_version_of_the_sdk():
    assert openapi()["info"]["version"] == API_VERSION


@needs_openapi
def test_every_answer_satisfies_the_openapi_file(standin):
    for answer in answers(standin):
        if answer["object"] not in {"list", *BEYOND_THE_FILE}:
            assert problems(f"/components/schemas/{answer['object']}", answer) == []


@needs_openapi
def test_every_call_played_is_in_the_openapi_file_under_the_same_parameters():
    paths = {path.replace("{", "<").replace("}", ">"): verbs for path, verbs in openapi()["paths"].items()}
    shapes = {
        tuple("<>" if part[:1] == "<" else part for part in path.split("/")): v for path, v in paths.items()
    }
    for name, call in CALLS.items():
        if call.params is None:
            continue  # how the command line drives the payment page: no description of the API names it
        verb, path = name.split()
        if path.split("/")[2].removesuffix("s") in BEYOND_THE_FILE:
            continue
        shape = tuple("<>" if part[:1] == "<" else part for part in path.split("/"))
        operation = shapes[shape][verb.lower()]
        if verb == "POST":
            schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
            assert schema == {"$ref": f"#/components/schemas/params.{call.params}"}


def both_verdicts(given: dict[str, Any]) -> tuple[bool, bool]:
    """What the types of the SDK and what the OpenAPI file say of these parameters of a new session."""
    encoded = stripe._encode._api_encode(given)
    try:
        read_params("checkout.SessionCreateParams", unfold((name, str(value)) for name, value in encoded))
        ours = True
    except ApiError:
        ours = False
    return ours, not problems("/components/schemas/params.checkout.SessionCreateParams", given)


@needs_openapi
@pytest.mark.parametrize("changes", [{}, *(changes for changes, _, _ in WRONG)], ids=str)
def test_both_witnesses_judge_a_session_alike(changes):
    ours, theirs = both_verdicts(seat(**changes))

    # An empty text is the one thing the types leave to us: the file has no minimum length.
    assert ours == theirs or changes == {"cancel_url": ""}
    assert ours or changes
