"""The private calendar address: making it, how to use it, ending it, and what calendar programs read there."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, redirect, render_template, url_for

from app.accounts.sessions import get_user
from app.cohorts import feed, onboarding, rules
from app.cohorts import queries as cohorts
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.ics import calendar as written
from app.lib.web import say
from app.site.views import bp


@bp.get("/calendar/feed")
@open_to("participant")
def calendar_feed() -> str:
    enrollment = cohorts.enrollment_for(get_user())
    row = feed.feed_of(enrollment)
    path = feed.path_of(row) if row else None
    address = f"{current_app.config['BASE_URL']}{path}" if path else ""
    return render_template(
        "site/calendar_feed.html",
        enrollment=enrollment,
        address=address,
        webcal=f"webcal{address[address.index(':') :]}" if address else "",
        is_made=row is not None,
        is_over=bool(rules.why_over(enrollment.status, enrollment.cohort.status)),
    )


@bp.post("/calendar/feed")
@open_to("participant")
def make_calendar_feed() -> Any:
    """A new address; whoever is setting up has this ticked."""
    now = clock.now()
    begin_write()
    user = get_user()
    enrollment = cohorts.enrollment_for(user)
    if rules.why_over(enrollment.status, enrollment.cohort.status):
        abort(404)
    feed.make(user, enrollment, now)
    if rules.may_work(enrollment.status):
        onboarding.note_calendar(user, enrollment, now)
    db.session.commit()
    return redirect(url_for("site.calendar_feed"), 303)


@bp.post("/calendar/feed/end")
@open_to("participant")
def end_calendar_feed() -> Any:
    begin_write()
    user = get_user()
    feed.end(user, cohorts.enrollment_for(user), clock.now())
    db.session.commit()
    say("The address has ended. Calendars that read it show no new dates from now on.")
    return redirect(url_for("site.calendar_feed"), 303)


@bp.get("/calendar/<token>.ics")
@open_to("anyone")
def calendar_dates(token: str) -> Response:
    """What a calendar program reads. The address is the secret; it tells dates and nothing of anybody's work."""
    now = clock.now()
    enrollment = feed.find(token, now) or abort(404)
    text = written(enrollment.cohort.title, feed.events_of(enrollment), now)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="cohort.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
