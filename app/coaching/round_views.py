"""One waiting round by itself: where a mail leads, and where a coach says "I cannot do this by then"."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coaching import rules
from app.coaching.forms import words
from app.coaching.views import bp
from app.coursework import handover, promise_rules, review_queries
from app.coursework.assignments import assignment_of_round
from app.coursework.leases import OPEN
from app.coursework.models import Submission
from app.coursework.quality_models import PromiseWatch
from app.coursework.review_rules import lease_is_live
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.get("/coaching/rounds/<id:submission_id>")
@open_to("coach")
def one_round(submission_id: int) -> str:
    now, user = clock.now(), get_user()
    return _page(review_queries.submission_for(user, submission_id, now), user, now)


def _page(found: Submission, user: User, now: datetime, refusal: Refused | None = None) -> str:
    zone = found.system.enrollment.cohort.time_zone
    live = lease_is_live(found.lease_coach_id, found.lease_until, now)
    holder = db.session.get(User, found.lease_coach_id) if live else None
    is_off = found.system.enrollment.cohort.status == "cancelled"
    return render_template(
        "coaching/round.html",
        round=found,
        task=assignment_of_round(found),
        person=found.system.enrollment.user,
        watch=db.session.get(PromiseWatch, found.id),
        is_open=found.status in OPEN and not is_off,
        is_off=is_off,
        is_late=found.promised_at < now,
        holder=holder if holder and holder.id != user.id else None,
        is_mine=holder is not None and holder.id == user.id,
        asked=rules.round_words(found.number, found.asked),
        first_day=times.local_date(max(found.promised_at, now), zone).isoformat(),
        last_day=times.local_date(max(found.promised_at, now) + promise_rules.FURTHEST, zone).isoformat(),
        now=now,
        sent={name: words(request.form, name) for name in ("reason", "day", "why")},
        refusal=refusal,
    )


@bp.post("/coaching/rounds/<id:submission_id>/hand-over")
@open_to("coach")
def hand_over(submission_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    found = review_queries.submission_for(user, submission_id, now)
    try:
        handover.hand_over(user, found, words(request.form, "reason"), now)
    except Refused as refusal:
        db.session.rollback()
        found = review_queries.submission_for(user, submission_id, now)
        return _page(found, user, now, refusal), 422
    has_colleagues = len(handover.coaches_of(found.cohort_id, now)) > 1
    db.session.commit()
    who = (
        "Your colleagues are asked"
        if has_colleagues
        else "This cohort has no other coach, so staff are asked"
    )
    say(f"Handed over. {who} by mail, with your reason; your draft is kept.")
    return redirect(url_for("coaching.queue"), 303)


@bp.post("/coaching/rounds/<id:submission_id>/another-day")
@open_to("coach")
def another_day(submission_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    found = review_queries.submission_for(user, submission_id, now)
    try:
        day = _day(words(request.form, "day"))
        handover.name_another_day(user, found, day, words(request.form, "why"), now)
    except Refused as refusal:
        db.session.rollback()
        found = review_queries.submission_for(user, submission_id, now)
        said = Refused(refusal.sentence, "why") if refusal.field == "reason" else refusal
        return _page(found, user, now, said), 422
    person = found.system.enrollment.user.first_name
    db.session.commit()
    say(f"{person} is told. The first promise stays as it is, and on time is counted by it.")
    return redirect(url_for("coaching.one_round", submission_id=submission_id), 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None
