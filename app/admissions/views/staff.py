"""One cohort for staff: seats that add up, applications oldest first, money; and one application with its decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import actions, queries, questions, rules, waitlist_queries
from app.admissions.models import Application
from app.admissions.views import bp
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.forms import whole_number
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import queries as payments
from app.payments import returns
from app.payments.ledger_queries import ledger


@bp.get("/staff/cohorts/<slug>")
@open_to("staff")
def staff_cohort(slug: str) -> str:
    now = clock.now()
    cohort, holds = queries.cohort_and_holds(slug)
    lines = ledger(cohort)
    waiting = queries.waiting_of(cohort)
    return render_template(
        "admissions/staff_cohort.html",
        cohort=cohort,
        seats=queries.seats_from(cohort, holds, sum(row.in_line == "waiting" for row in waiting)),
        offered=[hold for hold in holds if hold.status == "active" and hold.because == "offer"],
        paying=[hold for hold in holds if hold.status == "active" and hold.because != "offer"],
        unclaimed=sum(hold.status == "converted" and hold.user_id is None for hold in holds),
        deciding={line.user_id for line in lines if line.bank_deciding and line.user_id},
        waiting=[row for row in waiting if row.status in rules.WAITING],
        waitlist=[row for row in waiting if row.status == "waitlisted"],
        answer_by=lambda row: rules.answer_by(row.submitted_at, cohort.time_zone),
        lines=lines,
        withdrawable=returns.WITHDRAWABLE,
        now=now,
    )


@bp.get("/staff/applications/<id:application_id>")
@open_to("staff")
def application(application_id: int) -> Any:
    return _application_page(application_id)


@bp.post("/staff/applications/<id:application_id>/accept")
@open_to("staff")
def accept_application(application_id: int) -> Any:
    def offer(found: Application, version: int, now: datetime) -> str:
        until = actions.accept(get_user(), found, version, now).expires_at
        return f"A seat is held for {found.user.name} until {times.moment(until)}; the offer is on its way by mail."

    return decide(application_id, offer)


@bp.post("/staff/applications/<id:application_id>/decline")
@open_to("staff")
def decline_application(application_id: int) -> Any:
    def say_no(found: Application, version: int, now: datetime) -> str:
        actions.decline(get_user(), found, version, request.form.get("reason", ""), now)
        return f"{found.user.name} gets your reason by mail."

    return decide(application_id, say_no)


def decide(application_id: int, verb: Callable[[Application, int, datetime], str]) -> Any:
    """Decide on the version of the application that the form showed; what was refused is said on its page."""
    version, now = whole_number(request.form.get("version", "")), clock.now()
    begin_write()
    found = queries.application_for(get_user(), application_id)
    try:
        sentence = verb(found, version, now)
    except Refused as refused:
        db.session.rollback()
        return _application_page(application_id, refused), 422 if refused.field else 409
    slug = found.cohort.slug
    db.session.commit()
    say(sentence)
    return redirect(url_for("admissions.staff_cohort", slug=slug), 303)


def _application_page(application_id: int, refused: Refused | None = None) -> str:
    found, place = waitlist_queries.application_and_place(get_user(), application_id)
    cohort, now = found.cohort, clock.now()
    decidable = found.status in rules.DECIDABLE
    return render_template(
        "admissions/application.html",
        application=found,
        cohort=cohort,
        questions=questions.as_sent(found),
        decidable=decidable,
        answer_by=rules.answer_by(found.submitted_at, cohort.time_zone) if found.submitted_at else None,
        offer=None if decidable else queries.offer_of(found),
        decider=None if decidable else queries.decider(found),
        seats=queries.seats(cohort) if decidable else None,
        price=payments.price_of(cohort, now) if decidable else None,
        place=place,
        line_terms=waitlist_queries.terms_of(cohort),
        offer_hours=rules.OFFER_LIFE.total_seconds() / 3600,
        refused=refused,
        typed={name: clean_text(text) for name, text in request.form.items()},
    )
