"""Two participants, two coaches and staff do whatever comes to mind, in any order and with forms that are out of date.

Hypothesis plays them: 500 runs of up to 30 steps. A refusal is an answer like any other, as long as it changed
nothing. What was sent is as it was sent, or says what is withheld; a round has at most one decision; accepted means
that no required change is open and no criterion is below Meets; a round is one coach's at a time; what is hidden
nobody reads, what is purged nobody has; every verb is said once, and mailed once; nothing written down is gone.

The verbs stand in the neighbouring `machine_…` files, each with what it must leave behind.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.cast import Cast
from tests.conftest import ENGINE
from tests.factories import second_coach
from tests.playing import play
from tests.rooms.coursework.machine_staff import Practice

RUNS, STEPS = 500, 30
SOME = 60  # runs on PostgreSQL: the same rules, another engine below them
PARTS = 4  # of the runs, so that several processes share them
VERBS = {
    "save", "submit", "take back", "pull back", "improve", "stop improving", "three wait",
    "take up", "write", "soften", "publish accepted", "publish changes requested", "withdraw", "hand back",
    "reply", "read", "take a reply back", "ask a colleague", "answer a colleague",
    "hand over", "name another day", "the clock strikes",
    "excuse", "call back", "extend", "reopen", "submit for", "hide", "show again", "purge",
}  # fmt: skip
MET = ("meets", "meets")
YEAR: tuple[tuple[str, dict[str, Any]], ...] = (
    ("fiddles", {"who": 0, "at": 0, "marks": MET}),
    ("has_three_others_waiting", {"who": 0}),
    ("takes_back", {"who": 0}),
    ("does_what_was_asked", {"who": 0}),
    ("takes_up", {"coach": 0, "who": 0, "take_over": False}),
    ("takes_back", {"who": 0}),
    ("does_what_was_asked", {"who": 0}),
    ("asks_a_colleague", {"coach": 0, "who": 0, "named": True, "answered": 2}),
    ("looks_in", {"coach": 0, "who": 0, "verb": 5, "marks": MET, "kind": ""}),
    ("minds_the_promise", {"coach": 0, "who": 0, "verb": 1, "days": 12}),
    ("minds_the_promise", {"coach": 0, "who": 0, "verb": 0, "days": 1}),
    ("reviews_in_one_go", {"coach": 1, "who": 0, "verdict": "changes requested"}),
    ("talks", {"side": 0, "which": 0, "verb": 4}),
    ("talks", {"side": 2, "which": 0, "verb": 0}),
    ("talks", {"side": 2, "which": 0, "verb": 3}),
    ("withdraws", {"coach": 1, "who": 0}),
    ("looks_in", {"coach": 1, "who": 0, "verb": 0, "marks": MET, "kind": ""}),
    ("looks_in", {"coach": 1, "who": 0, "verb": 3, "marks": MET, "kind": "required"}),
    ("looks_in", {"coach": 1, "who": 0, "verb": 4, "marks": MET, "kind": ""}),
    ("reviews_in_one_go", {"coach": 1, "who": 0, "verdict": "accepted"}),
    ("improves", {"who": 0, "verb": 2}),
    ("staff_decide", {"who": 0, "verb": 3, "days": 1, "every": False}),
    ("staff_decide", {"who": 0, "verb": 2, "days": 7, "every": False}),
    ("staff_decide", {"who": 0, "verb": 4, "days": 1, "every": False}),
    ("time_passes", {"minutes": 60 * 24 * 9}),
    ("minds_the_promise", {"coach": 0, "who": 0, "verb": 2, "days": 0}),
    ("staff_decide", {"who": 1, "verb": 1, "days": 0, "every": False}),
    ("staff_decide", {"who": 1, "verb": 1, "days": 0, "every": False}),
    ("hides", {"coach": 0, "which": 0, "what": 2}),
    ("shows_again", {"which": 0}),
    ("hides", {"coach": 0, "which": 0, "what": 4}),
    ("purges", {"which": 0, "typed": "name"}),
)


@pytest.fixture
def theo_id(app: Any, cast: Cast, write: Any) -> int:
    with write():
        return second_coach(cast.spring).id


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_they_do(cast: Cast, theo_id: int, part: int, capsys: Any) -> None:
    done: Counter[str] = Counter()
    runs = (RUNS if ENGINE == "sqlite" else SOME) // PARTS
    play(lambda: Practice(cast, theo_id, done), part, runs, STEPS)
    with capsys.disabled():
        print(f"\n{runs} runs: {', '.join(f'{name} {count}' for name, count in sorted(done.items()))}")
    assert set(done) <= VERBS, "a verb that nobody listed"


def test_every_verb_can_succeed(cast: Cast, theo_id: int) -> None:
    """A year as it might be, the same each time: no verb of the machine is one that is always refused."""
    done: Counter[str] = Counter()
    one = Practice(cast, theo_id, done)
    for name, how in YEAR:
        getattr(one, name)(**how)
        one.everything_holds()
    one.teardown()
    assert set(done) == VERBS, f"never done: {sorted(VERBS - set(done))}"
