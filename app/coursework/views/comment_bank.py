"""The comment bank: what a review can insert, and the page on which coaches keep, share and delete their sentences."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import abort, jsonify, redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coursework import comment_bank as bank
from app.coursework import review_queries as queries
from app.coursework.assignments import assignment_of_round
from app.coursework.review_models import BankComment
from app.coursework.review_rules import KIND_WORDS
from app.coursework.views.coach import bp
from app.curriculum.queries import current_release_id, program_of
from app.curriculum.scalars import Kind, clean
from app.curriculum.schema import Module
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say

_LONG = Kind("long_text")


@bp.get("/reviews/<id:review_id>/bank")
@open_to("coach")
def bank_of(review_id: int) -> Any:
    """What can be inserted in this review, as JSON for its page."""
    user = get_user()
    found = queries.review_for(user, review_id, clock.now())
    offers = bank.offers_for(user, assignment_of_round(found.submission))
    return jsonify(offers=[asdict(one) for one in offers])


@bp.get("/coaching/comments")
@open_to("coach", "staff")
def comments() -> Any:
    return _page(get_user(), request.args.get("module", ""))


def _page(user: User, slug: str, refusal: Refused | None = None, refused_id: int = 0) -> str:
    """`refused_id`: of the comment that was refused; 0 for a new one."""
    modules = _modules()
    module = next((one for one in modules if one.slug == slug), modules[0] if modules else None)
    key = module.worksheet.key if module and module.worksheet else ""
    kept = bank.kept_for(user, key) if key else []
    return render_template(
        "coursework/comment_bank.html",
        modules=modules,
        module=module,
        own=[one for one in kept if one.owner_id],
        shared=[one for one in kept if not one.owner_id],
        kinds=KIND_WORDS,
        user=user,
        refusal=refusal,
        refused_id=refused_id,
        typed=request.form if refusal else {},
    )


def _modules() -> list[Module]:
    release = current_release_id()
    return [one for one in program_of(release).modules if one.worksheet] if release else []


@bp.post("/coaching/comments")
@open_to("coach")
def keep_comment() -> Any:
    """Keep a sentence of one's own for a module."""
    user, form = get_user(), request.form
    begin_write()
    module = next((one for one in _modules() if one.slug == form.get("module")), None)
    if module is None or module.worksheet is None:
        abort(404)
    try:
        bank.keep(user, module.worksheet.key, _kind(), _text(), "", clock.now())
    except Refused as refusal:
        db.session.rollback()
        return _page(get_user(), form.get("module", ""), refusal), 422
    db.session.commit()
    say("Kept.")
    return _back()


@bp.post("/coaching/comments/<id:comment_id>")
@open_to("coach", "staff")
def change_comment(comment_id: int) -> Any:
    """`do`: save, share or delete one's own; retire a shared one (staff)."""
    user = get_user()
    begin_write()
    found = bank.bank_comment_for(user, comment_id, lock=True)
    try:
        said = _do(user, found, request.form.get("do", "save"))
    except Refused as refusal:
        db.session.rollback()
        return _page(get_user(), request.form.get("module", ""), refusal, comment_id), 422
    db.session.commit()
    say(said)
    return _back()


def _do(user: User, found: BankComment, verb: str) -> str:
    now = clock.now()
    if verb == "share":
        bank.share(user, found, now)
        return "Shared: every coach of the program can insert it."
    if verb == "delete":
        bank.delete(user, found)
        return "Deleted. Reviews in which it was inserted keep their copy."
    if verb == "retire":
        if not user.is_staff:
            abort(404)
        bank.retire(user, found, now)
        return "Retired. Reviews in which it was inserted keep their copy."
    bank.change(user, found, _kind(), _text())
    return "Saved."


@bp.post("/coaching/comments/<id:comment_id>/used")
@open_to("coach")
def used(comment_id: int) -> Any:
    """A copy of it was inserted."""
    user = get_user()
    begin_write()
    bank.bank_comment_for(user, comment_id)
    bank.count_use(user, comment_id)
    db.session.commit()
    return jsonify(counted=True)


def _kind() -> str:
    kind = request.form.get("kind", "")
    return kind if kind in KIND_WORDS else "suggested"


def _text() -> str:
    return clean(_LONG, request.form.get("text"))


def _back() -> Any:
    return redirect(url_for("reviews.comments", module=request.form.get("module") or None), 303)
