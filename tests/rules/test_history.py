"""Which states of a draft are kept, and how they thin with age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.coursework.history_rules import (
    EVERY,
    MOST,
    MOST_FRESH,
    WORDS,
    Kept,
    loses_much,
    step_of,
    to_drop,
    why_keep,
    words_in,
)
from app.coursework.models import WHY_KEPT

NOW = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("saved", "kept", "kept_version", "loses", "why"),
    [
        (ago(minutes=10), None, 0, False, "rest"),  # the first change after a pause
        (ago(minutes=9, seconds=59), None, 0, False, "writing"),  # nothing was ever kept of it
        (ago(seconds=2), ago(minutes=3), 4, False, ""),
        (
            ago(seconds=2),
            ago(minutes=10),
            4,
            False,
            "writing",
        ),  # without a pause: one state every ten minutes
        (ago(hours=2), ago(hours=2), 4, False, "rest"),
        (ago(seconds=2), ago(minutes=3), 4, True, "loss"),
        (ago(hours=2), ago(hours=2), 5, False, ""),  # this version is kept already
        (ago(seconds=2), ago(minutes=3), 5, True, ""),
    ],
)
def test_the_ladder(saved, kept, kept_version, loses, why):
    found = why_keep(version=5, saved_at=saved, kept_version=kept_version, kept_at=kept, loses=loses, now=NOW)
    assert found == why


@pytest.mark.parametrize(
    ("before", "after", "much"),
    [
        ("word " * 10, "", True),
        ("word " * 9, "", False),
        ("word " * 100, "word " * 49, True),
        ("word " * 100, "word " * 50, False),  # half is not more than half
        ("word " * 90, "word " * 41, False),  # fewer than fifty
        ("word " * 400, "word " * 300, False),
        ([{"id": "r1", "step": "word " * 60}, {"id": "r2", "step": "x"}], [{"id": "r2", "step": "x"}], True),
        ({"text": "word " * 60, "files": [{"name": "a b c"}]}, {"text": "", "files": []}, True),
        (
            {"text": "", "files": [{"name": "word " * 60}]},
            {"text": "", "files": []},
            False,
        ),  # no text was lost
        (None, "word", False),
        ("word", None, False),
    ],
)
def test_a_large_loss(before, after, much):
    assert loses_much(before, after) is much


def test_words_of_any_answer():
    assert words_in([{"id": "r1", "a": "one two"}, {"id": "r2", "a": "three"}]) == 3
    assert words_in(["gym", "home"]) == 2
    assert words_in(None) == words_in(7) == 0


def test_every_reason_has_its_words():
    assert set(WORDS) == set(WHY_KEPT)


def states(*ages: timedelta, stays: tuple[int, ...] = ()) -> list[Kept]:
    return [Kept(number, NOW - age, number in stays) for number, age in enumerate(ages)]


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = timedelta(hours=9, minutes=30)  # before NOW


@pytest.mark.parametrize(
    ("kept", "dropped"),
    [
        (states(MINUTE, 2 * MINUTE, 23 * HOUR, EVERY), []),  # of a day: all
        # of the same hour, two days ago: the newest stays
        (states(2 * DAY + 5 * MINUTE, 2 * DAY + 20 * MINUTE, 2 * DAY + HOUR), [1]),
        # of the same day, nine days ago
        (states(9 * DAY + HOUR, 9 * DAY + 3 * HOUR, 9 * DAY + NOON, 10 * DAY + HOUR), [1, 2]),
        # a restore came from it
        (states(9 * DAY + HOUR, 9 * DAY + 3 * HOUR, 9 * DAY + NOON, stays=(2,)), [1]),
        ([], []),
    ],
)
def test_thinning_with_age(kept, dropped):
    assert sorted(to_drop(kept, NOW)) == dropped


def test_a_draft_has_a_bounded_history():
    fresh = [Kept(n, NOW - n * timedelta(seconds=2), n == 900) for n in range(1000)]
    assert len(fresh) - len(to_drop(fresh, NOW)) == MOST_FRESH + 1
    years = [Kept(n, NOW - n * DAY, stays=False) for n in range(1000)]
    assert len(years) - len(to_drop(years, NOW)) == MOST


def test_thinning_twice_is_harmless():
    kept = [Kept(n, NOW - n * timedelta(minutes=37), stays=False) for n in range(500)]
    gone = set(to_drop(kept, NOW))
    assert gone
    assert to_drop([one for one in kept if one.id not in gone], NOW) == []


@pytest.mark.parametrize(("age", "step"), [(DAY, 0), (DAY + MINUTE, 1), (7 * DAY, 1), (8 * DAY, 2)])
def test_steps(age, step):
    assert step_of(NOW - age, NOW) == step
