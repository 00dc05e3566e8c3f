"""One person and their place in line: joining after a lapsed offer, leaving, coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.admissions import waitlist
from app.admissions.views import bp
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.post("/cohorts/<slug>/waitlist/join")
@open_to("signed in")
def join_waitlist(slug: str) -> Any:
    return _do(
        slug, waitlist.join, "You stand in line. We write to you when a seat comes free and it is your turn."
    )


@bp.post("/cohorts/<slug>/waitlist/keep")
@open_to("signed in")
def keep_place(slug: str) -> Any:
    return _do(slug, waitlist.keep, "You are back at your old place in line.")


@bp.post("/cohorts/<slug>/waitlist/leave")
@open_to("signed in")
def leave_waitlist(slug: str) -> Any:
    return _do(slug, waitlist.leave, "You have left the waitlist. You can apply again whenever you like.")


def _do(slug: str, verb: Callable[[User, Cohort, datetime], None], done: str) -> Any:
    now = clock.now()
    begin_write()
    try:
        verb(get_user(), cohorts.public_cohort(slug), now)
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
    else:
        db.session.commit()
        say(done)
    return redirect(url_for("admissions.apply", slug=slug), 303)
