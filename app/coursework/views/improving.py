"""Improve a system that is accepted, or stop; and a coach's asking for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coursework import forms, improving, queries, review_queries
from app.coursework.models import System
from app.coursework.views import bp, coach
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.post("/systems/<id:system_id>/improve")
@open_to("participant")
def improve(system_id: int) -> Any:
    """Begin a new round of an accepted system."""
    return _change(
        system_id, improving.improve, "Write as you like: your manual keeps the accepted round meanwhile."
    )


@bp.post("/systems/<id:system_id>/stop-improving")
@open_to("participant")
def stop_improving(system_id: int) -> Any:
    """Back to accepted; the draft and everything sent are kept."""
    return _change(
        system_id, improving.stop, "The accepted round stands. What you drafted is kept in case you go on."
    )


def _change(system_id: int, verb: Callable[[User, System, datetime], None], done: str) -> Any:
    queries.system_for(get_user(), system_id)
    begin_write()
    queries.lock_system(system_id)
    try:
        verb(get_user(), queries.system_for(get_user(), system_id), clock.now())
    except Refused as refusal:
        db.session.rollback()
        say(refusal.sentence, "problem")
    else:
        db.session.commit()
        say(done)
    return redirect(url_for("coursework.worksheet", system_id=system_id), 303)


@coach.bp.post("/reviews/<id:review_id>/reopen")
@open_to("coach")
def reopen(review_id: int) -> Any:
    """Ask the participant to improve an accepted system: field `reason`, which goes into the mail."""
    user, now = get_user(), clock.now()
    system_id = review_queries.review_for(user, review_id, now).submission.system_id
    begin_write()
    queries.lock_system(system_id)
    found = review_queries.review_for(user, review_id, now)
    reason = forms.clean_text(request.form.get("reason", "")).strip()
    try:
        improving.reopen(user, found.submission.system, reason, now)
    except Refused as refusal:
        db.session.rollback()
        return coach.published_page(review_queries.review_for(user, review_id, now), user, now, refusal)
    person = found.submission.system.enrollment.user.first_name
    db.session.commit()
    say(
        f"The system is open for a new round, and {person} is told by mail. The accepted round stands meanwhile."
    )
    return redirect(url_for("reviews.review", review_id=review_id), 303)
