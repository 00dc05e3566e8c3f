"""Pages of the sample practice for the front page: documents of the curriculum filled with its own good samples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from app.curriculum import documents
from app.curriculum.queries import program_of
from app.curriculum.schema import Document, Module, Program, Worksheet

SHOWN = 4
LONGEST = 4_500  # characters of HTML: more than a drawing of one sheet can show, and too heavy to send
_ID = re.compile(r' id="[^"]*"')


@dataclass(frozen=True)
class SamplePage:
    """One document of the sample practice. `html` is safe and has no ids, so that several fit on one page."""

    number: int  # of the module
    chapter: str
    title: str
    intro: str
    html: Markup


@lru_cache(maxsize=4)
def sample_pages(release_id: int, release_hash: str) -> tuple[SamplePage, ...]:
    """Up to four documents, of as many modules and kinds as there are; none where no good sample fills them.

    A release never changes, so each process renders them once; the hash tells two databases apart.
    """
    program = program_of(release_id)
    sheets, answers = sample_practice(program)
    pages: list[SamplePage] = []
    for module, document in _in_turn(program):
        html = documents.render(document, sheets, answers)
        if len(html) <= LONGEST and len(pages) < SHOWN:
            # without its ids, so that several fit on one page
            shown = Markup(_ID.sub("", html))  # noqa: S704 - only taken away from
            pages.append(
                SamplePage(module.number, module.chapter, document.title, document.intro or "", shown)
            )
    return tuple(sorted(pages, key=lambda one: one.number))


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


def _in_turn(program: Program) -> list[tuple[Module, Document]]:
    """One document of each module in turn; a kind that is not shown yet goes before a second of the same kind."""
    able = [module for module in program.modules if any(sample.kind == "good" for sample in module.samples)]
    turns = zip_longest(*([(module, one) for one in _promised_first(module)] for module in able))
    fresh: list[tuple[Module, Document]] = []
    again: list[tuple[Module, Document]] = []
    kinds: set[str] = set()
    for module, document in (pair for turn in turns for pair in turn if pair):
        (again if document.kind in kinds else fresh).append((module, document))
        kinds.add(document.kind)
    return [*fresh, *again]


def _promised_first(module: Module) -> list[Document]:
    """In the order in which the module promises them, not in that of their file names."""
    order = {title: place for place, title in enumerate(module.documents_promised)}
    return sorted(module.documents, key=lambda one: order.get(one.title, len(order)))
