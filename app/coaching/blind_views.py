"""A blind second review: the round without names, a level for each criterion, and afterwards where both agree."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coaching.forms import words
from app.coaching.views import bp
from app.coursework import blind, blind_rules
from app.coursework.assignments import assignment_of_round
from app.coursework.quality_models import BlindReview
from app.coursework.review_rules import LEVEL_WORDS
from app.coursework.review_shown import criteria_views
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.get("/coaching/blind/<id:blind_id>")
@open_to("coach")
def blind_review(blind_id: int) -> str:
    now, user = clock.now(), get_user()
    return _page(blind.blind_for(user, blind_id), user, now)


def _page(found: BlindReview, user: User, now: datetime, refusal: Refused | None = None) -> str:
    """The round is shown only while it can be marked: afterwards nobody here needs to read it."""
    is_open = blind_rules.is_open(found.status, found.expires_at, now)
    task = assignment_of_round(found.submission)
    second = found.marks if found.status == "done" else _marks(found)
    criteria = criteria_views(task.criteria, second, {}, found.review.marks if found.status == "done" else {})
    return render_template(
        "coaching/blind.html",
        blind=found,
        task=task,
        is_open=is_open,
        is_first=found.review.coach_id == user.id,
        fields=blind.work_of(found) if is_open else [],
        criteria=criteria,
        agreed=sum(1 for one in criteria if one.mark and one.mark == one.before),
        verdict=words(request.form, "verdict"),
        reason=words(request.form, "reason"),
        refusal=refusal,
        now=now,
    )


def _marks(found: BlindReview) -> dict[str, str]:
    """The levels as they were sent, as far as they mean something."""
    keys = [one.key for one in assignment_of_round(found.submission).criteria]
    sent = {key: request.form.get(f"mark-{key}", "") for key in keys}
    return {key: level for key, level in sent.items() if level in LEVEL_WORDS}


@bp.post("/coaching/blind/<id:blind_id>")
@open_to("coach")
def mark_blind(blind_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    found = blind.blind_for(user, blind_id)
    try:
        _only_the_second(found, user)
        blind.mark(user, found, _marks(found), words(request.form, "verdict"), now)
    except Refused as refusal:
        db.session.rollback()
        return _page(blind.blind_for(user, blind_id), user, now, refusal), 422
    db.session.commit()
    say("Thank you. Below is where the two of you agree; your colleague sees the same.")
    return redirect(url_for("coaching.blind_review", blind_id=blind_id), 303)


@bp.post("/coaching/blind/<id:blind_id>/decline")
@open_to("coach")
def decline_blind(blind_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    found = blind.blind_for(user, blind_id)
    try:
        _only_the_second(found, user)
        blind.decline(user, found, words(request.form, "reason"), now)
    except Refused as refusal:
        db.session.rollback()
        return _page(blind.blind_for(user, blind_id), user, now, refusal), 422
    db.session.commit()
    say("Declined. Nobody minds; your reason is kept.")
    return redirect(url_for("coaching.quality"), 303)


def _only_the_second(found: BlindReview, user: User) -> None:
    if found.coach_id != user.id:
        raise Refused("This is the blind review of a round of yours: only your colleague marks it.")
