"""What the views of a review's form do: read it, merge it under the lock, and answer a page that saves by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict

from app.accounts.models import User
from app.coursework import review_form, review_merge, review_page
from app.coursework import review_queries as queries
from app.coursework.assignments import assignment_of_round
from app.coursework.review_merge import COMMENT, ReviewMerge
from app.coursework.review_models import Review
from app.lib import merging, times


def merged(review: Review) -> ReviewMerge:
    """The form of this request put into the locked draft as it is stored now."""
    known, stored = review_page.known_and_stored(review)
    form: merging.Form = MultiDict(request.form)
    removed = form.get("do", "").partition("remove-")[2]
    if removed in known.stored:
        form[f"{COMMENT}{removed}"] = ""
    is_current = review_form.number(form.get("version")) == review.version
    return review_merge.merged(form, stored, known, is_current=is_current)


def both_texts(review: Review, found: ReviewMerge, saved_at: datetime) -> Any:
    """The page that shows both texts; everything that did not clash is saved already."""
    task = assignment_of_round(review.submission)
    titles = {one.key: one.title for one in task.criteria}
    requests = {str(one.id): one.text for one in queries.earlier_requests(review.submission)}
    entries, mine = found.merge.entries, found.merge.mine
    clashes = [
        merging.Clash(
            key=key,
            number="",
            label=review_merge.label(key, titles, found.on, requests),
            mine=review_merge.described(key, mine[key]),
            theirs=review_merge.described(key, entries[key]),
            can_keep_both=key in ("strength", "note") or (key.startswith(COMMENT) and bool(mine[key])),
            names=review_merge.names_of(request.form, key),
        )
        for key in found.merge.conflicts
    ]
    person = review.submission.system.enrollment.user.name
    return render_template(
        "components/conflict.html",
        name=f"review of {person}",
        place=f"{task.worksheet.title}, round {review.submission.number}",
        action=url_for("reviews.save_review", review_id=review.id),
        hidden={
            "version": review.version,
            "was": marks_of(review),
            "lease": request.form.get("lease", ""),
            "showing": request.form.get("showing", ""),
        },
        clashes=clashes,
        saved_at=saved_at,
    ), 409


def marks_of(review: Review) -> str:
    """The marks of what is stored, for a form."""
    known, stored = review_page.known_and_stored(review)
    return review_merge.was_of(stored, known)


def saved_answer(
    review: Review, user: User, found: ReviewMerge, made: Mapping[str, int], now: datetime
) -> dict[str, Any]:
    """What the page is told after a save."""
    page = review_page.page_of(review, user, "all", now)
    until = review.submission.lease_until
    return {
        "version": review.version,
        "made": made,
        "saved_at": f"Draft saved at {times.clock_time(review.saved_at)}",
        "digest": merging.received(request.form),
        "was": review_merge.new_marks(found.merge, made),
        "conflicts": found.merge.conflicts,
        "elsewhere": found.merge.elsewhere,
        "lease": review.submission.lease_token if page.holds_lease else "",
        "until": times.clock_time(until) if until else "",
        "holder": page.holder.name if page.holder else "",
        "open": page.is_open,
        "hint": vars(page.hint),
        "many": page.many,
    }
