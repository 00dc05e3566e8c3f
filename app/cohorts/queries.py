"""Cohorts and enrollments as the other rooms need them. Objects come only through `<noun>_for(user, …)`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import abort, g
from sqlalchemy import ScalarSelect, or_, select

from app.accounts.models import User
from app.cohorts import rules
from app.cohorts.models import Call, Cohort, CohortCoach, Enrollment
from app.curriculum.queries import program_of
from app.curriculum.schema import Module, Program
from app.lib.database import db

_FIRST = (Enrollment.status != "active", Enrollment.id.desc())
_enrollments = select(Enrollment).order_by(*_FIRST)


def current_enrollment(user: User) -> Enrollment | None:
    """The enrollment a participant works in: the active one, else the latest they may still read. Once per request."""
    if "enrollment" not in g:
        rows = db.session.scalars(_enrollments.where(Enrollment.user_id == user.id)).all()
        g.enrollment = next((row for row in rows if rules.may_read(row.status)), None)
    found: Enrollment | None = g.enrollment
    return found


def count_along(user: User, number: ScalarSelect[int]) -> int:
    """A number that a room above counts, read in the one query that finds the `current_enrollment` of the menu."""
    query = select(number, Enrollment).select_from(User).outerjoin(Enrollment, Enrollment.user_id == User.id)
    rows = db.session.execute(query.where(User.id == user.id).order_by(*_FIRST)).all()
    g.enrollment = next((row for _n, row in rows if row and rules.may_read(row.status)), None)
    return rows[0][0]


def enrollment_for(user: User) -> Enrollment:
    """The current enrollment of this person; 404 where there is none."""
    return current_enrollment(user) or abort(404)


def coached_cohort_ids(user: User, now: datetime) -> list[int]:
    """The cohorts this person coaches today."""
    still = or_(CohortCoach.until.is_(None), CohortCoach.until > now)
    return list(
        db.session.scalars(select(CohortCoach.cohort_id).where(CohortCoach.user_id == user.id, still))
    )


def cohort_by_slug(slug: str) -> Cohort:
    """A cohort by its address; 404 where there is none. Drafts are staff's: see `public_cohort`."""
    return db.session.scalar(select(Cohort).where(Cohort.slug == slug)) or abort(404)


def public_cohort(slug: str) -> Cohort:
    """A cohort that anybody may see: not a draft."""
    cohort = cohort_by_slug(slug)
    return cohort if cohort.status != "draft" else abort(404)


def open_cohorts(now: datetime) -> list[Cohort]:
    """Cohorts that take applications, the next start first."""
    still = or_(Cohort.apply_until.is_(None), Cohort.apply_until > now)
    rows = (
        select(Cohort)
        .where(Cohort.status == "open", Cohort.sales_stopped_at.is_(None), still)
        .order_by(Cohort.starts_on)
    )
    return list(db.session.scalars(rows))


def calls_of(cohort: Cohort) -> list[Call]:
    return list(db.session.scalars(select(Call).where(Call.cohort_id == cohort.id).order_by(Call.starts_at)))


def program(cohort: Cohort) -> Program:
    """The program as this cohort reads it: the release it is pinned to."""
    return program_of(cohort.release_id)


def ends_on(cohort: Cohort) -> date:
    """The last day of the cohort's last week."""
    return cohort.starts_on + timedelta(days=cohort.shift_days + program(cohort).weeks * 7 - 1)


def dates_of(cohort: Cohort, module: Module) -> rules.ModuleDates:
    """The effective dates of one module in one cohort, for who has no more time than others (see `dates_for`)."""
    return dates_in(cohort, program(cohort), module)


def dates_for(enrollment: Enrollment, module: Module) -> rules.ModuleDates:
    """The same for one person: with the days added to what is due. Everything that tells somebody a date asks here."""
    extension = rules.extension_of(enrollment.extensions, module.slug)
    return dates_in(enrollment.cohort, program(enrollment.cohort), module, extension.days)


def dates_in(cohort: Cohort, text: Program, module: Module, extension_days: int = 0) -> rules.ModuleDates:
    """The same, if the cohort read this program."""
    return rules.module_dates(
        cohort.starts_on,
        cohort.shift_days,
        cohort.time_zone,
        module.opens_day,
        module.due_day,
        text.release_time,
        text.due_time,
        extension_days,
        closes_day=module.closes_day,
    )
