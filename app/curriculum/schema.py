"""The curriculum as values: what a program, a module, a worksheet and a field are.

Everything here is frozen and goes through JSON and back unchanged, because a whole `Program` is stored in a
release. Looking something up never raises: a missing module or field is `None`, so a page can answer 404.
Field types are in `field_types`, re-exported here.
"""

import hashlib
import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field as Constraint
from pydantic import StringConstraints, field_validator

from app.curriculum.field_types import (
    CalculatedField,
    CheckItem,
    ChecklistField,
    ChoiceField,
    Column,
    DateField,
    Field,
    FieldBase,
    FieldId,
    Flag,
    GroupField,
    Key,
    LongTextField,
    MultiChoiceField,
    NumberField,
    Option,
    Part,
    Result,
    ShortTextField,
    Strict,
    TableField,
    Text,
)

__all__ = [
    "Call",
    "Check",
    "CalculatedField",
    "CheckItem",
    "ChecklistField",
    "ChoiceField",
    "Column",
    "Criterion",
    "DateField",
    "Document",
    "Field",
    "FieldBase",
    "FieldId",
    "GroupField",
    "Key",
    "Lesson",
    "LongTextField",
    "Module",
    "MultiChoiceField",
    "NumberField",
    "Option",
    "Page",
    "Part",
    "Program",
    "Result",
    "Rubric",
    "Sample",
    "Section",
    "ShortTextField",
    "Source",
    "Strict",
    "TableField",
    "Text",
    "Worksheet",
    "structure_hash",
]

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
WallTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
SourceTag = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}\d{1,3}[a-z]?$")]


class Source(Strict):
    """One entry of the reference list; `quality` is A (primary), B (secondary) or C (opinion)."""

    text: Text
    quality: Literal["A", "B", "C"] = "B"


class Call(Strict):
    """A live session of every cohort: `day` counts from the cohort's first day, `starts` is the cohort's local time."""

    key: Slug
    week: Annotated[int, Constraint(ge=1, le=104)]
    title: Text
    day: Annotated[int, Constraint(ge=-60, le=730)]
    starts: WallTime
    minutes: Annotated[int, Constraint(ge=5, le=600)]
    text: Text | None = None


class WeekPlan(Strict):
    """One row of the public week-by-week plan; weeks that open a module are named by the module itself."""

    week: Annotated[int, Constraint(ge=1, le=104)]
    title: Text
    text: str = ""


class Section(Strict):
    """One lettered part of a worksheet; `manual` is the place in the practice manual where it lands."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}$")]
    title: Text
    manual: Text | None = None
    intro: Text | None = None
    fields: Annotated[tuple[Field, ...], Constraint(min_length=1)]


class Worksheet(Strict):
    """The assignment a participant fills in; its `key` names the assignment across releases."""

    key: Slug
    title: Text
    intro: Text | None = None
    sections: Annotated[tuple[Section, ...], Constraint(min_length=1)]

    @cached_property
    def _by_id(self) -> dict[str, Field]:
        return {field.id: field for field in self.fields()}

    def fields(self) -> Iterator[Field]:
        """Every field, in the order of the page."""
        for section in self.sections:
            yield from section.fields

    def field(self, field_id: str) -> Field | None:
        return self._by_id.get(field_id)

    def section_of(self, field_id: str) -> Section | None:
        return next((s for s in self.sections if any(f.id == field_id for f in s.fields)), None)


class Levels(Strict):
    not_yet: Text
    meets: Text
    exceeds: Text


class Criterion(Strict):
    """One line of the rubric. *Not yet* on a critical criterion always returns the work."""

    key: Key
    title: Text
    critical: Flag = False
    levels: Levels


class Rubric(Strict):
    criteria: Annotated[tuple[Criterion, ...], Constraint(min_length=1)]

    def criterion(self, key: str) -> Criterion | None:
        return next((c for c in self.criteria if c.key == key), None)


class Check(Strict):
    """Evidence asked for `day` days after acceptance that the system is in use."""

    day: Literal[30, 60, 90]
    evidence: Annotated[tuple[Text, ...], Constraint(min_length=1)]

    @field_validator("day", mode="before")
    @classmethod
    def _read_number(cls, value: Any) -> Any:
        return int(value) if isinstance(value, str) and value.isdecimal() else value


class DocumentFacts(Strict):
    title: Text
    kind: Literal["policy", "procedure", "form", "plan", "sheet", "log", "letter"]
    intro: Text | None = None


class Document(DocumentFacts):
    """A letter, policy or form made from answers; `body` is Markdown with placeholders."""

    slug: Slug
    body: Text


class SampleFacts(Strict):
    kind: Literal["good", "weak"]
    title: Text
    why: Text
    answers: dict[str, Any]


class Sample(SampleFacts):
    """A filled-in worksheet of the fictional practice, with the reason why it is good or weak (Markdown, HTML)."""

    slug: Slug
    why_html: str = ""


class LessonFacts(Strict):
    title: Text
    minutes: Annotated[int, Constraint(ge=1, le=120)] | None = None
    action: Text | None = None
    feeds: tuple[FieldId, ...] = ()
    sources: tuple[SourceTag, ...] = ()


class Lesson(LessonFacts):
    """One lesson. `number` counts from 1 within the module; `minutes` is reading time at 200 words a minute."""

    slug: Slug
    number: int
    minutes: int
    body: Text
    html: str = ""


class ModuleFacts(Strict):
    """The front matter of module.md. Days count from the cohort's first day; `review_days` are business days."""

    title: Text
    reason: Text
    reason_slug: Slug
    system: Text
    chapter: Text
    opens_day: Annotated[int, Constraint(ge=0, le=730)]
    due_day: Annotated[int, Constraint(ge=0, le=730)]
    review_days: Annotated[int, Constraint(ge=1, le=20)] = 3
    critical: Flag = False
    problem: Text
    outcomes: Annotated[tuple[Text, ...], Constraint(min_length=1)]
    documents_promised: tuple[Text, ...] = ()


