"""The orders in which the news of one course of events can arrive, walked as a graph of states.

A step is one event delivered, delivered once more, or lost; the return page; the reconciler; the worker; or the next
thing that people and banks do. Two orders that lead to the same rows, the same books at Stripe and the same moment
go on in the same way, so what follows is tried once for both. Every step that is counted is really taken; where
nothing is left to come the jobs run, and what they leave is compared.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from app.lib.database import db
from app.lib.refusal import Refused
from app.payments import events
from app.payments.jobs import reconcile
from app.payments.standin import ApiError
from tests.rooms.payments.machine_books import check_always, check_quiet, facts
from tests.rooms.payments.machine_people import Person, all_jobs, worker
from tests.rooms.payments.machine_world import World

NEWS = (
    "checkout.session.",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "refund.",
    "charge.refunded",
)
NEWS += ("charge.dispute.",)
TABLES = (
    "order", "installment", "allocation", "checkout_session", "charge_try", "payment", "refund", "dispute", "paper",
    "paper_counter", "money_alert", "stripe_event", "enrollment", "seat_hold", "offer", "application",
    "discount_use", "waitlist_entry", "audit_entry",
)  # fmt: skip
MAILS = "SELECT key, kind, subject FROM message ORDER BY key"

Act = Callable[[Sequence[Person]], object]


@dataclass(frozen=True)
class History:
    """One course of events: what people and banks do, in this order, and how it must end."""

    name: str
    acts: tuple[Act, ...]
    ends: dict[str, Any]
    people: int = 1


@dataclass(frozen=True)
class Left:
    """How much may still happen besides."""

    acts: int = 0  # done so far
    extras: int = 1  # the return page, the reconciler, the worker; an event once more, or lost


@dataclass
class Walk:
    """All orders of one history, each step of them really taken."""

    world: World
    history: History
    persons: Sequence[Person]
    most: int  # steps; when so many are taken, what was begun is brought to its end
    dice: random.Random
    orders: dict[str, int] = field(default_factory=dict)  # state → how many orders lead on from it
    orders_in_all: int = 0
    taken: int = 0  # steps
    seen: set[str] = field(default_factory=set)  # the ends that were come to

    def run(self, left: Left) -> int:
        """Take every step from here on. Returns how many orders that were."""
        state = self._state(left)
        if state not in self.orders:
            check_always(self.world.stripe)
            self.orders[state] = self._on(left)
        return self.orders[state]

    def _on(self, left: Left) -> int:
        steps = self._steps(left)
        if not steps:
            self._end()
            return 1
        mark, found = self.world.mark(), 0
        for step, after in steps:
            step()
            self.taken += 1
            found += self.run(after)
            self.world.back(mark)
        self.world.forget(mark)
        return found

    def _steps(self, left: Left) -> list[tuple[Callable[[], object], Left]]:
        must: list[tuple[Callable[[], object], Left]] = []
        may: list[tuple[Callable[[], object], Left]] = []
        acts, now = self.history.acts, self.world.clock
        if left.acts < len(acts):
            must.append((lambda: self._act(acts[left.acts]), replace(left, acts=left.acts + 1)))
        pending = self._pending()
        must += [(lambda one=one: self._deliver(one), left) for one in pending]
        if not must:
            return []
        if left.extras:
            fewer = replace(left, extras=left.extras - 1)
            may += [(lambda one=one: self.world.stripe.drop(one), fewer) for one in pending]
            may += [(lambda one=one: events.take(one, now.now), fewer) for one in self._delivered(pending)]
            calls = (lambda: reconcile(now.now), lambda: worker(now.now), lambda: self._come_back())
            may += [(call, fewer) for call in calls]
        chosen = self.dice.sample(must, 1)  # it goes on, whatever else
        rest = [one for one in must + may if one not in chosen]
        return chosen + (self.dice.sample(rest, len(rest)) if self.taken < self.most else [])

    def _act(self, act: Act) -> None:
        with suppress(Refused, ApiError):  # what cannot be done now is not done
            act(self.persons)
        db.session.rollback()

    def _come_back(self) -> None:
        for person in self.persons:
            with suppress(Refused):
                person.comes_back()
            db.session.rollback()

    def _deliver(self, event: dict[str, Any]) -> None:
        assert events.take(event, self.world.clock.now) in ("applied", "known", "unmatched")
        self.world.stripe.drop(event)

    def _pending(self) -> list[dict[str, Any]]:
        stripe = self.world.stripe
        for event in stripe.pending_events:
            if not event["type"].startswith(NEWS):
                stripe.drop(event)
        return stripe.pending_events

    def _delivered(self, pending: list[dict[str, Any]]) -> list[dict[str, Any]]:
        owed = {event["id"] for event in pending}
        return [
            one for one in self.world.stripe.events if one["type"].startswith(NEWS) and one["id"] not in owed
        ][-2:]

    def _end(self) -> None:
        """Nothing is left to come: the jobs run, and the books agree."""
        mark = self.world.mark()
        stripe, clock = self.world.stripe, self.world.clock
        for _round in range(2):
            clock.move(hours=1)
            stripe.sweep()
            all_jobs(clock.now)
        check_quiet(stripe)
        found = facts(person.order_id() or 0 for person in self.persons)
        first = {name: found["order 0"][name] for name in self.history.ends}
        assert first == self.history.ends
        self.seen.add(json.dumps(found, sort_keys=True))
        self.world.back(mark)
        self.world.forget(mark)

    def _state(self, left: Left) -> str:
        """Everything that can make a difference, as one word."""
        db.session.rollback()
        run, stripe = self.world.connection.exec_driver_sql, self.world.stripe.state
        rows = [run(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall() for name in TABLES]
        rows.append(run(MAILS).fetchall())
        owed = sorted(one["event"] for one in stripe.owed)
        books = json.dumps(stripe.objects, sort_keys=True)
        whole = repr((rows, owed, books, self.world.clock.now, left))
        return hashlib.sha256(whole.encode()).hexdigest()
