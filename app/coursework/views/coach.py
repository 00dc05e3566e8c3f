"""A coach reviews a round: open it, write, publish, withdraw, hand it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coursework import (
    comment_bank,
    frozen,
    history,
    improving,
    leases,
    review_next,
    review_page,
    review_shown,
)
from app.coursework import review_actions as actions
from app.coursework import review_queries as queries
from app.coursework.assignments import assignment_of_round
from app.coursework.review_models import Review
from app.coursework.review_rules import ReviewText
from app.coursework.talk import Talk
from app.coursework.views import review_sheet, said
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say, wants_json

bp = Blueprint("reviews", __name__)

VERBS = {"accept": "accepted", "request": "changes requested"}
NEXT = "-next"  # of a verb: publish and open the next
TWICE = "A colleague published a review of this round at the same moment, and one answer stands. Your draft is kept."


@bp.post("/submissions/<id:submission_id>/review")
@open_to("coach")
def open_review(submission_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    submission = queries.submission_for(user, submission_id, now)
    try:
        review = leases.open_review(user, submission, now, take_over="take_over" in request.form)
    except leases.Leased as held:
        db.session.rollback()
        return _leased(submission_id, held.holder_id, now)
    except Refused as refusal:
        db.session.rollback()
        say(refusal.sentence, "note")
        return redirect("/coaching/queue", 303)
    db.session.commit()
    return redirect(url_for("reviews.review", review_id=review.id), 303)


def _leased(submission_id: int, holder_id: int, now: datetime) -> Any:
    """Show the colleague's draft, from which the round can be taken over on purpose."""
    submission = queries.submission_for(get_user(), submission_id, now)
    holder = db.session.get(User, holder_id)
    theirs = leases.own_draft(submission, holder) if holder else None
    if theirs is None:
        say("A colleague has this review open.", "note")
        return redirect("/coaching/queue", 303)
    return redirect(url_for("reviews.review", review_id=theirs.id), 303)


@bp.get("/reviews/<id:review_id>")
@open_to("coach")
def review(review_id: int) -> Any:
    now, user = clock.now(), get_user()
    found = queries.review_for(user, review_id, now)
    if found.status != "draft":
        return published_page(found, user, now)
    return _draft(found, user, now, show=request.args.get("show", ""))


def published_page(found: Review, user: User, now: datetime, refusal: Refused | None = None) -> Any:
    view = review_shown.view_of(found)
    return render_template(
        "coursework/review_published.html",
        review=found,
        view=view,
        submission=found.submission,
        task=assignment_of_round(found.submission),
        fields=frozen.shown(queries.answers_of(found.submission)),
        why_not=actions.reason_not_withdrawn(user, found, now),
        is_own=found.coach_id == user.id,
        talk=Talk.of_coach(found, (*view.remarks, *view.closed), user, now),
        may_reopen=found.status == "published" and improving.may_reopen(found.submission.system),
        refusal=refusal,
    ), 422 if refusal else 200


def _draft(
    found: Review,
    user: User,
    now: datetime,
    *,
    show: str = "",
    text: ReviewText | None = None,
    refusal: Refused | None = None,
) -> str:
    page = review_page.page_of(found, user, show, now, text)
    talk = Talk.of_coach(found, page.requests, user, now)
    return render_template("coursework/review.html", page=page, now=now, refusal=refusal, talk=talk)


@bp.post("/reviews/<id:review_id>")
@open_to("coach")
def save_review(review_id: int) -> Any:
    """Save the draft; with `do` accept or request, publish it as well, and with '-next' open the next round."""
    now, user = clock.now(), get_user()
    begin_write()
    found = queries.review_for(user, review_id, now)
    if found.coach_id != user.id:
        db.session.rollback()
        raise Refused("This is a colleague's draft. Open the review yourself to write your own.")
    verb, before = request.form.get("do", "save"), found.saved_at
    text: ReviewText | None = None
    try:
        actions.lock_draft(found)
        merged = review_sheet.merged(found)
        text = merged.text
        if verb == "carry-over":
            text = review_page.carried_over(found, user, text, now)
        made = actions.save(user, found, text, now, overrules=bool(merged.merge.overruled)) | merged.made
        history.keep_given_up_review(found, merged, now)
    except actions.Frozen:
        db.session.rollback()
        return _frozen(review_id, verb.removesuffix(NEXT))
    except Refused as refusal:
        db.session.rollback()
        return refused(review_id, user, text, refusal, now)
    if not wants_json():
        said.mark(user, found.submission.system_id, now)
    if verb.removesuffix(NEXT) in VERBS and not merged.merge.conflicts:
        return publish(found, user, text, verb, now)
    if verb.startswith("bank-"):
        _keep_for_later(user, found, verb.removeprefix("bank-"), now)
    db.session.commit()
    if wants_json():
        answer = review_sheet.saved_answer(found, user, merged, made, now)
        return jsonify(answer), 409 if merged.merge.conflicts else 200
    if merged.merge.conflicts:
        return review_sheet.both_texts(found, merged, before)
    if verb == "save":
        say("Draft saved.")
    return redirect(_address(review_id, verb), 303)


