"""One cohort for staff: seats that add up, applications oldest first, money; and one application with its decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import actions, queries, rules
from app.admissions.models import Application
from app.admissions.views import bp
from app.cohorts.queries import program
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.payments import queries as payments


@bp.get("/staff/cohorts/<slug>")
@open_to("staff")
def staff_cohort(slug: str) -> str:
    now = clock.now()
    cohort, holds = queries.cohort_and_holds(slug)
    lines = payments.ledger(cohort)
    waiting = queries.waiting_of(cohort)
    return render_template(
        "admissions/staff_cohort.html",
        cohort=cohort,
        seats=queries.seats_from(cohort, holds),
        offered=[hold for hold in holds if hold.status == "active" and hold.because == "offer"],
        paying=[hold for hold in holds if hold.status == "active" and hold.because != "offer"],
        deciding={line.user_id for line in lines if line.bank_deciding},
        waiting=[row for row in waiting if row.status in rules.WAITING],
        waitlist=[row for row in waiting if row.status == "waitlisted"],
        answer_by=lambda row: rules.answer_by(row.submitted_at, cohort.time_zone),
        lines=lines,
        now=now,
    )


@bp.get("/staff/applications/<id:application_id>")
@open_to("staff")
def application(application_id: int) -> Any:
    return _application_page(queries.application_for(get_user(), application_id))


@bp.post("/staff/applications/<id:application_id>/accept")
@open_to("staff")
def accept_application(application_id: int) -> Any:
    def decide(found: Application, version: int, now: datetime) -> str:
        actions.accept(get_user(), found, version, now)
        return f"A seat is held for {found.user.name} for 72 hours, and the offer is on its way by mail."

    return _decide(application_id, decide)


@bp.post("/staff/applications/<id:application_id>/decline")
@open_to("staff")
def decline_application(application_id: int) -> Any:
    def decide(found: Application, version: int, now: datetime) -> str:
        actions.decline(get_user(), found, version, request.form.get("reason", ""), now)
        return f"{found.user.name} gets your reason by mail."

    return _decide(application_id, decide)


def _decide(application_id: int, decide: Callable[[Application, int, datetime], str]) -> Any:
    typed = request.form.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    now = clock.now()
    begin_write()
    found = queries.application_for(get_user(), application_id)
    try:
        sentence = decide(found, version, now)
    except Refused as refused:
        db.session.rollback()
        found = queries.application_for(get_user(), application_id)
        return _application_page(found, refused), 422 if refused.field else 409
    slug = found.cohort.slug
    db.session.commit()
    say(sentence)
    return redirect(url_for("admissions.staff_cohort", slug=slug), 303)


def _application_page(found: Application, refused: Refused | None = None) -> str:
    cohort, now = found.cohort, clock.now()
    decidable = found.status in rules.DECIDABLE
    return render_template(
        "admissions/application.html",
        application=found,
        cohort=cohort,
        questions=program(cohort).application,
        decidable=decidable,
        answer_by=rules.answer_by(found.submitted_at, cohort.time_zone) if found.submitted_at else None,
        offer=None if decidable else queries.offer_of(found),
        decider=None if decidable else queries.decider(found),
        seats=queries.seats(cohort) if decidable else None,
        price=payments.price_of(cohort, now) if decidable else None,
        refused=refused,
        reason=request.form.get("reason", ""),
    )
