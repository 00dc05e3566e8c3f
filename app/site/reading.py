"""A lesson as its participant reads it: the text of the release with their private notes in their places."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from app.coursework.lessons import TEXT
from app.coursework.models import Reflection
from app.curriculum.markdown import with_build_links
from app.curriculum.schema import Lesson
from app.lib import merging, times

_PLACE = re.compile(r'<div id="note-([0-9a-f]{12})"></div>')


@dataclass(frozen=True)
class Note:
    """One private note as its form shows it. `theirs` is the text saved elsewhere meanwhile, when both are shown."""

    key: str
    question: str
    text: str
    version: int
    was: str  # the mark of the saved text, for the form to carry
    saved: str  # in words; empty before the first save
    problem: str = ""
    theirs: str | None = None
    is_asked: bool = True  # False: the lesson does not ask this any more


@dataclass(frozen=True)
class Typed:
    """What a form held that could not be saved as it was."""

    key: str
    text: str
    problem: str = ""
    conflicts: bool = False


def parts(
    lesson: Lesson,
    kept: Mapping[str, Reflection],
    typed: Typed | None,
    now: datetime,
    link: Callable[[str], str],
) -> Iterator[Markup | Note]:
    """The lesson in pieces of HTML and, between them, notes. Notes to questions it no longer asks come last."""
    html = with_build_links(lesson.html, link)
    asked = {one.key: one.text for one in lesson.questions}
    end = 0
    for place in _PLACE.finditer(html):
        if place[1] in asked:
            yield html[end : place.start()]
            yield _note(place[1], asked[place[1]], kept.get(place[1]), typed, now)
            end = place.end()
    yield html[end:]
    for key, note in kept.items():
        if key not in asked and (note.text or (typed and typed.key == key)):
            yield _note(key, note.question, note, typed, now, is_asked=False)


def _note(
    key: str,
    question: str,
    kept: Reflection | None,
    typed: Typed | None,
    now: datetime,
    *,
    is_asked: bool = True,
) -> Note:
    saved = kept.text if kept else ""
    mine = typed if typed and typed.key == key else None
    return Note(
        key=key,
        question=question,
        text=mine.text if mine else saved,
        version=kept.version if kept else 0,
        was=json.dumps(merging.marks({TEXT: saved})),
        saved=times.saved_words(kept.saved_at, now) if kept else "",
        problem=mine.problem if mine else "",
        theirs=saved if mine and mine.conflicts else None,
        is_asked=is_asked,
    )


@dataclass(frozen=True)
class Progress:
    """How much of a module is read, by the participant's own marks. Never a state of the system."""

    read: int
    of: int
    minutes_left: int

    @property
    def words(self) -> str:
        lessons = f"{self.of} lesson{'' if self.of == 1 else 's'}"
        if self.read == self.of:
            return f"All {lessons} read" if self.of > 1 else "The lesson is read"
        minutes = f"{self.minutes_left} minute{'' if self.minutes_left == 1 else 's'}"
        return f"{self.read} of {lessons} read, about {minutes} left"


def progress(lessons: Sequence[Lesson], read: Collection[str]) -> Progress | None:
    """Of the lessons the release has now; None where there is nothing to read."""
    if not lessons:
        return None
    unread = [one for one in lessons if one.slug not in read]
    return Progress(len(lessons) - len(unread), len(lessons), sum(one.minutes for one in unread))
