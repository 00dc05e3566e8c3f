"""Where people stop on the way in, for staff."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.sessions import get_user
from app.admissions import funnel, rules
from app.admissions.lead_rules import KEPT_UNCONFIRMED
from app.admissions.views.leads import bp
from app.audit.actions import record
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.web import say

WINDOWS = {"30": "30 days", "90": "90 days", "365": "A year", "": "All time"}


@bp.get("/staff/funnel")
@open_to("staff")
def funnel_page() -> str:
    now, choices = clock.now(), funnel.cohorts_to_choose()
    window = request.args.get("days", "90")
    window = window if window in WINDOWS else "90"
    cohort = next((one for one in choices if one.slug == request.args.get("cohort")), None)
    since = now - timedelta(days=int(window)) if window else None
    all_asked = since is not None and now - since <= KEPT_UNCONFIRMED
    return render_template(
        "admissions/leads/funnel.html",
        lines=rules.funnel_lines(funnel.counts(cohort.id if cohort else None, since), all_asked),
        erased_after=None if all_asked else KEPT_UNCONFIRMED.days,
        choices=choices,
        cohort=cohort,
        window=window,
        windows=WINDOWS,
        tasks=funnel.tasks(),
        most=funnel.MOST_TASKS,
        now=now,
    )


@bp.post("/staff/funnel/<id:alert_id>/done")
@open_to("staff")
def task_done(alert_id: int) -> Response:
    now = clock.now()
    begin_write()
    task = funnel.task_for(get_user(), alert_id)
    if task.closed_at is None:
        task.closed_at, task.closed_by_id = now, get_user().id
        record(
            get_user(), "Took care of somebody who stopped before paying", ("money alert", task.id), now=now
        )
    db.session.commit()
    say("Done, and off the list.")
    return redirect(url_for("leads.funnel_page"), 303)
