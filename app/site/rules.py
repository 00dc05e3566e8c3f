"""What a participant should do next: one thing, decided from the states of their systems. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


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
    more_days: int = 0  # added for this person: part of `due_at` and `closes_at` already
    more_because: str = ""
    excused_because: str = ""

    def is_open(self, now: datetime) -> bool:
        return now >= self.opens_at


@dataclass(frozen=True)
class NextStep:
    """The one amber thing. `kind` says which sentence the page makes of it."""

    kind: str  # 'answer' | 'continue' | 'begin' | 'wait' | 'opens' | 'done' | 'suspended'
    chapter: Chapter | None = None


def next_step(chapters: Sequence[Chapter], may_work: bool, now: datetime) -> NextStep:
    """Requested changes first, then the draft that is due first, then the next module to begin.

    With nothing to do: what is being waited for, else when the next module opens, else that all is done.
    """
    if not may_work:
        return NextStep("suspended")
    ready = [one for one in chapters if one.written and one.is_open(now)]
    for kind, statuses in (
        ("answer", ("changes requested",)),
        ("continue", ("drafting", "reopened")),
        ("begin", ("not started",)),
    ):
        found = [one for one in ready if one.status in statuses]
        if found:
            return NextStep(kind, min(found, key=lambda one: (one.due_at, one.number)))
    waiting = [one for one in chapters if one.status in ("submitted", "in review")]
    if waiting:
        return NextStep("wait", min(waiting, key=lambda one: one.promised_at or one.due_at))
    coming = [one for one in chapters if not one.is_open(now)]
    if coming:
        return NextStep("opens", min(coming, key=lambda one: one.opens_at))
    return NextStep("done")
