"""Answering: the first page, one page for each reason, each answer kept as it is given."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for

from app.accounts.models import User
from app.assessment import actions, queries, rules
from app.assessment.models import Assessment
from app.assessment.views import bp, browser
from app.curriculum.assessment_types import AssessedReason, SelfAssessment
from app.curriculum.queries import program_of
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say, wants_json

# Generous for a room of people behind one address, and for one who changes their mind; not for a program.
BEGUN, SAVED = 60, 600  # an hour
SENT, SHOWN = (
    "answer-",
    "was-",
)  # fields: answer-3b=2, and hidden, with which answers the page was drawn: was-3b=1
NOT_HERE = "This browser holds no answers any more: they were erased, or given in another browser."
ELSEWHERE = "Another tab had changed an answer of this page as well. The one you gave here counts."


@bp.get("/assessment")
@open_to("anyone")
def start() -> Any:
    return _start_page()


@bp.post("/assessment")
@open_to("anyone")
def begin() -> Any:
    """Go on where one left off, or begin an empty set."""
    user, now = browser.person(), clock.now()
    found = queries.release_to_answer(user)
    if found is None:
        return _start_page()
    begin_write()
    if user:
        queries.hold(user)
    row, secret = queries.in_hand(user, browser.token(), now, lock=True), None
    if row is None or row.finished_at is not None:
        if not browser.allowed(now, (f"assessment-from:{request.remote_addr}", BEGUN, browser.HOUR)):
            db.session.commit()
            return _start_page(browser.TOO_OFTEN)
        row, secret = actions.begin(user, found[0], cast(SelfAssessment, found[1].assessment), now)
    text = queries.text_of(row)
    goal = _address(rules.first_open(text, row.answers) or text.reasons[-1])
    db.session.commit()
    response = make_response(redirect(goal, 303))
    return browser.hold(response, secret) if secret else response


@bp.get("/assessment/reasons/<slug>")
@open_to("anyone")
def reason(slug: str) -> Any:
    """The statements of one reason, with what was answered so far."""
    now = clock.now()
    row = queries.in_hand(browser.person(), browser.token(), now)
    if row is None:
        return redirect(url_for("assessment.start"), 303)
    asked = queries.text_of(row).reason(slug) or abort(404)
    if not rules.may_change(row.finished_at, now):
        return redirect(browser.result_address(row), 303)
    return _reason_page(row, asked, row.answers)


@bp.post("/assessment/reasons/<slug>")
@open_to("anyone")
def answer(slug: str) -> Any:
    """Keep what this page sends, one tap or the whole form; a form goes on to where its button leads."""
    user, now = browser.person(), clock.now()
    row = queries.in_hand(user, browser.token(), now)
    if row is None:
        return _told(NOT_HERE, 410)
    text = queries.text_of(row)  # before the lock: the first time a process reads a release takes its time
    asked = text.reason(slug) or abort(404)
    sent, odd = rules.chosen(text, asked, _fields(asked, SENT))
    before = row.id
    begin_write()
    row = queries.in_hand(user, browser.token(), now, lock=True)
    if row is None or row.id != before:  # erased or begun anew in another tab meanwhile
        db.session.rollback()
        return _told(NOT_HERE, 410)
    if not browser.allowed(now, (f"assessment:{row.id}", SAVED, browser.HOUR)):
        db.session.commit()
        return _too_often(row, asked, sent)
    was_behind_link = row.user_id is None
    try:
        merge = actions.save(user, row, sent, _fields(asked, SHOWN), now)
    except Refused as refused:
        db.session.rollback()
        return _told(refused.sentence, 409)
    goal = None if wants_json() else _goal(user, row, text, asked, odd, now)
    db.session.commit()
    response, secret = make_response(_saved(row, text, asked, merge, odd, goal)), browser.token()
    if user and was_behind_link:
        return browser.let_go(response)
    return browser.hold(response, secret) if secret and was_behind_link else response


@bp.post("/assessment/clear")
@open_to("anyone")
def clear() -> Any:
    """Erase what was answered so far, to begin anew or not; a finished set is erased on its own page."""
    user, now = browser.person(), clock.now()
    begin_write()
    row = queries.in_hand(user, browser.token(), now, lock=True)
    if row is None or row.finished_at is not None:
        db.session.rollback()
        return redirect(url_for("assessment.start"), 303)
    actions.erase(user, row, now)
    db.session.commit()
    say("Your answers are erased.")
    return browser.let_go(make_response(redirect(url_for("assessment.start"), 303)))


# --- what comes after a save ------------------------------------------------------------------------------------


def _goal(
    user: User | None,
    row: Assessment,
    text: SelfAssessment,
    asked: AssessedReason,
    odd: Collection[str],
    now: datetime,
) -> str | None:
    """Where the pressed button leads; None: nowhere, because a statement of this page still lacks its answer.

    Next on the last page, with nothing left open, finishes the set.
    """
    earlier, later = rules.neighbors(text, asked.reason)
    step = request.form.get("do")
    if step in ("back", "later"):
        return _address(earlier) if step == "back" and earlier else url_for("assessment.start")
    if odd or rules.unanswered(asked, row.answers):
        return None
    left = rules.first_open(text, row.answers)
    onward = later if later and row.finished_at is None else left
    if onward:
        return _address(onward)
    actions.finish(user, row, now)
    return browser.result_address(row)


def _saved(
    row: Assessment,
    text: SelfAssessment,
    asked: AssessedReason,
    merge: rules.Merge,
    odd: Collection[str],
    goal: str | None,
) -> Any:
    if wants_json():
        if odd:
            return jsonify(error=_choose(text)), 422
        count = rules.answered(text, merge.answers)
        return jsonify(
            answered=count,
            total=text.count,
            whole=not rules.unanswered(asked, merge.answers),
            elsewhere=ELSEWHERE if merge.elsewhere else "",
        )
    if merge.elsewhere:
        say(ELSEWHERE, "note")
    if goal is not None:
        return redirect(goal, 303)
    return _reason_page(
        row, asked, merge.answers, lacks=[*odd, *rules.unanswered(asked, merge.answers)], status=422
    )


def _told(sentence: str, status: int) -> Any:
    """Answer where there is no page to show it on: a program gets the sentence, a person the first page with it."""
    if wants_json():
        return jsonify(error=sentence), status
    say(sentence, "problem")
    return redirect(url_for("assessment.start"), 303)


def _too_often(row: Assessment, asked: AssessedReason, sent: rules.Answers) -> Any:
    if wants_json():
        return jsonify(error=browser.TOO_OFTEN), 429
    return _reason_page(row, asked, {**row.answers, **sent}, problem=browser.TOO_OFTEN, status=429)


def _fields(asked: AssessedReason, prefix: str) -> dict[str, str]:
    """The fields of this reason's statements that were sent, by statement."""
    found = {one.key: request.form.get(prefix + one.key) for one in asked.statements}
    return {key: value for key, value in found.items() if value is not None}


