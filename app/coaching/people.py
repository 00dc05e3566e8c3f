"""Who is this person: one page and one list for coaches and staff. Columns, not rows; paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.coaching.models import PersonNote
from app.cohorts.extensions import history_of
from app.cohorts.models import Cohort, CohortCoach, Enrollment, Extension
from app.cohorts.queries import dates_for, program
from app.cohorts.rules import WORKING, Held, ModuleDates, extension_of, is_awaited, week_of, why_over
from app.coursework.models import Draft, Submission, System
from app.coursework.review_models import Comment, Review
from app.coursework.withheld_rules import Mark, marks
from app.curriculum.schema import Module
from app.lib.database import db
from app.lib.times import local_date

PAGE = 25
SENDABLE = ("drafting", "changes requested", "reopened")  # a saved draft that can be sent on behalf
EXCUSABLE = ("not started", *SENDABLE)

# --- access -----------------------------------------------------------------------------------------------------


def _coaches(user: User, now: datetime) -> ColumnElement[bool]:
    """Whether this person coaches the cohort of an enrollment today."""
    still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
    return exists().where(
        CohortCoach.cohort_id == Enrollment.cohort_id, CohortCoach.user_id == user.id, still
    )


def enrollment_for(
    user: User, enrollment_id: int, now: datetime
) -> tuple[Enrollment, bool, PersonNote | None]:
    """Somebody's place for their coach or for staff, whether the reader coaches them, and the newest note for who does.

    404 for anybody else. Nobody is their own coach: who is in the cohort as well reads no note about themselves.
    """
    coaches = _coaches(user, now)
    theirs = and_(coaches, Enrollment.user_id != user.id)
    newest = select(func.max(PersonNote.version)).where(PersonNote.enrollment_id == Enrollment.id)
    note = and_(
        PersonNote.enrollment_id == Enrollment.id,
        PersonNote.version == newest.correlate(Enrollment).scalar_subquery(),
        theirs,
    )
    rows = select(Enrollment, theirs.label("theirs"), PersonNote, coaches.label("coaches"))
    rows = rows.outerjoin(PersonNote, note)
    rows = rows.where(Enrollment.id == enrollment_id).options(joinedload(Enrollment.told))
    found = db.session.execute(rows).first()
    if found is None or not (user.is_staff or found.coaches):
        abort(404)
    return found[0], bool(found.theirs), found[2]


# --- one person ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chapter:
    """One module as this person stands in it."""

    module: Module
    status: str
    dates: ModuleDates
    extension: Held
    system: Row[Any] | None  # columns of `_systems`
    withheld: list[Mark]
    is_late: bool
    can_send: bool
    can_excuse: bool


@dataclass(frozen=True)
class Person:
    """Everything the page of one person shows."""

    enrollment: Enrollment
    is_their_coach: bool
    note: PersonNote | None
    week: int
    chapters: list[Chapter]
    history: Sequence[Extension]

    @property
    def is_over(self) -> bool:
        """Nothing is given, sent or excused here any more."""
        return bool(why_over(self.enrollment.status, self.enrollment.cohort.status))

    @property
    def accepted(self) -> int:
        return sum(one.status == "accepted" for one in self.chapters)

    @property
    def requests(self) -> int:
        """Required changes not settled yet."""
        return sum(one.system.open_required for one in self.chapters if one.system)

    @property
    def last_activity(self) -> datetime | None:
        times = [
            at for one in self.chapters if one.system
            for at in (one.system.saved_at, one.system.submitted_at) if at
        ]  # fmt: skip
        return max(times, default=None)

    def reason_of(self, slug: str) -> str:
        """The reason that this module is built against; '' for a module that the program has no more."""
        return next((one.module.reason for one in self.chapters if one.module.slug == slug), "")

    def module_name(self, slug: str) -> str:
        found = next((one.module for one in self.chapters if one.module.slug == slug), None)
        return f"Module {found.number}, {found.chapter}" if found else "Every module"


_open_required = (
    select(func.count(Comment.id))
    .join(Review, Review.id == Comment.review_id)
    .join(Submission, Submission.id == Review.submission_id)
    .where(Submission.system_id == System.id, Review.status == "published")
    .where(Comment.kind == "required", Comment.settled_at.is_(None))
    .correlate(System)
    .scalar_subquery()
)
_last_review = (
    select(func.max(Review.id))
    .where(Review.submission_id == Submission.id, Review.status == "published")
    .correlate(Submission)
    .scalar_subquery()
)
_systems = (
    select(
        System.id,
        System.module_slug,
        System.status,
        System.round,
        System.accepted_at,
        System.excused_because,
        System.withheld,
        Draft.saved_at,
        Submission.id.label("submission_id"),
        Submission.status.label("round_status"),
        Submission.submitted_at,
        Submission.promised_at,
        Submission.submitted_by,
        _last_review.label("review_id"),
        _open_required.label("open_required"),
    )
    .join(Draft, Draft.system_id == System.id)
    .outerjoin(Submission, (Submission.system_id == System.id) & (Submission.number == System.round))
    .order_by(System.id)
)


def person_for(user: User, enrollment_id: int, now: datetime) -> Person:
    """One person, for their coach or for staff: three queries. 404 for anybody else."""
    enrollment, coaches, note = enrollment_for(user, enrollment_id, now)
    cohort = enrollment.cohort
    rows = db.session.execute(_systems.where(System.enrollment_id == enrollment.id))
    systems = {row.module_slug: row for row in rows}
    chapters = [
        _chapter(enrollment, module, systems.get(module.slug), now) for module in program(cohort).modules
    ]
    return Person(
        enrollment=enrollment,
        is_their_coach=coaches,
        note=note,
        week=week_of(cohort.starts_on, cohort.shift_days, local_date(now, cohort.time_zone)),
        chapters=chapters,
        history=history_of(enrollment.id),
    )


def _chapter(enrollment: Enrollment, module: Module, system: Row[Any] | None, now: datetime) -> Chapter:
    dates = dates_for(enrollment, module)
    status = system.status if system else "not started"
    place = enrollment.status, enrollment.cohort.status
    not_sent = module.worksheet is not None and status in ("not started", "drafting")
    not_sent = not_sent and not (system and system.round)
    return Chapter(
        module=module,
        status=status,
        dates=dates,
        extension=extension_of(enrollment.extensions, module.slug),
        system=system,
        withheld=marks(system.withheld) if system else [],
        is_late=not_sent and dates.due_at < now and is_awaited(*place),
        can_send=status in SENDABLE and not why_over(*place, WORKING),
        can_excuse=module.worksheet is not None and status in EXCUSABLE and not why_over(*place),
    )


# --- the list -----------------------------------------------------------------------------------------------------


def cohorts_for(user: User, now: datetime) -> Sequence[Cohort]:
    """The cohorts this person coaches today; for staff, all of them. The latest start first."""
    rows = select(Cohort).order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    if not user.is_staff:
        still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
        mine = exists().where(CohortCoach.cohort_id == Cohort.id, CohortCoach.user_id == user.id, still)
        rows = rows.where(mine)
    return db.session.scalars(rows).all()


def _counted(*statuses: str) -> Any:
    of_this = select(func.count(System.id)).where(System.enrollment_id == Enrollment.id)
    return of_this.where(System.status.in_(statuses)).correlate(Enrollment).scalar_subquery()


def people_in(cohort_ids: Sequence[int], after: int) -> tuple[Sequence[Row[Any]], int]:
    """One page of the people of these cohorts in the order they came, and the key of the next page (0: none)."""
    saved = (
        select(func.max(Draft.saved_at))
        .join(System, System.id == Draft.system_id)
        .where(System.enrollment_id == Enrollment.id)
        .correlate(Enrollment)
        .scalar_subquery()
    )
    rows = (
        select(
            Enrollment.id,
            Enrollment.status,
            Enrollment.practice_name,
            Enrollment.is_onboarding.label("is_onboarding"),
            User.name,
            Cohort.title,
            _counted("accepted").label("accepted"),
            _counted("submitted", "in review").label("waiting"),
            _counted("changes requested").label("to_change"),
            saved.label("saved_at"),
        )
        .join(User, User.id == Enrollment.user_id)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .where(Enrollment.cohort_id.in_(cohort_ids), Enrollment.id > after)
        .order_by(Enrollment.id)
        .limit(PAGE + 1)
    )
    found = db.session.execute(rows).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else 0
