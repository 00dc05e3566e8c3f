"""Which work comes along when its author moves to another cohort, and what of it does not. Pure.

Everything that was sent keeps the worksheet and rubric it answers. A draft of which nothing was sent goes on in the
new cohort's worksheet, with every answer that still fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.coursework import withheld_rules
from app.coursework.move_rules import pin_after
from app.coursework.rules import WAITING
from app.curriculum.fields import is_answered, survives
from app.curriculum.schema import Module, Program


@dataclass(frozen=True)
class Work:
    """One system as it is in the cohort they leave."""

    system_id: int
    assignment_key: str
    module_slug: str
    status: str
    rounds: int  # sent so far, those taken back included
    reads: int  # the release its worksheet comes from
    withheld: withheld_rules.Kept
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """What becomes of one system. `dropped`: the fields whose answers do not fit; `why_not`: why all of it stays."""

    system_id: int
    number: int  # of its module, as the new cohort counts; where it stays, as the old one does
    title: str
    status: str
    rounds: int
    pin: int | None = None
    dropped: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def waits(self) -> bool:
        """A round lies with the coach, and is taken back."""
        return self.status in WAITING

    @property
    def name(self) -> str:
        return f"System {self.number}, {self.title}"

    @property
    def left_out(self) -> str:
        """What of it does not come along, as a sentence; '' when all of it does."""
        if self.why_not:
            return f"{self.name}: {self.why_not}"
        if self.dropped:
            return (
                f"{self.name}: the answers to {', '.join(self.dropped)} have no field in the new worksheet."
            )
        return ""


NOT_TAUGHT = "the new cohort does not build it."
HIDDEN = (
    "something in it is hidden because it may hold data about a client. "
    "Show it again or delete it for good first, if it is to come along."
)


def plan(works: Sequence[Work], programs: Mapping[int, Program], old: Program, new: Program) -> list[Piece]:
    """What moving to a cohort that reads `new` makes of each system, in the order of the modules.

    `programs` holds every release that a system reads.
    """
    pieces = [_piece(one, programs[one.reads], old, new) for one in works]
    return sorted(pieces, key=lambda one: one.number)


def _piece(work: Work, reads: Program, old: Program, new: Program) -> Piece:
    coming, own = new.module_of(work.assignment_key), reads.module_of(work.assignment_key)
    module = coming or own or old.module(work.module_slug)
    number, title = (module.number, module.system) if module else (0, work.module_slug)
    known = (work.system_id, number, title, work.status, work.rounds)
    if coming is None or own is None or coming.slug != work.module_slug:
        return Piece(*known, why_not=NOT_TAUGHT)
    if any(not mark.purged for mark in withheld_rules.marks(work.withheld)):
        return Piece(*known, why_not=HIDDEN)
    pin = pin_after(work.rounds, work.reads, own.assignment_hash, coming.assignment_hash)
    return Piece(*known, pin=pin, dropped=() if work.rounds else _dropped(own, coming, work.answers))


def _dropped(own: Module, coming: Module, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields with an answer that the coming worksheet would not show whole."""
    assert own.worksheet is not None
    assert coming.worksheet is not None
    found = []
    for was in own.worksheet.fields():
        if is_answered(was, answers.get(was.id)):
            now = coming.worksheet.field(was.id)
            if now is None or not survives(was, now, answers[was.id]):
                found.append(was.id)
    return tuple(found)


def renumbered(answer: Any, attachments: Mapping[int, int]) -> Any:
    """An answer with its files under their ids in the new cohort."""
    if not isinstance(answer, Mapping) or not isinstance(answer.get("files"), list):
        return answer
    files = [one | {"id": attachments[one["id"]]} for one in answer["files"] if one.get("id") in attachments]
    return {**answer, "files": files}
