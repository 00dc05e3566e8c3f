"""Filled documents of the sample practice: what a prospect would build, to read, to print and to take along."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, url_for

from app.curriculum.queries import program_of
from app.files.serving import stored
from app.lib import clock
from app.lib.access import open_to
from app.manual import samples
from app.manual.book import Book, BoundDocument, Chapter
from app.manual.export import PDF, TYPES, WORD, name_of
from app.site import coming
from app.site.views import bp
from app.site.views.public import release

KEPT = "public, max-age=3600"  # a new release may bring new samples under the same address


@bp.get("/program/documents")
@open_to("anyone")
def sample_documents() -> str:
    newest = release()
    book = samples.book_of(*newest)
    return render_template(
        "site/sample_documents.html",
        program=program_of(newest[0]),
        book=book if book.bound else abort(404),
        coming=coming.next_with_seats(coming.in_prospect(clock.now())),
    )


@bp.get("/program/documents/<module_slug>/<document_slug>")
@open_to("anyone")
def sample_document(module_slug: str, document_slug: str) -> str:
    newest = release()
    book, chapter, document = _sample(newest, module_slug, document_slug)
    return render_template(
        "site/sample_document.html",
        book=book,
        chapter=chapter,
        document=document,
        files=samples.files_of(newest[0], module_slug, document_slug),
    )


@bp.get(f"/program/documents/<module_slug>/<document_slug>.<any({PDF}, {WORD}):kind>")
@open_to("anyone")
def sample_file(module_slug: str, document_slug: str, kind: str) -> Any:
    """The file as the worker has made it; before that, its page."""
    newest = release()
    book, _chapter, document = _sample(newest, module_slug, document_slug)
    file = samples.files_of(newest[0], module_slug, document_slug).get(kind)
    if file is None or file.sha256 is None:
        return redirect(url_for("site.sample_document", module_slug=module_slug, document_slug=document_slug))
    return stored(file.sha256, name_of(book, document.title, kind), TYPES[kind], KEPT)


def _sample(
    newest: tuple[int, str], module_slug: str, document_slug: str
) -> tuple[Book, Chapter, BoundDocument]:
    """A filled document of the newest release, with its chapter; 404 where there is none."""
    book = samples.book_of(*newest)
    chapter = book.chapter(module_slug) or abort(404)
    return book, chapter, chapter.document(document_slug) or abort(404)
