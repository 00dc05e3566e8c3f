"""The stand-in as one object: the WSGI application, the controls a test holds, and what it has seen."""

import copy
import random
import socket
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from werkzeug.wrappers import Request, Response

from . import checkout, disputes, payments, payouts
from .cards import BANK_DEBIT, DECLINED, VISA
from .delivery import Deliveries, Endpoint, post_to
from .errors import ApiError, ConnectionLost
from .faults import Faults
from .journal import Entry, Journal
from .pages import Pages
from .routes import Api
from .state import Clock, Object, State
from .transport import InProcess

T = TypeVar("T")


class StandIn:
    """Plays Stripe.

    ``webhook_url``: an address, a function ``(body: bytes, headers) -> status``, or None for no webhooks.
    ``clock``: returns the present as an aware datetime; it decides expiry and every ``created``.
    ``state_file``: a JSON file that keeps everything across restarts. Raises ValueError when it holds something else.

    Webhooks caused on the payment page or by a control below are sent before it returns. Those caused by an API call
    wait for the next control, or for ``deliver_pending()``, as our own code is still busy at that moment; set
    ``deliver_during_calls`` to have them arrive before the call's answer, which happens with the real one too.
    """

    def __init__(
        self,
        webhook_url: str | Endpoint | None = None,
        webhook_secret: str = "whsec_standin",  # noqa: S107
        api_key: str = "sk_test_standin",
        clock: Clock = lambda: datetime.now(UTC),
        *,
        public_url: str = "http://127.0.0.1:8001",
        state_file: Path | str | None = None,
    ) -> None:
        self.webhook_secret, self.api_key, self.public_url = webhook_secret, api_key, public_url
        self.state = State(clock, public_url, Path(state_file) if state_file else None)
        endpoint = post_to(webhook_url) if isinstance(webhook_url, str) else webhook_url
        self._deliveries = Deliveries(self.state, endpoint, webhook_secret)
        self._journal, self._faults = Journal(), Faults()
        self._api = Api(self.state, api_key, self._journal, self._faults)
        self._pages = Pages(self.state)
        self.deliver_during_calls = False

    # --- reaching it ---

    def wsgi(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """The WSGI application."""
        try:
            return self.answer(Request(environ))(environ, start_response)
        except ConnectionLost:
            return _hang_up(environ, start_response)

    def answer(self, request: Request) -> Response:
        """The answer to one request. Raises ConnectionLost when a fault was ordered."""
        if not request.path.startswith("/v1/"):
            response = self._pages.answer(request)
            self._deliveries.flush()
            return response
        try:
            return self._api.answer(request)
        finally:
            if self.deliver_during_calls or self.runs_by_itself:
                self._deliveries.flush()

    def http_client(self) -> InProcess:
        """For ``stripe.StripeClient(standin.api_key, http_client=standin.http_client())``."""
        return InProcess(self.answer)

    # --- what a person or a bank does ---

    def pay(
        self, session_id: str, card: str = VISA, email: str = "payer@example.com", agreed: bool = True
    ) -> Object:
        """Pay on the page; ``card`` is a test card's number or BANK_DEBIT. Returns the session.

        Raises ApiError with the sentence of the page when it cannot be paid, or the card is declined (status 402).
        """
        return self._do(lambda: checkout.pay(self.state, session_id, card, email, agreed))

    def decline(self, session_id: str, card: str = DECLINED) -> str:
        """Try a card that the bank refuses. Returns the sentence the page shows; the session stays open."""
        try:
            self.pay(session_id, card)
        except ApiError as error:
            if error.status != 402:
                raise
            return error.message
        raise AssertionError(f"the card {card} was not declined")

    def expire(self, session_id: str) -> Object:
        """End an open session, as its own time limit would."""
        return self._do(lambda: checkout.expire(self.state, session_id))

    def sweep(self) -> None:
        """End every open session whose time is over by the clock, and send what that causes."""
        with self.state.lock:
            late = [s for s in self.state.all("checkout.session") if s["status"] == "open"]
            late = [s for s in late if s["expires_at"] <= self.state.now()]
        if late:
            self._do(lambda: [checkout.expire_if_due(self.state, session) for session in late])

    def pay_out(self) -> None:
        """Make the payouts that are due by the clock, and send what that causes."""
        self._do(lambda: payouts.pay_out(self.state))

    def async_pay(self, session_id: str) -> Object:
        """The bank debit of this session goes through; an open session is first paid with one."""
        return self._answer_debit(session_id, True)

    def async_fail(self, session_id: str) -> Object:
        """The bank debit of this session fails; an open session is first paid with one."""
        return self._answer_debit(session_id, False)

    def _answer_debit(self, session_id: str, paid: bool) -> Object:
        if self.get(session_id)["status"] == "open":
            self.pay(session_id, BANK_DEBIT)
        return self._do(lambda: checkout.finish_debit(self.state, session_id, paid))

    def refund(self, payment_intent_id: str, amount: int | None = None) -> Object:
        """A refund made in Stripe's dashboard, unknown to us; ``amount`` in cents, all that is left when None."""
        given: dict[str, Any] = {"payment_intent": payment_intent_id}
        if amount is not None:
            given["amount"] = amount
        return self._do(lambda: payments.create_refund(self.state, given))

    def finish_refund(self, refund_id: str) -> Object:
        """A pending refund (of a bank debit) arrives."""
        return self._do(lambda: payments.finish_refund(self.state, refund_id, True))

    def fail_refund(self, refund_id: str) -> Object:
        """A refund comes back days later; the money is ours again."""
        return self._do(lambda: payments.finish_refund(self.state, refund_id, False))

    def dispute(self, payment_intent_id: str, reason: str = "fraudulent") -> Object:
        """The cardholder contests the whole payment; the bank takes the money back for now."""
        return self._do(lambda: disputes.open_dispute(self.state, payment_intent_id, reason))

    def close_dispute(self, dispute_id: str, won: bool) -> Object:
        """The bank decides."""
        return self._do(lambda: disputes.close_dispute(self.state, dispute_id, won))

    def _do(self, verb: Callable[[], T]) -> T:
        try:
            with self.state.changing():
                return copy.deepcopy(verb())
        finally:
            self._deliveries.flush()

    # --- webhooks ---

    @property
    def hold_deliveries(self) -> bool:
        """While true, webhooks pile up in ``pending_events``."""
        return self._deliveries.hold

    @hold_deliveries.setter
    def hold_deliveries(self, hold: bool) -> None:
        self._deliveries.hold = hold

    @property
    def events(self) -> list[Object]:
        """Every event so far, oldest first."""
        return self.all("event")

    @property
    def pending_events(self) -> list[Object]:
        """The events still owed to the endpoint, oldest first; a failed delivery stays here."""
        with self.state.lock:
            return [self.get(owed["event"]) for owed in self.state.owed]

    def deliver(self, event: Object | str, times: int = 1, signed_at: int | None = None) -> list[int]:
        """Send one event (or the event of that id) that many times, held or not. Returns the endpoint's statuses.

        ``signed_at``: epoch seconds for the signature, to play an old message. A 2xx answer settles what is owed.
        """
        event = self.get(event if isinstance(event, str) else event["id"])
        statuses = [self._deliveries.send(event, signed_at) for _ in range(times)]
        if any(200 <= status < 300 for status in statuses):
            self.drop(event)
        return statuses

    def deliver_pending(self, order: random.Random | str = "as_happened") -> None:
        """Try everything owed once, held or not: "as_happened", "reversed", or shuffled by a seeded Random."""
        owed = list(self.state.owed)
        if order == "reversed":
            owed.reverse()
        elif isinstance(order, random.Random):
            order.shuffle(owed)
        self._deliveries.send_all(owed)

    def drop(self, event: Object | str) -> None:
        """This event will not be delivered (again)."""
        event_id = event if isinstance(event, str) else event["id"]
        with self.state.changing():
            self.state.owed = [owed for owed in self.state.owed if owed["event"] != event_id]
            self.state.objects[event_id]["pending_webhooks"] = 0

    # --- what goes wrong, and what was seen ---

    def fail_next(self, kind: str, times: int = 1, on: str = "") -> None:
        """Let the next calls fail: "500", "429", "409", "timeout_before" or "timeout_after" doing the work.

        ``on`` narrows it to calls that contain this text, such as "POST /v1/refunds".
        """
        self._faults.order(kind, times, on)

    def heal(self) -> None:
        """All is well again: no call fails any more."""
        self._faults.clear()

    def get(self, object_id: str) -> Object:
        """A copy of any object by its id. Raises KeyError."""
        with self.state.lock:
            return copy.deepcopy(self.state.objects[object_id])

    def all(self, kind: str) -> list[Object]:
        """Copies of all objects of a kind, such as "charge", oldest first."""
        with self.state.lock:
            return copy.deepcopy(self.state.all(kind)[::-1])

    @property
    def requests(self) -> list[Entry]:
        """Every API call so far: method, path, params, idempotency_key, status."""
        return self._journal.requests

    @property
    def violations(self) -> list[str]:
        """Calls that no correct program sends, and POSTs without a key of ours. Tests demand an empty list."""
        return self._journal.violations

    # --- running as a program ---

    runs_by_itself = False

    def start(self) -> None:
        """Deliver, retry and expire from a background thread from now on."""
        self.runs_by_itself = True
        self._deliveries.start(every_second=self.tick)

    def tick(self) -> None:
        """One round of the background thread: end what has expired, pay out, send what is due by the clock."""
        self.sweep()
        with self.state.lock:
            if payouts.pay_out(self.state):
                self.state.save()
        self._deliveries.send_due()

    def stop(self) -> None:
        """End the background thread."""
        self._deliveries.stop()
        self.runs_by_itself = False


def _hang_up(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Close the line without an answer where the server lets us; otherwise say 504, which a gateway would."""
    line = environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError
    return Response("The connection broke.", 504)(environ, start_response)
