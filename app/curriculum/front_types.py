"""What stands around the program: the front page's texts, the name of the site, what an applicant is asked."""

from typing import Annotated, Any, Literal

from pydantic import Field as Constraint

from app.curriculum.field_types import Flag, Key, SourceTag, Strict, Text
from app.curriculum.plain_numbers import DIGITS

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
State = Literal["accepted", "changes requested", "submitted", "drafting", "not started"]


class Statements(Strict):
    """What a participant ticks with every round that is sent, and what a coach presses where it is not true."""

    own: Text = "This is my own work for my own practice."
    privacy: Text = "Nothing in it can identify another person: no names, contact details or record numbers."
    report: Text = "Contains somebody’s personal data"  # the button by which a coach hides such work


class Question(Strict):
    """One question of the application. With `options` one is chosen, else a few sentences are written."""

    key: Key
    question: Text
    hint: Text | None = None
    required: Flag = True
    options: tuple[Text, ...] = ()


class Turn(Strict):
    before: Text
    after: Text


class Day(Strict):
    """One day of a normal week; a day without anything has an empty `what`."""

    day: Text
    what: str


class Answered(Strict):
    q: Text
    a: Text


class ArtRow(Strict):
    """One line of the drawn page's table; with `strong` its last cell is bold, else gray."""

    cells: Annotated[tuple[Text, ...], Constraint(min_length=4, max_length=4)]
    strong: Flag = False


class ArtNote(Strict):
    name: Text
    lines: Annotated[tuple[Text, ...], Constraint(min_length=1, max_length=2)]


class Art(Strict):
    """The drawing of an open manual beside the front page's title: whose it is, how far, and the open page.

    Short lines only: they are drawn, not set, so nothing wraps. `states` are those of the first
    modules; the rest is not started.
    """

    practice: Text
    caption: Text
    about: Text
    states: Annotated[tuple[State, ...], Constraint(min_length=1)]
    module: Annotated[int, Constraint(ge=1, le=99), DIGITS]
    title: Text
    head: Annotated[tuple[tuple[Text, Text], ...], Constraint(max_length=3)] = ()
    text: Annotated[tuple[Text, ...], Constraint(max_length=3)] = ()
    columns: Annotated[tuple[Text, ...], Constraint(min_length=4, max_length=4)]
    rows: Annotated[tuple[ArtRow, ...], Constraint(min_length=1, max_length=6)]
    notes: Annotated[tuple[ArtNote, ...], Constraint(max_length=3)] = ()
    signed: Text


class HomeFacts(Strict):
    """What the front page places by itself. A section whose texts are left out is not shown."""

    hero_title: Text
    hero_who: Text | None = None
    hero_text: Text | None = None
    hero_assessment: Text | None = None
    hero_assessment_note: Text | None = None
    art: Art | None = None
    for_title: Text | None = None
    for_whom: tuple[Text, ...] = ()
    not_for: tuple[Text, ...] = ()
    turn_title: Text | None = None
    turn_before: Text | None = None
    turn_after: Text | None = None
    turn: tuple[Turn, ...] = ()
    reasons_title: Text | None = None
    reasons_text: Text | None = None
    documents_title: Text | None = None
    documents_text: Text | None = None
    weeks_title: Text | None = None
    rhythm: tuple[Day, ...] = ()
    questions_title: Text | None = None
    questions: tuple[Answered, ...] = ()
    updates_title: Text | None = None
    updates_text: Text | None = None


class ReasonFacts(Strict):
    summary: Text | None = None


class PageFacts(Strict):
    """Front matter of a public text."""

    title: Text
    description: Text | None = None
    lead: Text | None = None
    sources: tuple[SourceTag, ...] = ()


class HomePageFacts(PageFacts):
    facts: HomeFacts


class ReasonPageFacts(PageFacts):
    facts: ReasonFacts = ReasonFacts()


class Page(PageFacts):
    """A public text; `slug` is its path without the ending (`home`, `reasons/lack-of-systems`).

    `facts` holds the named short texts that a page's template places by itself.
    """

    slug: str
    body: str
    html: str = ""
    facts: dict[str, Any] = {}
