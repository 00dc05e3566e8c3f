"""Accepted work and bindings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select

from app.accounts.models import User
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.rules import READING
from app.coursework import withheld_rules
from app.coursework.models import Draft, Submission, System
from app.coursework.review_models import Review
from app.curriculum.queries import program_of
from app.lib.database import db
from app.manual import book
from app.manual.book import Book, Imprint, Work
from app.manual.models import Binding


def _standing(enrollment_id: int) -> tuple[list[tuple[Work, int]], list[str]]:
    """Every accepted system as submitted, with the release it answers; and the modules this person is excused from."""
    accepted = (Submission.system_id == System.id) & (Submission.number == System.accepted_round)
    rows = db.session.execute(
        select(
            System.module_slug,
            Submission.answers,
            Submission.digest,
            Submission.number,
            System.accepted_at,
            User.name,
            Submission.release_id,
            System.withheld,
            System.status,
        )
        .outerjoin(Submission, accepted)
        .outerjoin(Review, (Review.submission_id == Submission.id) & (Review.status == "published"))
        .outerjoin(User, User.id == Review.coach_id)
        .where(System.enrollment_id == enrollment_id)
        .where(or_(Review.id.is_not(None), System.status == "excused"))
        .order_by(System.id)
    ).all()
    excused = [row.module_slug for row in rows if row.status == "excused"]
    return [(_work(row), row.release_id) for row in rows if row.status != "excused"], excused


def _work(row: Row[Any]) -> Work:
    """Another digest while something is withheld: what was bound or kept ready before is then not handed out."""
    work = Work(*tuple(row)[:6])
    return replace(work, digest=withheld_rules.mark_of(work.digest, row.withheld, work.round))


def work_of(enrollment: Enrollment) -> list[Work]:
    return [work for work, _release in _standing(enrollment.id)[0]]


def book_of(enrollment: Enrollment) -> Book:
    """This participant's manual as it stands."""
    found, excused = _standing(enrollment.id)
    return book.compose(
        cohorts.program(enrollment.cohort),
        {work.module_slug: program_of(release) for work, release in found},
        [work for work, _release in found],
        imprint_of(enrollment),
        excused,
    )


class Written(NamedTuple):
    """One worksheet somebody began, accepted or not. `number` is that of its module; `saved_at` is UTC."""

    system_id: int
    number: int
    title: str
    status: str
    saved_at: datetime


def written_by(user: User) -> list[tuple[str, list[Written]]]:
    """Every worksheet this person wrote and may still read, under the title of its cohort, the newest place first.

    One query; an earlier place counts as well, since what was written there stays.
    """
    rows = db.session.execute(
        select(
            Enrollment.id,
            Cohort.title,
            Cohort.release_id,
            System.id,
            System.assignment_key,
            System.status,
            Draft.saved_at,
        )
        .select_from(System)
        .join(System.enrollment)
        .join(Enrollment.cohort)
        .join(Draft, Draft.system_id == System.id)
        .where(Enrollment.user_id == user.id, Enrollment.status.in_(READING))
        .where(or_(Draft.version > 1, System.round > 0))
        .order_by(Enrollment.id.desc(), System.id)
    )
    found: dict[int, tuple[str, list[Written]]] = {}
    for enrollment_id, cohort, release_id, system_id, key, status, saved_at in rows:
        module = program_of(release_id).module_of(key)
        if module and module.worksheet:
            one = Written(system_id, module.number, module.worksheet.title, status, saved_at)
            found.setdefault(enrollment_id, (cohort, []))[1].append(one)
    return [(cohort, sorted(group, key=lambda one: one.number)) for cohort, group in found.values()]


def imprint_of(enrollment: Enrollment) -> Imprint:
    """Dates are the cohort's days; the paper is that of where the participant lives."""
    cohort, user = enrollment.cohort, enrollment.user
    paper = book.paper_of(user.time_zone or cohort.time_zone)
    return Imprint(enrollment.practice_name, user.name, cohort.title, cohort.time_zone, paper)


def mark_of(enrollment: Enrollment) -> str:
    """The fingerprint of this manual as it stands now."""
    found, excused = _standing(enrollment.id)
    return book.fingerprint([work for work, _release in found], imprint_of(enrollment), excused)


def binding_of(enrollment: Enrollment, mark: str) -> Binding | None:
    """The newest binding of the manual with this fingerprint, finished or not.

    A withdrawn acceptance or a new name changes the fingerprint: what was bound before is then no longer handed out.
    """
    rows = select(Binding).where(Binding.enrollment_id == enrollment.id, Binding.fingerprint == mark)
    return db.session.scalar(rows.order_by(Binding.id.desc()).limit(1))


def unbound_enrollments(limit: int) -> list[int]:
    """Enrollments in which a system was accepted after the manual was last asked for."""
    asked = (
        select(Binding.enrollment_id, func.max(Binding.requested_at).label("at"))
        .group_by(Binding.enrollment_id)
        .subquery()
    )
    rows = (
        select(System.enrollment_id)
        .outerjoin(asked, asked.c.enrollment_id == System.enrollment_id)
        .where(System.accepted_at.is_not(None), or_(asked.c.at.is_(None), System.accepted_at > asked.c.at))
        .distinct()
        .limit(limit)
    )
    return list(db.session.scalars(rows))


def waiting_bindings(limit: int) -> list[int]:
    rows = select(Binding.id).where(Binding.status == "waiting").order_by(Binding.id).limit(limit)
    return list(db.session.scalars(rows))
