"""The seats of a cohort for staff: each one explained, the line, the capacity, and a seat above it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import actions, seat_page, waitlist, waitlist_queries, waitlist_rules
from app.admissions.models import Application
from app.admissions.views import bp
from app.admissions.views.staff import decide
from app.cohorts.queries import cohort_by_slug
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.forms import whole_number
from app.lib.refusal import Refused
from app.lib.web import say


@bp.get("/staff/cohorts/<slug>/seats")
@open_to("staff")
def seats(slug: str) -> Any:
    return _page(slug)


@bp.post("/staff/cohorts/<slug>/capacity")
@open_to("staff")
def change_capacity(slug: str) -> Any:
    now, typed = clock.now(), request.form.get("capacity", "").strip()
    begin_write()
    try:
        cohort = cohort_by_slug(slug)
        capacity = waitlist.change_capacity(get_user(), cohort, request.form.get("was", ""), typed, now)
    except Refused as refused:
        db.session.rollback()
        return _page(slug, refused, typed), 422
    db.session.commit()
    say(f"This cohort has {capacity} {'seat' if capacity == 1 else 'seats'} now.")
    return redirect(url_for("admissions.seats", slug=slug), 303)


@bp.post("/staff/applications/<id:application_id>/waitlist")
@open_to("staff")
def put_on_waitlist(application_id: int) -> Any:
    def put(found: Application, version: int, now: datetime) -> str:
        actions.put_on_waitlist(get_user(), found, version, now)
        return f"{found.user.name} stands in line, and a mail says what that means."

    return decide(application_id, put)


@bp.post("/staff/applications/<id:application_id>/overbook")
@open_to("staff")
def force_seat(application_id: int) -> Any:
    def force(found: Application, version: int, now: datetime) -> str:
        offer = waitlist.force(get_user(), found, version, request.form.get("why_over", ""), now)
        until = times.moment(offer.expires_at)
        return f"{found.user.name} has a seat above the capacity, held until {until}. It is logged as overbooked."

    return decide(application_id, force)


@bp.post("/staff/applications/<id:application_id>/waitlist/priority")
@open_to("staff")
def prioritize(application_id: int) -> Any:
    direction, now = request.form.get("direction", ""), clock.now()
    begin_write()
    entry = waitlist_queries.entry_for(get_user(), application_id)
    slug = entry.application.cohort.slug
    try:
        waitlist.prioritize(get_user(), entry, whole_number(request.form.get("version", "")), direction, now)
    except Refused as refused:
        db.session.rollback()
        return _page(slug, refused), 409
    say(f"{entry.application.user.name} has priority {entry.priority}.")
    db.session.commit()
    return redirect(url_for("admissions.seats", slug=slug), 303)


@bp.post("/staff/applications/<id:application_id>/waitlist/pass-over")
@open_to("staff")
def pass_over(application_id: int) -> Any:
    def skip(found: Application, version: int, now: datetime) -> str:
        entry = waitlist_queries.entry_for(get_user(), found.id)
        waitlist.pass_over(get_user(), entry, version, request.form.get("why_passed", ""), now)
        return f"The next seat goes to somebody behind {found.user.name}, once."

    return decide(application_id, skip)


def _page(slug: str, refused: Refused | None = None, typed: str | None = None) -> str:
    page, now = seat_page.seat_page(slug), clock.now()
    terms = waitlist_queries.terms_of(page.cohort)
    return render_template(
        "admissions/seats.html",
        page=page,
        cohort=page.cohort,
        sums=page.sums,
        kinds=seat_page.KINDS,
        terms=terms,
        why_not=waitlist_rules.why_no_offers(page.cohort.sales, terms, now),
        refused=refused,
        typed=page.sums.capacity if typed is None else typed,
        now=now,
    )
