"""A practice manual as values: what is accepted, in order, ready to be shown on a screen or bound on paper."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from app.curriculum import answer_html, documents
from app.curriculum.answer_html import Filled
from app.curriculum.calculation import calculated
from app.curriculum.placeholders import Placeholder
from app.curriculum.schema import Document, Field, Module, Program, Worksheet


@dataclass(frozen=True)
class Work:
    """One accepted submission, as it was frozen."""

    module_slug: str
    answers: dict[str, Any]
    digest: str
    round: int
    accepted_at: datetime
    coach: str


@dataclass(frozen=True)
class Part:
    """One section of a chapter: its number in the manual, its title and its answered fields."""

    number: str
    title: str
    entries: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True)
class BoundDocument:
    slug: str
    title: str
    kind: str
    html: Markup


@dataclass(frozen=True)
class Chapter:
    """One chapter. Without `work` it is still open: its number stands on the spine, and the contents say so."""

    number: int
    slug: str
    title: str
    system: str
    promised: tuple[str, ...]
    work: Work | None
    parts: tuple[Part, ...] = ()
    documents: tuple[BoundDocument, ...] = ()


@dataclass(frozen=True)
class Accepted:
    """All accepted work together: a document of one module may name the practice, which another module asks for."""

    digests: tuple[str, ...]
    worksheets: tuple[Worksheet, ...]
    answers: dict[str, Any]


@dataclass(frozen=True)
class Book:
    practice: str
    owner: str
    cohort: str
    institute: str
    hedges: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    mark: str  # the fingerprint of what its pages are made of
    language: str = "en-US"
    notice: str = ""

    @property
    def bound(self) -> tuple[Chapter, ...]:
        return tuple(one for one in self.chapters if one.work)

    @property
    def as_of(self) -> datetime | None:
        """When the newest of its chapters was accepted."""
        return max((one.work.accepted_at for one in self.chapters if one.work), default=None)


def compose(
    program: Program,
    programs: dict[str, Program],
    work: Sequence[Work],
    practice: str,
    owner: str,
    cohort: str,
) -> Book:
    """The manual of one practice. `programs`: for each accepted module the program it was written for."""
    by_module = {one.module_slug: one for one in work}
    answered = {slug: programs.get(slug, program).module(slug) for slug in by_module}
    accepted = Accepted(
        tuple(one.digest for one in work),
        tuple(module.worksheet for module in answered.values() if module and module.worksheet),
        {field: answer for one in work for field, answer in one.answers.items()},
    )
    chapters = tuple(
        _chapter(module, answered.get(module.slug), by_module.get(module.slug), accepted)
        for module in program.modules
    )
    mark = fingerprint(work, practice, owner)
    return Book(
        practice or owner,
        owner,
        cohort,
        program.institute,
        program.hedges,
        chapters,
        mark,
        program.language,
        program.notice or program.hedges[0],
    )


def fingerprint(work: Sequence[Work], practice: str, owner: str) -> str:
    """What the pages are made of, as SHA-256: the same work, names and rounds give the same pages."""
    made_of = [practice, owner, *sorted((one.module_slug, one.round, one.digest) for one in work)]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()


def _chapter(module: Module, answered: Module | None, work: Work | None, accepted: Accepted) -> Chapter:
    """What is accepted is told in the words of the release it answered; what is open, in those the cohort reads now."""
    if work is None or answered is None or answered.worksheet is None:
        open_ = (module.chapter, module.system, module.documents_promised)
        return Chapter(module.number, module.slug, *open_, None)
    parts, documents = _rendered(answered, work, accepted)
    words = (answered.chapter, answered.system, answered.documents_promised)
    return Chapter(module.number, module.slug, *words, work, parts, documents)


Pages = tuple[tuple[Part, ...], tuple[BoundDocument, ...]]
_pages: dict[tuple[int, tuple[str, ...]], tuple[Module, Pages]] = {}


def _rendered(module: Module, work: Work, accepted: Accepted) -> Pages:
    """The pages of one accepted system. Neither the work nor its release ever changes: rendered once a process.

    The module is kept beside its pages, so that its identity, which is the key, is given to no other meanwhile.
    """
    key = (id(module), accepted.digests)
    if key not in _pages:
        while len(_pages) >= 200:
            _pages.pop(next(iter(_pages)))
        ordered = sorted(module.documents, key=_place(module.documents_promised))
        documents = tuple(_document(one, accepted) for one in ordered)
        _pages[key] = (module, (_parts(module, work.answers), documents))
    return _pages[key][1]


def _place(promised: tuple[str, ...]) -> Callable[[Document], tuple[int, str]]:
    """Documents stand in the order in which the module announces them."""
    order = {title.lower(): index for index, title in enumerate(promised)}
    return lambda document: (order.get(document.title.lower(), len(order)), document.title)


def _parts(module: Module, answers: dict[str, Any]) -> tuple[Part, ...]:
    sheet = module.worksheet
    assert sheet is not None
    filled = Filled({field.id: field for field in sheet.fields()}, answers, calculated(sheet, answers))
    return tuple(
        Part(
            section.manual or f"{module.number}.{index}",
            section.title,
            tuple(
                (field.label, _answer(field, filled))
                for field in section.fields
                if answer_html.has_answer(Placeholder(field.id), field, filled)
            ),
        )
        for index, section in enumerate(sheet.sections, 1)
    )


def _answer(field: Field, filled: Filled) -> Markup:
    return answer_html.block(Placeholder(field.id), field, filled)


def _document(document: Document, accepted: Accepted) -> BoundDocument:
    html = documents.render(document, accepted.worksheets, accepted.answers)
    return BoundDocument(document.slug, document.title, document.kind, html)
