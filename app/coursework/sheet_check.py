"""What the check says of a worksheet as its page shows it: what is to do, to look at, done; the one next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from app.coursework import precheck, sending
from app.coursework.queries import Remark, Sheet
from app.curriculum.calculation import Results
from app.curriculum.fields import Progress
from app.lib import merging


class Check:
    """`unanswered`: the required changes without an answer, in the order in which to take them."""

    def __init__(
        self,
        sheet: Sheet,
        entries: merging.Entries,
        answers: dict[str, Any],
        results: Results,
        progress: Mapping[str, Progress],
        unanswered: Sequence[Remark],
    ) -> None:
        self._sheet = sheet
        self._entries = entries
        self._answers = answers
        self._results = results
        self._progress = progress
        self._unanswered = unanswered

    @cached_property
    def to_do(self) -> list[precheck.Finding]:
        return precheck.to_do(self._sheet.worksheet, self._answers)

    @cached_property
    def requests_to_do(self) -> list[precheck.Finding]:
        """Required changes without an answer."""
        return [
            precheck.Finding(
                "todo", f"{one.field_id}: the change {one.by} asked for has no answer yet.", one.field_id
            )
            for one in self._unanswered
        ]

    @cached_property
    def to_look_at(self) -> list[precheck.Finding]:
        sheet = self._sheet
        return precheck.to_look_at(sheet.worksheet, self._answers, self._results, sheet.scanned_with)

    @property
    def not_looked_at(self) -> list[precheck.Finding]:
        """Findings that are neither mended nor answered by a note."""
        return [one for one in self.to_look_at if not sending.is_settled(one, self._entries)]

    @property
    def done(self) -> list[precheck.Finding]:
        return precheck.done(self._sheet.worksheet, self._progress)

    def note(self, finding: precheck.Finding) -> str:
        return sending.note_to(finding, self._entries)

    @staticmethod
    def note_problem(note: str) -> str:
        return sending.note_problem(note)

    @property
    def next_field(self) -> str:
        """The id of the field to go on with; empty when everything is there."""
        return next((one.anchor for one in [*self.requests_to_do, *self.to_do]), "")

    @property
    def next_step(self) -> tuple[str, str]:
        """(anchor, words) of the one next step."""
        if self.next_field:
            field = self._sheet.worksheet.field(self.next_field)
            return self.next_field, f"{self.next_field} {field.label if field else ''}".strip()
        return "send", "Check and submit"
