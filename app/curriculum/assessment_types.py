"""The self-assessment: statements, scale, bands and what a result says, as frozen values read from assessment.yaml."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated

from pydantic import Field as Constraint
from pydantic import StringConstraints

from app.curriculum.field_types import Key, Slug, Strict, Text

Points = Annotated[int, Constraint(ge=0, le=10_000)]
# So long that it fits beside its axis of the radar on a wide screen.
Name = Annotated[str, StringConstraints(min_length=1, max_length=20, strip_whitespace=True)]


class Answer(Strict):
    """One step of the scale, the same for every statement; `value` is the points it counts."""

    value: Annotated[int, Constraint(ge=0, le=20)]
    label: Text


class Statement(Strict):
    """`key` (`3b`) names the statement across releases; answers are kept under it."""

    key: Key
    text: Text


class AssessedReason(Strict):
    """One reason: the module with this `reason_slug`, its short name, its statements, and what to do this week."""

    reason: Slug
    name: Name
    action: Text
    statements: Annotated[tuple[Statement, ...], Constraint(min_length=1)]


class Safety(Strict):
    """What stands at the top of a result, whatever the totals, when the statement was answered `at_most` so high."""

    statement: Key
    at_most: Points
    title: Text
    action: Text


class Band(Strict):
    """How a reason stands that scored from `least` to `most`."""

    least: Points
    most: Points
    title: Text
    meaning: Text | None = None
    advice: Text


class Reading(Strict):
    """What a total from `least` to `most` says."""

    least: Points
    most: Points
    title: Text
    advice: Text


class SelfAssessment(Strict):
    """The whole instrument. `lowest` reasons are listed with their action; equal ones in the order of `tie_order`.

    A result is compared with others only once `compare_from` people have answered: fewer say nothing about anybody.
    """

    title: Text
    lead: Text
    frame: Text  # what to think of when answering: "the last 30 working days"
    minutes: Annotated[int, Constraint(ge=1, le=120)]
    note: Text  # what the instrument is, and is not
    scale: Annotated[tuple[Answer, ...], Constraint(min_length=2, max_length=11)]
    reasons: Annotated[tuple[AssessedReason, ...], Constraint(min_length=1, max_length=20)]
    safety: tuple[Safety, ...] = ()
    bands: Annotated[tuple[Band, ...], Constraint(min_length=1)]
    readings: Annotated[tuple[Reading, ...], Constraint(min_length=1)]
    tie_order: tuple[Slug, ...]
    lowest: Annotated[int, Constraint(ge=1, le=20)] = 3
    compare_from: Annotated[int, Constraint(ge=100)] = 100

    @cached_property
    def _by_key(self) -> dict[str, Statement]:
        return {one.key: one for one in self.statements()}

    @cached_property
    def _labels(self) -> dict[int, str]:
        return {one.value: one.label for one in self.scale}

    def statements(self) -> Iterator[Statement]:
        """Every statement, in the order it is asked."""
        for reason in self.reasons:
            yield from reason.statements

    def statement(self, key: str) -> Statement | None:
        return self._by_key.get(key)

    def label(self, value: int) -> str | None:
        """The words of an answer; None for what is not on the scale."""
        return self._labels.get(value)

    def reason(self, slug: str) -> AssessedReason | None:
        return next((one for one in self.reasons if one.reason == slug), None)

    @property
    def count(self) -> int:
        return len(self._by_key)

    @property
    def reason_range(self) -> tuple[int, int]:
        """The least and the most points of one reason; every reason has as many statements as the first."""
        values, count = self._labels, len(self.reasons[0].statements)
        return min(values) * count, max(values) * count

    @property
    def total_range(self) -> tuple[int, int]:
        """The least and the most points of all reasons together."""
        least, most = self.reason_range
        return least * len(self.reasons), most * len(self.reasons)

    def structure_hash(self) -> str:
        """SHA-256 of what scores depend on: reasons, the keys of their statements, the values of the scale.

        Two sets of answers are compared only when these agree. Wording, bands and actions are left out.
        """
        reasons = [[one.reason, [statement.key for statement in one.statements]] for one in self.reasons]
        shape = {"reasons": reasons, "scale": [one.value for one in self.scale]}
        return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()
