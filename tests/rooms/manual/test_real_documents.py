"""The curriculum's own documents, filled from the sample practice: a prospect may be shown any of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.curriculum.reader import read
from app.curriculum.schema import Program
from app.manual import book
from app.manual.book import Book, Work
from config import ROOT


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
    return book.compose(program, {}, work, "Harborline Medical Exercise", "Dana Okafor", "Founding cohort")


def test_every_written_module_is_a_chapter_with_all_the_documents_it_promises(program, harborline):
    written = [module for module in program.modules if module.worksheet]
    assert [chapter.slug for chapter in harborline.bound] == [module.slug for module in written]
    for module, chapter in zip(written, harborline.bound, strict=True):
        assert [one.title for one in chapter.documents] == list(module.documents_promised)


def test_no_document_leaves_blank_what_was_answered(harborline):
    blank = [
        f"{chapter.slug}/{document.slug}"
        for chapter in harborline.bound
        for document in chapter.documents
        if "still blank" in document.html or "still to be written" in document.html
    ]
    assert not blank


def test_a_document_may_name_the_practice_that_another_module_asked_for(harborline):
    others = [one for chapter in harborline.bound if chapter.number > 1 for one in chapter.documents]
    assert any("Harborline Medical Exercise, LLC" in one.html for one in others)
