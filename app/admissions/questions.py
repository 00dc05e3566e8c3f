"""The questions of a cohort: what is asked now, what was asked when somebody answered, and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import abort
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import question_rules as rules
from app.admissions.models import Application
from app.admissions.question_models import ApplicationQuestions
from app.admissions.question_rules import Asked
from app.audit.actions import record
from app.cohorts.models import Cohort
from app.cohorts.queries import program
from app.lib.database import db
from app.lib.refusal import Refused

Standing = tuple[Cohort, list[Asked], ApplicationQuestions | None]


def cohort_and_all(slug: str) -> Standing:
    """A cohort by its address, every question of it, and the row that keeps them; 404 where there is no cohort.

    One query. Without a row they are those of the program the cohort reads.
    """
    query = select(Cohort, ApplicationQuestions).where(Cohort.slug == slug)
    query = query.outerjoin(ApplicationQuestions, ApplicationQuestions.cohort_id == Cohort.id)
    found = db.session.execute(query).one_or_none()
    if found is None:
        abort(404)
    cohort, row = found
    return cohort, _all(cohort, row), row


def cohort_and_asked(slug: str) -> tuple[Cohort, list[Asked]]:
    """A cohort that anybody may see, and what its applicants are asked now. One query."""
    cohort, found, _row = cohort_and_all(slug)
    return (cohort, rules.in_use(found)) if cohort.status != "draft" else abort(404)


def _all(cohort: Cohort, row: ApplicationQuestions | None) -> list[Asked]:
    return (
        [Asked.of_row(one) for one in row.questions] if row else rules.of_program(program(cohort).application)
    )


def as_sent(application: Application) -> list[Asked]:
    """The questions as they stood when this application was sent; the program's where that was not kept yet."""
    if application.questions:
        return [Asked.of_row(one) for one in application.questions]
    return rules.of_program(program(application.cohort).application)


def change(
    actor: User, cohort: Cohort, questions: Sequence[Asked], version: int, now: datetime
) -> ApplicationQuestions:
    """Ask this from now on; who has begun keeps what they wrote, who has sent is not touched.

    Refused with `Stale` when a colleague changed them since this version was shown.
    """
    db.session.refresh(cohort, with_for_update=True)
    row = db.session.get(ApplicationQuestions, cohort.id, populate_existing=True)
    if version != (row.version if row else 0):
        raise Stale("A colleague has changed these questions since you opened the page.")
    rules.check(questions)
    row = row or ApplicationQuestions(cohort_id=cohort.id, version=0)
    row.questions = [one.row() for one in questions]
    row.version += 1
    row.changed_at, row.changed_by_id = now, actor.id
    db.session.add(row)
    record(actor, f"Changed the questions to applicants of {cohort.title}", ("cohort", cohort.id), now=now)
    return row


class Stale(Refused):
    """Somebody else was faster."""
