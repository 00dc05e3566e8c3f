"""A lesson marked as read: by one button, told in words, and nothing else changes by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.coursework.models import LessonRead, System
from app.lib.database import db

LESSON, OTHER = "/modules/systems/lesson-1", "/modules/systems/lesson-2"


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def marked() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(one.module_slug, one.lesson_slug) for one in db.session.scalars(select(LessonRead))]


def test_read_and_unread_by_one_button(ana):
    assert (
        '<button class="btn btn--quiet" name="read" value="yes">Mark as read</button>' in ana.get(LESSON).text
    )
    response = ana.post(f"{LESSON}/read", data={"read": "yes"})
    assert (response.status_code, response.location) == (303, f"{LESSON}#read")
    assert marked() == [("systems", "lesson-1")]
    page = ana.get(LESSON).text
    assert "You marked this lesson as read on Wed, Mar 25." in page
    assert page.count('<span class="hide">, read</span>') == 1  # in the list of lessons
    ana.post(f"{LESSON}/read", data={"read": "no"})
    assert marked() == []
    assert "Mark as read" in ana.get(LESSON).text


def test_twice_is_harmless_and_the_first_time_stays(ana, clock):
    ana.post(f"{LESSON}/read", data={"read": "yes"})
    clock.move(days=1)
    ana.post(f"{LESSON}/read", data={"read": "yes"})
    assert "as read on Wed, Mar 25." in ana.get(LESSON).text
    for _ in (1, 2):
        assert ana.post(f"{LESSON}/read", data={"read": "no"}).status_code == 303


def test_opening_a_lesson_does_not_mark_it(ana):
    ana.get(LESSON)
    assert marked() == []


def test_the_module_pages_say_how_much_is_read_in_words(ana):
    for path in ("/modules", "/modules/systems"):
        assert "0 of 2 lessons read, about 8 minutes left" in ana.get(path).text
    ana.post(f"{LESSON}/read", data={"read": "yes"})
    for path in ("/modules", "/modules/systems"):
        assert "1 of 2 lessons read, about 4 minutes left" in ana.get(path).text
    ana.post(f"{OTHER}/read", data={"read": "yes"})
    for path in ("/modules", "/modules/systems"):
        assert "All 2 lessons read" in ana.get(path).text


def test_read_is_not_done(ana):
    before = ana.get("/dashboard").text
    for path in (LESSON, OTHER):
        ana.post(f"{path}/read", data={"read": "yes"})
    assert db.session.scalar(select(System)) is None
    assert ana.get("/dashboard").text.split("<main")[1] == before.split("<main")[1]
    assert "Not started" in ana.get("/modules").text


def test_each_reader_has_their_own(ana, sign_in, cast):
    ana.post(f"{LESSON}/read", data={"read": "yes"})
    assert "0 of 2 lessons read" in sign_in(cast.ben).get("/modules/systems").text


@pytest.mark.parametrize(
    "path", ["/modules/systems/nope", "/modules/nope/lesson-1", "/modules/scope/lesson-1"]
)
def test_only_a_lesson_that_is_open(ana, path):
    assert ana.post(f"{path}/read", data={"read": "yes"}).status_code == 404
    assert marked() == []


def test_nobody_else_marks_anything(client, sign_in, cast):
    assert client.post(f"{LESSON}/read").status_code == 303
    for who in (cast.uma, cast.cora, cast.pat, cast.sam):
        assert sign_in(who).post(f"{LESSON}/read").status_code == 404
    assert marked() == []
