"""Second opinions on a review: a coach asks, colleagues answer. For coaches of the cohort only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coaching.forms import words
from app.coaching.views import bp
from app.coursework import handover, opinions, review_queries
from app.coursework.assignments import assignment_of_round
from app.coursework.review_models import Review
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.get("/reviews/<id:review_id>/opinions", endpoint="opinions")
@open_to("coach")
def show(review_id: int) -> str:
    now, user = clock.now(), get_user()
    return _page(review_queries.review_for(user, review_id, now), user, now)


def _page(review: Review, user: User, now: datetime, refusal: Refused | None = None, number: int = 0) -> str:
    """`number` is the question whose answer was refused; 0 when it was the asking."""
    is_own = review.coach_id == user.id
    colleagues = _colleagues(review, now) if is_own else []
    asked = opinions.of_review(review)
    return render_template(
        "coaching/opinions.html",
        review=review,
        task=assignment_of_round(review.submission),
        person=review.submission.system.enrollment.user,
        asked=[(one, not one.answered_at and opinions.may_answer(user, one)) for one in asked],
        closed=opinions.reason_closed(review),
        is_own=is_own,
        colleagues=colleagues,
        sent={name: words(request.form, name) for name in ("colleague", "question", "answer")},
        refusal=refusal,
        number=number,
        now=now,
    )


def _colleagues(review: Review, now: datetime) -> list[User]:
    coaches = handover.coaches_of(review.submission.cohort_id, now)
    return [one for one in coaches if one.id != review.coach_id]


@bp.post("/reviews/<id:review_id>/opinions")
@open_to("coach")
def ask_opinion(review_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    review = review_queries.review_for(user, review_id, now)
    chosen, question = words(request.form, "colleague"), words(request.form, "question")
    try:
        opinions.ask(user, review, _colleagues(review, now), chosen, question, now)
    except Refused as refusal:
        db.session.rollback()
        return _page(review_queries.review_for(user, review_id, now), user, now, refusal), 422
    db.session.commit()
    say("Asked, by mail. The decision stays with you, and you need not wait for the answer.")
    return redirect(url_for("coaching.opinions", review_id=review_id), 303)


@bp.post("/reviews/<id:review_id>/opinions/<id:number>")
@open_to("coach")
def answer_opinion(review_id: int, number: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    review = review_queries.review_for(user, review_id, now)
    opinion = opinions.opinion_of(review, number)
    try:
        opinions.answer(user, opinion, words(request.form, "answer"), now)
    except Refused as refusal:
        db.session.rollback()
        return _page(review_queries.review_for(user, review_id, now), user, now, refusal, number), 422
    asker = review.coach.first_name
    db.session.commit()
    say(f"{asker} has your answer by mail.")
    return redirect(url_for("coaching.opinions", review_id=review_id), 303)
