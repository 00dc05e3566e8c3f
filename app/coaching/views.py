"""The coach's desk: the review queue."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

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
    """What waits, narrowed and paged by the address: `cohort`, `module`, `round`, `flag`, `whose`, `after`."""
    now, user = clock.now(), get_user()
    found = queries.queue_of(user, now, request.args)
    return render_template("coaching/queue.html", **_shown(found, now))


@bp.get("/coaching/queue/list")
@open_to("coach")
def queue_list() -> Response:
    """The list alone, for the page that renews itself. 304, for one query, while nothing in the queue has changed."""
    now, user = clock.now(), get_user()
    version = hashlib.sha256(queries.version_of(user, now).encode()).hexdigest()[:20]
    answer = Response(status=304)
    if version not in request.if_none_match:
        found = queries.queue_of(user, now, request.args)
        answer = Response(render_template("coaching/list.html", version=version, **_shown(found, now)))
    answer.set_etag(version)
    return answer


def _shown(found: queries.Queue, now: datetime) -> dict[str, Any]:
    def address(**more: Any) -> str:
        chosen: dict[str, Any] = dict(found.filters.args)
        return url_for("coaching.queue", **chosen, **more)

    return {
        "now": now,
        "queue": found,
        "title": rules.title(found.waiting),
        "reading": rules.reading(found.minutes),
        "where": queries.running_head(found.cohorts, times.local_date(now)),
        "next_due": None if found.waiting else queries.next_due(found.cohorts, now),
        "is_first": not queries.read_key(request.args.get("after", "")),
        "first_page": address(),
        "next_page": address(after=found.after) if found.after else None,
    }
