"""One system, its worksheet and its rounds as their owner and the rooms above read them. All of a person: `systems`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import abort
from sqlalchemy import ScalarSelect, and_, case, func, select
from sqlalchemy.orm import contains_eager

from app.accounts.models import User
from app.accounts.sessions import current_sign_in
from app.cohorts.models import Enrollment
from app.cohorts.queries import dates_for, program
from app.cohorts.rules import READING, Held, ModuleDates, extension_of, may_work
from app.coursework import rules, threads
from app.coursework.assignments import assignment_of
from app.coursework.change_rules import answer_counts
from app.coursework.models import Draft, Look, Submission, System
from app.coursework.review_models import Comment, Review
from app.coursework.review_rules import KIND_WORDS
from app.coursework.spotted import Context
from app.coursework.thread_rules import Thread
from app.coursework.withheld_rules import Mark, in_draft
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
    prefix: str
    suffix: str
    row_id: str
    comes_first: bool
    answer: str | None
    answer_text: str
    answered_at: datetime | None
    settled_at: datetime | None
    round: int
    by: str
    published_at: datetime
    is_latest: bool  # of the newest published review
    below: frozenset[str] = frozenset()  # the criteria its review put at Not yet
    thread: Thread | None = None  # what was said about it since

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
    look: Look | None = None  # the last one on this device, or else on any other

    @property
    def may_work(self) -> bool:
        return may_work(self.system.enrollment.status)

    @property
    def scanned_with(self) -> Context:
        """What the look before sending knows of this program and this person."""
        enrollment = self.system.enrollment
        region = self.program.language.partition("-")[2] or "US"
        return Context(
            self.program.wording,
            region,
            (enrollment.practice_name, enrollment.user.email, enrollment.user.name),
        )

    @property
    def reason_read_only(self) -> str:
        place = self.system.enrollment
        if place.cohort.status == "cancelled" and place.status != "deferred":
            return rules.CALLED_OFF
        return rules.reason_read_only(place.status, self.may_work, self.system.status)

    @property
    def waiting(self) -> Round | None:
        """The round that lies with the coach."""
        return next((one for one in self.rounds if one.status in ("waiting", "in review")), None)

    @property
    def extension(self) -> Held:
        """The days added for this person; they are part of `dates` already."""
        return extension_of(self.system.enrollment.extensions, self.module.slug)

    @property
    def to_take_out(self) -> list[Mark]:
        """What is hidden in the rounds and still as it was in the draft."""
        return in_draft(self.system.withheld, self.system.round)

    @property
    def open_requests(self) -> list[Remark]:
        """Change requests not settled yet: what the participant is asked to answer."""
        return [one for one in self.remarks if one.is_request and one.settled_at is None]

    def answer_to(self, one: Remark) -> dict[str, str]:
        """The answer given since the newest review; an answer the coach has read and not settled is asked for again."""
        newest = max((round.published_at for round in self.rounds if round.published_at), default=None)
        if not answer_counts(one.answered_at, newest):
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
    rows = _systems.where(Enrollment.user_id == user.id, Enrollment.status.in_(READING))
    last = and_(Look.system_id == System.id, Look.user_id == user.id, Look.sign_in_id == _device(user))
    found = db.session.execute(
        rows.add_columns(Look).outerjoin(Look, last).where(System.id == system_id)
    ).first()
    if found is None:
        abort(404)
    system, draft, look = found
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
        dates=dates_for(system.enrollment, task.module),
        rounds=rounds,
        remarks=remarks,
        look=look,
    )


def _device(user: User) -> ScalarSelect[int]:
    """The device whose look counts: this one, or without a look of its own the one used last."""
    here = current_sign_in()
    looks = select(Look.sign_in_id).where(Look.system_id == System.id, Look.user_id == user.id)
    order = case((Look.sign_in_id == (here.id if here else 0), 0), else_=1)
    return looks.order_by(order, Look.seen_at.desc()).limit(1).correlate(System).scalar_subquery()


def system_for(user: User, system_id: int) -> System:
    """This person's own system; 404 for anybody else's."""
    rows = select(System).join(System.enrollment).where(System.id == system_id, Enrollment.user_id == user.id)
    return db.session.scalar(rows.where(Enrollment.status.in_(READING))) or abort(404)


def system_of_module(enrollment_id: int, module_slug: str) -> System | None:
    """The system this enrollment builds for a module, if it is begun."""
    rows = select(System).where(System.enrollment_id == enrollment_id, System.module_slug == module_slug)
    return db.session.scalar(rows)


def lock_system(system_id: int) -> None:
    """Let nobody else change this system before we commit; read it after this."""
    db.session.execute(select(System.id).where(System.id == system_id).with_for_update())


# "You will hear by": the moment that was named last. On time is counted by the first one.
hear_by = func.coalesce(Submission.instead_at, Submission.promised_at).label("promised_at")
_history = (
    select(
        Submission.number,
        Submission.status,
        Submission.submitted_at,
        hear_by,
        Submission.digest,
        Review.published_at,
        Review.verdict,
        User.name.label("by"),
        Comment.id,
        Comment.field_id,
        Comment.kind,
        Comment.text,
        Comment.quote,
        Comment.prefix,
        Comment.suffix,
        Comment.row_id,
        Comment.comes_first,
        Comment.answer,
        Comment.answer_text,
        Comment.answered_at,
        Comment.settled_at,
        Review.marks,
        Enrollment.user_id,
        *threads.COLUMNS,
    )
    .join(System, System.id == Submission.system_id)
    .join(Enrollment, Enrollment.id == System.enrollment_id)
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
            below=frozenset(key for key, level in row.marks.items() if level == "not_yet"),
            thread=threads.of_columns(
                row.id, row.user_id, "published", row.thread_replies, row.thread_readers
            ),
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
