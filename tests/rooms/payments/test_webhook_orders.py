"""The news about money in every order: permuted, twice, lost, late, with people coming back and the jobs in between.
However it arrives, each course of events ends in one state, and Stripe's sums are ours."""

from __future__ import annotations

import random
from typing import Any

from tests.conftest import ENGINE
from tests.rooms.admissions.offers import new_user, offered
from tests.rooms.payments.machine_histories import HISTORIES
from tests.rooms.payments.machine_orders import History, Left, Walk
from tests.rooms.payments.machine_people import Person, set_prices
from tests.rooms.payments.machine_world import World, one_transaction
from tests.rooms.payments.purchases import stripe  # noqa: F401

# Orders over all histories, and steps taken in each; on PostgreSQL, where a step costs three times as much, a fifth.
ENOUGH, STEPS = (5000, 160) if ENGINE == "sqlite" else (1000, 30)


def test_every_order_ends_in_one_state(cast, clock, stripe, subtests, capsys):
    found: dict[str, tuple[int, int]] = {}
    with one_transaction(stripe, clock) as world:
        set_prices(cast.summer)
        for history in HISTORIES:
            with subtests.test(history.name), world.tried():
                walk = _walked(world, history, cast, stripe, clock)
                found[history.name] = (walk.orders_in_all, walk.taken)
    orders, steps = (sum(one) for one in zip(*found.values(), strict=True))
    with capsys.disabled():
        said = ", ".join(f"{name} {number}" for name, (number, _taken) in found.items())
        print(f"\n{orders} orders of the news in {steps} steps, one end for each history: {said}")
    assert orders >= ENOUGH


def _walked(world: World, history: History, cast: Any, stripe: Any, clock: Any) -> Walk:
    persons = []
    for number in range(history.people):
        user_id = new_user(f"Buyer{number}", clock.now)
        offered(user_id, cast.summer, cast.sam, clock.now)
        persons.append(Person(user_id, cast, stripe, clock))
    walk = Walk(world, history, persons, STEPS, random.Random(history.name))
    walk.orders_in_all = walk.run(Left())
    assert len(walk.seen) == 1, "\n".join(sorted(walk.seen))
    return walk
