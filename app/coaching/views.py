"""The coach's desk: the review queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.coaching import queries, rules
from app.lib import clock, times
from app.lib.access import open_to

bp = Blueprint("coaching", __name__)


@bp.get("/coaching")
@open_to("coach")
def desk() -> Any:
    return redirect(url_for("coaching.queue"))


@bp.get("/coaching/queue")
@open_to("coach")
def queue() -> str:
    now, user = clock.now(), get_user()
    after = queries.read_key(request.args.get("after", ""))
    found = queries.queue_of(user, now, after)
    return render_template(
        "coaching/queue.html",
        queue=found,
        title=rules.title(found.waiting),
        reading=rules.reading(found.minutes),
        where=queries.running_head(found.cohorts, times.local_date(now)),
        next_due=None if found.waiting else queries.next_due(found.cohorts, now),
        now=now,
        is_first=after is None,
    )
