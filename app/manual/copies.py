"""One worksheet to take along as a Word file: as it stands in the draft, or as it was sent in a round.

The manual holds what was accepted; this is everything else a participant wrote, which stays theirs whatever becomes
of their place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cohorts.models import Enrollment
from app.cohorts.queries import program
from app.coursework import review_queries, rules
from app.coursework.assignments import assignment_of_round
from app.coursework.improving_rules import is_improving
from app.coursework.models import Submission
from app.coursework.queries import Sheet
from app.coursework.withheld_rules import unsafe_fields
from app.curriculum.schema import Module, Worksheet
from app.lib.times import long_date
from app.lib.words import begin_sentence, count
from app.manual.book import Part, paper_of, parts_of


@dataclass(frozen=True)
class Copy:
    """A worksheet of one person as values, ready to be set."""

    practice: str  # or the person's name, as long as it has none
    language: str  # as in `en-US`
    paper: str  # 'letter' or 'a4'
    kicker: str  # 'System 3, module name'
    title: str
    standing: tuple[str, ...]  # sentences: what this is a copy of, and what is not in it
    notice: str  # at the foot of every page
    parts: tuple[Part, ...]
    as_of: datetime  # UTC

    @property
    def name(self) -> str:
        """What the file is called, without its ending."""
        return f"{self.kicker}, {self.title}, {self.practice}"


def of_draft(sheet: Sheet) -> Copy:
    """The worksheet as it was saved last, without the fields its owner was asked to take client data out of."""
    system, draft = sheet.system, sheet.draft
    unsafe = unsafe_fields(system.withheld, system.round, draft.answers)
    answers = {key: answer for key, answer in draft.answers.items() if key not in unsafe}
    saved = f"As saved on {_day(system.enrollment, draft.saved_at)}."
    standing = (saved, _standing(sheet), *_left_out(unsafe))
    kicker = f"System {sheet.module.number}"
    return _copy(
        system.enrollment, sheet.module, sheet.worksheet, answers, (kicker, standing, draft.saved_at)
    )


def of_round(found: Submission) -> Copy:
    """A round as it was sent, without what is withheld of it."""
    task, enrollment = assignment_of_round(found), found.system.enrollment
    withheld = review_queries.withheld_sentences(found)
    answers = {} if "" in withheld else {k: v for k, v in found.answers.items() if k not in withheld}
    sent = f"As sent on {_day(enrollment, found.submitted_at)}, round {found.number}."
    standing = (sent, f"Fingerprint (SHA-256) of what was sent: {found.digest}.", *_left_out(withheld))
    kicker = f"System {task.module.number}, round {found.number}"
    return _copy(enrollment, task.module, task.worksheet, answers, (kicker, standing, found.submitted_at))


def _copy(
    enrollment: Enrollment,
    module: Module,
    worksheet: Worksheet,
    answers: dict[str, Any],
    said: tuple[str, tuple[str, ...], datetime],
) -> Copy:
    """`said`: the kicker, the sentences about how it stands, and when it was saved or sent (UTC)."""
    read, user = program(enrollment.cohort), enrollment.user
    kicker, standing, as_of = said
    return Copy(
        practice=enrollment.practice_name or user.name,
        language=read.language,
        paper=paper_of(user.time_zone or enrollment.cohort.time_zone),
        kicker=kicker,
        title=worksheet.title,
        standing=standing,
        notice=read.notice or read.hedges[0],
        parts=parts_of(module.number, worksheet, answers),
        as_of=as_of,
    )


def _left_out(fields: Collection[str]) -> tuple[str, ...]:
    """The sentence about what is withheld; the field '' stands for all of it."""
    if not fields:
        return ()
    what = "All of it is" if "" in fields else begin_sentence(count(len(fields), "field is", "fields are"))
    return (f"{what} left out, because what stands there may be data about a client.",)


def _standing(sheet: Sheet) -> str:
    system = sheet.system
    if system.status == "accepted" and system.accepted_at:
        return f"Accepted on {_day(system.enrollment, system.accepted_at)}, round {system.accepted_round}."
    if is_improving(system.status, system.accepted_round):
        return f"Round {system.accepted_round} is accepted; this is the text after it."
    if system.status == "excused":
        return "You were excused from this system."
    return f"Not accepted so far: {rules.state_of(system.status)[1].lower()}."


def _day(enrollment: Enrollment, moment: datetime) -> str:
    return long_date(moment, enrollment.cohort.time_zone)
