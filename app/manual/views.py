"""The participant's manual: on screen, one document at a time, and as files for the printer and for Word."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for

from app.accounts.sessions import get_user
from app.cohorts.queries import enrollment_for
from app.coursework import queries as coursework
from app.files.serving import attachment, download
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.manual import actions, copies, export, queries, word
from app.manual.book import Book, BoundDocument, Chapter
from app.manual.export import PDF, TYPES, WORD

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
        written=queries.written_by(get_user()),
        now=clock.now(),
    )


@bp.get("/manual/<module_slug>")
@open_to("participant")
def chapter(module_slug: str) -> str:
    """One accepted system as it is set down in the manual: all of them on one page would be too heavy."""
    book = queries.book_of(enrollment_for(get_user()))
    found = book.chapter(module_slug) or abort(404)
    place = book.bound.index(found)
    return render_template(
        "manual/chapter.html",
        book=book,
        chapter=found,
        before=book.bound[place - 1] if place else None,
        after=book.bound[place + 1] if place + 1 < len(book.bound) else None,
    )


@bp.get("/manual/<module_slug>/<document_slug>")
@open_to("participant")
def document(module_slug: str, document_slug: str) -> str:
    """One document on a page of its own, ready to print."""
    book, its_chapter, found = _document(module_slug, document_slug)
    return render_template("manual/document.html", book=book, chapter=its_chapter, document=found)


@bp.get(f"/manual/<module_slug>/<document_slug>.<any({PDF}, {WORD}):kind>")
@open_to("participant")
def document_file(module_slug: str, document_slug: str, kind: str) -> Any:
    """The same as a file, made while one waits: 0.1 seconds for most, 0.4 for the longest."""
    book, its_chapter, found = _document(module_slug, document_slug)
    db.session.rollback()  # no transaction stays open while it is made
    try:
        file = export.document(book, its_chapter, found, kind)
    except Exception:
        current_app.logger.exception("%s/%s could not be made as %s", module_slug, document_slug, kind)
        say(
            "That file could not be made. The page below prints as it is; please try the other form.",
            "problem",
        )
        return redirect(url_for("manual.document", module_slug=module_slug, document_slug=document_slug))
    return download(file.data, export.name_of(book, found.title, kind), TYPES[kind])


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
def download_pdf() -> Any:
    return _manual_file(PDF)


@bp.get("/manual.docx")
@open_to("participant")
def download_word() -> Any:
    return _manual_file(WORD)


@bp.get("/systems/<id:system_id>/worksheet.docx")
@open_to("participant")
def worksheet_file(system_id: int) -> Any:
    """A worksheet as its owner saved it last, to take along; made while one waits, as a document is."""
    return _copy(copies.of_draft(coursework.sheet_for(get_user(), system_id)))


@bp.get("/systems/<id:system_id>/submissions/<id:number>/worksheet.docx")
@open_to("participant")
def round_file(system_id: int, number: int) -> Any:
    """The same as it was sent in this round."""
    return _copy(copies.of_round(coursework.submission_for(get_user(), system_id, number)))


def _copy(copy: copies.Copy) -> Any:
    db.session.rollback()  # no transaction stays open while it is made
    return download(word.worksheet(copy), f"{copy.name}.{WORD}", TYPES[WORD])


def _document(module_slug: str, document_slug: str) -> tuple[Book, Chapter, BoundDocument]:
    """One document of the reader's own manual, with its chapter; 404 where there is none."""
    book = queries.book_of(enrollment_for(get_user()))
    found = book.chapter(module_slug) or abort(404)
    return book, found, found.document(document_slug) or abort(404)


def _manual_file(kind: str) -> Any:
    """The manual as it stands now, bound; its page says why, when there is no such file yet."""
    enrollment = enrollment_for(get_user())
    binding = queries.binding_of(enrollment, queries.mark_of(enrollment))
    file = binding and (binding.file if kind == PDF else binding.word_file)
    return attachment(file) if file else redirect(url_for("manual.manual"))
