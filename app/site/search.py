"""What a participant can find: lessons of open modules, and their own answers. See `search_index` for how."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy import select

from app.cohorts import queries as cohorts
from app.cohorts.models import Enrollment
from app.coursework.models import Draft, System
from app.coursework.withheld_rules import unsafe_fields
from app.curriculum import fields
from app.curriculum.queries import program_of
from app.curriculum.schema import Lesson, Module, Program
from app.lib.database import db
from app.site.search_index import MAX_QUERY, Entry, Hit, Index, Question, ask, could_match, hit

FIRST = 5  # of each kind, on the page of all kinds
MOST = 50  # of one kind
INDEXES = 4  # releases kept ready in each process
KINDS = {"term": "Glossary", "answer": "Your work", "lesson": "Lessons"}

_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
# Numbers of citations and the cards that lead to the worksheet are no text of the lesson.
_LEFT_OUT = re.compile(r'<sup>.*?</sup>|<section class="build">.*?</section>', re.DOTALL)
# Signs that a writer puts around words and before headings; a star between spaces multiplies, and stays.
_SIGNS = re.compile(r"^#{1,6} |(\*{1,3})(?=\S)([^*\n]+)(?<=\S)\1", re.MULTILINE)


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `total` counts all of it, `hits` are those to show."""

    kind: str
    title: str
    hits: tuple[Hit, ...]
    total: int


@dataclass(frozen=True)
class Found:
    typed: str
    kind: str
    groups: tuple[Group, ...]
    instead: str  # the words that may have been meant, if nothing was found

    @property
    def total(self) -> int:
        return sum(group.total for group in self.groups)


def find(enrollment: Enrollment, typed: str, kind: str, now: datetime) -> Found:
    """Everything this participant may read in which all the words occur. One query, for their own answers."""
    typed = typed.strip("\n\r\t")[:MAX_QUERY]
    cohort = enrollment.cohort
    program = program_of(cohort.release_id)
    index = index_of(program)
    question = ask(typed, program.language)
    opened = {one.slug for one in program.modules if cohorts.dates_for(enrollment, one).is_open(now)}
    entries = [one for one in index.search(question) if one.arguments.get("slug", "") in {"", *opened}]
    if question.stems:
        entries += Index(own_entries(enrollment, program, question), program.language).search(question)
    groups = tuple(group for one in KINDS if (group := _group(one, entries, question, kind)))
    return Found(typed, kind, groups, "" if groups or not question.stems else index.instead(typed))


def _group(kind: str, entries: Collection[Entry], question: Question, only: str) -> Group | None:
    mine = [entry for entry in entries if entry.kind == kind]
    if not mine or only not in ("", kind):
        return None
    shown = tuple(hit(entry, question) for entry in mine[: MOST if only else FIRST])
    return Group(kind, KINDS[kind], shown, len(mine))


_indexes: dict[int, tuple[Program, Index]] = {}


def index_of(program: Program) -> Index:
    """Of one release, made at the first search in each process.

    The program is kept beside its index, so that its identity, which is the key, is given to no other meanwhile.
    """
    if id(program) not in _indexes:
        while len(_indexes) >= INDEXES:
            _indexes.pop(next(iter(_indexes)), None)
        entries = (entry for module in program.modules for entry in _module_entries(module))
        _indexes[id(program)] = program, Index(entries, program.language)
    return _indexes[id(program)][1]


def _module_entries(module: Module) -> Iterator[Entry]:
    about = " ".join([_plain(module.opening_html), module.problem, *module.outcomes])
    name = f"Module {module.number}"
    yield Entry("lesson", module.title, name, about, "site.module", {"slug": module.slug})
    for lesson in module.lessons:
        yield from _lesson_entries(module, lesson)


def _lesson_entries(module: Module, lesson: Lesson) -> Iterator[Entry]:
    """The lesson's beginning, and each of its sections with a link right to it. Its sources are not searched."""
    place = f"Module {module.number}, lesson {lesson.number}"
    where = {"slug": module.slug, "lesson_slug": lesson.slug}
    beginning, *rest = _HEADING.split(_LEFT_OUT.sub("", lesson.html))
    yield Entry("lesson", lesson.title, place, _plain(beginning), "site.lesson", where)
    for anchor, heading, html in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        if anchor != "h-sources":
            there = {**where, "_anchor": anchor}
            yield Entry(
                "lesson", _plain(heading), f"{place}: {lesson.title}", _plain(html), "site.lesson", there
            )


def _plain(html: str) -> str:
    """The words of our own cleaned HTML."""
    return str(Markup(_LEFT_OUT.sub("", html).replace("<", " <")).striptags())  # noqa: S704 - only stripped


def own_entries(enrollment: Enrollment, program: Program, question: Question) -> Iterator[Entry]:
    """This person's answers in which the words might occur, as they are written now."""
    rows = select(System.id, System.assignment_key, Draft.answers, System.withheld, System.round).join(
        Draft, Draft.system_id == System.id
    )
    own = db.session.execute(rows.where(System.enrollment_id == enrollment.id))
    for system_id, key, answers, withheld, number in own:
        module = program.module_of(key)
        if module is None or module.worksheet is None:
            continue
        unsafe = unsafe_fields(withheld, number, answers)
        for field in module.worksheet.fields():
            if field.id in unsafe:
                continue
            text = _SIGNS.sub(r"\2", fields.display(field, answers.get(field.id)))
            if text and could_match(f"{field.label} {text}", question):
                there: dict[str, str | int] = {"system_id": system_id, "_anchor": field.id}
                yield Entry("answer", field.label, module.system, text, "coursework.worksheet", there)
