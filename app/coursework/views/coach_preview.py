"""A review as its participant will see it, from the draft; nothing is published by looking; and publishing it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.coursework import review_form, review_next, review_page, review_shown
from app.coursework import review_queries as queries
from app.coursework.review_rules import VERDICTS
from app.coursework.views.coach import NEXT, VERBS, bp, publish, refused
from app.coursework.views.participant import round_facts
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.get("/reviews/<id:review_id>/preview")
@open_to("coach")
def preview(review_id: int) -> Any:
    """The participant's page of this round with the draft in the place of the published review."""
    now, user = clock.now(), get_user()
    found = queries.review_for(user, review_id, now)
    if found.status != "draft":
        return redirect(url_for("reviews.review", review_id=review_id))
    page = review_page.page_of(found, user, "all", now)
    verdict = page.hint.fits or _likely(page)
    view = review_shown.view_of(found, verdict=verdict, said=page.said)
    return render_template(
        "coursework/review_preview.html",
        page=page,
        review=found,
        verdict=verdict,
        talk=None,
        **round_facts(found.submission, view),
    )


def _likely(page: review_page.ReviewPage) -> str:
    """While no verdict fits yet: what the marks and requests so far come to."""
    open_now = any(one.mark == "not_yet" for one in page.criteria)
    open_now = open_now or any(one.kind == "required" for one in page.text.remarks)
    return VERDICTS[1] if open_now else VERDICTS[0]


@bp.post("/reviews/<id:review_id>/publish")
@open_to("coach")
def publish_draft(review_id: int) -> Any:
    """Publish the draft as it is stored, as the preview showed it: `do` is accept or request, '-next' may follow."""
    now, user = clock.now(), get_user()
    begin_write()
    found = queries.review_for(user, review_id, now)
    verb = request.form.get("do", "")
    if verb.removesuffix(NEXT) not in VERBS:
        db.session.rollback()
        return redirect(url_for("reviews.preview", review_id=review_id), 303)
    if found.coach_id != user.id:
        db.session.rollback()
        raise Refused("This is a colleague's draft. Open the review yourself to write your own.")
    if found.status != "draft":
        db.session.rollback()
        return redirect(url_for("reviews.review", review_id=review_id), 303)
    if review_form.number(request.form.get("version")) != found.version:
        db.session.rollback()
        said = "This review was saved since you looked at it. Look once more, then publish."
        return refused(review_id, user, None, Refused(said), now)
    return publish(found, user, None, verb, now)


@bp.post("/coaching/next")
@open_to("coach")
def open_following() -> Any:
    """Open the round that comes next in this coach's queue; the queue itself says when there is none."""
    now, user = clock.now(), get_user()
    begin_write()
    following = review_next.open_next(user, now)
    address = url_for("reviews.review", review_id=following.id) if following else "/coaching/queue"
    db.session.commit()
    if following is None:
        say("Nothing else is waiting that nobody has open.", "note")
    return redirect(address, 303)
