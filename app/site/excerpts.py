"""Pages of the sample practice for the front page: a few of its filled documents, short enough to be drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from app.curriculum.schema import Program, Worksheet
from app.manual import samples
from app.manual.book import BoundDocument, Chapter

SHOWN = 4
LONGEST = 4_500  # characters of HTML: more than a drawing of one sheet can show, and too heavy to send
_ID = re.compile(r' id="[^"]*"')


@dataclass(frozen=True)
class SamplePage:
    """One document of the sample practice. `html` is safe and has no ids, so that several fit on one page."""

    chapter: Chapter
    document: BoundDocument
    html: Markup


@lru_cache(maxsize=4)
def sample_pages(release_id: int, release_hash: str) -> tuple[SamplePage, ...]:
    """Up to four documents, of as many modules and kinds as there are; none where no good sample fills them."""
    book = samples.book_of(release_id, release_hash)
    short = [
        SamplePage(chapter, document, Markup(_ID.sub("", document.html)))  # noqa: S704 - only taken away from
        for chapter, document in _in_turn(book.bound)
        if len(document.html) <= LONGEST
    ]
    return tuple(sorted(short[:SHOWN], key=lambda page: page.chapter.number))


def sample_practice(program: Program) -> tuple[list[Worksheet], dict[str, Any]]:
    """Every worksheet of the program, and what the good samples answer in all of them together."""
    sheets = [module.worksheet for module in program.modules if module.worksheet]
    answers = {
        field: answer
        for module in program.modules
        for sample in module.samples
        if sample.kind == "good"
        for field, answer in sample.answers.items()
    }
    return sheets, answers


def _in_turn(chapters: tuple[Chapter, ...]) -> list[tuple[Chapter, BoundDocument]]:
    """One document of each chapter in turn; a kind that is not shown yet goes before a second of the same kind."""
    turns = zip_longest(*([(chapter, one) for one in chapter.documents] for chapter in chapters))
    fresh: list[tuple[Chapter, BoundDocument]] = []
    again: list[tuple[Chapter, BoundDocument]] = []
    kinds: set[str] = set()
    for chapter, document in (pair for turn in turns for pair in turn if pair):
        (again if document.kind in kinds else fresh).append((chapter, document))
        kinds.add(document.kind)
    return [*fresh, *again]
