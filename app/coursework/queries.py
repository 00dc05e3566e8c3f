"""Systems, worksheets and rounds as their owner and the rooms above read them. Columns rather than rows for lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import abort
from sqlalchemy import Row, func, select
from sqlalchemy.orm import contains_eager

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.cohorts.queries import dates_of, program
from app.cohorts.rules import READING, ModuleDates, may_work
from app.coursework import rules
from app.coursework.assignments import assignment_of
from app.coursework.models import Comment, Draft, Review, Submission, System
from app.coursework.review_rules import KIND_WORDS
from app.curriculum.schema import Module, Program, Rubric, Worksheet
from app.lib import times
from app.lib.database import db

# --- one system -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """One comment of a published review, as the worksheet shows it beside its field."""

    id: int
    field_id: str
    kind: str
    text: str
    quote: str
    answer: str | None
    answer_text: str
    answered_at: datetime | None
    settled_at: datetime | None
    round: int
    by: str
    published_at: datetime
    is_latest: bool  # of the newest published review

    @property
    def is_request(self) -> bool:
        return self.kind in ("required", "suggested")

    @property
    def settled(self) -> bool:
        return self.settled_at is not None

    @property
    def word(self) -> str:
        return KIND_WORDS[self.kind]


class Round(NamedTuple):
    """One round as the worksheet lists it; `published_at` and `verdict` are of its review in force."""

    number: int
    status: str
    submitted_at: datetime
    promised_at: datetime
    digest: str
    published_at: datetime | None
    verdict: str | None


@dataclass
class Sheet:
    """Everything one worksheet page needs, read in two queries; what it shows of other modules takes a third."""

    system: System
    draft: Draft
    program: Program
    module: Module
    worksheet: Worksheet
    rubric: Rubric | None
    release_id: int  # of worksheet and rubric
    dates: ModuleDates
    rounds: Sequence[Round]  # newest first
    remarks: list[Remark] = field(default_factory=list)

    @property
    def may_work(self) -> bool:
        return may_work(self.system.enrollment.status)

    @property
    def reason_read_only(self) -> str:
        return rules.reason_read_only(self.system.enrollment.status, self.may_work, self.system.status)

    @property
    def waiting(self) -> Round | None:
        """The round that lies with the coach."""
        return next((one for one in self.rounds if one.status in ("waiting", "in review")), None)

    @property
    def open_requests(self) -> list[Remark]:
        """Change requests not settled yet: what the participant is asked to answer."""
        return [one for one in self.remarks if one.is_request and one.settled_at is None]

    def answer_to(self, one: Remark) -> dict[str, str]:
        """The answer given since the newest review; an answer the coach has read and not settled is asked for again."""
        newest = max((round.published_at for round in self.rounds if round.published_at), default=None)
        if one.answered_at is None or (newest and one.answered_at < newest):
            return {"answer": "", "text": ""}
        return {"answer": one.answer or "", "text": one.answer_text}

    @property
    def request_answers(self) -> dict[int, dict[str, str]]:
        return {one.id: self.answer_to(one) for one in self.open_requests}


_systems = (
    select(System, Draft)
    .join(System.enrollment)
    .join(Enrollment.cohort)
    .join(Enrollment.user)
    .join(Draft, Draft.system_id == System.id)
    .options(
        contains_eager(System.enrollment).options(
            contains_eager(Enrollment.cohort), contains_eager(Enrollment.user)
        )
    )
)


def sheet_for(user: User, system_id: int) -> Sheet:
    """This person's own worksheet; 404 for anybody else's, or when the release no longer has it."""
    found = db.session.execute(
        _systems.where(System.id == system_id, Enrollment.user_id == user.id, Enrollment.status.in_(READING))
    ).first()
    if found is None:
        abort(404)
    system, draft = found
    task = assignment_of(system)
    rounds, remarks = history_of(system.id)
    return Sheet(
        system=system,
        draft=draft,
        program=program(system.enrollment.cohort),
        module=task.module,
        worksheet=task.worksheet,
        rubric=task.rubric,
        release_id=task.release_id,
        dates=dates_of(system.enrollment.cohort, task.module),
        rounds=rounds,
        remarks=remarks,
    )


def system_for(user: User, system_id: int) -> System:
    """This person's own system; 404 for anybody else's."""
    rows = select(System).join(System.enrollment).where(System.id == system_id, Enrollment.user_id == user.id)
    return db.session.scalar(rows.where(Enrollment.status.in_(READING))) or abort(404)


def lock_system(system_id: int) -> None:
    """Let nobody else change this system before we commit; read it after this."""
    db.session.execute(select(System.id).where(System.id == system_id).with_for_update())


# "You will hear by": the moment that was named last. On time is counted by the first one.
_hear_by = func.coalesce(Submission.instead_at, Submission.promised_at).label("promised_at")
_history = (
    select(
        Submission.number,
        Submission.status,
        Submission.submitted_at,
        _hear_by,
        Submission.digest,
        Review.published_at,
        Review.verdict,
        User.name.label("by"),
        Comment.id,
        Comment.field_id,
        Comment.kind,
        Comment.text,
        Comment.quote,
        Comment.answer,
        Comment.answer_text,
        Comment.answered_at,
        Comment.settled_at,
    )
    .outerjoin(Review, (Review.submission_id == Submission.id) & (Review.status == "published"))
    .outerjoin(User, User.id == Review.coach_id)
    .outerjoin(Comment, Comment.review_id == Review.id)
    .order_by(Submission.number.desc(), Comment.position, Comment.id)
)


def history_of(system_id: int) -> tuple[list[Round], list[Remark]]:
    """The rounds of this system and the comments of their published reviews, the newest round first, in one query.

    Withdrawn reviews say nothing.
    """
    rows = db.session.execute(_history.where(Submission.system_id == system_id)).all()
    rounds = list(dict.fromkeys(Round(*row[:7]) for row in rows))
    said = [row for row in rows if row.id is not None]
    newest = said[0].number if said else 0
    of_comment = [
        column.name for column in Comment.__table__.columns if column.name in Remark.__annotations__
    ]
    remarks = [
        Remark(
            **{name: row._mapping[name] for name in of_comment},
            round=row.number,
            by=row.by,
            published_at=row.published_at,
            is_latest=row.number == newest,
        )
        for row in said
    ]
    return rounds, remarks


# --- one round --------------------------------------------------------------------------------------------------


def submission_for(user: User, system_id: int, number: int) -> Submission:
    """One round of this person's own system; 404 for anybody else's."""
    rows = (
        select(Submission)
        .join(Submission.system)
        .join(System.enrollment)
        .join(Enrollment.cohort)
        .join(Enrollment.user)
        .options(
            contains_eager(Submission.system)
            .contains_eager(System.enrollment)
            .options(contains_eager(Enrollment.cohort), contains_eager(Enrollment.user))
        )
        .where(Submission.system_id == system_id, Submission.number == number)
        .where(Enrollment.user_id == user.id, Enrollment.status.in_(READING))
    )
    return db.session.scalar(rows) or abort(404)


def is_quiet(enrollment: Enrollment, now: datetime) -> bool:
    """Whether nothing of this person came in for eight days before `now`."""
    sent = select(func.max(Submission.submitted_at)).join(System, System.id == Submission.system_id)
    last = db.session.scalar(sent.where(System.enrollment_id == enrollment.id))
    first_day = times.at(enrollment.cohort.starts_on, "00:00", enrollment.cohort.time_zone)
    first_day += timedelta(days=enrollment.cohort.shift_days)
    return rules.is_quiet(last, max(enrollment.activated_at or enrollment.created_at, first_day), now)


def latest_submission(system_id: int) -> Submission | None:
    """The newest round of a system."""
    rows = (
        select(Submission)
        .where(Submission.system_id == system_id)
        .order_by(Submission.number.desc())
        .limit(1)
    )
    return db.session.scalar(rows)


# --- all systems of one person --------------------------------------------------------------------------------------


def systems_of(
    enrollment_id: int,
) -> Sequence[Row[int, str, str, int, datetime, datetime | None, datetime, datetime, datetime]]:
    """id, module_slug, status, round, created_at, accepted_at, saved_at, submitted_at, promised_at of each system.

    The last two are of the newest round. A module without a row is not started; `rules.state_of` has the words.
    """
    last = (Submission.system_id == System.id) & (Submission.number == System.round)
    rows = (
        select(
            System.id,
            System.module_slug,
            System.status,
            System.round,
            System.created_at,
            System.accepted_at,
            Draft.saved_at,
            Submission.submitted_at,
            _hear_by,
        )
        .join(Draft, Draft.system_id == System.id)
        .outerjoin(Submission, last)
        .where(System.enrollment_id == enrollment_id)
        .order_by(System.id)
    )
    return db.session.execute(rows).all()


def system_of_module(enrollment_id: int, module_slug: str) -> System | None:
    """The system this enrollment builds for a module, if it is begun."""
    rows = select(System).where(System.enrollment_id == enrollment_id, System.module_slug == module_slug)
    return db.session.scalar(rows)
