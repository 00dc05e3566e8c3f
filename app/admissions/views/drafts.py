"""An application as it is written: saved by itself and by button, both texts where two devices differ, thrown away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import actions, drafts, questions, rules
from app.admissions.forms import ASKED
from app.admissions.models import Application
from app.admissions.question_rules import Asked
from app.admissions.views import bp
from app.cohorts.models import Cohort
from app.lib import clock, merging, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.merging import Clash, Merge
from app.lib.refusal import Refused
from app.lib.web import say, wants_json

LATER = "Saved. You can go on here or on another device, whenever it suits you."
NOTHING = "There is nothing to save yet."


@bp.post("/cohorts/<slug>/apply/draft")
@open_to("signed in")
def save_draft(slug: str) -> Any:
    """Keep what was typed: from its button (303 back) or by itself (JSON)."""
    (cohort, asked), now = questions.cohort_and_asked(slug), clock.now()
    begin_write()
    try:
        if not rules.takes_applications(cohort.status, cohort.apply_until, now):
            raise Refused(actions.CLOSED)
        draft, what = _saved(cohort, asked, now)
    except Refused as refused:
        db.session.rollback()
        if wants_json():
            return jsonify(error=refused.sentence), 422
        say(refused.sentence, "problem")
        return redirect(url_for("admissions.apply", slug=slug), 303)
    version, saved_at = (draft.version, draft.saved_at or now) if draft else (0, now)
    db.session.commit()
    if wants_json():
        return _told(what, version, saved_at, now)
    if what.conflicts:
        return both_texts(cohort, asked, what, version, saved_at)
    say(LATER if version else NOTHING, "done" if version else "note")
    return redirect(url_for("admissions.apply", slug=slug), 303)


@bp.post("/cohorts/<slug>/apply/draft/delete")
@open_to("signed in")
def throw_draft_away(slug: str) -> Any:
    cohort, _asked = questions.cohort_and_asked(slug)
    begin_write()
    drafts.throw_away(get_user(), cohort, clock.now())
    db.session.commit()
    say("The draft is deleted; nothing of it is kept here.", "note")
    return redirect(url_for("admissions.apply", slug=slug, gone=1), 303)


def saved_first(cohort: Cohort, asked: Sequence[Asked], now: datetime) -> Any | None:
    """Save before sending, so that a refusal costs nothing; the page with both texts where they clash.

    What cannot be kept is left to the form, which says so at its field.
    """
    begin_write()
    try:
        draft, what = _saved(cohort, asked, now)
    except Refused:
        db.session.rollback()
        return None
    version, saved_at = (draft.version, draft.saved_at or now) if draft else (0, now)
    db.session.commit()
    return both_texts(cohort, asked, what, version, saved_at) if what.conflicts else None


def _saved(cohort: Cohort, asked: Sequence[Asked], now: datetime) -> tuple[Application | None, Merge]:
    user = get_user()
    draft = drafts.locked(user, cohort)
    what = drafts.merged(draft, request.form, asked)
    return drafts.save(user, cohort, draft, what, now), what


def _told(what: Merge, version: int, saved_at: datetime, now: datetime) -> Any:
    """What the page needs after a save that it made by itself."""
    answer = {
        "version": version,
        "saved_at": times.saved_words(saved_at, now),
        "was": merging.marks(what.entries, what.same),
        "elsewhere": what.elsewhere,
        "conflicts": what.conflicts,
        "digest": merging.received(request.form),
    }
    return jsonify(answer), 409 if what.conflicts else 200


def both_texts(
    cohort: Cohort, asked: Sequence[Asked], what: Merge, version: int, saved_at: datetime
) -> tuple[str, int]:
    """The page that shows both texts; everything that did not clash is saved already."""
    labels = {ASKED + one.key: one for one in asked}
    clashes = [
        Clash(
            key=key,
            number="",
            label=labels[key].question if key in labels else "Name of your practice",
            mine=what.mine[key],
            theirs=what.entries[key],
            can_keep_both=key in labels and labels[key].kind == "long",
            names=[(key, what.mine[key])],
        )
        for key in what.conflicts
    ]
    page = render_template(
        "components/conflict.html",
        name="your application",
        place=cohort.title,
        action=url_for("admissions.save_draft", slug=cohort.slug),
        hidden={"version": version, "was": json.dumps(merging.marks(what.entries))},
        clashes=clashes,
        saved_at=saved_at,
    )
    return page, 409
