"""What the dashboard, the module pages and the lessons read, in as few queries as there are rooms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from app.accounts.models import User
from app.cohorts import queries as cohorts
from app.cohorts.models import Call, Cohort, Enrollment
from app.cohorts.rules import extension_of, why_over
from app.coursework import threads
from app.coursework.change_rules import NOTHING
from app.coursework.changes import changes_of_row
from app.coursework.models import Submission, System
from app.coursework.review_models import Review
from app.coursework.systems import systems_of
from app.curriculum.queries import program_of
from app.curriculum.schema import MediaFile, Module
from app.lib.database import db
from app.site.rules import Chapter


def chapters_of(enrollment: Enrollment) -> list[Chapter]:
    """Every module of the program with this participant's state in it."""
    systems = {row.module_slug: row for row in systems_of(enrollment.id)}
    modules = cohorts.program(enrollment.cohort).modules
    return [_chapter(enrollment, module, systems.get(module.slug)) for module in modules]


def _chapter(enrollment: Enrollment, module: Module, system: Any) -> Chapter:
    dates = cohorts.dates_for(enrollment, module)
    more = extension_of(enrollment.extensions, module.slug)
    changes = NOTHING
    if system and system.open_requests:
        source = program_of(system.release_id).module(module.slug) if system.release_id else module
        if source and source.worksheet:
            changes = changes_of_row(system, source.worksheet, source.rubric)
    return Chapter(
        number=module.number,
        slug=module.slug,
        title=module.chapter,
        system=module.system,
        status=system.status if system else "not started",
        round=system.round if system else 0,
        opens_at=dates.opens_at,
        due_at=dates.due_at,
        written=module.worksheet is not None,
        system_id=system.id if system else None,
        accepted_at=system.accepted_at if system else None,
        promised_at=system.promised_at if system else None,
        closes_at=dates.closes_at,
        accepted_round=system.accepted_round if system else None,
        changes=changes,
        more_days=more.days,
        more_because=f"{more.by}: {more.reason}" if more.days else "",
        excused_because=system.excused_because if system else "",
    )


def media_for(user: User, sha256: str, name: str, now: datetime) -> MediaFile | None:
    """A file of a lesson this person may read: of an open module of their cohort; of any module, to those who teach."""
    enrollment = cohorts.current_enrollment(user)
    if enrollment:
        for module in cohorts.program(enrollment.cohort).modules:
            found = module.file(sha256, name)
            if found and cohorts.dates_for(enrollment, module).is_open(now):
                return found
    for release_id in _releases_taught(user, now):
        for module in program_of(release_id).modules:
            if found := module.file(sha256, name):
                return found
    return None


def _releases_taught(user: User, now: datetime) -> Sequence[int]:
    """The releases of the cohorts this person coaches; for staff, of every cohort."""
    rows = select(Cohort.release_id).distinct()
    if not user.is_staff:
        if not user.is_coach:
            return ()
        rows = rows.where(Cohort.id.in_(cohorts.coached_cohort_ids(user, now)))
    return db.session.scalars(rows).all()


def last_review(enrollment: Enrollment) -> Row[Any] | None:
    """The newest published review of this participant's work, and how many replies of coaches they have not read."""
    rows = (
        select(
            Review.strength,
            Review.published_at,
            User.name.label("coach_name"),
            Submission.number,
            System.id.label("system_id"),
            threads.unread_of(enrollment.id, enrollment.user_id).label("unread"),
        )
        .join(Submission, Submission.id == Review.submission_id)
        .join(System, System.id == Submission.system_id)
        .join(User, User.id == Review.coach_id)
        .where(System.enrollment_id == enrollment.id, Review.status == "published")
        .order_by(Review.published_at.desc())
        .limit(1)
    )
    return db.session.execute(rows).first()


def next_call(enrollment: Enrollment, now: datetime) -> Call | None:
    """The live call that is on or comes next; none where the place is over: its room is for those who are there."""
    if why_over(enrollment.status, enrollment.cohort.status):
        return None
    calls = select(Call).where(Call.cohort_id == enrollment.cohort_id).order_by(Call.starts_at)
    return next(
        (one for one in db.session.scalars(calls) if one.starts_at + timedelta(minutes=one.minutes) > now),
        None,
    )
