"""What the dashboard and the module pages read, in as few queries as there are rooms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.cohorts import queries as cohorts
from app.cohorts.models import Call, Enrollment
from app.coursework import queries as coursework
from app.lib.database import db
from app.site.rules import Chapter


def chapters_of(enrollment: Enrollment) -> list[Chapter]:
    """Every module of the program with this participant's state in it."""
    systems = {row.module_slug: row for row in coursework.systems_of(enrollment.id)}
    return [_chapter(enrollment, module, systems.get(module.slug)) for module in cohorts.program(enrollment.cohort).modules]


def _chapter(enrollment: Enrollment, module: cohorts.Module, system: coursework.SystemRow | None) -> Chapter:
    dates = cohorts.dates_of(enrollment.cohort, module)
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
        open_required=system.open_required if system else 0,
    )


def next_call(enrollment: Enrollment, now: datetime) -> Call | None:
    """The live call that is on or comes next."""
    calls = select(Call).where(Call.cohort_id == enrollment.cohort_id).order_by(Call.starts_at)
    return next((call for call in db.session.scalars(calls) if _ends(call) > now), None)


def _ends(call: Call) -> datetime:
    from datetime import timedelta

    return call.starts_at + timedelta(minutes=call.minutes)
