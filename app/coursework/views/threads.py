"""Replies to comments and what was read: the same verbs for the participant and for a coach of the cohort."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, request, url_for

from app.accounts.sessions import get_user
from app.coursework import forms, queries, review_queries, threads
from app.coursework.views import bp, coach, participant, said
from app.lib import clock, merging
from app.lib.access import open_to
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.web import say, wants_json

bp.add_app_template_filter(forms.clean_text, "typed_text")

# --- the participant ---------------------------------------------------------------------------------------------


@bp.post("/systems/<id:system_id>/replies")
@open_to("participant")
def reply(system_id: int) -> Any:
    """Reply to a comment: fields `comment` (its id) and `text`; `read` says what was on the page."""
    queries.system_for(get_user(), system_id)
    said.hold(system_id)
    comment = threads.comment_in(system_id, merging.read_int(request.form, "comment"))
    number = comment.review.submission.number
    comment_id, now = comment.id, clock.now()
    try:
        said.mark(get_user(), system_id, now)
        threads.reply(get_user(), comment, said.text_of(comment_id), now)
    except Refused as refusal:
        db.session.rollback()
        return participant.round_page(queries.submission_for(get_user(), system_id, number), refusal)
    db.session.commit()
    return _round(system_id, number, comment_id)


@bp.post("/systems/<id:system_id>/replies/<id:reply_id>/take-back")
@open_to("participant")
def take_reply_back(system_id: int, reply_id: int) -> Any:
    """Take one's own reply back while the coach has not read it."""
    queries.system_for(get_user(), system_id)
    said.hold(system_id)
    try:
        comment = threads.take_back(get_user(), system_id, reply_id, clock.now())
    except Refused as refusal:
        db.session.rollback()
        say(refusal.sentence, "problem")
        return redirect(url_for("coursework.worksheet", system_id=system_id), 303)
    number, comment_id = comment.review.submission.number, comment.id
    db.session.commit()
    return _round(system_id, number, comment_id)


@bp.post("/systems/<id:system_id>/read")
@open_to("participant")
def seen(system_id: int) -> Any:
    """Note what was before the participant's eyes: `read` is '12~45' for comment 12 up to reply 45."""
    queries.system_for(get_user(), system_id)
    said.hold(system_id)
    news = said.mark(get_user(), system_id, clock.now())
    db.session.commit()
    if wants_json():
        return jsonify(news=news)
    return redirect(url_for("coursework.worksheet", system_id=system_id), 303)


def _round(system_id: int, number: int, comment_id: int) -> Any:
    anchor = f"comment-{comment_id}"
    return redirect(url_for("coursework.submission", system_id=system_id, number=number, _anchor=anchor), 303)


# --- a coach -----------------------------------------------------------------------------------------------------


@coach.bp.post("/reviews/<id:review_id>/replies")
@open_to("coach")
def coach_reply(review_id: int) -> Any:
    """The same for any coach of the cohort, on the page of the review."""
    user, now = get_user(), clock.now()
    said.hold(review_queries.review_for(user, review_id, now).submission.system_id)
    review = review_queries.review_for(user, review_id, now)
    comment_id = merging.read_int(request.form, "comment")
    comment = threads.comment_in(review.submission.system_id, comment_id, review_id)
    try:
        said.mark(user, review.submission.system_id, now)
        threads.reply(user, comment, said.text_of(comment_id), now)
    except Refused as refusal:
        db.session.rollback()
        return coach.published_page(review_queries.review_for(user, review_id, now), user, now, refusal)
    db.session.commit()
    return _review(review_id, comment_id)


@coach.bp.post("/reviews/<id:review_id>/replies/<id:reply_id>/take-back")
@open_to("coach")
def coach_take_reply_back(review_id: int, reply_id: int) -> Any:
    """Take one's own reply back while the participant has not read it."""
    user, now = get_user(), clock.now()
    system_id = review_queries.review_for(user, review_id, now).submission.system_id
    said.hold(system_id)
    try:
        comment_id = threads.take_back(user, system_id, reply_id, now).id
    except Refused as refusal:
        db.session.rollback()
        say(refusal.sentence, "problem")
        return redirect(url_for("reviews.review", review_id=review_id), 303)
    db.session.commit()
    return _review(review_id, comment_id)


@coach.bp.post("/reviews/<id:review_id>/read")
@open_to("coach")
def coach_seen(review_id: int) -> Any:
    """Note what was before this coach's eyes, on a published review or beside the draft of the next round."""
    user, now = get_user(), clock.now()
    system_id = review_queries.review_for(user, review_id, now).submission.system_id
    said.hold(system_id)
    news = said.mark(user, system_id, now)
    db.session.commit()
    if wants_json():
        return jsonify(news=news)
    return redirect(url_for("reviews.review", review_id=review_id), 303)


def _review(review_id: int, comment_id: int) -> Any:
    return redirect(url_for("reviews.review", review_id=review_id, _anchor=f"comment-{comment_id}"), 303)
