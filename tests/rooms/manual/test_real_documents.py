"""The curriculum's own documents, filled from the sample practice: a prospect may be shown any of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from docx import Document as WordFile
from docx.text.paragraph import Paragraph
from lxml import html as lxml_html
from pypdf import PdfReader

from app.curriculum.reader import read
from app.curriculum.schema import Program
from app.lib import pdf
from app.manual import book, export
from app.manual.book import Book, BoundDocument, Chapter, Imprint, Work
from app.manual.export import PDF, WORD
from config import ROOT

SPACE = re.compile(r"[\s\u00ad]+")
WRITTEN = sorted(path.parent.name for path in (ROOT / "curriculum" / "modules").glob("*/worksheet.yaml"))
UNFILLED = ("still blank", "still to be written")


@pytest.fixture(scope="module")
def program() -> Program:
    return read(ROOT / "curriculum")


@pytest.fixture(scope="module")
def harborline(program: Program) -> Book:
    """The manual of the sample practice, every written module accepted."""
    accepted_at = datetime(2026, 5, 22, tzinfo=UTC)
    work = [
        Work(module.slug, sample.answers, f"digest of {module.slug}", 1, accepted_at, "Cora Bennett")
        for module in program.modules
        for sample in module.samples
        if sample.kind == "good"
    ]
    imprint = Imprint("Harborline Medical Exercise", "Dana Okafor", "Founding cohort")
    return book.compose(program, {}, work, imprint)


def every(harborline: Book) -> Iterator[tuple[Chapter, BoundDocument]]:
    return ((chapter, document) for chapter in harborline.bound for document in chapter.documents)


def plain(text: str) -> str:
    """Without what setting a text in lines changes: spaces, soft hyphens, ligatures."""
    return SPACE.sub("", unicodedata.normalize("NFKC", text))


def said(document: BoundDocument) -> list[str]:
    """Every stretch of text a reader of the page sees."""
    tree = lxml_html.fragment_fromstring(document.html, create_parent="div")
    for unseen in tree.xpath("//*[contains(@class, 'hide') or contains(@class, 'write-line')]"):
        unseen.drop_tree()
    return [text for one in tree.itertext() if (text := plain(one))]


def missing(pieces: list[str], text: str) -> list[str]:
    """The pieces that are not in the text; one may stand on two pages, with a foot and a head between."""
    return [piece for piece in pieces if piece not in text and not on_two_pages(piece, text)]


def pages_of(chapter: Chapter, reader: PdfReader) -> list[tuple[int, int]]:
    """The first page of each document, and the page after its last, by the outline of the PDF."""
    outline = iter(
        [(plain(one.title), reader.get_destination_page_number(one)) for one in flat(reader.outline)]
    )
    starts = [next(page for title, page in outline if title == plain(one.title)) for one in chapter.documents]
    return list(zip(starts, [*starts[1:], len(reader.pages)], strict=True))


def flat(outline: Any) -> Iterator[Any]:
    for one in outline:
        yield from flat(one) if isinstance(one, list) else [one]


def on_two_pages(piece: str, text: str) -> bool:
    return any(piece[:cut] in text and piece[cut:] in text for cut in range(len(piece) - 1, 0, -1))


def test_every_written_module_is_a_chapter_with_all_the_documents_it_promises(program, harborline):
    written = [module for module in program.modules if module.worksheet]
    assert [chapter.slug for chapter in harborline.bound] == [module.slug for module in written]
    for module, chapter in zip(written, harborline.bound, strict=True):
        assert [one.title for one in chapter.documents] == list(module.documents_promised)


def test_no_document_leaves_blank_what_was_answered(harborline):
    blank = [
        f"{chapter.slug}/{document.slug}"
        for chapter, document in every(harborline)
        if any(mark in document.html for mark in UNFILLED)
    ]
    assert not blank


def test_a_document_may_name_the_practice_that_another_module_asked_for(harborline):
    others = [one for chapter in harborline.bound if chapter.number > 1 for one in chapter.documents]
    assert any("Harborline Medical Exercise, LLC" in one.html for one in others)


def test_every_document_says_in_word_all_that_its_page_says(app, harborline):
    wrong: list[str] = []
    for chapter, document in every(harborline):
        file = WordFile(BytesIO(export.document(harborline, chapter, document, WORD).data))
        body: Any = file.element.body
        text = plain("\n".join(Paragraph(p, None).text for p in body.iter(f"{{{body.nsmap['w']}}}p")))
        lost = missing(said(document), text)
        wrong += [f"{chapter.slug}/{document.slug} lacks {lost[:3]}"] if lost else []
        assert not any(mark in text for mark in UNFILLED), document.slug
        assert plain(document.title) in text and plain("Not legal or medical advice. Reviewed by") in text
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", WRITTEN)
def test_every_document_says_on_paper_all_that_its_page_says(app, harborline, folder):
    """One PDF for the documents of a module, without the chapter before them: that holds the same answers once more."""
    if not pdf.is_possible():
        pytest.skip("needs the Pango libraries")
    chapter = harborline.chapter(folder.partition("-")[2])
    assert chapter is not None
    reader = PdfReader(
        BytesIO(export.manual(replace(harborline, chapters=(replace(chapter, parts=()),)), PDF).data)
    )
    texts = [plain(page.extract_text()) for page in reader.pages]
    wrong: list[str] = []
    for document, (first, last) in zip(chapter.documents, pages_of(chapter, reader), strict=True):
        text = "".join(texts[first:last])
        lost = missing(said(document), text)
        wrong += [f"{document.slug} lacks {lost[:3]}"] if lost else []
        assert plain("Not legal or medical advice. Reviewed by") in text, document.slug
    assert not wrong, "\n".join(wrong)
