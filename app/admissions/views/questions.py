"""What a cohort asks its applicants, on one screen. Most buttons change the page only; Save keeps what it shows."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import question_rules as rules
from app.admissions import questions
from app.admissions.forms import application_form
from app.admissions.question_rules import Asked
from app.admissions.views import bp
from app.cohorts.models import Cohort
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.forms import whole_number
from app.lib.refusal import Refused
from app.lib.web import say

KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
PARTS = ("question", "hint", "required", "kind", "options")


@bp.get("/staff/cohorts/<slug>/questions")
@open_to("staff")
def application_questions(slug: str) -> str:
    cohort, found, row = questions.cohort_and_all(slug)
    return _page(cohort, found, row.version if row else 0)


@bp.post("/staff/cohorts/<slug>/questions")
@open_to("staff")
def change_questions(slug: str) -> Any:
    """`do` says which button: save, preview, add, or one of up, down, out, back with the key of its question."""
    typed, version = _typed(), whole_number(request.form.get("version", ""))
    verb, _, key = request.form.get("do", "save").partition(":")
    if verb == "preview":
        cohort, _found, _row = questions.cohort_and_all(slug)
        return _preview(cohort, typed)
    if verb != "save":
        cohort, _found, _row = questions.cohort_and_all(slug)
        typed, at = _arranged(typed, verb, key)
        return _page(cohort, typed, version, at=at, is_changed=True)
    begin_write()
    cohort, _found, _row = questions.cohort_and_all(slug)
    try:
        questions.change(get_user(), cohort, typed, version, clock.now())
    except Refused as refused:
        db.session.rollback()
        return _refused(slug, typed, version, refused)
    db.session.commit()
    say(
        "Saved. From now on applicants are asked this; who has sent an application keeps the questions they had."
    )
    return redirect(url_for("admissions.application_questions", slug=slug), 303)


def _typed() -> list[Asked]:
    """The questions as the form has them, in its order; what is no key of ours is passed over."""
    form = request.form
    keys = [key for key in dict.fromkeys(form.getlist("key")) if KEY.fullmatch(key)][: 3 * rules.MOST]
    return [
        rules.read(
            key, {part: form.get(f"{key}~{part}", "") for part in PARTS}, form.get(f"{key}~asked") != "no"
        )
        for key in keys
    ]


def _arranged(typed: list[Asked], verb: str, key: str) -> tuple[list[Asked], str]:
    """The list after a button, and the question that the page opens at."""
    if verb == "add":
        new = Asked(f"q{secrets.token_hex(4)}", "")
        return [*rules.in_use(typed), new, *(one for one in typed if not one.is_asked)], new.key
    if verb == "out":
        return rules.taken_out(typed, key), key
    if verb == "back":
        return rules.put_back(typed, key), key
    return (
        (rules.moved(typed, key, "up" if verb == "up" else "down"), key)
        if verb in ("up", "down")
        else (typed, "")
    )


def _refused(slug: str, typed: Sequence[Asked], version: int, refused: Refused) -> Any:
    """The page with what was typed; where a colleague was faster, beside what they saved, and over it once more."""
    cohort, found, row = questions.cohort_and_all(slug)
    if isinstance(refused, questions.Stale):
        theirs = rules.in_use(found)
        return _page(cohort, typed, row.version if row else 0, refused, theirs=theirs, is_changed=True), 409
    return _page(cohort, typed, version, refused, is_changed=True), 422


def _page(
    cohort: Cohort,
    shown: Sequence[Asked],
    version: int,
    refused: Refused | None = None,
    *,
    theirs: Sequence[Asked] = (),
    at: str = "",
    is_changed: bool = False,
) -> str:
    return render_template(
        "admissions/questions.html",
        cohort=cohort,
        asked=rules.in_use(shown),
        out=[one for one in shown if not one.is_asked],
        version=version,
        refused=refused,
        theirs=theirs,
        at=at,
        is_changed=is_changed,
        kinds=rules.KINDS,
        rules=rules,
        now=clock.now(),
    )


def _preview(cohort: Cohort, typed: Sequence[Asked]) -> str:
    """The fields as an applicant sees them, saved or not; nothing can be sent from here."""
    form = application_form(rules.in_use(typed))
    for known in ("name", "email", "time_zone"):
        delattr(form, known)
    return render_template("admissions/questions_preview.html", cohort=cohort, form=form)
