"""What a participant should do next: one thing, decided from the states of their systems. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.coursework.change_rules import NOTHING, Changes
from app.coursework.improving_rules import is_improving, words


@dataclass(frozen=True)
class Chapter:
    """One module as its participant stands in it. Instants are UTC."""

    number: int
    slug: str
    title: str  # the chapter's name in the manual
    system: str
    status: str  # of the system; 'not started' without one
    round: int
    opens_at: datetime
    due_at: datetime
    written: bool  # is there a worksheet to build?
    system_id: int | None = None
    accepted_at: datetime | None = None
    promised_at: datetime | None = None
    closes_at: datetime | None = None  # of a system that grows until the end: its last version is due
    accepted_round: int | None = None  # what the manual shows, whatever the status says is being done now
    changes: Changes = NOTHING  # the open change requests, in the order of the worksheet's own list
    more_days: int = 0  # added for this person: part of `due_at` and `closes_at` already
    more_because: str = ""
    excused_because: str = ""

    @property
    def is_accepted(self) -> bool:
        """Whether the manual has this chapter; also while it is being improved."""
        return self.accepted_round is not None and self.status != "excused"

    @property
    def is_improving(self) -> bool:
        return is_improving(self.status, self.accepted_round)

    @property
    def improving(self) -> str:
        """'Accepted; improving, round 3 in review'; '' for a system that is not."""
        return words(self.status, self.accepted_round, self.round)

    @property
    def wanted_by(self) -> datetime:
        """When what is being written now is due: a better version of an accepted system by its closing day."""
        return (self.closes_at or self.due_at) if self.is_improving else self.due_at

    @property
    def asks(self) -> bool:
        """Whether the coach waits for answers: changes were requested, or some are still without an answer."""
        if self.status == "changes requested":
            return True
        return self.status in ("drafting", "reopened") and self.changes.left > 0

    def is_open(self, now: datetime) -> bool:
        return now >= self.opens_at


@dataclass(frozen=True)
class NextStep:
    """The one amber thing. `kind` says which sentence the page makes of it."""

    kind: str  # 'welcome' | 'answer' | 'continue' | 'begin' | 'wait' | 'opens' | 'done' | 'suspended'
    chapter: Chapter | None = None


def next_step(
    chapters: Sequence[Chapter], may_work: bool, now: datetime, is_onboarding: bool = False
) -> NextStep:
    """Setting up before all else. Then requested changes, then the draft that is due first, then the next module to
    begin; then the same for systems that are accepted and being improved, because the manual has them already.

    With nothing to do: what is being waited for, else when the next module opens, else that all is done.
    """
    if not may_work:
        return NextStep("suspended")
    if is_onboarding:
        return NextStep("welcome")
    ready = [one for one in chapters if one.written and one.is_open(now)]
    to_do = [(kind, one) for one in ready if (kind := _kind(one))]
    if to_do:
        return NextStep(*min(to_do, key=_rank))
    waiting = [one for one in chapters if one.status in ("submitted", "in review")]
    if waiting:
        return NextStep("wait", min(waiting, key=lambda one: one.promised_at or one.due_at))
    coming = [one for one in chapters if not one.is_open(now)]
    if coming:
        return NextStep("opens", min(coming, key=lambda one: one.opens_at))
    return NextStep("done")


KINDS = ("answer", "continue", "begin")


def _kind(one: Chapter) -> str:
    if one.asks:
        return "answer"
    return {"drafting": "continue", "reopened": "continue", "not started": "begin"}.get(one.status, "")


def _rank(found: tuple[str, Chapter]) -> tuple[bool, int, datetime, int]:
    kind, one = found
    return one.is_improving, KINDS.index(kind), one.wanted_by, one.number
