"""The history of a draft: what was kept of it, one state against today, and putting it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.coursework import history, put_back, queries, review_actions, review_queries
from app.coursework import history_page as pages
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Draft, KeptState
from app.coursework.review_models import Review
from app.coursework.views import sheet_form
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say

bp = Blueprint("history", __name__)
IS_BACK = "The earlier text is back. What stood here before is in the history, so this can be undone."


@dataclass(frozen=True)
class Place:
    """Whose history it is, in the words and addresses of its pages."""

    row: Draft | Review
    name: str  # 'System 3', 'your review of Ana Morales, round 2'
    home: str  # where the draft is written
    address: str  # of the history
    is_read_only: bool
    parts_of: Callable[[Mapping[str, Any]], pages.Parts]
    today: Mapping[str, Any]  # what it says now, as it would be kept


def _of_system(sheet: queries.Sheet) -> Place:
    system_id = sheet.system.id
    return Place(
        row=sheet.draft,
        name=f"System {sheet.module.number}, {sheet.worksheet.title}",
        home=url_for("coursework.worksheet", system_id=system_id),
        address=url_for("history.of_system", system_id=system_id),
        is_read_only=bool(sheet.reason_read_only),
        parts_of=partial(pages.parts_of_draft, sheet),
        today=history.draft_content(sheet.draft),
    )


def _of_review(review: Review) -> Place:
    task = assignment_of_round(review.submission)
    comments, earlier = review_queries.comments_and_requests(review)
    requests = {str(one.id): one.text for one in earlier}
    person = review.submission.system.enrollment.user
    return Place(
        row=review,
        name=f"Review of {person.name}, round {review.submission.number}",
        home=url_for("reviews.review", review_id=review.id),
        address=url_for("history.of_review", review_id=review.id),
        is_read_only=review.status != "draft" or review.coach_id != get_user().id,
        parts_of=lambda content: pages.parts_of_review(task, content, requests),
        today=history.review_content(review_queries.text_of(review, comments)),
    )


# --- pages ------------------------------------------------------------------------------------------------------


@bp.get("/systems/<id:system_id>/history")
@open_to("participant")
def of_system(system_id: int) -> Any:
    return _list(_of_system(queries.sheet_for(get_user(), system_id)))


@bp.get("/reviews/<id:review_id>/history")
@open_to("coach")
def of_review(review_id: int) -> Any:
    return _list(_of_review(_review(review_id)))


@bp.get("/systems/<id:system_id>/history/<id:state_id>")
@open_to("participant")
def state_of_system(system_id: int, state_id: int) -> Any:
    return _one(_of_system(queries.sheet_for(get_user(), system_id)), state_id)


@bp.get("/reviews/<id:review_id>/history/<id:state_id>")
@open_to("coach")
def state_of_review(review_id: int, state_id: int) -> Any:
    return _one(_of_review(_review(review_id)), state_id)


def _review(review_id: int) -> Review:
    return review_queries.review_for(get_user(), review_id, clock.now())


def _list(place: Place) -> Any:
    before = request.args.get("before", "")
    start = int(before) if before.isascii() and before.isdecimal() and len(before) < 10 else 0
    states, newer = history.states_of(place.row, start)
    after = place.parts_of(newer.content if newer else place.today)
    shown: Sequence[KeptState] = states[: history.PAGE]
    lines = pages.lines_of(shown, [place.parts_of(one.content) for one in shown], after)
    older = f"{place.address}?before={shown[-1].id}" if len(states) > history.PAGE else None
    newest = place.address if newer else None
    return render_template("coursework/history.html", place=place, lines=lines, older=older, newest=newest)


def _one(place: Place, state_id: int, refusal: Refused | None = None) -> Any:
    state = history.state_of(place.row, state_id)
    then, today = place.parts_of(state.content), place.parts_of(place.today)
    return render_template(
        "coursework/history_state.html",
        place=place,
        state=state,
        differences=pages.differences(then, today),
        count=len(then),
        refusal=refusal,
    )


# --- putting back -----------------------------------------------------------------------------------------------


@bp.post("/systems/<id:system_id>/history/<id:state_id>/put-back")
@open_to("participant")
def put_back_in_system(system_id: int, state_id: int) -> Any:
    """Field `part`: the key of the part to put back; without it, all of the draft."""
    queries.system_for(get_user(), system_id)
    sheet, now = sheet_form.locked(system_id), clock.now()
    state = history.state_of(sheet.draft, state_id)
    part = request.form.get("part", "")
    try:
        put_back.into_draft(get_user(), sheet, state, part, now)
    except Refused as refusal:
        db.session.rollback()
        return _one(_of_system(queries.sheet_for(get_user(), system_id)), state_id, refusal), 422
    db.session.commit()
    say(IS_BACK)
    field = part if "~" not in part else "send"
    return redirect(url_for("coursework.worksheet", system_id=system_id, _anchor=field or None), 303)


@bp.post("/reviews/<id:review_id>/history/<id:state_id>/put-back")
@open_to("coach")
def put_back_in_review(review_id: int, state_id: int) -> Any:
    now = clock.now()
    begin_write()
    review = _review(review_id)
    state = history.state_of(review, state_id)
    try:
        if review.coach_id != get_user().id:
            raise Refused("This is a colleague's draft. Only they can put an earlier text back.")
        review_actions.lock_draft(review)
        put_back.into_review(get_user(), review, state, request.form.get("part", ""), now)
    except Refused as refusal:
        db.session.rollback()
        return _one(_of_review(_review(review_id)), state_id, refusal), 422
    db.session.commit()
    say(IS_BACK)
    return redirect(url_for("reviews.review", review_id=review_id), 303)
