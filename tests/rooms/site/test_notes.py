"""Private notes of a lesson: saved by button and by themselves, never lost, never anybody else's."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.cohorts.models import Enrollment
from app.coursework.models import Reflection, System
from app.coursework.rules import LONGEST_NOTE
from app.lib.database import db
from tests.cast import NOW
from tests.client import Client
from tests.factories import published_review, submitted_system
from tests.programs import KEY, QUESTION
from tests.rooms.coursework.test_review_race import at_once
from tests.rooms.coursework.test_worksheet_race import copies, posts
from tests.rooms.coursework.worksheets import HOSTILE, JSON, form_of

LESSON = "/modules/systems/lesson-1"
NOTE = f"{LESSON}/notes/{KEY}"


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def opened(browser: Client) -> dict[str, list[str]]:
    """The note's form as the page shows it."""
    page = browser.get(LESSON).text
    found = (form_of(page, index) for index in range(page.count("<form")))
    return next(form for form in found if "text" in form)


def saves(browser: Client, text: str, **more: Any) -> Any:
    return browser.post(NOTE, data=opened(browser) | {"text": text} | more)


def note() -> Reflection | None:
    db.session.rollback()
    return db.session.scalar(select(Reflection))


# --- the button ---------------------------------------------------------------------------------------------------


def test_the_lesson_asks_and_says_who_can_read_the_answer(ana):
    page = ana.get(LESSON).text
    assert f'<label for="note-{KEY}-text">{QUESTION}</label>' in page
    assert "Only you can read this." in page
    assert page.index("Text of lesson 1.") < page.index(QUESTION) < page.index("And its end.")


def test_a_note_is_kept_and_shown_again(ana, clock):
    clock.move(minutes=32)
    response = saves(ana, "  Prices.\r\nAnd the alarm code.\n")
    assert (response.status_code, response.location) == (303, f"{LESSON}#note-{KEY}")
    kept = note()
    assert (kept.text, kept.question, kept.version) == ("  Prices.\nAnd the alarm code.", QUESTION, 1)
    assert (kept.module_slug, kept.lesson_slug, kept.key) == ("systems", "lesson-1", KEY)
    page = ana.get(LESSON).text
    assert "  Prices.\nAnd the alarm code.</textarea>" in page
    assert "Saved at 9:32 a.m." in page  # Denver


def test_saving_the_same_again_changes_nothing(ana, clock):
    saves(ana, "Prices.")
    clock.move(minutes=5)
    saves(ana, "Prices.")
    assert (note().version, note().saved_at) == (1, clock.now.replace(minute=0))


def test_nothing_written_keeps_no_row(ana):
    assert saves(ana, "").status_code == 303
    assert note() is None


def test_a_note_can_be_emptied(ana):
    saves(ana, "Prices.")
    saves(ana, "")
    assert (note().text, note().version) == ("", 2)


def test_a_note_changes_no_system_and_writes_no_audit_entry(ana):
    before = db.session.scalar(select(db.func.count()).select_from(Entry))
    saves(ana, "Prices.")
    assert db.session.scalar(select(db.func.count()).select_from(Entry)) == before
    assert db.session.scalar(select(System)) is None


def test_what_is_typed_is_text(ana):
    saves(ana, HOSTILE)
    page = ana.get(LESSON).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page


def test_too_long_a_note_is_refused_in_words_and_stays_in_the_field(ana):
    saves(ana, "Short.")
    text = "x" * (LONGEST_NOTE + 1)
    response = saves(ana, text)
    assert response.status_code == 422
    assert "This note is 20,001 characters long; there is room for 20,000." in response.text
    assert f"{text}</textarea>" in response.text
    assert 'aria-invalid="true"' in response.text
    assert note().text == "Short."
    by_itself = ana.post(NOTE, data=opened(ana) | {"text": text}, headers=JSON)
    assert (by_itself.status_code, list(by_itself.json)) == (422, ["error"])


# --- two tabs -----------------------------------------------------------------------------------------------------


@pytest.fixture
def stale(ana):
    """A form that was opened before the note was changed elsewhere."""
    saves(ana, "First.")
    form = opened(ana)
    saves(ana, "Theirs, <b>in bold</b>.")
    return form


def test_a_stale_form_wins_over_nothing_and_both_texts_are_shown(ana, stale):
    response = ana.post(NOTE, data=stale | {"text": "Mine."})
    assert response.status_code == 409
    assert "This note was changed in another tab or on another device." in response.text
    assert "<blockquote>Theirs, &lt;b&gt;in bold&lt;/b&gt;.</blockquote>" in response.text
    assert "Mine.</textarea>" in response.text
    assert note().text == "Theirs, <b>in bold</b>."


@pytest.mark.parametrize(
    ("keep", "text"),
    [("mine", "Mine."), ("theirs", "Theirs, <b>in bold</b>."), ("both", "Theirs, <b>in bold</b>.\n\nMine.")],
)
def test_the_person_decides(ana, stale, keep, text):
    page = ana.post(NOTE, data=stale | {"text": "Mine."}).text
    shown = next(
        form for form in (form_of(page, index) for index in range(page.count("<form"))) if "text" in form
    )
    assert ana.post(NOTE, data=shown | {"keep": keep}).status_code == 303
    assert note().text == text


