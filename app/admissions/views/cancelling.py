"""Cancelling a cohort, on one screen: whom it touches, the arithmetic, the letter, one confirm; then how far it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.accounts.sessions import get_user, require_recent_second_factor
from app.admissions import cancelling, cancelling_messages, cancelling_touched
from app.admissions import cancelling_queries as queries
from app.admissions import cancelling_rules as rules
from app.admissions.cancelling_queries import Stand
from app.admissions.cancelling_rules import Overview, Shown
from app.admissions.views import bp
from app.cohorts.models import Cohort
from app.cohorts.queries import cohort_by_slug, program
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.jobs import nudge
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import returns
from app.payments.cancellations import JUST_BEGUN

FIVE_MINUTES = timedelta(minutes=5)
PARAGRAPH = "reason"
DONE = "The {} is cancelled. Everybody is seen to within minutes; this page says how far it is."


@bp.get("/staff/cohorts/<slug>/cancel")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def cancellation(slug: str) -> Any:
    """Before: who is touched. While it is asked for: the same, for the second person. After: how far it is."""
    return _page(slug)


@bp.post("/staff/cohorts/<slug>/cancel/letter")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def cancellation_letter(slug: str) -> Any:
    """The letter as it will go out, and the confirm under it. Nothing is changed."""
    try:
        reason = rules.check_reason(request.form.get(PARAGRAPH, ""))
    except Refused as refused:
        return _page(slug, refused), 422
    return _page(slug, letter=reason)


@bp.post("/staff/cohorts/<slug>/cancel")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def cancel_cohort(slug: str) -> Any:
    """Cancel it, or ask a second person to. Whatever stands in the way, nothing is changed and the page says what."""

    def verb(user: User, cohort: Cohort, now: datetime) -> str:
        row = cancelling.ask(user, cohort, request.form.get(PARAGRAPH, ""), _shown(), now)
        if row.status == "requested":
            return "Another member of staff has to confirm it now. Until then no seat is sold; nothing else changes."
        return DONE.format(cohort.title)

    return _do(slug, verb)


@bp.post("/staff/cohorts/<slug>/cancel/confirm")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def confirm_cancellation(slug: str) -> Any:
    """The second person's yes."""

    def verb(user: User, cohort: Cohort, now: datetime) -> str:
        cancelling.confirm(user, cohort, _shown(), now)
        return DONE.format(cohort.title)

    return _do(slug, verb)


@bp.post("/staff/cohorts/<slug>/cancel/end")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def end_cancellation_request(slug: str) -> Any:
    """Taken back by who asked, or declined by a colleague."""

    def verb(user: User, cohort: Cohort, now: datetime) -> str:
        what = cancelling.end_request(user, cohort, request.form.get("note", ""), now)
        return f"The cancellation is {what}. Seats are sold again."

    return _do(slug, verb)


@bp.post("/staff/cohorts/<slug>/cancel/again")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def cancel_again(slug: str) -> Any:
    """See now to those who could not be seen to; the worker does so by itself every minute."""
    begin_write()
    cohort_by_slug(slug)
    nudge("cancel-cohorts")
    db.session.commit()
    say("It is being tried again now.", "note")
    return _back(slug)


def _do(slug: str, verb: Callable[[User, Cohort, datetime], str]) -> Any:
    begin_write()
    try:
        said = verb(get_user(), cohort_by_slug(slug), clock.now())
    except Refused as refused:
        db.session.rollback()
        return _page(slug, refused, letter=_typed(PARAGRAPH)), 422 if refused.field else 409
    db.session.commit()
    say(said)
    return _back(slug)


def _typed(name: str) -> str:
    return clean_text(request.form.get(name, ""))


def _back(slug: str) -> Response:
    return redirect(url_for("admissions.cancellation", slug=slug), 303)


def _shown() -> Shown:
    """What the page had said; it cannot be what is for figures that no page can show."""
    return Shown(_number("people"), _number("back"))


def _number(name: str) -> int:
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else -1


def _page(slug: str, refused: Refused | None = None, letter: str | None = None) -> str:
    stand = queries.stand_of(slug)
    if stand.status == "confirmed" or stand.cohort.status == "cancelled":
        return _progress_page(stand, refused)
    now, why_not = clock.now(), _why_not(stand.cohort)
    found = Overview(()) if why_not else cancelling_touched.overview(stand.cohort.id, stand.percent)
    reason = stand.cancellation.reason if stand.cancellation and stand.status == "requested" else letter
    back = found.total("back_cents")
    limit = program(stand.cohort).two_people_above
    show_letter = bool(reason) and not (refused and refused.field == PARAGRAPH)
    return render_template(
        "admissions/cancellation.html",
        stand=stand,
        cohort=stand.cohort,
        found=found,
        back_cents=back,
        standings=rules.STANDINGS,
        clause=returns.figures_if_cancelled(stand.percent, 0, back, 0, found.currency).clause,
        typed=_typed(PARAGRAPH) if refused and refused.field == PARAGRAPH else reason or "",
        note=_typed("note"),
        letter=_letter(stand, found, reason, now) if reason and show_letter else None,
        limit=limit,
        two=returns.needs_two(back, limit),
        why_not=why_not,
        refused=refused,
    )


def _why_not(cohort: Cohort) -> str:
    try:
        rules.check_may_cancel(cohort.status, cohort.title)
    except Refused as refused:
        return refused.sentence
    return ""


def _letter(stand: Stand, found: Overview, reason: str, now: datetime) -> dict[str, str]:
    """The letter's subject and text, as the first person with money in it gets it, and whose it is."""
    example = next((one for one in found.people if one.back_cents), next(iter(found.people), None))
    return {
        "subject": cancelling_messages.subject(stand.cohort),
        "text": cancelling_messages.preview(stand.cohort, reason, example, found.currency, now),
        "to": example.name if example else "",
    }


def _progress_page(stand: Stand, refused: Refused | None) -> str:
    row = stand.cancellation
    cases = queries.cases_of(row.id, stand.cohort.id) if row and stand.status == "confirmed" else []
    return render_template(
        "admissions/cancelled.html",
        stand=stand,
        cohort=stand.cohort,
        cases=cases,
        standings=rules.STANDINGS,
        progress=rules.progress(one.CancellationCase.status for one in cases),
        done=sum(one.CancellationCase.status != "waiting" for one in cases),
        just_begun=JUST_BEGUN,
        refused=refused,
    )
