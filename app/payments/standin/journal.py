"""What was asked of the stand-in, and every call that no correct program would have sent."""

import logging
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from .errors import ApiError
from .form import unfold

# The SDK puts a random UUID on a POST that carries no key: that protects its own retries and nothing of ours.
_RANDOM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# Stripe's own command line sends none; nothing of ours depends on what it does.
COMMAND_LINE = "Stripe/v1 stripe-cli/"

_log = logging.getLogger(__name__)


@dataclass
class Entry:
    """One API call as it arrived: ``params`` nested, every leaf as text; ``status`` 0 when no answer was given."""

    method: str
    path: str
    params: dict[str, Any]
    idempotency_key: str | None
    status: int = 0


class Journal:
    def __init__(self) -> None:
        self.requests: list[Entry] = []
        self.violations: list[str] = []

    def enter(self, request: Request) -> Entry:
        pairs = request.form if request.method == "POST" else request.args
        key = request.headers.get("Idempotency-Key")
        try:
            params = unfold(pairs.items(multi=True))
        except ApiError:
            params = {}  # reported when the parameters are read
        entry = Entry(request.method, request.path, params, key)
        self.requests.append(entry)
        if entry.method == "POST" and not request.user_agent.string.startswith(COMMAND_LINE):
            self._check_idempotency_key(entry)
        return entry

    def _check_idempotency_key(self, entry: Entry) -> None:
        key = entry.idempotency_key
        if key is None or _RANDOM.fullmatch(key):
            self._note(entry, "no idempotency key of ours")
        elif len(key) > 255:
            self._note(entry, "an idempotency key has at most 255 characters")

    def refuse(self, entry: Entry, error: ApiError) -> None:
        if error.violation:
            param = f" [{error.param}]" if error.param else ""
            self._note(entry, f"{error.message}{param}")

    def _note(self, entry: Entry, sentence: str) -> None:
        self.violations.append(f"{entry.method} {entry.path}: {sentence}")
        _log.warning("not what Stripe takes: %s", self.violations[-1])
