"""One module of the program: its lessons, its worksheet with what it is judged by, its documents and samples."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field as Constraint
from pydantic import StringConstraints

from app.curriculum.assignment_types import Check, Rubric, Worksheet, structure_hash
from app.curriculum.field_types import FieldId, Flag, Slug, SourceTag, Strict, Text
from app.curriculum.media import MediaFile
from app.curriculum.plain_numbers import DIGITS


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
    """Front matter of a lesson. `unexplained` are terms of the glossary that this lesson explains itself."""

    title: Text
    minutes: Annotated[int, Constraint(ge=1, le=120), DIGITS] | None = None
    action: Text | None = None
    feeds: tuple[FieldId, ...] = ()
    sources: tuple[SourceTag, ...] = ()
    unexplained: tuple[Text, ...] = ()


class ReflectQuestion(Strict):
    """What a lesson asks for a private note; the note is kept under the key."""

    key: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
    text: Text


class Lesson(LessonFacts):
    """One lesson. `number` counts from 1 within the module; `minutes` is reading time at 200 words a minute."""

    slug: Slug
    number: int
    minutes: int
    body: Text
    html: str = ""
    questions: tuple[ReflectQuestion, ...] = ()


class ModuleFacts(Strict):
    """The front matter of module.md. Days count from the cohort's first day; `review_days` are business days.

    `needs` names modules whose systems this one builds on, `pairs_with` one it is built together with, from either
    side. `closes_day` is for a system that grows until the end: the day its last version is due.
    """

    title: Text
    reason: Text
    reason_slug: Slug
    system: Text
    chapter: Text
    opens_day: Annotated[int, Constraint(ge=0, le=730), DIGITS]
    due_day: Annotated[int, Constraint(ge=0, le=730), DIGITS]
    closes_day: Annotated[int, Constraint(ge=0, le=730), DIGITS] | None = None
    review_days: Annotated[int, Constraint(ge=1, le=20), DIGITS] = 3
    critical: Flag = False
    needs: tuple[Slug, ...] = ()
    pairs_with: tuple[Slug, ...] = ()
    problem: Text
    outcomes: Annotated[tuple[Text, ...], Constraint(min_length=1)]
    documents_promised: tuple[Text, ...] = ()


class Module(ModuleFacts):
    """One of the modules. Without a worksheet it is listed, but there is nothing to build in it yet."""

    number: int
    slug: Slug
    opening: str
    opening_html: str = ""
    lessons: tuple[Lesson, ...] = ()
    media: tuple[MediaFile, ...] = ()
    worksheet: Worksheet | None = None
    rubric: Rubric | None = None
    checks: tuple[Check, ...] = ()
    documents: tuple[Document, ...] = ()
    samples: tuple[Sample, ...] = ()

    @property
    def week(self) -> int:
        """The week of the cohort in which the module opens; the first week is 1."""
        return self.opens_day // 7 + 1

    @cached_property
    def assignment_hash(self) -> str:
        """The structure hash of worksheet and rubric, worked out once; '' without a worksheet."""
        return structure_hash(self.worksheet, self.rubric) if self.worksheet else ""

    @property
    def minutes(self) -> int:
        """Reading time of all lessons together."""
        return sum(lesson.minutes for lesson in self.lessons)

    def lesson(self, slug: str) -> Lesson | None:
        return next((one for one in self.lessons if one.slug == slug), None)

    def file(self, sha256: str, name: str) -> MediaFile | None:
        return next((one for one in self.media if (one.sha256, one.name) == (sha256, name)), None)

    def document(self, slug: str) -> Document | None:
        return next((one for one in self.documents if one.slug == slug), None)

    def sample(self, slug: str) -> Sample | None:
        return next((one for one in self.samples if one.slug == slug), None)
