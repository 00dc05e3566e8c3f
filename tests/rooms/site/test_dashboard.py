from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cohorts.models import Call, Enrollment
from app.lib.database import db
from tests.factories import accepted_system, published_review, submitted_system


def test_a_participant_sees_the_one_next_step_and_the_spine(sign_in, cast):
    page = sign_in(cast.ana).get("/dashboard").text
    assert "Northgate Medical Exercise" in page
    assert page.count('class="next"') == 1
    assert "Begin Practice operating system" in page
    assert page.count('data-state="empty"') >= 3
    assert "Week 4 of 12" in page


def test_requested_changes_come_first(sign_in, cast, write):
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora)
    page = sign_in(cast.ana).get("/dashboard").text
    assert "Answer the changes your coach asked for in Operations" in page
    assert "0 of 1 answered. Next:" in page and "#request-1" in page
    assert "The path is complete." in page  # the coach's last note


def test_waiting_names_the_promise(sign_in, cast, write):
    with write():
        submitted_system(cast.ana_enrollment)
    page = sign_in(cast.ana).get("/dashboard").text
    assert "Nothing to do for Operations right now" in page
    assert "You will hear by" in page


def test_an_accepted_chapter_stands_solid(sign_in, cast, write):
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)
    page = sign_in(cast.ana).get("/dashboard").text
    assert "1 of 3 chapters accepted" in page and 'data-state="accepted"' in page


def test_a_suspended_participant_keeps_their_work(sign_in, cast, write):
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)
        db.session.get(Enrollment, cast.ana_enrollment).status = "suspended"
    browser = sign_in(cast.ana)
    assert "Your place is on hold until an installment is paid" in browser.get("/dashboard").text
    assert browser.get("/manual").status_code == 200


@pytest.mark.parametrize("how", ["withdrawn", "deferred", "cancelled"])
def test_a_place_that_is_over_has_no_dates_and_no_way_into_a_call(sign_in, cast, write, how):
    room = "https://calls.example/room-7"
    with write():
        for call in db.session.scalars(select(Call).where(Call.cohort_id == cast.spring)):
            call.room_url = room
        submitted_system(cast.ana_enrollment).system.status = "drafting"
    browser = sign_in(cast.ana)
    pages = {path: browser.get(path).text for path in ("/dashboard", "/calendar")}
    assert room in pages["/dashboard"] and ">Due " in pages["/dashboard"]
    assert "Have them in your own calendar" in pages["/calendar"]
    with write():
        place = db.session.get_one(Enrollment, cast.ana_enrollment)
        if how == "cancelled":
            place.cohort.status = how
        else:
            place.status = how
    pages = {path: browser.get(path).text for path in pages}
    assert room not in pages["/dashboard"] and ">Due " not in pages["/dashboard"]
    assert "No call is planned for you in this cohort any more." in pages["/dashboard"]
    assert "What is coming" not in pages["/calendar"] and "Past dates" in pages["/calendar"]
    assert "nothing is planned" in pages["/calendar"]
    assert "Have them in your own calendar" not in pages["/calendar"]


def test_nobody_sees_anybody_elses_work(sign_in, cast, write):
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora, strength="Only for Ana.")
    assert "Only for Ana." not in sign_in(cast.ben).get("/dashboard").text


def test_a_prospect_sees_where_to_go(sign_in, cast):
    page = sign_in(cast.pat).get("/dashboard").text
    assert "Welcome, Pat" in page and "/cohorts/summer-2026" in page


def test_somebody_on_the_waitlist_is_told_so(sign_in, cast):
    assert "You are on the waitlist" in sign_in(cast.wes).get("/dashboard").text


def test_coaches_and_staff_land_at_their_desks(sign_in, cast):
    assert sign_in(cast.cora).get("/dashboard").location == "/coaching/queue"
    assert sign_in(cast.sam).get("/dashboard").location == "/staff"


def test_dates_are_shown_in_the_viewers_zone(sign_in, cast):
    assert "MDT" in sign_in(cast.ana).get("/calendar").text
    assert "EDT" in sign_in(cast.ben).get("/calendar").text


def test_the_calendar_knows_what_is_past_and_promises_no_due_date_for_unwritten_work(sign_in, cast):
    page = sign_in(cast.ana).get("/calendar").text
    assert "Week 5 call" in page and "Past dates" in page
    assert "Practice focus plan" not in page


def test_staff_see_seats_and_what_waits(sign_in, cast):
    page = sign_in(cast.sam).get("/staff").text
    assert "2 of 24 seats sold" in page
