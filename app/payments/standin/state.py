"""What the stand-in remembers: objects, events, answers already given. Optionally kept in one JSON file."""

import copy
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from stripe._api_version import _ApiVersion

from .errors import unknown_object

# Events carry the API version of the endpoint they go to. Ours is registered with the version of the SDK.
API_VERSION: str = _ApiVersion.CURRENT
ANSWERS_KEPT = 24 * 3600  # seconds; Stripe promises at least that long

Object = dict[str, Any]
Clock = Callable[[], datetime]


class State:
    """The books. ``lock`` guards everything; no webhook is delivered while it is held."""

    def __init__(self, clock: Clock, public_url: str, file: Path | None = None) -> None:
        self.clock = clock
        self.public_url = public_url.rstrip("/")
        self.file = file
        self.lock = RLock()
        self.request: dict[str, str | None] = {"id": None, "idempotency_key": None}
        self.objects: dict[str, Object] = {}
        # What Stripe knows of an object and never shows: a session's lines, the number behind a saved card.
        self.hidden: dict[str, Object] = {}
        self.answers: dict[str, Object] = {}
        # Deliveries still owed: {"event": id, "attempts": n, "due": epoch seconds}.
        self.owed: list[Object] = []
        self.has_endpoint = False
        if file is not None and file.exists():
            self._load(file)

    def now(self) -> int:
        """The present instant in epoch seconds."""
        return int(self.clock().timestamp())

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def add(self, obj: Object, **hidden: Any) -> Object:
        """Enter a new object, with what is known about it and never shown."""
        self.objects[obj["id"]] = obj
        if hidden:
            self.hidden[obj["id"]] = hidden
        return obj

    def get(self, kind: str, object_id: str, param: str = "id") -> Object:
        """The live object. Raises ApiError 404 when there is none of that kind."""
        obj = self.objects.get(object_id)
        if obj is None or obj["object"] != kind:
            raise unknown_object(kind, object_id, param)
        return obj

    def all(self, kind: str) -> list[Object]:
        """Every object of a kind, newest first."""
        return [o for o in reversed(list(self.objects.values())) if o["object"] == kind]

    def emit(self, kind: str, obj: Object) -> Object:
        """Record that something happened, with the object as it is at this moment; owe a delivery of it."""
        event: Object = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": {"object": copy.deepcopy(obj)},
            "livemode": False,
            "pending_webhooks": int(self.has_endpoint),
            "request": dict(self.request),
            "type": kind,
        }
        self.objects[event["id"]] = event
        if self.has_endpoint:
            self.owed.append({"event": event["id"], "attempts": 0, "due": self.now()})
        return event

    def answered(self, key: str) -> Object | None:
        """What a call with this idempotency key was told before, as long as Stripe remembers that."""
        answer = self.answers.get(key)
        return answer if answer and answer["at"] > self.now() - ANSWERS_KEPT else None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the books for one change and write them down at its end, also when it ends in a refusal."""
        with self.lock:
            try:
                yield
            finally:
                self.save()

    def _load(self, file: Path) -> None:
        try:
            data = json.loads(file.read_text("utf-8"))
            self.objects, self.hidden = data["objects"], data["hidden"]
            self.answers, self.owed = data["answers"], data["owed"]
        except (ValueError, KeyError, TypeError) as error:
            sentence = f"{file} does not hold a stand-in's payments; move it away to start with none"
            raise ValueError(sentence) from error

    def save(self) -> None:
        """Write the books down, where they are kept in a file."""
        if self.file is None:
            return
        self.answers = {key: answer for key, answer in self.answers.items() if self.answered(key)}
        parts = ("objects", "hidden", "answers", "owed")
        text = json.dumps({part: getattr(self, part) for part in parts}, separators=(",", ":"))
        beside = self.file.with_suffix(self.file.suffix + ".new")
        # Written beside and moved into place: a killed process leaves the old books or the new ones, never half.
        beside.write_text(text, "utf-8")
        os.replace(beside, self.file)
