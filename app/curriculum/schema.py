"""The curriculum as values: what a program is, and with it a module, a worksheet and a field.

Everything here is frozen and goes through JSON and back unchanged, because a whole `Program` is stored in a
release. Looking something up never raises: a missing module or field is `None`, so a page can answer 404.
Modules are in `module_types`, fields in `field_types`, worksheets and rubrics in `assignment_types`, public pages in
`front_types`, the self-assessment in `assessment_types`; what other rooms name of them is re-exported here.
"""

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field as Constraint
from pydantic import StringConstraints

from app.curriculum.assessment_types import SelfAssessment
from app.curriculum.assignment_types import (
    Check,
    Criterion,
    Rubric,
    Section,
    Worksheet,
    structure_hash,
)
from app.curriculum.care_words import Wording
from app.curriculum.field_types import (
    Field,
    FieldBase,
    FileField,
    GroupField,
    Slug,
    SourceTag,
    Strict,
    TableField,
    Text,
)
from app.curriculum.front_types import (
    WEEKDAYS,
    HomePageFacts,
    Page,
    PageFacts,
    Question,
    ReasonPageFacts,
    Statements,
    Weekday,
)
from app.curriculum.glossary import Term
from app.curriculum.media import MediaFile
from app.curriculum.module_types import Document, Lesson, Module, ReflectQuestion, Sample
from app.curriculum.plain_numbers import DIGITS

__all__ = [
    "Check",
    "Criterion",
    "Document",
    "Field",
    "FieldBase",
    "FileField",
    "GroupField",
    "HomePageFacts",
    "Lesson",
    "MediaFile",
    "Module",
    "Page",
    "PageFacts",
    "Program",
    "Question",
    "ReasonPageFacts",
    "ReflectQuestion",
    "Rubric",
    "Sample",
    "Section",
    "SelfAssessment",
    "Source",
    "SourceTag",
    "Strict",
    "TableField",
    "Term",
    "Worksheet",
    "structure_hash",
]

WallTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Source(Strict):
    """One entry of the reference list; `quality` is A (primary), B (secondary) or C (opinion)."""

    text: Text
    quality: Literal["A", "B", "C"] = "B"


class Call(Strict):
    """A live session of every cohort: `day` counts within its week (0: the first), `starts` is the cohort's time."""

    key: Slug
    week: Annotated[int, Constraint(ge=1, le=104), DIGITS]
    title: Text
    day: Annotated[int, Constraint(ge=-60, le=730), DIGITS]
    starts: WallTime
    minutes: Annotated[int, Constraint(ge=5, le=600), DIGITS]
    text: Text | None = None


class WeekPlan(Strict):
    """One row of the public week-by-week plan; weeks that open a module are named by the module itself."""

    week: Annotated[int, Constraint(ge=1, le=104), DIGITS]
    title: Text
    text: str = ""


class ProgramFacts(Strict):
    """What program.yaml says of the whole. Times are the cohort's local time, days count from its first day."""

    title: Text
    institute: Text
    called: Text | None = None  # the institute in running text, where its name is long
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en-US"
    weeks: Annotated[int, Constraint(ge=1, le=104), DIGITS]
    week_begins: Weekday = "monday"
    time_zone: Text
    also_shown_in: tuple[Text, ...] = ()  # time zones in which the first call is announced as well
    hedges: Annotated[tuple[Text, ...], Constraint(min_length=1)]
    sample_practice: Text | None = None  # the fictional practice whose answers the good samples are
    notice: Text | None = None  # at the foot of every page of work; the first hedge if there is none
    public_notice: Text | None = None  # at the foot of every public page; the same
    document_notice: Text | None = (
        None  # on each document, and all that a form or letter says; none if left out
    )
    example_of: Text | None = None  # the practice all examples are from
    statements: Statements = Statements()
    application: tuple[Question, ...] = ()
    open_questions_title: Text | None = None  # callouts with this title are questions to the institute
    # Refunds above this, in whole units of the cohort's currency, are approved by a second member of staff.
    two_people_above: Annotated[int, Constraint(ge=0, le=1_000_000), DIGITS] = 1000
    release_time: WallTime
    due_time: WallTime
    # A freed seat is offered to the waitlist for so many hours, and none by itself from so many days before the start.
    waitlist_offer_hours: Annotated[int, Constraint(ge=1, le=336), DIGITS] = 48
    waitlist_stops_days: Annotated[int, Constraint(ge=1, le=60), DIGITS] = 3
    calls: tuple[Call, ...] = ()
    weeks_plan: tuple[WeekPlan, ...] = ()

    @property
    def short_name(self) -> str:
        """The institute as it is called within a sentence."""
        return self.called or self.institute


class Program(ProgramFacts):
    """The whole curriculum of one release."""

    modules: tuple[Module, ...]
    sources: dict[str, Source] = {}
    glossary: tuple[Term, ...] = ()  # in the order of the alphabet
    pages: tuple[Page, ...] = ()
    assessment: SelfAssessment | None = None
    wording: Wording = Wording()

    def weekday(self, day: int) -> str:
        """The name of that day of a cohort: day 0 is its first, 'Saturday' for example."""
        return WEEKDAYS[(WEEKDAYS.index(self.week_begins) + day) % 7].capitalize()

    def module(self, slug: str) -> Module | None:
        return next((one for one in self.modules if one.slug == slug), None)

    @property
    def check_days(self) -> list[int]:
        """The days after acceptance on which evidence is asked for, in order."""
        return sorted({check.day for module in self.modules for check in module.checks})

    def builds_on(self, module: Module) -> tuple[Module, ...]:
        """The modules it needs, in the order of the program."""
        return tuple(one for one in self.modules if one.slug in module.needs)

    def pairs_of(self, module: Module) -> tuple[Module, ...]:
        """The modules it is built together with, whichever of the two says so."""
        return tuple(
            one for one in self.modules if one.slug in module.pairs_with or module.slug in one.pairs_with
        )

    def module_numbered(self, number: int) -> Module | None:
        return next((one for one in self.modules if one.number == number), None)

    def module_against(self, reason_slug: str) -> Module | None:
        """The module that is built against this reason."""
        return next((one for one in self.modules if one.reason_slug == reason_slug), None)

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
