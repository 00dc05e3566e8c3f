"""The words of the queue: when an answer is due, how long it takes, who has it. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from app.lib.refusal import Refused
from app.lib.words import count, in_words

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def until(promised_at: datetime, now: datetime, days_between: int) -> str:
    """'in 2 hours', 'tomorrow', 'in 3 days'; past its promise '4 hours late'. `days_between` counts calendar days."""
    left = promised_at - now
    if left < timedelta(0):
        return f"{_span(-left)} late"
    if days_between == 0:
        return f"in {_span(left)}"
    return "tomorrow" if days_between == 1 else f"in {days_between} days"


def _span(delta: timedelta) -> str:
    if delta >= DAY:
        return _count(delta // DAY, "day")
    if delta >= HOUR:
        return _count(delta // HOUR, "hour")
    return _count(max(1, delta // timedelta(minutes=1)), "minute")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def day_title(day: date, today: date) -> str:
    """The heading of a group. What an earlier day promised stays together, whichever day that was."""
    if day < today:
        return "Promised before today"
    if day == today:
        return "Promised today"
    if day == today + DAY:
        return "Tomorrow"
    return f"{day:%A}, {day:%B} {day.day}"


def title(waiting: int) -> str:
    """The heading of the page, which is its answer."""
    if waiting < 2:
        return "One review is waiting" if waiting else "Nothing is waiting"
    return f"{in_words(waiting).capitalize()} reviews are waiting"


def reading(minutes: int) -> str:
    """'About 25 minutes of reading.', 'About two and a half hours of reading.'"""
    if minutes < 60:
        return f"About {max(5, round(minutes / 5) * 5)} minutes of work."
    halves = round(minutes / 30)
    whole, half = divmod(halves, 2)
    hours = {1: "an hour", 2: "two hours", 3: "three hours", 4: "four hours"}.get(whole, f"{whole} hours")
    if half:
        hours = "an hour and a half" if whole == 1 else f"{hours.removesuffix(' hours')} and a half hours"
    return f"About {hours} of work."


def round_words(number: int, asked: int) -> str:
    """'First review', 'Round 2, two required changes answered'. A round is sent only when every one is answered."""
    if number == 1:
        return "First review"
    if not asked:
        return f"Round {number}"
    return f"Round {number}, {count(asked, 'required change', 'required changes')} answered"


def waited(sent: datetime, now: datetime) -> str:
    """'2 days', '5 hours': how long a round has lain here."""
    return _span(max(now - sent, timedelta(0)))


class Flag(NamedTuple):
    """Something to know before choosing: a word for the row, and the sentence that says what it stands for."""

    key: str
    word: str
    meaning: str


CRITICAL = Flag("critical", "safety-critical", "This work bears on the safety of clients")
THIRD = Flag("third", "third round or later", "It has come back twice: what was asked may not be plain yet")
QUIET = Flag("quiet", "had gone quiet", "Nothing came in from this person for eight days or more before this")
LATE = Flag("late", "promise missed", "The moment you promised an answer by has passed")
TODAY = Flag("today", "promised today", "Without an answer today the promise is missed")


def flags(
    *, critical: bool, step: int, is_quiet: bool, is_late: bool, is_due_today: bool
) -> tuple[Flag, ...]:
    """What is said of one round, the most pressing first."""
    said = (
        (LATE, is_late),
        (TODAY, is_due_today and not is_late),
        (CRITICAL, critical),
        (THIRD, step > 2),
        (QUIET, is_quiet),
    )
    return tuple(flag for flag, holds in said if holds)


LONGEST_NOTE = 4000  # characters


def check_note(text: str) -> None:
    """Raise Refused when the note on a person is longer than there is room for."""
    if len(text) > LONGEST_NOTE:
        raise Refused(
            f"This note is {len(text):,} characters long; there is room for {LONGEST_NOTE:,}. "
            "Shorten it and save again; what you typed is still in the field.",
            field="note",
        )
