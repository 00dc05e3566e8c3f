from __future__ import annotations

import pytest
from sqlalchemy import select

from app.coursework.models import Draft, System
from app.lib.database import db
from tests.factories import submitted_system
from tests.programs import COMPLETE


@pytest.fixture
def own_words(cast, write):
    """Ana and Ben each wrote a rule of their own."""
    for enrollment, words in (
        (cast.ana_enrollment, "Anaconda notice"),
        (cast.ben_enrollment, "Bengal notice"),
    ):
        with write():
            submitted_system(enrollment, answers={**COMPLETE, "1.C.1": f"A rule with {words}."})


def test_an_empty_page_says_what_is_searched(sign_in, cast):
    page = sign_in(cast.ana).get("/search").text
    assert "Type a word or two" in page and "Nobody else can search your work." in page


def test_a_lesson_is_found_and_linked(sign_in, cast):
    page = sign_in(cast.ana).get("/search?q=text+of+lesson").text
    assert 'href="/modules/systems/lesson-1"' in page and "<mark>Text</mark>" in page
    assert "Module 1, lesson 1" in page


def test_lessons_of_modules_that_are_not_open_are_not_found(sign_in, cast):
    page = sign_in(cast.ana).get("/search?q=opening+of").text
    assert 'href="/modules/systems"' in page and 'href="/modules/focus"' in page
    assert "/modules/scope" not in page  # it opens in May


def test_ones_own_work_is_found_with_a_link_to_the_field(sign_in, cast, own_words):
    page = sign_in(cast.ana).get("/search?q=notice").text
    system_id = db.session.scalar(select(System.id).where(System.enrollment_id == cast.ana_enrollment))
    assert "Anaconda" in page and f'href="/systems/{system_id}#1.C.1"' in page


def test_ones_own_words_are_shown_without_the_signs_around_them(sign_in, cast, write):
    text = "### Purpose\n**Quicksilver** rule, *at once*, 2 * 3 and <b>5*</b>."
    with write():
        submitted_system(cast.ana_enrollment, answers={**COMPLETE, "1.C.1": text})
    page = sign_in(cast.ana).get("/search?q=quicksilver").text
    assert "<mark>Quicksilver</mark> rule, at once, 2 * 3 and &lt;b&gt;5*&lt;/b&gt;." in page
    assert "###" not in page and "**" not in page


def test_nobody_finds_the_work_of_another(sign_in, cast, own_words):
    assert "Bengal" not in sign_in(cast.ana).get("/search?q=notice").text
    assert "Anaconda" not in sign_in(cast.uma).get("/search?q=notice").text


def test_what_was_just_typed_is_found(sign_in, cast, own_words, write):
    with write():
        draft = db.session.scalar(
            select(Draft).join(System).where(System.enrollment_id == cast.ana_enrollment)
        )
        draft.answers = {**draft.answers, "1.A.1": "Quicksilver Studio"}
    page = sign_in(cast.ana).get("/search?q=quicks").text
    assert "<mark>Quicksilver</mark> Studio" in page and "1 place with" in page


def test_one_kind_alone(sign_in, cast, own_words):
    browser = sign_in(cast.ana)
    page = browser.get("/search?q=rule&kind=answer").text
    assert "in your work" in page and "Look everywhere" in page
    assert "Nothing has" in browser.get("/search?q=anaconda&kind=lesson").text
    assert browser.get("/search?q=rule&kind=no-such-kind").status_code == 200


def test_nothing_found_says_what_to_do(sign_in, cast, own_words):
    browser = sign_in(cast.ana)
    assert "Try fewer or other words" in browser.get("/search?q=xylophone").text
    assert "Did you mean" in browser.get("/search?q=opneing+of").text


def test_a_question_without_end_is_cut(sign_in, cast):
    assert sign_in(cast.ana).get("/search?q=" + "word+" * 2000).status_code in (200, 414)


@pytest.mark.parametrize("who", ["cora", "cal", "pat", "sam"])
def test_only_participants_search(sign_in, cast, who):
    assert sign_in(getattr(cast, who)).get("/search?q=rule").status_code == 404
