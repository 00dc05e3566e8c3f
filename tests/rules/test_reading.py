"""How much of a module is read, in words; and where the notes of a lesson stand in it."""

import pytest
from markupsafe import Markup

from app.coursework.models import Reflection
from app.curriculum.schema import Lesson
from app.site.reading import Note, Typed, parts, progress
from tests.cast import NOW
from tests.programs import KEY, QUESTION


def lesson(number: int, minutes: int = 4, html: str = "<p>Text.</p>", **more: object) -> Lesson:
    facts = {
        "title": "T",
        "slug": f"l-{number}",
        "number": number,
        "minutes": minutes,
        "body": "Text.",
        "html": html,
    }
    return Lesson.model_validate(facts | more)


@pytest.mark.parametrize(
    ("minutes", "read", "words"),
    [
        ((4, 5, 6), (), "0 of 3 lessons read, about 15 minutes left"),
        ((4, 5, 1), ("l-1", "l-2"), "2 of 3 lessons read, about 1 minute left"),
        ((4, 5, 6), ("l-1", "l-2", "l-3"), "All 3 lessons read"),
        ((4, 5), ("l-1", "gone"), "1 of 2 lessons read, about 5 minutes left"),
        ((4,), (), "0 of 1 lesson read, about 4 minutes left"),
        ((4,), ("l-1",), "The lesson is read"),
    ],
)
def test_progress_in_words(minutes, read, words):
    lessons = [lesson(number, each) for number, each in enumerate(minutes, start=1)]
    assert progress(lessons, read).words == words


def test_without_lessons_there_is_nothing_to_say():
    assert progress([], ()) is None


ASKING = f'<p>Before.</p><div id="note-{KEY}"></div><p>After.</p>'


def shown(
    html: str = ASKING, kept: dict | None = None, typed: Typed | None = None, asks: bool = True
) -> list:
    questions = [{"key": KEY, "text": QUESTION}] if asks else []
    return list(
        parts(lesson(1, html=html, questions=questions), kept or {}, typed, NOW, lambda one: f"/w#{one}")
    )


def test_a_note_stands_where_the_lesson_asks():
    before, note, after = shown()
    assert (before, after) == ("<p>Before.</p>", "<p>After.</p>")
    assert (note.question, note.text, note.version, note.saved, note.theirs) == (QUESTION, "", 0, "", None)


def test_a_lesson_that_asks_nothing_is_one_piece_with_its_links():
    (only,) = shown('<a href="build:1.A.1">Go</a>', asks=False)
    assert only == Markup('<a href="/w#1.A.1">Go</a>')


def test_a_place_of_a_question_nobody_knows_is_left_alone():
    assert shown(asks=False) == [Markup(ASKING)]


def kept(text: str, key: str = KEY) -> dict[str, Reflection]:
    return {key: Reflection(key=key, question="As it was asked", text=text, version=3, saved_at=NOW)}


def test_what_was_typed_stands_in_the_field_and_what_is_kept_beside_it():
    _, note, _ = shown(kept=kept("Theirs"), typed=Typed(KEY, "Mine", conflicts=True))
    assert (note.text, note.theirs, note.version) == ("Mine", "Theirs", 3)
    _, note, _ = shown(kept=kept("Theirs"), typed=Typed(KEY, "Mine", "Too long."))
    assert (note.text, note.theirs, note.problem) == ("Mine", None, "Too long.")
    _, note, _ = shown(kept=kept("Theirs"), typed=Typed("0" * 12, "Elsewhere"))
    assert (note.text, note.theirs) == ("Theirs", None)


def test_a_note_to_a_question_that_is_gone_comes_last():
    found = shown(kept=kept("Old", "a" * 12))
    assert isinstance(found[-1], Note)
    assert (found[-1].question, found[-1].is_asked) == ("As it was asked", False)
    assert len(shown(kept=kept("", "a" * 12))) == 3
