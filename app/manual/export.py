"""The manual or one of its documents as a file, PDF or Word. Takes 0.01 to 20 seconds: never in a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import current_app, render_template

from app.lib import pdf
from app.manual import word
from app.manual.book import Book, BoundDocument, Chapter

PDF, WORD = "pdf", "docx"  # as an address and a file's name end
TYPES = {
    PDF: "application/pdf",
    WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True)
class Export:
    data: bytes
    pages: int | None = None  # Word counts its own when it opens the file


def manual(book: Book, kind: str) -> Export:
    """The whole manual, bound. Raises pdf.NoTypesetter."""
    if kind == WORD:
        return Export(word.bind(book))
    html = render_template("manual/book.html", book=book)
    return Export(*pdf.bind(html, _static(), *_sheets(book)))


def document(book: Book, chapter: Chapter, document: BoundDocument, kind: str) -> Export:
    """One document out of the binder. Raises pdf.NoTypesetter."""
    if kind == WORD:
        return Export(word.alone(book, chapter, document))
    html = render_template("manual/paper_document.html", book=book, chapter=chapter, document=document)
    return Export(*pdf.bind(html, _static(), *_sheets(book), "manual-print-alone.css"))


def name_of(book: Book, title: str, kind: str) -> str:
    """How the file is called where it arrives."""
    sample = " (sample)" if book.imprint.is_sample else ""
    return f"{title}, {book.practice}{sample}.{kind}"


def _sheets(book: Book) -> list[str]:
    return ["manual-print.css"] + ["manual-print-a4.css"] * (book.imprint.paper == "a4")


def _static() -> Path:
    return Path(current_app.static_folder or "static")
