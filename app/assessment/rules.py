"""What a set of answers says, who may change it until when, how long it is kept. Pure.

The instrument is a value of the curriculum (`SelfAssessment`); answers are statement key → value on its scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from app.curriculum.assessment_types import AssessedReason, Band, Reading, Safety, SelfAssessment

KEPT_UNFINISHED = timedelta(days=30)  # after the last answer
KEPT = timedelta(days=365)  # a result behind a private link; what an account holds stays with it
KEPT_MONTHS = 12  # the same in words
CORRECTED = timedelta(days=1)  # how long a finished one may still be changed by who answered it

Answers = Mapping[str, int]
Range = TypeVar("Range", Band, Reading)


# --- answering ----------------------------------------------------------------------------------------------


def chosen(
    text: SelfAssessment, reason: AssessedReason, sent: Mapping[str, str]
) -> tuple[dict[str, int], list[str]]:
    """The answers to this reason's statements in what was sent, and the statements whose answer is off the scale."""
    values = {str(step.value): step.value for step in text.scale}
    typed = {one.key: sent[one.key] for one in reason.statements if one.key in sent}
    found = {key: values[value] for key, value in typed.items() if value in values}
    return found, [key for key in typed if key not in found]


@dataclass(frozen=True)
class Merge:
    """The answers after a save, and the statements another tab had changed as well: the answer given here counts."""

    answers: dict[str, int]
    elsewhere: tuple[str, ...]


def merged(stored: Answers, sent: Answers, shown: Mapping[str, str]) -> Merge:
    """What is stored, with what this page changed since it was drawn with `shown`; the rest of it may be old."""
    mine = {key: value for key, value in sent.items() if shown.get(key) != str(value)}
    elsewhere = tuple(
        key
        for key, value in mine.items()
        if key in stored and str(stored[key]) not in (shown.get(key), str(value))
    )
    return Merge({**stored, **mine}, elsewhere)


def unanswered(reason: AssessedReason, answers: Answers) -> list[str]:
    """The keys of this reason's statements that have no answer."""
    return [one.key for one in reason.statements if one.key not in answers]


def first_open(text: SelfAssessment, answers: Answers) -> AssessedReason | None:
    """The first reason that is not fully answered; None when nothing is missing."""
    return next((reason for reason in text.reasons if unanswered(reason, answers)), None)


def neighbors(text: SelfAssessment, slug: str) -> tuple[AssessedReason | None, AssessedReason | None]:
    """The reasons asked before and after this one."""
    place = [one.reason for one in text.reasons].index(slug)
    around = (None, *text.reasons, None)
    return around[place], around[place + 2]


def answered(text: SelfAssessment, answers: Answers) -> int:
    return sum(one.key in answers for one in text.statements())


def minutes_left(text: SelfAssessment, answers: Answers) -> int:
    """About how long the rest takes, at least one minute."""
    left = text.count - answered(text, answers)
    return max(1, -(-text.minutes * left // text.count))


def may_change(finished_at: datetime | None, now: datetime) -> bool:
    """May answers still be changed? A slip is noticed on the result; a day later the set stands as it is."""
    return finished_at is None or now < finished_at + CORRECTED


def kept_until(finished_at: datetime) -> datetime:
    """When a result behind a private link is erased."""
    return finished_at + KEPT


# --- the result ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A safety statement that was answered low, with the words of the answer."""

    safety: Safety
    answer: str


@dataclass(frozen=True)
class Standing:
    """How one reason stands."""

    reason: AssessedReason
    score: int
    band: Band


@dataclass(frozen=True)
class Result:
    findings: tuple[Finding, ...]  # in the order of the instrument; first on the page, whatever the totals
    standings: tuple[Standing, ...]  # every reason, in the order it was asked
    lowest: tuple[Standing, ...]  # the lowest first
    total: int
    reading: Reading


def scores(text: SelfAssessment, answers: Answers) -> dict[str, int]:
    """Points by reason. KeyError when a statement has no answer."""
    return {one.reason: sum(answers[s.key] for s in one.statements) for one in text.reasons}


def result(text: SelfAssessment, answers: Answers) -> Result:
    """What complete answers say. KeyError when a statement has no answer."""
    points = scores(text, answers)
    standings = tuple(
        Standing(one, points[one.reason], _in_range(text.bands, points[one.reason])) for one in text.reasons
    )
    place = {slug: number for number, slug in enumerate(text.tie_order)}
    by_need = sorted(standings, key=lambda one: (one.score, place[one.reason.reason]))
    total = sum(points.values())
    return Result(
        findings=findings(text, answers),
        standings=standings,
        lowest=tuple(by_need[: text.lowest]),
        total=total,
        reading=_in_range(text.readings, total),
    )


def findings(text: SelfAssessment, answers: Answers) -> tuple[Finding, ...]:
    """The safety statements that were answered as low as their limit, or lower."""
    found = ((one, answers[one.statement]) for one in text.safety)
    return tuple(Finding(one, text.label(value) or "") for one, value in found if value <= one.at_most)


def _in_range(ranges: tuple[Range, ...], points: int) -> Range:
    return next(one for one in ranges if one.least <= points <= one.most)


def occasion(first_day: date, last_day: date, on: date) -> str:
    """When in a participant's course the answers were given: 'week 0' (before it), 'week 12', 'day 90' (after it)."""
    if on < first_day:
        return "week 0"
    if on <= last_day:
        return f"week {(on - first_day).days // 7 + 1}"
    return f"day {(on - last_day).days}"


# --- others -------------------------------------------------------------------------------------------------


def averages(text: SelfAssessment, people: int, sums: Mapping[str, int]) -> dict[str, float] | None:
    """Points by reason on average, one decimal; None while too few people have answered to say anything."""
    if people < text.compare_from:
        return None
    return {slug: round(total / people, 1) for slug, total in sums.items()}