def _keep_for_later(user: User, found: Review, key: str, now: datetime) -> None:
    try:
        comment_bank.keep_of_review(user, found, key, now)
    except Refused as refusal:
        say(refusal.sentence, "problem")
    else:
        say("Kept in your comment bank, without the participant's words.")


def publish(found: Review, user: User, text: ReviewText | None, verb: str, now: datetime) -> Any:
    """The draft is saved in this transaction already; a refusal keeps it and changes nothing else."""
    review_id, lease = found.id, found.submission
    held = lease.lease_token if lease.lease_coach_id == user.id else None
    token = request.form.get("lease") or held or ""
    try:
        verdict = VERBS[verb.removesuffix(NEXT)]
        actions.publish(user, found, verdict, version=found.version, token=token, now=now)
    except Refused as refusal:
        db.session.commit()
        return refused(review_id, user, None, refusal, now)
    except IntegrityError:
        db.session.rollback()
        return refused(review_id, user, text, Refused(TWICE), now)
    person = found.submission.system.enrollment.user.first_name
    following = review_next.open_next(user, now) if verb.endswith(NEXT) else None
    following_id = following.id if following else None
    db.session.commit()
    said = "The system is accepted" if verdict == "accepted" else "Changes are requested"
    told = f"{said}, and {person} is told by mail. You can withdraw this within 24 hours."
    here = url_for("reviews.review", review_id=review_id)
    if not verb.endswith(NEXT):
        say(told)
        return redirect(here, 303)
    say(Markup('{} <a href="{}">See it or take it back</a>').format(told, here))
    if following_id is None:
        return redirect("/coaching/queue", 303)
    return redirect(url_for("reviews.review", review_id=following_id), 303)


def refused(review_id: int, user: User, text: ReviewText | None, refusal: Refused, now: datetime) -> Any:
    if wants_json():
        return jsonify(error=refusal.sentence, field=refusal.field), 422
    found = queries.review_for(user, review_id, now)
    return _draft(found, user, now, show=request.form.get("showing", ""), text=text, refusal=refusal), 422


def _frozen(review_id: int, verb: str) -> Any:
    """The form of a review that is no draft any more: sent twice, or left open in another tab."""
    if wants_json():
        return jsonify(error="This review is published already; its text is frozen."), 409
    if verb not in VERBS:
        say(
            "This review is published already, so its text is frozen. Withdraw it first if it is wrong.",
            "note",
        )
    return redirect(url_for("reviews.review", review_id=review_id), 303)


def _address(review_id: int, verb: str) -> str:
    """Back to the view the coach was in, at the field whose comment was kept or removed."""
    if verb == "preview":
        return url_for("reviews.preview", review_id=review_id)
    what, _, rest = verb.partition("-")
    show = rest if what == "show" else request.form.get("showing")
    show = show if show in review_page.SHOW else None
    return url_for(
        "reviews.review",
        review_id=review_id,
        show=show,
        _anchor=f"f{rest}" if what == "keep" else "rubric" if verb == "carry-over" else None,
    )


@bp.post("/reviews/<id:review_id>/withdraw")
@open_to("coach")
def withdraw(review_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    found = queries.review_for(user, review_id, now)
    try:
        actions.withdraw(user, found, now)
    except Refused as refusal:
        db.session.rollback()
        say(refusal.sentence, "problem")
        return redirect(url_for("reviews.review", review_id=review_id), 303)
    person = found.submission.system.enrollment.user.first_name
    db.session.commit()
    say(f"The review is withdrawn and {person} is told. The round is back in the queue.")
    return redirect(url_for("reviews.review", review_id=review_id), 303)


@bp.post("/reviews/<id:review_id>/hand-back")
@open_to("coach")
def hand_back(review_id: int) -> Any:
    now, user = clock.now(), get_user()
    begin_write()
    leases.hand_back(user, queries.review_for(user, review_id, now), now)
    db.session.commit()
    say("The round is back in the queue. Your draft is kept.")
    return redirect("/coaching/queue", 303)
