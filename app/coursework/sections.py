"""One section of a worksheet at a time, or all of it: which one a page shows, and where a link leads. Pure.

A section is named `3.B` in an address, the last step `send`; '' stands for the whole worksheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.curriculum.schema import Section

SEND = "send"
_OF_SENDING = {SEND, "check", "rating", "plan", "statement"}


@dataclass(frozen=True)
class Step:
    name: str  # '3.B', or 'send'
    letter: str  # the id of the section on the page: 'B', or 'send'
    title: str


class Steps:
    """The sections with a place on the page and the last step; `here` is the one that is shown, None for all."""

    def __init__(self, module_number: int, sections: Sequence[Section], wanted: str) -> None:
        self._letters = {field.id: one.id for one in sections for field in one.fields}
        self.all = [Step(f"{module_number}.{one.id}", one.id, one.title) for one in sections]
        self.all.append(Step(SEND, SEND, "Check and submit"))
        self.here = next((one for one in self.all if one.name == wanted), None)

    @property
    def number(self) -> int:
        """Counted from 1; 0 for the whole worksheet."""
        return self.all.index(self.here) + 1 if self.here else 0

    @property
    def before(self) -> Step | None:
        return self.all[self.number - 2] if self.number > 1 else None

    @property
    def after(self) -> Step | None:
        return self.all[self.number] if 0 < self.number < len(self.all) else None

    def shows(self, section_id: str) -> bool:
        """Whether this section, or 'send', is on the page."""
        return self.here is None or self.here.letter == section_id

    def of(self, anchor: str) -> str:
        """The name of the step that a place belongs to: of '1.B.2', 'B', 'send' or 'rating'; '' for any other place."""
        is_sending = anchor in _OF_SENDING or anchor.startswith(("rubric-", "look-"))
        letter = SEND if is_sending else self._letters.get(anchor, anchor)
        return next((one.name for one in self.all if one.letter == letter), "")

    def elsewhere(self, anchor: str) -> str:
        """The step to change to for a place that is not on this page; '' when it is."""
        return "" if self.here is None or self.of(anchor) == self.here.name else self.of(anchor)
