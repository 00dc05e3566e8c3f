"""Webhooks: signed, sent at least once, in no promised order, retried until the endpoint answers 2xx.

Two ways of working. In a test nothing happens by itself: what is owed goes out when the test pays, or says so. In the
running program a thread sends what is due and waits 1, 2, 4, 8 … seconds after a failure, for three days.
"""

import http.client
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from threading import Condition, Thread

from stripe import WebhookSignature

from .state import Object, State

# Gets the body and the headers of one webhook, returns the HTTP status of the endpoint's answer.
Endpoint = Callable[[bytes, Mapping[str, str]], int]

LONGEST_WAIT = 300  # seconds between two tries
GIVE_UP = 3 * 24 * 3600  # seconds after the event
NO_ANSWER = 0  # the status of an endpoint that could not be reached
_log = logging.getLogger(__name__)


def post_to(url: str, timeout: float = 10) -> Endpoint:
    """An endpoint at an address; ``timeout`` in seconds. Raises ValueError for anything but HTTP."""
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"a webhook goes to an http address, not to {url}")
    # The endpoint is on this machine: a proxy meant for the world outside has no business in between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(body: bytes, headers: Mapping[str, str]) -> int:
        request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310
        try:
            with opener.open(request, timeout=timeout) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, http.client.HTTPException):
            return NO_ANSWER

    return send


class Deliveries:
    """Sends what the books say is owed. ``hold`` keeps everything back until it is sent by name."""

    def __init__(self, state: State, endpoint: Endpoint | None, secret: str) -> None:
        self.state = state
        self.endpoint = endpoint
        self.secret = secret
        self.hold = False
        self._wake = Condition()
        self._running = False
        self._thread: Thread | None = None
        state.has_endpoint = endpoint is not None

    def send(self, event: Object, signed_at: int | None = None) -> int:
        """One try. ``signed_at`` in epoch seconds; the present by the machine's own clock when left out.

        Returns the endpoint's status. The signature takes the real time, because the SDK compares it with that.
        """
        assert self.endpoint is not None, "this stand-in has no webhook endpoint"
        body = json.dumps(event, indent=2)
        when = signed_at if signed_at is not None else int(time.time())
        signature = WebhookSignature.generate_signature_header(body, self.secret, when)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (local stand-in)",
        }
        return self.endpoint(body.encode(), headers)

    def settle(self, owed: Object) -> bool:
        """Try one delivery that is owed and write down the outcome. Returns whether it was accepted."""
        with self.state.lock:
            event = json.loads(json.dumps(self.state.objects[owed["event"]]))
        status = self.send(event)
        accepted = 200 <= status < 300
        with self.state.changing():
            owed["attempts"] += 1
            if accepted:
                self.state.objects[event["id"]]["pending_webhooks"] = 0
            else:
                owed["due"] = self.state.now() + min(2 ** (owed["attempts"] - 1), LONGEST_WAIT)
                _log.warning("webhook %s answered %s, try %d", event["type"], status, owed["attempts"])
            if (accepted or self.state.now() - event["created"] > GIVE_UP) and owed in self.state.owed:
                self.state.owed.remove(owed)
        return accepted

    def flush(self) -> None:
        """Try everything that is owed once, in order, now. Does nothing on hold, or where the thread does the work."""
        if self._running:
            with self._wake:
                self._wake.notify()
        elif self.endpoint is not None and not self.hold:
            self.send_all(list(self.state.owed))

    def send_all(self, owed: list[Object]) -> None:
        """Try these once each, in this order."""
        for one in owed:
            self.settle(one)

    def send_due(self) -> None:
        """Try what is due by the clock; after a failure that is 1, 2, 4, 8 … seconds later."""
        with self.state.lock:
            due = [owed for owed in self.state.owed if owed["due"] <= self.state.now()]
        if not self.hold and self.endpoint is not None:
            self.send_all(due)

    def start(self, every_second: Callable[[], None]) -> None:
        """Call this about every second, and whenever something is owed, from a thread of its own from now on."""
        self._running = True
        self._thread = Thread(target=self._run, args=(every_second,), name="stand-in webhooks", daemon=True)
        self._thread.start()

    def _run(self, every_second: Callable[[], None]) -> None:
        while self._running:
            try:
                every_second()
            except Exception:  # the thread outlives whatever one round meets
                _log.exception("a round of deliveries failed")
            with self._wake:
                self._wake.wait(timeout=1)

    def stop(self) -> None:
        """End the thread after what it is doing."""
        self._running = False
        with self._wake:
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=5)
