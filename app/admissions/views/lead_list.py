"""Leads for staff: the list, and the same as a table to take along."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.sessions import get_user, require_recent_second_factor
from app.admissions import lead_queries, leads
from app.admissions.views.leads import bp
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.spreadsheet import csv_text
from app.lib.web import say

RECENT = timedelta(minutes=30)
HEAD = ("Email", "Name", "Wants updates", "Wants the next cohort", "Status", "Came from", "Consent", "Asked",
        "Confirmed", "Unsubscribed")  # fmt: skip


@bp.get("/staff/leads")
@open_to("staff")
def listing() -> str:
    which = _filter()
    before = request.args.get("before", type=int)
    rows, on = lead_queries.page_of(which, before if before and 0 < before < 2**31 else None)
    return render_template(
        "admissions/leads/list.html",
        rows=rows,
        on=on,
        before=before,
        which=which,
        statuses=lead_queries.STATUSES,
        wants=lead_queries.WANTS,
        now=clock.now(),
    )


@bp.get("/staff/leads.csv")
@open_to("staff")
@require_recent_second_factor(RECENT)
def export() -> Response:
    rows = (tuple(row)[1:] for row in lead_queries.all_of(_filter()))
    named = {"Content-Disposition": 'attachment; filename="leads.csv"'}
    return Response(csv_text(HEAD, rows), mimetype="text/csv", headers=named)


@bp.post("/staff/leads/<id:lead_id>/unsubscribe")
@open_to("staff")
def take_off(lead_id: int) -> Response:
    """For somebody who answered a mail in words."""
    begin_write()
    lead = lead_queries.lead_for(get_user(), lead_id)
    leads.unsubscribe(lead, clock.now(), get_user())
    email = lead.email
    db.session.commit()
    say(f"{email} hears nothing more from us.")
    return redirect(url_for("leads.listing"), 303)


def _filter() -> Any:
    return lead_queries.filter_of(request.args.get("status"), request.args.get("wants"))
