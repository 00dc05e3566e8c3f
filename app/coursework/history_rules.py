"""Which states of a draft are kept, why, and how they thin with age. Pure: plain values and `now` in, answers out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.curriculum.scalars import count_words

REST = timedelta(minutes=10)  # so long is a pause, and so far apart are states while somebody writes on
EVERY, HOURLY = timedelta(days=1), timedelta(days=7)  # younger: all of them, one an hour; older: one a day
MOST_FRESH = 200  # of the last day, of one draft
MOST = 400
EMPTIED, SHRUNK = 10, 50  # words

WORDS = {
    "rest": "Before a pause ended",
    "writing": "While it was being written",
    "loss": "Before much text was taken out",
    "submit": "As it was sent",
    "put back": "Before an earlier text was put back",
    "merge": "Before one of two texts was chosen",
}
_NO_TEXT = ("id", "files")  # parts of an answer that nobody typed


def why_keep(
    *,
    version: int,
    saved_at: datetime,
    kept_version: int,
    kept_at: datetime | None,
    loses: bool,
    now: datetime,
) -> str:
    """Why this state is to be kept before it is changed: a key of `WORDS`; '' when it need not be."""
    if kept_version == version:
        return ""
    if loses:
        return "loss"
    if now - saved_at >= REST:
        return "rest"
    return "writing" if kept_at is None or now - kept_at >= REST else ""


def words_in(value: Any) -> int:
    """The words of an answer, whatever its shape."""
    if isinstance(value, str):
        return count_words(value)
    if isinstance(value, dict):
        return sum(words_in(part) for key, part in value.items() if key not in _NO_TEXT)
    return sum(words_in(part) for part in value) if isinstance(value, list) else 0


def loses_much(before: Any, after: Any) -> bool:
    """Whether an answer is emptied, or shrinks by more than half and many words."""
    had, has = words_in(before), words_in(after)
    return (not has and had >= EMPTIED) or (had - has >= SHRUNK and had - has > had / 2)


@dataclass(frozen=True)
class Kept:
    id: int
    kept_at: datetime
    stays: bool  # somebody went back to it


def to_drop(states: Sequence[Kept], now: datetime) -> list[int]:
    """The ids of the states of one draft that age has made too many."""
    drop, left, fresh = [], 0, 0
    taken: set[tuple[int, int]] = set()
    for one in sorted(states, key=lambda state: (state.kept_at, state.id), reverse=True):
        slot, age = _slot(one.kept_at, now), now - one.kept_at
        fresh += age <= EVERY
        too_many = left >= MOST or (age <= EVERY and fresh > MOST_FRESH)
        if not one.stays and (too_many or slot in taken):
            drop.append(one.id)
            continue
        left += 1
        if slot:
            taken.add(slot)
    return drop


def _slot(kept_at: datetime, now: datetime) -> tuple[int, int] | None:
    """The hour or the day of which one state is kept; None while all are."""
    step = step_of(kept_at, now)
    seconds = int(kept_at.timestamp())
    return None if step == 0 else (1, seconds // 3600) if step == 1 else (2, seconds // 86400)


def step_of(kept_at: datetime, now: datetime) -> int:
    """0: all states of this age are kept, 1: one an hour, 2: one a day."""
    age = now - kept_at
    return 0 if age <= EVERY else 1 if age <= HOURLY else 2
