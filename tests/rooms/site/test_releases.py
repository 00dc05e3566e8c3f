"""METI's pages about releases: who reads which, what another would mean, and moving a cohort there and back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.coursework.models import Draft, System
from app.curriculum.models import Release
from app.lib.database import db
from tests.factories import participant, submitted_system
from tests.programs import COMPLETE
from tests.releases import add_field, drop_field, published, reword, set_module

SPRING = "/staff/curriculum/move/spring-2026"


@pytest.fixture
def sam(sign_in, cast):
    return sign_in(cast.sam)


def read_by(cohort_id: int) -> int:
    db.session.rollback()
    return db.session.get_one(Cohort, cohort_id).release_id


def mark(html: str) -> str:
    return re.search(r'name="mark" value="(\w*)"', html)[1]


# --- the list ---------------------------------------------------------------------------------------------------


def test_the_releases_stand_with_their_readers(sam):
    published(reword, note="Other words <b>")
    page = sam.get("/staff/curriculum").text
    assert page.index("Release 2") < page.index("Release 1</a>")
    assert "Other words &lt;b&gt;" in page
    assert "Cohort of June 6, 2026" in page


def test_a_cohort_that_is_behind_is_told_with_its_people(sam, cast, write):
    with write():
        submitted_system(cast.ben_enrollment)
    published(add_field(), reword)
    page = sam.get("/staff/curriculum").text
    assert "Release 2 brings one changed task." in page
    assert (
        "2 people: 1 gets the new task (1 has not begun), 1 keeps the worksheet already answered (1 has submitted)."
    ) in page
    assert f"{SPRING}?to=2" in page


def test_nobody_is_behind_when_all_read_the_newest(sam):
    assert "Cohorts that read an older release" not in sam.get("/staff/curriculum").text


def test_a_finished_cohort_is_not_asked_to_move(sam, cast, write):
    with write():
        db.session.get_one(Cohort, cast.spring).status = "finished"
    published(reword)
    assert SPRING not in sam.get("/staff/curriculum").text


def test_without_any_release_the_page_says_what_will_appear(app, sam, write):
    with write():
        for table in (
            "call",
            "cohort_coach",
            "price",
            "refund_tier",
            "seat_hold",
            "application",
            "enrollment",
            "cohort",
        ):
            db.session.execute(db.text(f'DELETE FROM "{table}"'))
        db.session.execute(Release.__table__.delete())
    assert "Nothing is published yet" in sam.get("/staff/curriculum").text


def test_many_releases_are_paged(sam):
    for number in range(30):
        published(set_module(title=f"Title {number}"))
    page = sam.get("/staff/curriculum").text
    assert "Release 31<" in page and "Release 6<" not in page
    older = re.search(r'href="(/staff/curriculum\?before=\d+)" rel="next"', page)[1]
    assert "Release 6<" in sam.get(older).text
    assert "Cohorts that read an older release" not in sam.get(older).text
    assert "There is no older release" in sam.get("/staff/curriculum?before=1").text


# --- one release ------------------------------------------------------------------------------------------------


def test_a_release_shows_what_it_changed_word_by_word(sam):
    published(reword)
    page = sam.get("/staff/curriculum/2").text
    assert "What it changes against release 1" in page
    assert "Cancellation rule <ins>in other words</ins>" in page
    assert "lesson lesson-1" in page


def test_the_first_release_is_all_new(sam):
    assert "Everything in it is new." in sam.get("/staff/curriculum/1").text


def test_two_releases_can_be_compared_and_one_module_alone(sam):
    published(reword)
    published(reword, add_field(), set_module("focus", title="Another focus"))
    page = sam.get("/staff/curriculum/3?from=1").text
    assert "against release 1" in page and "<ins>Another</ins> focus" in page and "Question 1.B.2" in page
    alone = sam.get("/staff/curriculum/3?from=1&module=focus").text
    assert "<ins>Another</ins> focus" in alone and "Question 1.B.2" not in alone


def test_a_release_too_large_for_one_page_leads_to_its_modules(sam):
    words = " ".join(f"word{number}" for number in range(6_000))

    def edit(data):
        data["modules"][0]["lessons"][0]["body"] = words
        data["modules"][0]["lessons"][1]["title"] = "A short change"

    published(edit)
    response = sam.get("/staff/curriculum/2")
    assert "See every word of module 1, systems" in response.text
    assert "word5999" not in response.text and "A short change" in response.text


@pytest.mark.parametrize("path", ["99", "2147483647", "1?from=99", "0", "abc"])
def test_what_is_not_there_is_not_found(sam, path):
    assert sam.get(f"/staff/curriculum/{path}").status_code == 404


@pytest.mark.parametrize(
    "query", ["from=abc", "from=²", "module=%00", "module=<script>", "before=9999999999999"]
)
def test_odd_addresses_are_read_kindly(sam, query):
    for path in ("/staff/curriculum", "/staff/curriculum/1"):
        assert sam.get(f"{path}?{query}").status_code == 200


# --- moving -----------------------------------------------------------------------------------------------------


def test_the_confirming_page_shows_the_arithmetic_the_dates_and_the_words(sam, cast, write):
    with write():
        submitted_system(cast.ben_enrollment)
        participant(cast.spring, 1)
    published(add_field(), reword, set_module("scope", opens_day=63, due_day=75))
    page = sam.get(f"{SPRING}?to=2").text
    assert "3 people: 2 get the new task (2 have not begun), 1 keeps the worksheet already answered" in page
    assert "the task changes" in page
    assert "Sat, May 9, 11:00 a.m. EDT" in page and "Sat, May 2, 11:00 a.m. EDT" in page
    assert "Question 1.B.2" in page and "<ins>in other words</ins>" in page


def test_one_press_moves_it_and_the_same_way_leads_back(sam, cast):
    published(add_field())
    response = sam.post(SPRING, data={"to": "2", "mark": mark(sam.get(f"{SPRING}?to=2").text)})
    assert (response.status_code, response.location, read_by(cast.spring)) == (303, "/staff/curriculum", 2)
    assert "To undo it, move it back to release 1 the same way." in sam.get("/staff/curriculum").text
    back = sam.get(f"{SPRING}?to=1").text
    assert "from release 1 to release 2: everybody reads it" in back and "Sam Whitlock" in back
    assert sam.post(SPRING, data={"to": "1", "mark": mark(back)}).status_code == 303
    assert read_by(cast.spring) == 1


def test_pressing_twice_moves_it_once(sam, cast):
    published(reword)
    form = {"to": "2", "mark": mark(sam.get(f"{SPRING}?to=2").text)}
    assert [sam.post(SPRING, data=form).status_code for _ in range(2)] == [303, 303]
    assert "reads release 2 already" in sam.get("/staff/curriculum").text
    moved = select(Entry).where(Entry.sentence.startswith("Moved "))
    assert len(db.session.scalars(moved).all()) == 1


def test_what_stands_in_the_way_is_listed_with_its_way_out_and_there_is_no_button(sam, cast, write):
    with write():
        system = submitted_system(cast.ana_enrollment).system
        system.round, system.status = 0, "drafting"
        db.session.execute(db.text("DELETE FROM submission"))
        db.session.get_one(Draft, system.id).answers = COMPLETE
    published(drop_field("1.A.1"))
    page = sam.get(f"{SPRING}?to=2").text
    assert "Field 1.A.1 (Practice name) is gone, and Ana Morales has an answer in it." in page
    assert "mark it “retired: true”" in page and "Move the cohort</button>" not in page
    assert "Not possible yet: it would hide" in sam.get("/staff/curriculum").text
    response = sam.post(SPRING, data={"to": "2", "mark": ""})
    assert response.status_code == 409 and "Ana Morales has an answer in it" in response.text
    assert read_by(cast.spring) == 1


def test_a_page_that_is_no_longer_true_is_shown_again_with_what_is(sam, cast, write):
    published(add_field())
    old = mark(sam.get(f"{SPRING}?to=2").text)
    with write():
        submitted_system(cast.ben_enrollment)
    response = sam.post(SPRING, data={"to": "2", "mark": old})
    assert response.status_code == 409 and "Somebody began or sent work since" in response.text
    assert "1 keeps the worksheet already answered" in response.text and read_by(cast.spring) == 1
    assert sam.post(SPRING, data={"to": "2", "mark": mark(response.text)}).status_code == 303
    assert db.session.scalars(select(System)).one().release_id == 1


def test_there_is_nothing_to_move_to_the_release_it_reads(sam):
    assert "It reads this release already." in sam.get(f"{SPRING}?to=1").text


def test_a_cohort_that_is_over_is_said_to_stay(sam, cast, write):
    published(reword)
    with write():
        db.session.get_one(Cohort, cast.spring).status = "finished"
    page = sam.get(f"{SPRING}?to=2").text
    assert "It stays on release 1" in page and "Move the cohort</button>" not in page
    assert sam.post(SPRING, data={"to": "2", "mark": ""}).status_code == 409


def test_a_release_that_only_prepares_the_same_texts_anew_can_be_moved_to(sam, cast):
    published(set_module(opening_html="<p>Prepared anew.</p>"))
    page = sam.get(f"{SPRING}?to=2").text
    assert "Every text is the same in both releases" in page
    assert sam.post(SPRING, data={"to": "2", "mark": mark(page)}).status_code == 303
    assert read_by(cast.spring) == 2


@pytest.mark.parametrize("to", ["", "0", "99", "abc", "²", "9" * 40, "1 OR 1=1"])
def test_an_unknown_release_is_not_found(sam, to):
    assert sam.get(SPRING, query_string={"to": to}).status_code == 404
    assert sam.post(SPRING, data={"to": to, "mark": "x"}).status_code == 404


@pytest.mark.parametrize("who", ["ana", "cora", "pat"])
def test_nobody_else_finds_these_pages(sign_in, cast, who):
    browser = sign_in(getattr(cast, who))
    for path in ("/staff/curriculum", "/staff/curriculum/1", f"{SPRING}?to=1"):
        assert browser.get(path).status_code == 404
    assert browser.post(SPRING, data={"to": "1", "mark": ""}).status_code == 404


def test_reading_changes_nothing(sam):
    published(reword)
    before = len(db.session.scalars(select(Entry.id)).all())
    for path in ("/staff/curriculum", "/staff/curriculum/2", f"{SPRING}?to=2"):
        sam.get(path)
    db.session.rollback()
    assert len(db.session.scalars(select(Entry.id)).all()) == before
