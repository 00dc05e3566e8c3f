"""The API: which call goes where, and what every call has in common (key, version, idempotency, faults)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from . import catalog, checkout, objects, payment_pages, payments, payouts, reads, rules
from .checks import read_params
from .errors import ApiError, ConnectionLost, wrong
from .faults import Faults
from .form import unfold
from .journal import Journal
from .state import API_VERSION, Object, State

Verb = Callable[..., Object]


@dataclass(frozen=True)
class Call:
    """One API call: the SDK's class for its parameters (None: no type of it exists), and what it does."""

    params: str | None
    verb: Verb


def _retrieve(kind: str) -> Verb:
    return lambda state, given, url, id: reads.one(state, kind, id)


def _list(kind: str) -> Verb:
    return lambda state, given, url: reads.many(state, kind, url, given)


def _create_customer(state: State, given: dict[str, Any], url: str) -> Object:
    rules.check_customer(given)
    customer = state.add(objects.customer(state, given))
    state.emit("customer.created", customer)
    return customer


def _update_customer(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    rules.check_customer(given)
    customer = state.get("customer", id)
    metadata = customer["metadata"] | given.pop("metadata", {})
    customer.update({name: value or None for name, value in given.items() if name != "expand"})
    customer["metadata"] = {key: value for key, value in metadata.items() if value}
    state.emit("customer.updated", customer)
    return customer


def _session_lines(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    session = reads.one(state, "checkout.session", id)
    return reads.page(state.hidden[session["id"]]["lines"], url, given)


def _customer_methods(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    state.get("customer", id)
    return reads.many(state, "payment_method", url, given | {"customer": id})


CALLS = {
    "POST /v1/customers": Call("CustomerCreateParams", _create_customer),
    "GET /v1/customers": Call("CustomerListParams", _list("customer")),
    "POST /v1/customers/<id>": Call("CustomerUpdateParams", _update_customer),
    "GET /v1/customers/<id>": Call("CustomerRetrieveParams", _retrieve("customer")),
    "GET /v1/customers/<id>/payment_methods": Call("CustomerPaymentMethodListParams", _customer_methods),
    "POST /v1/checkout/sessions": Call(
        "checkout.SessionCreateParams", lambda s, given, url: checkout.create(s, given)
    ),
    "GET /v1/checkout/sessions": Call("checkout.SessionListParams", _list("checkout.session")),
    "GET /v1/checkout/sessions/<id>": Call("checkout.SessionRetrieveParams", _retrieve("checkout.session")),
    "GET /v1/checkout/sessions/<id>/line_items": Call("checkout.SessionLineItemListParams", _session_lines),
    "POST /v1/checkout/sessions/<id>/expire": Call(
        "checkout.SessionExpireParams", lambda s, given, url, id: checkout.expire(s, id)
    ),
    "POST /v1/payment_intents": Call(
        "PaymentIntentCreateParams", lambda s, given, url: payments.create(s, given)
    ),
    "GET /v1/payment_intents": Call("PaymentIntentListParams", _list("payment_intent")),
    "GET /v1/payment_intents/<id>": Call("PaymentIntentRetrieveParams", _retrieve("payment_intent")),
    "POST /v1/payment_intents/<id>/cancel": Call(
        "PaymentIntentCancelParams", lambda s, given, url, id: payments.cancel(s, id, given)
    ),
    "POST /v1/products": Call("ProductCreateParams", lambda s, given, url: catalog.create_product(s, given)),
    "GET /v1/products/<id>": Call("ProductRetrieveParams", _retrieve("product")),
    "POST /v1/prices": Call("PriceCreateParams", lambda s, given, url: catalog.create_price(s, given)),
    "GET /v1/prices/<id>": Call("PriceRetrieveParams", _retrieve("price")),
    "POST /v1/payment_methods": Call(
        "PaymentMethodCreateParams", lambda s, given, url: catalog.create_method(s, given)
    ),
    "GET /v1/payment_pages/<id>": Call(None, payment_pages.show),
    "POST /v1/payment_pages/<id>/confirm": Call(None, payment_pages.confirm),
    "GET /v1/payment_methods/<id>": Call("PaymentMethodRetrieveParams", _retrieve("payment_method")),
    "POST /v1/payment_methods/<id>/detach": Call(
        "PaymentMethodDetachParams", lambda s, given, url, id: payments.detach(s, id)
    ),
    "GET /v1/charges": Call("ChargeListParams", _list("charge")),
    "GET /v1/charges/<id>": Call("ChargeRetrieveParams", _retrieve("charge")),
    "POST /v1/refunds": Call("RefundCreateParams", lambda s, given, url: payments.create_refund(s, given)),
    "GET /v1/refunds": Call("RefundListParams", _list("refund")),
    "GET /v1/refunds/<id>": Call("RefundRetrieveParams", _retrieve("refund")),
    "GET /v1/disputes": Call("DisputeListParams", _list("dispute")),
    "GET /v1/disputes/<id>": Call("DisputeRetrieveParams", _retrieve("dispute")),
    "GET /v1/payouts": Call("PayoutListParams", payouts.list_payouts),
    "GET /v1/payouts/<id>": Call("PayoutRetrieveParams", payouts.retrieve),
    "GET /v1/balance_transactions": Call("BalanceTransactionListParams", payouts.list_transactions),
    "GET /v1/balance_transactions/<id>": Call(
        "BalanceTransactionRetrieveParams", payouts.retrieve_transaction
    ),
    "GET /v1/events": Call("EventListParams", _list("event")),
    "GET /v1/events/<id>": Call("EventRetrieveParams", _retrieve("event")),
}
_MAP = Map([Rule(name.split()[1], methods=[name.split()[0]], endpoint=call) for name, call in CALLS.items()])


class Api:
    """Answers the calls. ``key`` is the one secret key it accepts."""

    def __init__(self, state: State, key: str, journal: Journal, faults: Faults) -> None:
        self.state, self.key, self.journal, self.faults = state, key, journal, faults

    def answer(self, request: Request) -> Response:
        """The answer to one call. Raises ConnectionLost where a fault asks for it."""
        request_id = self.state.new_id("req")
        entry = self.journal.enter(request)
        try:
            status, body, replayed = self._answer(request, request_id)
        except ApiError as error:
            self.journal.refuse(entry, error)
            status, body, replayed = error.status, json.dumps(error.body()), False
        entry.status = status
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
        if "Idempotency-Key" in request.headers:
            headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(body, status, headers, content_type="application/json")

    def _answer(self, request: Request, request_id: str) -> tuple[int, str, bool]:
        self._check_key(request)
        self._check_version(request)
        call, ids = _match(request)
        fault = self.faults.take(f"{request.method} {request.path}")
        if fault == "timeout_before":
            raise ConnectionLost("The connection broke before Stripe saw the call.")
        with self.state.changing():
            self.state.request = {"id": request_id, "idempotency_key": request.headers.get("Idempotency-Key")}
            try:
                answer = self._once(request, call, ids, fault)
            finally:
                self.state.request = {"id": None, "idempotency_key": None}
        if fault == "timeout_after":
            raise ConnectionLost("The connection broke after Stripe did the work.")
        return answer

    def _once(
        self, request: Request, call: Call, ids: dict[str, str], fault: str | None
    ) -> tuple[int, str, bool]:
        """Do the work, or give the answer that this idempotency key got before."""
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        print_of_params = _fingerprint(request)
        earlier = self.state.answered(key)
        if earlier:
            if earlier["params"] != print_of_params:
                sentence = "This idempotency key was used before with other parameters or another address."
                raise ApiError(sentence, kind="idempotency_error", violation=True)
            return earlier["status"], earlier["body"], True
        status, body = self._run(request, call, ids, fault)
        if key:
            answer = {"params": print_of_params, "status": status, "body": body, "at": self.state.now()}
            self.state.answers[key] = answer
        return status, body, False

    def _run(self, request: Request, call: Call, ids: dict[str, str], fault: str | None) -> tuple[int, str]:
        """Parameters that do not fit raise, and nothing is remembered; from the verb on, its answer is kept."""
        self.faults.refuse(fault)
        pairs = request.form if request.method == "POST" else request.args
        sent = unfold(pairs.items(multi=True))
        given = read_params(call.params, sent) if call.params else sent
        try:
            if fault == "500":
                raise ApiError("Something went wrong at Stripe.", status=500, kind="api_error")
            answer = call.verb(self.state, given, request.path, **ids)
            return 200, json.dumps(reads.expanded(self.state, answer, given.get("expand", [])))
        except ApiError as error:
            if error.violation or request.method != "POST":
                raise
            return error.status, json.dumps(error.body())

    def _check_key(self, request: Request) -> None:
        sent = request.headers.get("Authorization", "")
        if not sent:
            raise ApiError("You did not provide an API key.", status=401, violation=True)
        if sent != f"Bearer {self.key}":
            shown = f"{sent.removeprefix('Bearer ')[:8]}…"
            raise ApiError(f"Invalid API Key provided: {shown}", status=401, violation=True)

    def _check_version(self, request: Request) -> None:
        sent = request.headers.get("Stripe-Version", API_VERSION)
        if sent != API_VERSION:
            raise wrong(
                f"This stand-in speaks {API_VERSION}, the call asks for {sent}.", code="invalid_version"
            )


def _match(request: Request) -> tuple[Call, dict[str, str]]:
    try:
        call, ids = _MAP.bind("stripe").match(request.path, request.method)
    except HTTPException:
        raise ApiError(
            f"Unrecognized request URL ({request.method}: {request.path}).", status=404, violation=True
        ) from None
    return call, dict(ids)


def _fingerprint(request: Request) -> str:
    pairs = sorted(request.form.items(multi=True))
    return hashlib.sha256(json.dumps([request.method, request.path, pairs]).encode()).hexdigest()
