"""A practice manual as values: what is accepted, in order, ready to be shown on a screen or bound on paper."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from markupsafe import Markup

from app.curriculum import answer_html, documents
from app.curriculum.answer_html import Filled
from app.curriculum.calculation import calculated
from app.curriculum.placeholders import Placeholder
from app.curriculum.schema import Document, Field, Module, Program, Worksheet
from app.lib.times import long_date

REVIEWED_WITHIN = timedelta(
    days=365
)  # a system is looked at again within a year, or earlier where it says so
HANDED_OUT = (
    "form",
    "letter",
)  # held by clients and offices; the program's own hedges are not theirs to read


@dataclass(frozen=True)
class Imprint:
    """Whose manual it is, and how its paper is made. `time_zone`: whose calendar days its dates are."""

    practice: str
    owner: str
    cohort: str = ""
    time_zone: str = "America/New_York"
    paper: Literal["letter", "a4"] = "letter"
    is_sample: bool = False  # the fictional practice of the curriculum: every page says so


def paper_of(time_zone: str) -> Literal["letter", "a4"]:
    """The paper that lies in the printers there: Letter in the Americas and Hawaii, A4 everywhere else."""
    return "letter" if time_zone.startswith(("America/", "US/", "Canada/", "Pacific/Honolulu")) else "a4"


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
    intro: str
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
    excused: bool = False  # it need not be built: a dash, and the word

    def document(self, slug: str) -> BoundDocument | None:
        return next((one for one in self.documents if one.slug == slug), None)

    def titled(self, title: str) -> BoundDocument | None:
        return next((one for one in self.documents if one.title.lower() == title.lower()), None)


@dataclass(frozen=True)
class Accepted:
    """All accepted work together: a document of one module may name the practice, which another module asks for."""

    digests: tuple[str, ...]
    worksheets: tuple[Worksheet, ...]
    answers: dict[str, Any]


@dataclass(frozen=True)
class Book:
    imprint: Imprint
    institute: str
    language: str  # as in `en-US`
    hedges: tuple[str, ...]
    notice: str  # the program's word at the foot of every page
    document_notice: str  # its shorter word on what clients and offices hold; may be empty
    chapters: tuple[Chapter, ...]
    mark: str  # the fingerprint of what its pages are made of

    @property
    def practice(self) -> str:
        return self.imprint.practice or self.imprint.owner

    @property
    def owner(self) -> str:
        return self.imprint.owner

    @cached_property
    def bound(self) -> tuple[Chapter, ...]:
        return tuple(one for one in self.chapters if one.work)

    def chapter(self, slug: str) -> Chapter | None:
        """The accepted chapter of this module."""
        return next((one for one in self.bound if one.slug == slug), None)

    @property
    def as_of(self) -> datetime | None:
        """When the newest of its chapters was accepted."""
        return max((one.work.accepted_at for one in self.chapters if one.work), default=None)

    @property
    def version(self) -> str:
        return self._day(self.as_of) if self.as_of else ""

    @property
    def next_review(self) -> str:
        """The day by which the first of its chapters is to be looked at again."""
        works = [one.work for one in self.chapters if one.work]
        return self._review_of(min(works, key=lambda work: work.accepted_at)) if works else ""

    @property
    def legal(self) -> str:
        """What the cover says about the whole."""
        built = f"Built in the {self.imprint.cohort}, {self.institute}. " if self.imprint.cohort else ""
        return (
            f"{' '.join(self.hedges)} {built}A coach’s acceptance means the work meets the course standard."
        )

    def foot(self, document: BoundDocument | None = None) -> str:
        """What stands at the foot of every page, of the manual or of a single document."""
        if self.imprint.is_sample:
            return f"Filled sample: {self.practice} is a fictional practice. {self.document_notice}".rstrip()
        is_for_clients = document is not None and document.kind in HANDED_OUT  # who writes their data into it
        return (
            f"Version of {self.version}. {self.document_notice if is_for_clients else self.notice}".rstrip()
        )

    def standing(self, chapter: Chapter) -> tuple[tuple[str, str], ...]:
        """What is said of each document: label and text; an empty text is left to be written by hand."""
        work = chapter.work
        assert work is not None
        version, review = f"{self._day(work.accepted_at)}, round {work.round}", self._review_of(work)
        if self.imprint.is_sample:
            version, review = "filled sample", "within a year"
        return (
            ("Version", version),
            ("Next review", review),
            (f"{self.document_notice} Reviewed by".lstrip(), ""),
        )

    def stamp(self, chapter: Chapter) -> str:
        """When, in which round and by whom a chapter was accepted, and when it is looked at again."""
        work = chapter.work
        assert work is not None
        accepted = f"{self._day(work.accepted_at)}, round {work.round}, {work.coach}"
        return f"{accepted} · Next review {self._review_of(work)}"

    def hedges_of(self, document: BoundDocument) -> str:
        """The program's standing hedges below a single document, if its reader is the practice itself."""
        return "" if document.kind in HANDED_OUT else " ".join(self.hedges)

    def _review_of(self, work: Work) -> str:
        return f"by {self._day(work.accepted_at + REVIEWED_WITHIN)}"

    def _day(self, moment: datetime) -> str:
        return long_date(moment, self.imprint.time_zone)


def compose(
    program: Program,
    programs: dict[str, Program],
    work: Sequence[Work],
    imprint: Imprint,
    excused: Collection[str] = (),
) -> Book:
    """The manual of one practice. `programs`: for each accepted module the program it was written for.

    `excused`: the modules its owner need not build.
    """
    by_module = {one.module_slug: one for one in work}
    answered = {slug: programs.get(slug, program).module(slug) for slug in by_module}
    accepted = Accepted(
        tuple(one.digest for one in work),
        tuple(module.worksheet for module in answered.values() if module and module.worksheet),
        {field: answer for one in work for field, answer in one.answers.items()},
    )
    chapters = tuple(
        replace(
            _chapter(module, answered.get(module.slug), by_module.get(module.slug), accepted),
            excused=module.slug in excused,
        )
        for module in program.modules
    )
    return Book(
        imprint=imprint,
        institute=program.institute,
        language=program.language,
        hedges=program.hedges,
        notice=program.notice or program.hedges[0],
        document_notice=program.document_notice or "",
        chapters=chapters,
        mark=fingerprint(work, imprint, excused),
    )


def fingerprint(work: Sequence[Work], imprint: Imprint, excused: Collection[str] = ()) -> str:
    """What the pages are made of, as SHA-256: the same work, names, paper and rounds give the same pages."""
    made_of = [
        imprint.practice,
        imprint.owner,
        imprint.paper,
        *sorted((one.module_slug, one.round, one.digest) for one in work),
        *sorted(excused),
    ]
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
        assert module.worksheet is not None
        _pages[key] = (module, (parts_of(module.number, module.worksheet, work.answers), documents))
    return _pages[key][1]


def _place(promised: tuple[str, ...]) -> Callable[[Document], tuple[int, str]]:
    """Documents stand in the order in which the module announces them."""
    order = {title.lower(): index for index, title in enumerate(promised)}
    return lambda document: (order.get(document.title.lower(), len(order)), document.title)


def parts_of(number: int, sheet: Worksheet, answers: Mapping[str, Any]) -> tuple[Part, ...]:
    """The sections of this worksheet of module `number`, with what is answered in them."""
    filled = Filled({field.id: field for field in sheet.fields()}, answers, calculated(sheet, answers))
    return tuple(
        Part(
            section.manual or f"{number}.{index}",
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
    return BoundDocument(document.slug, document.title, document.kind, document.intro or "", html)
