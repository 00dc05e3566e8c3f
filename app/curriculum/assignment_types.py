"""The assignment of a module: worksheet, rubric and in-practice checks, and the hash of what answers depend on."""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field as Constraint
from pydantic import StringConstraints, field_validator

from app.curriculum.field_types import Field, Flag, Key, Slug, Strict, Text


class Section(Strict):
    """One lettered part of a worksheet; `manual` is the place in the practice manual where it lands."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]
    title: Text
    manual: Text | None = None
    intro: Text | None = None
    fields: Annotated[tuple[Field, ...], Constraint(min_length=1)]


class Worksheet(Strict):
    """The assignment a participant fills in; its `key` names the assignment across releases."""

    key: Slug
    title: Text
    intro: Text | None = None
    sections: Annotated[tuple[Section, ...], Constraint(min_length=1)]

    @cached_property
    def _by_id(self) -> dict[str, Field]:
        return {field.id: field for field in self.fields()}

    def fields(self) -> Iterator[Field]:
        """Every field, in the order of the page."""
        for section in self.sections:
            yield from section.fields

    def field(self, field_id: str) -> Field | None:
        return self._by_id.get(field_id)


class Levels(Strict):
    not_yet: Text
    meets: Text
    exceeds: Text


class Criterion(Strict):
    """One line of the rubric. *Not yet* on a critical criterion always returns the work."""

    key: Key
    title: Text
    critical: Flag = False
    levels: Levels

    def structure(self) -> list[Any]:
        """What marks depend on."""
        return [self.key, self.critical]


class Rubric(Strict):
    criteria: Annotated[tuple[Criterion, ...], Constraint(min_length=1)]

    def criterion(self, key: str) -> Criterion | None:
        return next((c for c in self.criteria if c.key == key), None)


class Check(Strict):
    """Evidence asked for `day` days after acceptance that the system is in use."""

    day: Literal[30, 60, 90]
    evidence: Annotated[tuple[Text, ...], Constraint(min_length=1)]

    @field_validator("day", mode="before")
    @classmethod
    def _read_number(cls, value: Any) -> Any:
        return int(value) if isinstance(value, str) and value.isdecimal() else value


def structure_hash(worksheet: Worksheet, rubric: Rubric | None) -> str:
    """SHA-256 of what answers and marks depend on: ids, types, options, columns, required, criteria.

    Wording (labels, guidance, examples, descriptors) is left out, so correcting a text never looks like a
    change of the assignment to a cohort that is already at work.
    """
    criteria = [one.structure() for one in rubric.criteria] if rubric else []
    fields = [[section.id, [field.structure() for field in section.fields]] for section in worksheet.sections]
    shape = {"key": worksheet.key, "sections": fields, "criteria": criteria}
    return hashlib.sha256(json.dumps(shape, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not part of a structure")
