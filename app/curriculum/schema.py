"""The curriculum as values: what a program, a module, a worksheet and a field are.

Everything here is frozen and goes through JSON and back unchanged, because a whole `Program` is stored in a
release. Looking something up never raises: a missing module or field is `None`, so a page can answer 404.
Fields are in `field_types`, worksheets and rubrics in `assignment_types`; both are re-exported here.
"""

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import Field as Constraint
from pydantic import StringConstraints

from app.curriculum.assignment_types import (
    Check,
    Criterion,
    Levels,
    Rubric,
    Section,
    Worksheet,
    structure_hash,
)
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
    Slug,
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
    "Levels",
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
    "Slug",
    "Source",
    "Strict",
    "TableField",
    "Text",
    "Worksheet",
    "structure_hash",
]

WallTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
SourceTag = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}\d{1,3}[a-z]?$")]


class Source(Strict):
    """One entry of the reference list; `quality` is A (primary), B (secondary) or C (opinion)."""

    text: Text
    quality: Literal["A", "B", "C"] = "B"


class Call(Strict):
    """A live session of every cohort: `day` counts within its week (0: Saturday), `starts` is the cohort's time."""

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
    sample_practice: Text | None = None  # the fictional practice whose answers the good samples are
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
