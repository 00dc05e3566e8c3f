"""The manual and its documents as Word files, from the same values as the screen and the PDF.

The manual is one file in which every chapter is a section with its name in the head, every title a heading, and the
contents a field; a document alone is set in the same styles, one level higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx.document import Document as WordDocument
from docx.section import Section

from app.manual.book import Book, BoundDocument, Chapter, Part
from app.manual.copies import Copy
from app.manual.word import cover, look
from app.manual.word.body import Body
from app.manual.word.wml import W, add, bookmark, field, keep_with_next, make, run


def bind(book: Book) -> bytes:
    """The whole manual: cover, contents, and each accepted chapter with its documents."""
    word = look.empty(book.language, book.imprint.paper)
    _describe(word, book.practice, book.language, f"Practice manual, {book.practice}", book.as_of)
    body = _body(word, book.imprint.paper, 1)
    cover.write(book, body)
    _foot(_new_section(word, book, "Contents"), body.width, book.foot())
    cover.contents(book, body)
    for chapter in book.bound:
        _new_section(word, book, chapter.title)
        _chapter(book, chapter, body, answers=_body(word, book.imprint.paper, 2))
    look.ask_to_update_fields(word)
    return look.saved(word)


def alone(book: Book, chapter: Chapter, document: BoundDocument) -> bytes:
    """One document out of the binder."""
    paper = book.imprint.paper
    word = look.empty(book.language, paper, is_alone=True)
    _describe(word, book.practice, book.language, f"{document.title}, {book.practice}", book.as_of)
    section, body = word.sections[0], _body(word, paper, 0, is_alone=True)
    if document.kind != "letter":  # it has its letterhead
        _head(section, body.width, book.practice, document.title)
    _foot(section, body.width, book.foot(document), of_all=True)
    _document(book, chapter, document, body, level=1, hedges=book.hedges_of(document))
    return look.saved(word)


def worksheet(copy: Copy) -> bytes:
    """A worksheet as somebody wrote it, accepted or not."""
    word = look.empty(copy.language, copy.paper, is_alone=True)
    _describe(word, copy.practice, copy.language, f"{copy.title}, {copy.practice}", copy.as_of)
    section, body = word.sections[0], _body(word, copy.paper, 0, is_alone=True)
    _head(section, body.width, copy.practice, copy.title)
    _foot(section, body.width, copy.notice, of_all=True)
    body.text(copy.kicker, "Kicker")
    body.text(copy.title, "Heading1")
    body.text(" ".join(copy.standing), "Intro")
    _parts(copy.parts, body, _body(word, copy.paper, 1, is_alone=True), level=2)
    return look.saved(word)


def _describe(word: WordDocument, practice: str, language: str, title: str, as_of: datetime | None) -> None:
    """Who wrote it is the practice, and when is the version: nothing of the machine that made the file."""
    about = word.core_properties
    moment = (as_of or datetime(2000, 1, 1, tzinfo=UTC)).replace(microsecond=0)
    about.title, about.author, about.last_modified_by = title[:255], practice[:255], practice[:255]
    about.comments, about.language, about.revision = "", language, 1
    about.created = about.modified = moment.astimezone(UTC).replace(tzinfo=None)


def _body(word: WordDocument, paper: str, shift: int, *, is_alone: bool = False) -> Body:
    """Writes at the end, before the last section's own properties; headings are lowered by `shift`."""
    width = look.text_width(paper, is_alone=is_alone)
    return Body(word, word.element.body.sectPr.addprevious, shift=shift, width=width)


def _chapter(book: Book, chapter: Chapter, body: Body, answers: Body) -> None:
    body.text(f"Chapter {chapter.number}", "Kicker")
    bookmark(body.text(chapter.title, "Heading1"), *cover.mark_of(chapter))
    body.text(f"Accepted {book.stamp(chapter)}", "Intro")
    body.text(chapter.system, "Heading2")
    _parts(chapter.parts, body, answers, level=3)
    for number, document in enumerate(chapter.documents, 1):
        title = _document(book, chapter, document, body, level=2)
        bookmark(title, *cover.mark_of(chapter, number))


def _parts(parts: Sequence[Part], body: Body, answers: Body, *, level: int) -> None:
    for part in parts:
        if part.entries:
            body.text(f"{part.number} {part.title}", f"Heading{level}")
            for label, answer in part.entries:
                body.text(label, f"Heading{level + 1}")
                answers.write(answer)


def _document(
    book: Book, chapter: Chapter, document: BoundDocument, body: Body, *, level: int, hedges: str = ""
) -> Any:
    """Title, text, and how it stands. Returns the paragraph of the title; in the binder it begins a page."""
    sample = " · filled sample" if book.imprint.is_sample else ""
    if document.kind == "letter":
        first = title = body.text(f"{document.title}{sample}", f"Heading{level}", look="LetterTitle")
        body.text(book.practice, "Letterhead")
    else:
        first = body.text(f"{book.practice} · {document.kind}{sample}", "Kicker")
        title = body.text(document.title, f"Heading{level}")
        body.text(document.intro, "Intro")
    if level > 1:
        first[0].append(make("pageBreakBefore"))
    body.write(document.html)
    keep_with_next(title.getparent()[-2])  # the last is the section's own
    _standing(book, chapter, body, is_last=not hedges)
    if hedges:
        body.text(hedges, "SmallPrint")
    return title


def _standing(book: Book, chapter: Chapter, body: Body, *, is_last: bool) -> None:
    """Version and review in a line, and a ruled blank to the margin for whoever has looked at it."""
    p = body.text("", "Standing", keep_next=not is_last)
    _right_tab(p, body.width, leader="underscore")
    for label, text in book.standing(chapter):
        run(p, f"{label} ", frozenset("b"))
        run(p, f"{text}    ") if text else add(add(p, "r"), "tab")


def _new_section(word: WordDocument, book: Book, title: str) -> Section:
    """A page with a head of its own; the paragraph that ends the section before it takes no room."""
    section: Section = word.add_section()
    ending = word.element.body.sectPr.getprevious()
    ending[0].insert(0, make("pStyle", val="SectionEnd"))
    _head(section, look.text_width(book.imprint.paper), book.practice, title)
    return section


def _head(section: Section, width: int, left: str, right: str) -> None:
    section.header.is_linked_to_previous = False
    p = section.header.paragraphs[0]._p
    _right_tab(p, width)
    run(p, left)
    add(add(p, "r"), "tab")
    run(p, right)


def _foot(section: Section, width: int, text: str, *, of_all: bool = False) -> None:
    """The words at the left, the page at the right; a loose document says of how many."""
    section.footer.is_linked_to_previous = False
    p = section.footer.paragraphs[0]._p
    _right_tab(p, width)
    run(p, text)
    add(add(p, "r"), "tab")
    field(p, "PAGE", "1")
    if of_all:
        run(p, " of ")
        field(p, "NUMPAGES", "1")


def _right_tab(p: Any, width: int, leader: str = "none") -> None:
    tabs = add(p.find(f"{W}pPr"), "tabs")
    add(tabs, "tab", val="right", pos=width, leader=leader)
