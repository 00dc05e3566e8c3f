"""Compare any two rounds: the participant's page, and that of a coach of the cohort."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from app.accounts.sessions import get_user
from app.coursework import comparing
from app.coursework.views import bp, coach
from app.lib import clock
from app.lib.access import open_to


@bp.get("/systems/<id:system_id>/compare")
@open_to("participant")
def compare(system_id: int) -> Any:
    """`from` and `to` are numbers of rounds, or 'draft' for what is typed now; `show=all` shows every field."""
    rounds = comparing.own_rounds(get_user(), system_id)
    return _page(rounds, with_draft=True, page="coursework.compare")


@coach.bp.get("/coaching/systems/<id:system_id>/compare")
@open_to("coach")
def coach_compare(system_id: int) -> Any:
    """The same without the draft, which is nobody's but the participant's."""
    rounds = comparing.coached_rounds(get_user(), system_id, clock.now())
    return _page(rounds, with_draft=False, page="reviews.coach_compare")


def _page(rounds: Any, *, with_draft: bool, page: str) -> Any:
    asked = (request.args.get("from", ""), request.args.get("to", ""))
    everything = request.args.get("show") == "all"
    found = comparing.compare(rounds, asked, with_draft=with_draft, only_changed=not everything)
    return render_template(
        "coursework/compare.html", found=found, everything=everything, page=page, with_draft=with_draft
    )