def _address(reason: AssessedReason) -> str:
    return url_for("assessment.reason", slug=reason.reason)


# --- pages ------------------------------------------------------------------------------------------------------


def _start_page(problem: str | None = None) -> Any:
    user, now = browser.person(), clock.now()
    found = queries.release_to_answer(user)
    if found is None:
        return render_template("assessment/none.html"), 404
    held = queries.all_in_hand(user, browser.token(), now)
    begun = held[0] if held and held[0].finished_at is None else None
    page = render_template(
        "assessment/start.html",
        program=found[1],
        text=found[1].assessment,
        progress=_progress(begun) if begun else None,
        begun=begun,
        results=[_line(one) for one in held if one.finished_at],
        kept=rules.KEPT_UNFINISHED.days,
        months=rules.KEPT_MONTHS,
        problem=problem,
    )
    return page, 429 if problem else 200


def _line(row: Assessment) -> dict[str, Any]:
    """A finished set in a list: when, what it came to, and where it is."""
    text = queries.text_of(row)
    found = rules.result(text, row.answers)
    return {
        "at": row.finished_at,
        "total": found.total,
        "most": text.total_range[1],
        "title": found.reading.title,
        "href": browser.result_address(row),
    }


def _progress(row: Assessment) -> dict[str, Any]:
    """How far one has come, for the ten bands and the words beside them."""
    text = queries.text_of(row)
    bands = []
    for one in text.reasons:
        left = len(rules.unanswered(one, row.answers))
        bands.append("own" if not left else "draft" if left < len(one.statements) else "empty")
    return {
        "bands": bands,
        "answered": rules.answered(text, row.answers),
        "total": text.count,
        "minutes": rules.minutes_left(text, row.answers),
        "open": rules.first_open(text, row.answers),
    }


def _reason_page(
    row: Assessment,
    asked: AssessedReason,
    answers: rules.Answers,
    lacks: Collection[str] = (),
    problem: str | None = None,
    status: int = 200,
) -> Any:
    program, text = program_of(row.release_id), queries.text_of(row)
    earlier, later = rules.neighbors(text, asked.reason)
    page = render_template(
        "assessment/reason.html",
        program=program,
        text=text,
        row=row,
        asked=asked,
        module=program.module_against(asked.reason),
        answers=answers,
        progress=_progress(row),
        earlier=earlier,
        later=later,
        lacks=lacks,
        choose=_choose(text),
        problem=problem,
        kept=rules.KEPT_UNFINISHED.days,
    )
    return page, status


def _choose(text: SelfAssessment) -> str:
    return f"Please choose one of the {len(text.scale)} answers; a rough one is fine."
