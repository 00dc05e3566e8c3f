"""A coach prepares the copy of an offered round: every text is shown, names are replaced, fields can be left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coaching.forms import words
from app.coaching.views import bp
from app.coursework import exemplar_rules, exemplars
from app.coursework.assignments import assignment_of_round
from app.coursework.exemplar_models import Exemplar
from app.curriculum import fields
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.merging import read_int
from app.lib.refusal import Refused
from app.lib.web import say

MIXED = (
    "table",
    "group",
)  # numbers, choices and dates stand beside the typed texts: shown, and left out as a whole


@bp.get("/coaching/exemplars")
@open_to("coach")
def exemplar_list() -> str:
    now = clock.now()
    found = exemplars.exemplars_of(get_user(), now)
    rows = [(one, assignment_of_round(one.submission).module) for one in found]
    return render_template("coaching/exemplars.html", rows=rows, now=now)


@bp.get("/coaching/exemplars/<id:exemplar_id>")
@open_to("coach")
def exemplar(exemplar_id: int) -> str:
    return _page(exemplars.exemplar_for(get_user(), exemplar_id, clock.now()))


def _page(found: Exemplar, refusal: Refused | None = None) -> str:
    worksheet = assignment_of_round(found.submission).worksheet
    copy = exemplars.copy_of(found)
    asked = [
        (one, list(exemplar_rules.leaves(one, copy[one.id]))) for one in worksheet.fields() if one.id in copy
    ]
    return render_template(
        "coaching/exemplar.html",
        exemplar=found,
        module=assignment_of_round(found.submission).module,
        person=found.submission.system.enrollment.user,
        parts=[
            (one, leaves, "" if leaves and one.type not in MIXED else fields.display(one, copy[one.id]))
            for one, leaves in asked
        ],
        typed={name: words(request.form, name) for name in request.form if name.startswith("t~")},
        left_out=request.form.getlist("out"),
        can_edit=found.status in ("offered", "prepared", "approved"),
        shown=exemplars.fields_of(found) if found.status == "shown" else [],
        refusal=refusal,
    )


@bp.post("/coaching/exemplars/<id:exemplar_id>")
@open_to("coach")
def prepare_exemplar(exemplar_id: int) -> Any:
    """`do` is prepare (keep the copy and ask its author) or show."""
    now, user = clock.now(), get_user()
    found = exemplars.exemplar_for(user, exemplar_id, now)
    if request.form.get("do") == "show":
        return _show(user, exemplar_id, now)
    texts = {name: words(request.form, name) for name in request.form if name.startswith("t~")}
    worksheet = assignment_of_round(found.submission).worksheet
    copy = exemplar_rules.edited(worksheet, exemplars.copy_of(found), texts, request.form.getlist("out"))
    html = exemplars.rendered(found, copy)
    begin_write()
    found = exemplars.exemplar_for(user, exemplar_id, now)
    try:
        exemplars.prepare(user, found, copy, html, read_int(request.form, "version"), now)
    except Refused as refusal:
        db.session.rollback()
        return _page(exemplars.exemplar_for(user, exemplar_id, now), refusal), 422
    person = found.submission.system.enrollment.user.first_name
    db.session.commit()
    say(f"{person} is asked to read it. Nobody else sees it before that.")
    return redirect(url_for("coaching.exemplar", exemplar_id=exemplar_id), 303)


def _show(user: User, exemplar_id: int, now: datetime) -> Any:
    begin_write()
    found = exemplars.exemplar_for(user, exemplar_id, now)
    try:
        exemplars.show(user, found, now)
    except Refused as refusal:
        db.session.rollback()
        return _page(exemplars.exemplar_for(user, exemplar_id, now), refusal), 422
    db.session.commit()
    say("It stands among the samples of its module now.")
    return redirect(url_for("coaching.exemplar", exemplar_id=exemplar_id), 303)
