"""The process is killed (SIGKILL) at the boundaries of everything that moves money: whoever does it once more, and the
jobs, bring it to the same end, and Stripe's sums are ours.

That a charge of the worker and a refund survive it is in `test_killed.py`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import events
from app.payments.jobs import reconcile
from app.payments.standin import StandIn
from tests.rooms.admissions.offers import new_user, offered
from tests.rooms.coursework.deaths import answer_or_death
from tests.rooms.payments.machine_books import check_always, check_quiet, facts
from tests.rooms.payments.machine_people import Person, all_jobs, set_prices
from tests.rooms.payments.purchases import stripe  # noqa: F401
from tests.rooms.payments.test_killed import address  # noqa: F401

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
ENOUGH = 200  # deaths in all
STRIDE = 2  # stages: after a statement, and before the next, is the same moment twice


class Kills:
    """Makes people who stand before the verb that is killed."""

    def __init__(self, app: Flask, cast: Any, stripe: StandIn, clock: Any, address: str) -> None:
        self.app, self.cast, self.stripe, self.clock, self.address = app, cast, stripe, clock, address
        self.people = 0

    def offered(self) -> Person:
        self.people += 1
        user_id = new_user(f"Payer{self.people}", self.clock.now)
        offered(user_id, self.cast.summer, self.cast.sam, self.clock.now)
        return Person(user_id, self.cast, self.stripe, self.clock)

    def pays(self, plan: int) -> Person:
        """Paid at Stripe; nobody here has heard of it."""
        person = self.offered()
        page = person.presses(plan)
        assert page is not None
        self.stripe.pay(page)
        return person

    def is_in(self, plan: int) -> Person:
        person = self.pays(plan)
        person.comes_back()
        return person

    def killed(self, stage: int, act: Callable[[], object]) -> bool:
        """Do it in a process that dies at this stage. True: it lived."""

        def request() -> Any:
            self.app.config.update(STRIPE_HTTP_CLIENT=None, STRIPE_API_BASE=self.address)
            self.app.extensions.pop("stripe", None)
            act()
            return SimpleNamespace(status_code=200)

        return answer_or_death(self.app, stage, request) is not None


@dataclass(frozen=True)
class Verb:
    """Who stands before it, what is killed, and what brings it to its end afterwards."""

    subject: Callable[[Kills], Person]
    act: Callable[[Kills, Person], object]
    goes_on: Callable[[Kills, Person], object]


def presses_and_pays(kills: Kills, person: Person) -> None:
    kills.stripe.pay(person.presses(3) or "")
    person.comes_back()


def takes_news(kills: Kills, person: Person) -> None:
    mark = f"order-{person.order_id()}"
    for event in kills.stripe.events:
        if event["data"]["object"].get("client_reference_id") == mark:
            events.take(event, kills.clock.now)


def opens_recovery(_kills: Kills, person: Person) -> None:
    person.opens_page(2)


def pays_recovery(kills: Kills, person: Person) -> None:
    kills.stripe.pay(person.opens_page(2))
    person.comes_back()


def withdraws(_kills: Kills, person: Person) -> None:
    person.is_withdrawn()


def is_gone(kills: Kills, person: Person) -> None:
    with suppress(Refused):  # withdrawn before the process died
        person.is_withdrawn()
    person.is_approved()


VERBS = {
    "press": Verb(Kills.offered, lambda _kills, person: person.presses(3), presses_and_pays),
    "the webhook": Verb(lambda kills: kills.pays(1), takes_news, takes_news),
    "come back": Verb(
        lambda kills: kills.pays(3), lambda _kills, person: person.comes_back(), lambda *_: None
    ),
    "reconcile": Verb(
        lambda kills: kills.pays(1), lambda kills, _: reconcile(kills.clock.now), lambda *_: None
    ),
    "open the page of a part": Verb(lambda kills: kills.is_in(3), opens_recovery, pays_recovery),
    "withdraw": Verb(lambda kills: kills.is_in(1), withdraws, is_gone),
}


@pytest.fixture
def kills(app: Flask, cast: Any, stripe: StandIn, clock: Any, address: str) -> Kills:
    set_prices(cast.summer)
    begin_write()
    db.session.get_one(Cohort, cast.summer).capacity = 2000
    db.session.commit()
    stripe.hold_deliveries = True  # no webhook may help
    return Kills(app, cast, stripe, clock, address)


def test_killed_at_the_boundaries_of_every_verb(kills: Kills, subtests: Any, capsys: Any) -> None:
    deaths = {}
    for name, verb in VERBS.items():
        with subtests.test(name):
            deaths[name] = _killed(kills, verb)
    with capsys.disabled():
        said = ", ".join(f"{name} {count}" for name, count in deaths.items())
        print(f"\nkilled {sum(deaths.values())} times, nothing twice, nothing lost: {said}")
    assert sum(deaths.values()) >= ENOUGH


def _killed(kills: Kills, verb: Verb) -> int:
    control = verb.subject(kills)
    verb.act(kills, control)
    wanted = _ended(kills, verb, control)
    for stage in range(0, 3000, STRIDE):
        person = verb.subject(kills)
        lived = kills.killed(stage, lambda person=person: verb.act(kills, person))
        check_always(kills.stripe)
        assert _ended(kills, verb, person) == wanted, stage
        if lived:
            return stage // STRIDE
    raise AssertionError("it has more stages")


def _ended(kills: Kills, verb: Verb, person: Person) -> Any:
    kills.clock.move(minutes=3)  # what was asked of Stripe has an end by now
    verb.goes_on(kills, person)
    kills.clock.move(minutes=3)
    all_jobs(kills.clock.now)
    check_quiet(kills.stripe)
    return facts([person.order_id() or 0])