class Module(ModuleFacts):
    """One of the ten modules. Without a worksheet it is listed, but there is nothing to build in it yet."""

    number: int
    slug: Slug
    opening: str
    opening_html: str = ""
    lessons: tuple[Lesson, ...] = ()
    worksheet: Worksheet | None = None
    rubric: Rubric | None = None
    checks: tuple[Check, ...] = ()
    documents: tuple[Document, ...] = ()
    samples: tuple[Sample, ...] = ()

    @property
    def week(self) -> int:
        """The week of the cohort in which the module opens; the first week is 1."""
        return self.opens_day // 7 + 1

    @property
    def minutes(self) -> int:
        """Reading time of all lessons together."""
        return sum(lesson.minutes for lesson in self.lessons)

    def lesson(self, slug: str) -> Lesson | None:
        return next((one for one in self.lessons if one.slug == slug), None)

    def document(self, slug: str) -> Document | None:
        return next((one for one in self.documents if one.slug == slug), None)


class PageFacts(Strict):
    """Front matter of a public text. `facts` holds named short texts a page's template places by itself."""

    title: Text
    description: Text | None = None
    lead: Text | None = None
    reason: Text | None = None
    sources: tuple[SourceTag, ...] = ()
    facts: dict[str, Any] = {}


class Page(PageFacts):
    """A public text; `slug` is its path without the ending (`home`, `reasons/lack-of-systems`)."""

    slug: str
    body: str
    html: str = ""


class ProgramFacts(Strict):
    title: Text
    institute: Text
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en-US"
    weeks: Annotated[int, Constraint(ge=1, le=104)]
    time_zone: Text
    hedges: Annotated[tuple[Text, ...], Constraint(min_length=1)]
    release_time: WallTime
    due_time: WallTime
    calls: tuple[Call, ...] = ()
    weeks_plan: tuple[WeekPlan, ...] = ()


class Program(ProgramFacts):
    """The whole curriculum of one release."""

    modules: tuple[Module, ...]
    sources: dict[str, Source] = {}
    pages: tuple[Page, ...] = ()

    def module(self, slug: str) -> Module | None:
        return next((one for one in self.modules if one.slug == slug), None)

    def module_numbered(self, number: int) -> Module | None:
        return next((one for one in self.modules if one.number == number), None)

    def module_of(self, worksheet_key: str) -> Module | None:
        """The module whose worksheet has this assignment key."""
        return next((m for m in self.modules if m.worksheet and m.worksheet.key == worksheet_key), None)

    def page(self, slug: str) -> Page | None:
        return next((one for one in self.pages if one.slug == slug), None)

    def canonical_json(self) -> str:
        """The one JSON text of this program: sorted keys, no spaces, so equal programs have equal hashes."""
        return json.dumps(
            self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )

    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def structure_hash(worksheet: Worksheet, rubric: Rubric | None) -> str:
    """SHA-256 of what answers and marks depend on: ids, types, options, columns, required, criteria.

    Wording (labels, guidance, examples, descriptors) is left out, so correcting a text never looks like a
    change of the assignment to a cohort that is already at work.
    """
    criteria = [[c.key, c.critical] for c in rubric.criteria] if rubric else []
    fields = [[section.id, [field.structure() for field in section.fields]] for section in worksheet.sections]
    shape = {"key": worksheet.key, "sections": fields, "criteria": criteria}
    return hashlib.sha256(json.dumps(shape, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not part of a structure")
