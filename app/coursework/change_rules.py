"""What to change first after a review: one order, one next step. Worksheet, round and dashboard read it here. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Asked:
    """One open change request. `below`: keys of the criteria its review put at Not yet."""

    id: int
    field_id: str
    kind: str  # 'required' or 'suggested'
    answered: bool
    below: Collection[str] = ()
    text: str = ""


@dataclass(frozen=True)
class Change:
    """One line of the list. `critical`: it is about a safety-critical criterion at Not yet."""

    asked: Asked
    label: str  # of its field
    critical: bool

    @property
    def id(self) -> int:
        return self.asked.id

    @property
    def field_id(self) -> str:
        return self.asked.field_id

    @property
    def required(self) -> bool:
        return self.asked.kind == "required"

    @property
    def answered(self) -> bool:
        return self.asked.answered

    @property
    def word(self) -> str:
        if self.required:
            return "Safety-critical" if self.critical else "Required"
        return "Suggested"


@dataclass(frozen=True)
class Changes:
    """The open requests of a system in the order in which to take them."""

    list: tuple[Change, ...] = field(default_factory=tuple)

    @property
    def required(self) -> tuple[Change, ...]:
        return tuple(one for one in self.list if one.required)

    @property
    def answered(self) -> int:
        """Required changes with an answer."""
        return sum(1 for one in self.required if one.answered)

    @property
    def left(self) -> int:
        """Required changes without an answer: while there are any, no round can be sent."""
        return len(self.required) - self.answered

    @property
    def next(self) -> Change | None:
        """The required change to take up now; None when all of them are answered."""
        return next((one for one in self.required if not one.answered), None)

    @property
    def words(self) -> str:
        """'2 of 3 answered'"""
        return f"{self.answered} of {len(self.required)} answered"


@dataclass(frozen=True)
class Place:
    """What the worksheet and its rubric say of one field."""

    position: int
    label: str
    criteria: tuple[str, ...] = ()


NOTHING = Changes()
NOWHERE = Place(9_999, "")


def to_change(asked: Iterable[Asked], places: Mapping[str, Place], critical: Collection[str]) -> Changes:
    """First what keeps a client safe, then what is required, then what is suggested; each in the order of the fields.

    `critical` are the keys of the safety-critical criteria; `places` maps a field id to its place.
    """
    found = []
    for one in asked:
        place = places.get(one.field_id, NOWHERE)
        below = set(one.below) & set(critical) & set(place.criteria)
        found.append((place.position, Change(one, place.label, one.kind == "required" and bool(below))))
    found.sort(key=lambda pair: (not pair[1].critical, not pair[1].required, pair[0], pair[1].id))
    return Changes(tuple(change for _, change in found))


def answer_counts(answered_at: datetime | None, newest_review_at: datetime | None) -> bool:
    """An answer that a coach has read and not settled is asked for again: only one given since then counts."""
    return answered_at is not None and not (newest_review_at and answered_at < newest_review_at)