def test_a_third_change_while_deciding_is_shown_too(ana, stale):
    page = ana.post(NOTE, data=stale | {"text": "Mine."}).text
    shown = next(
        form for form in (form_of(page, index) for index in range(page.count("<form"))) if "text" in form
    )
    saves(ana, "A third.")
    response = ana.post(NOTE, data=shown | {"keep": "mine"})
    assert response.status_code == 409
    assert "<blockquote>A third.</blockquote>" in response.text


def test_a_stale_form_in_which_nothing_was_typed_changes_nothing(ana, stale):
    assert ana.post(NOTE, data=stale).status_code == 303
    assert note().text == "Theirs, <b>in bold</b>."


def test_a_form_without_its_marks_is_asked(ana):
    saves(ana, "First.")
    assert ana.post(NOTE, data={"text": "Bare."}).status_code == 409
    assert note().text == "First."


def test_four_tabs_at_once_make_one_note_and_three_are_asked(app, ana):
    form = opened(ana)
    windows = copies(app, ana, 4)
    texts = [f"Text {number}" for number in range(4)]
    answers = at_once(app, posts(windows, NOTE, [form | {"text": [text]} for text in texts], JSON))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    winner = next(text for text, one in zip(texts, answers, strict=True) if one.status_code == 200)
    assert note().text == winner


# --- by itself -----------------------------------------------------------------------------------------------------


def test_the_answer_confirms_what_arrived(ana, clock):
    clock.move(minutes=32)
    form = opened(ana)
    answer = ana.post(NOTE, data=form | {"text": "Prices.\r\n"}, headers=JSON).json
    digest = hashlib.sha256(b"text\x1fPrices.\n\x1e").hexdigest()
    assert (answer["version"], answer["saved_at"], answer["digest"]) == (1, "Saved at 9:32 a.m.", digest)
    assert answer["conflicts"] == answer["elsewhere"] == []
    assert list(answer["was"]) == ["text"]


def test_a_conflict_is_told(ana, stale):
    answer = ana.post(NOTE, data=stale | {"text": "Mine."}, headers=JSON)
    assert (answer.status_code, answer.json["conflicts"]) == (409, ["text"])


def test_an_ended_session_answers_401_in_words(ana, client):
    response = client.post(NOTE, data=opened(ana), headers=JSON)
    assert response.status_code == 401
    assert "your text is kept on this device" in response.json["error"]


# --- whose it is ----------------------------------------------------------------------------------------------------


def test_another_participant_has_a_note_of_their_own(ana, sign_in, cast):
    saves(ana, "Ana’s prices.")
    ben = sign_in(cast.ben)
    assert "Ana’s prices." not in ben.get(LESSON).text
    saves(ben, "Ben’s prices.")
    assert "Ana’s prices." in ana.get(LESSON).text


def test_it_is_in_no_manual_and_on_no_page_of_a_coach_or_of_staff(ana, sign_in, cast, write):
    saves(ana, "xqprivate")
    with write():
        review = published_review(
            submitted_system(cast.ana_enrollment), cast.cora, verdict="accepted", comments=()
        )
        review_id = review.id
    assert "xqprivate" not in ana.get("/manual").text
    for who, paths in (
        (cast.cora, (f"/reviews/{review_id}", "/coaching/queue", LESSON)),
        (cast.sam, ("/staff", "/staff/cohorts/spring-2026", LESSON)),
    ):
        browser = sign_in(who)
        assert all("xqprivate" not in browser.get(path, critical=False).text for path in paths)


@pytest.mark.parametrize(
    "path",
    [
        f"{LESSON}/notes/{'0' * 12}",
        f"/modules/systems/nope/notes/{KEY}",
        f"/modules/nope/lesson-1/notes/{KEY}",
        f"/modules/scope/lesson-1/notes/{KEY}",
    ],
)
def test_no_note_where_nobody_asked(ana, path):
    assert ana.post(path, data={"text": "x"}).status_code == 404
    assert note() is None


@pytest.mark.parametrize("status", ["suspended", "paused", "completed", "withdrawn"])
def test_whoever_may_read_a_lesson_may_keep_notes_to_it(ana, cast, write, status):
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = status
    assert saves(ana, "Prices.").status_code == 303
    assert note().text == "Prices."


# --- a lesson that asks something else now ----------------------------------------------------------------------------


def test_a_note_to_a_question_that_is_gone_stays_below_the_lesson(ana, cast, write):
    old = {"module_slug": "systems", "lesson_slug": "lesson-1", "version": 2, "saved_at": NOW}
    with write():
        for key, text in (("a" * 12, "An old thought."), ("b" * 12, "")):
            row = Reflection(
                enrollment_id=cast.ana_enrollment, key=key, question=f"Old {key[0]}?", text=text, **old
            )
            db.session.add(row)
    page = ana.get(LESSON).text
    assert "An old thought.</textarea>" in page
    assert "The lesson does not ask it any more; your note stays." in page
    assert "Old b?" not in page
    assert page.index("And its end.") < page.index("Old a?")
    response = ana.post(f"{LESSON}/notes/{'a' * 12}", data={"text": "Newer.", "version": 2})
    assert response.status_code == 303
    assert "Newer.</textarea>" in ana.get(LESSON).text
