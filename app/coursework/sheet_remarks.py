"""The comments beside the fields of a worksheet: which stand there, their numbers, and where their passages are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from app.coursework import anchors, frozen
from app.coursework.frozen import Answers
from app.coursework.queries import Remark, Sheet
from app.curriculum.field_types import Field
from app.lib.words import count

_KINDS = {
    "required": ("required change", "required changes"),
    "suggested": ("suggestion", "suggestions"),
    "praise": ("note of praise", "notes of praise"),
}


class Remarks:
    """Beside the fields: the newest review, and what is still open of earlier ones. `answers`: what the page shows."""

    def __init__(self, sheet: Sheet, answers: dict[str, Any]) -> None:
        self._sheet = sheet
        self._answers = answers
        self._texts: dict[str, anchors.FieldText] = {}

    @cached_property
    def by_field(self) -> dict[str, list[Remark]]:
        found: dict[str, list[Remark]] = defaultdict(list)
        for one in self._sheet.remarks:
            if one.is_latest or (one.is_request and one.settled_at is None):
                found[one.field_id].append(one)
        return found

    def on(self, field: Field) -> list[Remark]:
        return self.by_field[field.id]

    def words_on(self, fields: Iterable[Field]) -> list[str]:
        """How many of each kind: ['two suggestions', 'one note of praise']."""
        counts: dict[str, int] = defaultdict(int)
        for field in fields:
            for one in self.on(field):
                counts[one.kind] += 1
        return [count(counts[kind], *names) for kind, names in _KINDS.items() if counts[kind]]

    def numbered(self, remark: Remark) -> str:
        """'Required change 2': numbered in the order of the worksheet, as on the coach's page; praise has none."""
        number = self._numbers.get(remark.id)
        return f"{remark.word} change {number}" if number else remark.word

    @cached_property
    def _numbers(self) -> dict[int, int]:
        place = {field.id: at for at, field in enumerate(self._sheet.worksheet.fields())}
        numbers: dict[int, int] = {}
        of_round: dict[int, int] = defaultdict(int)
        for one in sorted(self._sheet.remarks, key=lambda remark: place.get(remark.field_id, 999)):
            if one.is_request:
                of_round[one.round] += 1
                numbers[one.id] = of_round[one.round]
        return numbers

    def place(self, remark: Remark) -> anchors.Place:
        """Where the passage of this comment stands in what is written here now."""
        field = self._sheet.worksheet.field(remark.field_id)
        text = self._texts.get(remark.field_id)
        if text is None:
            shown_here = Answers(self._sheet.worksheet, self._answers, {})
            text = frozen.text_of(field, shown_here) if field else anchors.FieldText("")
            self._texts[remark.field_id] = text
        anchor = anchors.Anchor(remark.quote, remark.prefix, remark.suffix, remark.row_id)
        return anchors.place(anchor, text)
