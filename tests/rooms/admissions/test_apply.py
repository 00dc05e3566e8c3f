from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions.models import Application
from app.cohorts.models import Cohort
from app.lib.database import db
from app.mail.models import Message
from tests.rooms.admissions.offers import fill

URL = "/cohorts/summer-2026/apply"
ANSWERS = {
    "practice_name": "Lakeside Exercise",
    "asked_clients": "Adults after a hip replacement, in a rented room.",
    "asked_why_now": "I lose track of who needs a call.",
    "asked_hours": "Four or five hours",
}
NEW = ANSWERS | {"name": "Nora Quist", "email": "Nora@Example.com", "time_zone": "America/Chicago"}


def applications() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Application.id)))


def mails(address: str) -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Message.kind).where(Message.to_address == address)))


def test_somebody_new_applies(client):
    response = client.get(URL)
    assert response.status_code == 200
    assert "Nothing is charged now" in response.text
    assert "3 of 3 free" in response.text
    response = client.post(URL, data=NEW)
    assert (response.status_code, response.location) == (303, URL + "/sent")
    db.session.rollback()
    user = db.session.scalar(select(User).where(User.email == "nora@example.com"))
    assert user.confirmed_at is None
    assert (user.name, user.time_zone) == ("Nora Quist", "America/Chicago")
    found = db.session.scalar(select(Application).where(Application.user_id == user.id))
    assert (found.status, found.practice_name, found.answers["hours"]) == (
        "submitted",
        "Lakeside Exercise",
        "Four or five hours",
    )
    assert mails("nora@example.com") == ["admissions/received"]
    assert "Fri, Mar 27" in client.get(URL + "/sent").text  # two business days after the Wednesday
    assert client.get("/dashboard").status_code == 303  # applying signs nobody in


def test_looking_changes_nothing(client):
    before = applications()
    client.get(URL)
    client.get(URL + "/sent")
    assert applications() == before


def test_the_answer_never_tells_whether_an_address_is_known(client, cast, clock):
    known = client.post(URL, data=NEW | {"email": "wes@example.com"})
    new = client.post(URL, data=NEW | {"email": "nobody-knows@example.com"})
    assert (known.status_code, known.location) == (new.status_code, new.location)
    assert mails("wes@example.com") == ["admissions/already"]
    db.session.rollback()
    assert db.session.get(User, cast.wes).name == "Wes Ibarra"  # what a stranger typed changes nothing


def test_applying_twice_is_one_application_and_a_kind_page(sign_in, cast):
    pat = sign_in(cast.pat)
    before = applications()
    assert pat.post(URL, data=ANSWERS).location == URL
    page = pat.get(URL)
    assert "We have your application" in page.text
    assert "Fri, Mar 27" in page.text
    assert "Lakeside Exercise" in page.text
    assert pat.post(URL, data=ANSWERS).status_code == 200
    assert applications() == before + 1
    assert mails("pat@example.com") == ["admissions/received"]


def test_a_late_answer_is_admitted(sign_in, cast, clock):
    pat = sign_in(cast.pat)
    pat.post(URL, data=ANSWERS)
    clock.move(days=5)
    assert "we are late" in pat.get(URL).text


def test_the_waitlisted_see_that(sign_in, cast):
    assert "You are on the waitlist" in sign_in(cast.wes).get(URL).text


def test_who_is_enrolled_sees_that(sign_in, cast):
    page = sign_in(cast.ana).get("/cohorts/spring-2026/apply")
    assert "You have a seat in this cohort" in page.text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "  ", "Please enter your name."),
        ("name", "\u202e\x00", "Please enter your name."),
        ("name", "x" * 121, "at most 120 characters"),
        ("email", "nora", "does not look like an email address"),
        ("email", "a@@b.example", "does not look like an email address"),
        ("email", "jürgen@b.example", "does not look like an email address"),
        ("time_zone", "Mars/Olympus", "Please choose from the list."),
        ("practice_name", "x" * 161, "at most 160 characters"),
        ("asked_clients", " \n ", "in a sentence or two"),
        ("asked_why_now", "x" * 3001, "at most 3,000 characters"),
        ("asked_hours", "99", "Please choose one"),
        ("asked_hours", None, "Please choose one"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_all_else_is_kept(client, field, value, sentence):
    before = applications()
    data = {key: text for key, text in (NEW | {field: value}).items() if text is not None}
    response = client.post(URL, data=data)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'aria-invalid="true"' in response.text or field == "asked_hours"
    kept = (
        "I lose track of who needs a call." if field != "asked_why_now" else "Adults after a hip replacement"
    )
    assert kept in response.text
    assert applications() == before


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "'; DROP TABLE application; --", "{{ 7*7 }}", "a\x00b", "𝔘𝔫𝔦 🏋️"]
)
def test_hostile_strings_are_only_text(sign_in, cast, text):
    pat = sign_in(cast.pat)
    assert pat.post(URL, data=ANSWERS | {"asked_clients": text, "practice_name": text}).status_code == 303
    assert "<script>alert" not in pat.get(URL).text
    staff = sign_in(cast.sam).get("/staff/cohorts/summer-2026")
    assert "<script>alert" not in staff.text
    assert "49" not in pat.get(URL).text.split("What you sent")[1]


def test_too_many_from_one_place(client):
    for number in range(6):
        response = client.post(URL, data=NEW)
        assert response.status_code == (303 if number < 5 else 429)
    assert "wait an hour" in response.text
    assert "Adults after a hip replacement" in response.text


def test_a_full_cohort_is_no_dead_end(client, cast, clock):
    fill(cast.summer, 3, clock.now)
    page = client.get(URL).text
    assert "Apply for the waitlist" in page
    assert "Every seat is taken at the moment" in page
    assert 'href="/cohorts"' in page
    assert client.post(URL, data=NEW).status_code == 303
    assert applications() == 2


def test_a_closed_cohort_is_no_dead_end(client, cast, clock):
    clock.now = clock.now + timedelta(days=80)  # after the last day to apply
    response = client.get(URL)
    assert "Applications are closed" in response.text
    assert 'href="/"' in response.text
    client.post(URL, data=NEW)
    assert applications() == 1


def test_closing_between_the_page_and_the_click(client, cast, write):
    client.get(URL)
    with write():
        db.session.get(Cohort, cast.summer).status = "closed"
    assert "Applications are closed" in client.post(URL, data=NEW).text


def test_a_draft_is_not_there(client, cast, write):
    with write():
        db.session.get(Cohort, cast.summer).status = "draft"
    for path in (URL, URL + "/sent"):
        assert client.get(path).status_code == 404
    assert client.post(URL, data=NEW).status_code == 404
