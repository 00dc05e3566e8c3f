"""Three people, two seats, their banks, Stripe, its dashboard, the network and staff do whatever comes to mind, in any
order; the process dies between any two steps. Hypothesis plays them.

At every moment: no seat too many, nothing charged twice, no installment overfilled, papers without gaps, one mail for a
fact, no code above its uses, nothing unwritten; a refused verb leaves every row as it was. And whenever all comes to
rest, Stripe's sums are ours, and each place is what its money makes of it.

The verbs stand in the neighbouring `machine_…` files.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from app.payments.standin import BANK_DEBIT
from app.payments.standin.cards import CONFIRM_LATER, DECLINED, DECLINED_LATER, VISA
from tests.cast import Cast
from tests.conftest import ENGINE
from tests.playing import play
from tests.rooms.payments.machine_base import Plug, lay_out
from tests.rooms.payments.machine_staff import Everybody
from tests.rooms.payments.machine_world import World, one_transaction
from tests.rooms.payments.purchases import stripe  # noqa: F401

STEPS = 25
RUNS = int(os.environ.get("MACHINE_RUNS", 300 if ENGINE == "sqlite" else 40))  # more of them find more
PARTS = 4  # of the runs, so that several processes share them
YEAR: tuple[tuple[str, dict[str, Any]], ...] = (
    ("somebody_has_bought", {"plan": 3, "card": DECLINED_LATER}),
    ("is_offered", {"who": 1}),
    ("presses", {"who": 1, "plan": 1, "code": "TEN"}),
    ("pays", {"who": 1, "card": BANK_DEBIT}),
    ("comes_back", {"who": 1}),
    ("a_bank_answers", {"which": 0, "yes": False}),
    ("the_worker_runs", {}),
    ("presses", {"who": 1, "plan": 6, "code": ""}),
    ("pays", {"who": 1, "card": BANK_DEBIT}),
    ("a_bank_answers", {"which": 0, "yes": True}),
    ("news_arrives", {"which": 3, "times": 2}),
    ("all_news_arrives", {"seed": 3}),
    ("somebody_refunds_in_the_dashboard", {"which": 1, "cents": 100}),
    ("a_refund_ends", {"which": 0, "fails": False}),
    ("old_news_arrives", {"which": 5}),
    ("the_next_day_comes", {"who": 0, "late": 0}),
    ("gives_grace", {"who": 0, "days": 30}),
    ("names_another_card", {"who": 0, "card": VISA}),
    ("the_worker_runs", {}),
    ("waives", {"who": 0, "number": 3}),
    ("asks_again", {"who": 0, "number": 3}),
    ("moves", {"who": 0, "number": 3, "days": 40}),
    ("enters", {"who": 0, "share": 1, "source": "check"}),
    ("takes_back", {"who": 0}),
    ("pays_a_part", {"who": 0, "number": 3, "card": DECLINED}),
    ("pays_the_rest", {"who": 0, "card": CONFIRM_LATER}),
    ("enters", {"who": 1, "share": 3, "source": "transfer"}),
    ("closes_a_task", {"which": 0}),
    ("withdraws", {"who": 1, "waived": False, "wrong": 0}),
    ("approves", {"who": 1, "by_who_asked": False}),
    ("the_worker_runs", {}),
    ("a_refund_ends", {"which": 0, "fails": False}),
    ("a_refund_ends", {"which": 1, "fails": False}),
    ("sends_by_hand", {"which": 0, "instead": False}),
    ("sends_by_hand", {"which": 1, "instead": False}),
    ("withdraws", {"who": 0, "waived": True, "wrong": 0}),
    ("approves", {"who": 0, "by_who_asked": False}),
    ("the_worker_runs", {}),
    ("a_refund_ends", {"which": 1, "fails": True}),
    ("all_news_arrives", {"seed": 0}),
    ("sends_by_hand", {"which": 0, "instead": True}),
    ("sends_by_hand", {"which": 1, "instead": True}),
    ("sends_by_hand", {"which": 2, "instead": True}),
    ("sends_by_hand", {"which": 3, "instead": True}),
    ("sends_by_hand", {"which": 0, "instead": False}),
    ("a_refund_ends", {"which": 0, "fails": False}),
    ("a_refund_ends", {"which": 1, "fails": False}),
    ("a_refund_ends", {"which": 2, "fails": False}),
    ("a_refund_ends", {"which": 3, "fails": False}),
    ("is_offered", {"who": 2}),
    ("presses", {"who": 2, "plan": 1, "code": ""}),
    ("presses", {"who": 2, "plan": 1, "code": "FREE"}),
    ("goes_on_later", {"who": 2}),
    ("stripe_will_fail", {"kind": "500", "on": "GET /v1/", "times": 1}),
    ("a_night_passes", {}),
    ("somebody_refunds_in_the_dashboard", {"which": 1, "cents": 100}),
    ("a_bank_contests", {"which": 2}),
    ("a_bank_decides", {"which": 0, "won": True}),
    ("a_bank_contests", {"which": 1}),
    ("a_bank_decides", {"which": 1, "won": False}),
    ("the_plug_will_be_pulled", {"stage": 9}),
    ("the_worker_runs", {}),
)  # fmt: skip
VERBS = {
    "offer", "press for 1", "press for 3", "press for 6", "press with TEN", "press with FREE", "come back",
    "pay with a card", "pay with a card declined at once", "pay with a card declined later",
    "pay with a card to confirm later", "pay with a debit",
    "open the page of a part", "open the page of the rest", "open the page of a card",
    "the worker on the day", "the worker", "the comparison", "a death",
    "the bank pays", "the bank refuses", "dispute", "won", "lost", "a refund arrives", "a refund fails",
    "refund in the dashboard", "news", "all news", "old news",
    "end the page", "enter a check", "enter a transfer", "take an entry back", "move a day", "waive", "ask again",
    "give grace", "defer", "withdraw", "approve", "by hand instead", "sent by hand", "close a task",
}  # fmt: skip


@pytest.fixture
def ground(app: Any, cast: Cast, stripe: Any, clock: Any) -> Iterator[tuple[World, Plug]]:
    lay_out(cast, clock.now)
    plug = Plug(app.config["STRIPE_HTTP_CLIENT"])
    with one_transaction(stripe, clock) as world:
        year(world, plug, cast)  # what is read once is read: a death at stage 9 is the same in each run
        yield world, plug
    plug.close()


def year(world: World, plug: Plug, cast: Cast) -> Counter[str]:
    done: Counter[str] = Counter()
    one = Everybody(world, plug, cast, done)
    try:
        for name, how in YEAR:
            getattr(one, name)(**how)
            one.everything_holds()
    finally:
        one.teardown()
    return done


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_they_do(ground: Any, cast: Cast, part: int, capsys: Any) -> None:
    done: Counter[str] = Counter()
    runs = RUNS // PARTS
    play(lambda: Everybody(*ground, cast, done), part, runs, STEPS)
    assert set(done) <= VERBS, "a verb that nobody listed"
    with capsys.disabled():
        print(f"\n{runs} runs: {', '.join(f'{name} {count}' for name, count in sorted(done.items()))}")


def test_every_verb_can_succeed(ground: Any, cast: Cast) -> None:
    """A year as it might be, the same each time: no verb of the machine is one that is always refused."""
    done = year(*ground, cast)
    assert set(done) == VERBS, (
        f"never done: {sorted(VERBS - set(done))}, not listed: {sorted(set(done) - VERBS)}"
    )
