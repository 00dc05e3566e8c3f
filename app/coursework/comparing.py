"""Any two rounds of a system side by side; for its participant also a round and the draft as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import CohortCoach, Enrollment
from app.cohorts.rules import READING
from app.coursework.assignments import Assignment, assignment_of, assignment_of_round
from app.coursework.frozen import Answers, ShownField, shown
from app.coursework.models import Draft, Submission, System
from app.coursework.review_queries import answers_of, coached_by
from app.curriculum import fields
from app.lib import diff
from app.lib.database import db

DRAFT = "draft"


class RoundName(NamedTuple):
    """One choice of the two lists: '2' or 'draft', and how it is called."""

    key: str
    words: str


@dataclass(frozen=True)
class Comparison:
    """Two rounds and what differs. `before` and `after` are keys of `choices`; without two rounds both are ''."""

    system: System
    task: Assignment
    choices: tuple[RoundName, ...]
    before: str
    after: str
    fields: tuple[ShownField, ...] = ()
    changed: int = 0
    same: int = 0
    problem: str = ""

    def words(self, key: str) -> str:
        return next((one.words for one in self.choices if one.key == key), "")


def own_rounds(user: User, system_id: int) -> Sequence[Any]:
    """(System, number, status, submitted_at) of each round of this person's own system; 404 for anybody else's."""
    rows = _rounds.where(
        System.id == system_id, Enrollment.user_id == user.id, Enrollment.status.in_(READING)
    )
    return db.session.execute(rows).all() or abort(404)


def coached_rounds(user: User, system_id: int, now: datetime) -> Sequence[Any]:
    """The same for a coach of the cohort today; what was taken back is not among them."""
    rows = _rounds.join(CohortCoach, coached_by(user, now)).where(
        System.id == system_id, Submission.status != "withdrawn"
    )
    return db.session.execute(rows).all() or abort(404)


_rounds = (
    select(System, Submission.number, Submission.status, Submission.submitted_at)
    .join(Enrollment, Enrollment.id == System.enrollment_id)
    .outerjoin(Submission, Submission.system_id == System.id)
    .order_by(Submission.number)
)


def compare(
    rounds: Sequence[Any], asked: tuple[str, str], *, with_draft: bool, only_changed: bool
) -> Comparison:
    """Two of these rounds, the earlier one first. Names nobody knows fall back to the last two, and are said so."""
    system = rounds[0].System
    choices = [RoundName(str(row.number), f"Round {row.number}") for row in rounds if row.number is not None]
    if with_draft:
        choices.append(RoundName(DRAFT, "What I have now (draft)"))
    task = assignment_of(system)
    if len(choices) < 2:
        return Comparison(system, task, tuple(choices), "", "")
    before, after, problem = _chosen([one.key for one in choices], *asked)
    sources = _sources(system, {before, after})
    task = task if DRAFT in (before, after) else assignment_of_round(sources[after][1])
    found = shown(sources[after][0], sources[before][0])
    if DRAFT in (before, after):  # what stands in other modules today is no part of the draft
        found = [replace(one, changed=one.changed and one.kind != "reference") for one in found]
    changed = [one for one in found if one.changed]
    if only_changed:
        shown_now = tuple(replace(one, rows=tuple(diff.only_changed(one.rows))) for one in changed)
    else:
        shown_now = tuple(found)
    return Comparison(
        system,
        task,
        tuple(choices),
        before,
        after,
        shown_now,
        len(changed),
        len(found) - len(changed),
        problem,
    )


def _chosen(keys: list[str], before: str, after: str) -> tuple[str, str, str]:
    problem = ""
    for one in (before, after):
        if one and one not in keys:
            problem = "There is no such round here, so you see the last two."
    if problem or not after:
        after = keys[-1] if problem or before != keys[-1] else keys[-2]
    if problem or not before:
        before = next(one for one in reversed(keys) if one != after)
    if before == after:
        problem = "These are the same round. Choose two different ones."
    if keys.index(before) > keys.index(after):
        before, after = after, before
    return before, after, problem


def _sources(system: System, keys: set[str]) -> dict[str, tuple[Answers, Any]]:
    """The frozen rounds and the draft that are asked for: one query, or one each."""
    numbers = [int(key) for key in keys if key != DRAFT]
    found: dict[str, tuple[Answers, Any]] = {}
    rows = select(Submission).where(Submission.system_id == system.id, Submission.number.in_(numbers))
    for one in db.session.scalars(rows) if numbers else ():
        found[str(one.number)] = (answers_of(one), one)
    if DRAFT in keys:
        draft = db.session.get_one(Draft, system.id)
        found[DRAFT] = (_draft(system, draft.answers), draft)
    return found


def _draft(system: System, answers: Mapping[str, Any]) -> Answers:
    """The draft as it would be frozen now, its long texts rendered the same way."""
    worksheet = assignment_of(system).worksheet
    kept = fields.tidy(worksheet, answers)
    return Answers(worksheet, kept, fields.rendered(worksheet, kept))
