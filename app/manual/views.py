"""The participant's manual: on screen, one document at a time, and as PDF."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for

from app.accounts.sessions import get_user
from app.cohorts.queries import enrollment_for
from app.files.serving import attachment
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.manual import actions, queries

bp = Blueprint("manual", __name__)


@bp.get("/manual")
@open_to("participant")
def manual() -> str:
    enrollment = enrollment_for(get_user())
    book = queries.book_of(enrollment)
    return render_template(
        "manual/manual.html",
        book=book,
        enrollment=enrollment,
        binding=queries.binding_of(enrollment, book.mark),
        now=clock.now(),
    )


@bp.get("/manual/<module_slug>/<document_slug>")
@open_to("participant")
def document(module_slug: str, document_slug: str) -> str:
    """One document on a page of its own, ready to print."""
    book = queries.book_of(enrollment_for(get_user()))
    chapter = next((one for one in book.bound if one.slug == module_slug), None) or abort(404)
    found = next((one for one in chapter.documents if one.slug == document_slug), None) or abort(404)
    return render_template("manual/document.html", book=book, chapter=chapter, document=found)


@bp.post("/manual/bind")
@open_to("participant")
def bind() -> Any:
    begin_write()
    try:
        actions.ask_for_binding(get_user(), enrollment_for(get_user()), clock.now())
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return redirect(url_for("manual.manual"), 303)
    db.session.commit()
    say("Your manual is being bound. That takes a few seconds; reload the page.", "note")
    return redirect(url_for("manual.manual"), 303)


@bp.get("/manual.pdf")
@open_to("participant")
def download() -> Any:
    """The manual as it stands now, bound; its page says why, when there is no such file yet."""
    enrollment = enrollment_for(get_user())
    binding = queries.binding_of(enrollment, queries.mark_of(enrollment))
    if binding is None or binding.file is None:
        return redirect(url_for("manual.manual"))
    return attachment(binding.file)
