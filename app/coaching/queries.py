"""The review queue of one coach: two queries, whatever its length. Columns, not rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.coaching import rules
from app.cohorts.models import Cohort, CohortCoach, Enrollment
from app.cohorts.queries import dates_of
from app.cohorts.rules import week_of
from app.coursework.models import Comment, Review, Submission, System
from app.coursework.review_rules import lease_is_live, minutes_to_review, review_minutes
from app.curriculum.queries import program_of
from app.lib.database import db
from app.lib.times import local_date

PAGE = 25
OPEN = ("waiting", "in review")
_holder = aliased(User)
_earlier = aliased(Submission)


def _requests(condition: Any) -> Any:
    """How many open required changes of earlier rounds there are, counted by the database for each row."""
    return (
        select(func.count(case((condition, 1))))
        .select_from(Comment)
        .join(Review, Review.id == Comment.review_id)
        .join(_earlier, _earlier.id == Review.submission_id)
        .where(_earlier.system_id == Submission.system_id, _earlier.number < Submission.number)
        .where(Review.status == "published", Comment.kind == "required", Comment.settled_at.is_(None))
        .correlate(Submission)
        .scalar_subquery()
    )


_held_draft = (
    select(Review.id)
    .where(
        Review.submission_id == Submission.id,
        Review.coach_id == Submission.lease_coach_id,
        Review.status == "draft",
    )
    .correlate(Submission)
    .scalar_subquery()
)

_rows = (
    select(
        Submission.id,
        Submission.number,
        Submission.words,
        Submission.promised_at,
        Submission.lease_coach_id,
        Submission.lease_until,
        Submission.release_id,
        System.module_slug,
        User.name,
        Enrollment.id.label("enrollment_id"),
        Enrollment.practice_name,
        _holder.name.label("holder"),
        _held_draft.label("held_review_id"),
        _requests(Comment.id.is_not(None)).label("asked"),
        _requests(Comment.answer.is_not(None)).label("answered"),
    )
    .join(System, System.id == Submission.system_id)
    .join(Enrollment, Enrollment.id == System.enrollment_id)
    .join(User, User.id == Enrollment.user_id)
    .outerjoin(_holder, _holder.id == Submission.lease_coach_id)
    .where(Submission.status.in_(OPEN))
    .order_by(Submission.promised_at, Submission.id)
)


@dataclass(frozen=True)
class QueueRow:
    """One round that waits, in words."""

    id: int
    name: str
    enrollment_id: int
    practice_name: str
    chapter: str  # '5 Professional competence'
    round_words: str
    words: int
    minutes: int
    critical: bool
    promised_at: datetime
    until: str
    holder: str  # the colleague who has it open now, or ''
    held_review_id: int | None
    lease_until: datetime | None
    is_mine: bool  # this coach has it open
    day: date


@dataclass(frozen=True)
class Queue:
    rows: list[QueueRow]
    groups: list[tuple[str, list[QueueRow]]]
    after: str  # the key of the last row when there are more, or ''
    waiting: int
    minutes: int
    kept: int  # promises kept
    answered: int  # reviews published
    cohorts: list[Cohort]

    @property
    def next_id(self) -> int | None:
        """The first row nobody else has open: the one next step."""
        return next((row.id for row in self.rows if not row.holder), None)


def queue_of(user: User, now: datetime, after: tuple[datetime, int] | None = None) -> Queue:
    """One page of what waits in the cohorts this person coaches today, the oldest promise first."""
    cohorts = db.session.execute(_cohorts(user, now)).all()
    ids = [row.Cohort.id for row in cohorts]
    query = _rows.where(Submission.cohort_id.in_(ids))
    if after:
        due_later = Submission.promised_at > after[0]
        query = query.where(
            or_(due_later, and_(Submission.promised_at == after[0], Submission.id > after[1]))
        )
    found = db.session.execute(query.limit(PAGE + 1)).all()
    first, later = _sum(cohorts, "first"), _sum(cohorts, "later")
    rows = [_row(one, user, now) for one in found[:PAGE]]
    return Queue(
        rows=rows,
        groups=_groups(rows, local_date(now)),
        after=key_of(rows[-1]) if len(found) > PAGE else "",
        waiting=first + later,
        minutes=review_minutes(first, _sum(cohorts, "first_words"), later, _sum(cohorts, "later_words")),
        kept=_sum(cohorts, "kept"),
        answered=_sum(cohorts, "answered"),
        cohorts=[row.Cohort for row in cohorts],
    )


def _cohorts(user: User, now: datetime) -> Select[Any]:
    """The cohorts this person coaches today, the first to have started first, each with what waits in it."""
    still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
    coached = select(CohortCoach.cohort_id).where(CohortCoach.user_id == user.id, still)
    first, later = Submission.number == 1, Submission.number > 1
    waiting = (
        select(
            Submission.cohort_id,
            func.count(case((first, 1))).label("first"),
            func.count(case((later, 1))).label("later"),
            func.sum(case((first, Submission.words), else_=0)).label("first_words"),
            func.sum(case((later, Submission.words), else_=0)).label("later_words"),
        )
        .where(Submission.cohort_id.in_(coached), Submission.status.in_(OPEN))
        .group_by(Submission.cohort_id)
        .subquery()
    )
    done = (
        select(
            Submission.cohort_id,
            func.count().label("answered"),
            func.count(case((Review.published_at <= Submission.promised_at, 1))).label("kept"),
        )
        .join(Review, Review.submission_id == Submission.id)
        .where(Submission.cohort_id.in_(coached), Review.status == "published")
        .group_by(Submission.cohort_id)
        .subquery()
    )
    return (
        select(Cohort, *waiting.c[1:], *done.c[1:])
        .outerjoin(waiting, waiting.c.cohort_id == Cohort.id)
        .outerjoin(done, done.c.cohort_id == Cohort.id)
        .where(Cohort.id.in_(coached))
        .order_by(Cohort.starts_on, Cohort.id)
    )


def _sum(found: Sequence[Row[Any]], name: str) -> int:
    return sum(int(getattr(row, name) or 0) for row in found)


def _row(one: Any, user: User, now: datetime) -> QueueRow:
    module = program_of(one.release_id).module(one.module_slug)
    live = lease_is_live(one.lease_coach_id, one.lease_until, now)
    is_mine = live and one.lease_coach_id == user.id
    day = local_date(one.promised_at)
    return QueueRow(
        id=one.id,
        name=one.name,
        enrollment_id=one.enrollment_id,
        practice_name=one.practice_name,
        chapter=f"{module.number} {module.chapter}" if module else one.module_slug,
        round_words=rules.round_words(one.number, one.answered, one.asked),
        words=one.words,
        minutes=minutes_to_review(one.words, one.number),
        critical=bool(module and module.critical),
        promised_at=one.promised_at,
        until=rules.until(one.promised_at, now, (day - local_date(now)).days),
        holder=one.holder if live and not is_mine else "",
        held_review_id=one.held_review_id,
        lease_until=one.lease_until if live else None,
        is_mine=is_mine,
        day=day,
    )


def _groups(rows: Sequence[QueueRow], today: date) -> list[tuple[str, list[QueueRow]]]:
    grouped: dict[str, list[QueueRow]] = {}
    for row in rows:
        grouped.setdefault(rules.day_title(row.day, today), []).append(row)
    return list(grouped.items())


def key_of(row: QueueRow) -> str:
    """Where the next page begins: the promise and the id of this row."""
    return f"{row.promised_at.isoformat()}~{row.id}"


def read_key(text: str) -> tuple[datetime, int] | None:
    """The promise and id of a key made by `key_of`; None for anything else."""
    moment, _, number = text.rpartition("~")
    try:
        at = datetime.fromisoformat(moment)
        found = int(number)
        return (at.astimezone(UTC), found) if at.tzinfo and 0 < found < 2**31 else None
    except (ValueError, OverflowError):
        return None


def next_due(cohorts: Sequence[Cohort], now: datetime) -> tuple[datetime, str] | None:
    """The next moment a module is due in any of these cohorts, and the module's chapter. From the release, no query."""
    coming = [
        (dates_of(cohort, module).due_at, module.chapter)
        for cohort in cohorts
        for module in program_of(cohort.release_id).modules
        if module.worksheet is not None and dates_of(cohort, module).due_at > now
    ]
    return min(coming, default=None)


def running_head(cohorts: Sequence[Cohort], today: date) -> str:
    """'Cohort of February 28, 2026 · Week 4', or how many cohorts it is."""
    if len(cohorts) != 1:
        return f"{len(cohorts)} cohorts" if cohorts else "No cohort"
    week = week_of(cohorts[0].starts_on, cohorts[0].shift_days, today)
    return f"{cohorts[0].title} · Week {week}" if week > 0 else cohorts[0].title
