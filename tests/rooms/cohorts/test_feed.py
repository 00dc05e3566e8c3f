from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.cohorts import actions, extensions, feed
from app.cohorts.feed_models import CalendarFeed
from app.cohorts.models import Call, Cohort, Enrollment
from app.lib.database import begin_write, db
from tests.cast import NOW


@pytest.fixture
def ana(cast, sign_in):
    return sign_in(cast.ana)


def address(page) -> str:
    return re.search(r'value="[^"]*(/calendar/\w+\.ics)"', page.text)[1]


def made(browser) -> str:
    assert browser.post("/calendar/feed").location == "/calendar/feed"
    return address(browser.get("/calendar/feed"))


def lines(response) -> list[str]:
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    return response.text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_program_reads_every_date(ana, client):
    path = made(ana)
    found = lines(client.get(path))
    assert "UID:day-start.spring-2026@localhost" in found or any(
        x.startswith("UID:day-start.spring-2026@") for x in found
    )
    assert "DTSTART;VALUE=DATE:20260228" in found
    assert any(one.startswith("SUMMARY:Module 1 opens") for one in found)
    assert any(one.startswith("SUMMARY:Due: ") for one in found)
    uids = [one for one in found if one.startswith("UID:")]
    assert len(uids) == len(set(uids))
    assert "noindex" in client.get(path).headers["X-Robots-Tag"]


def test_what_moves_keeps_its_uid(ana, client, cast):
    def due() -> tuple[str, str]:
        found = lines(client.get(path))
        place = next(n for n, one in enumerate(found) if one.startswith("UID:due-systems."))
        return found[place], found[place + 3]

    path, _ = made(ana), None
    before = due()
    begin_write()
    row = db.session.get_one(Enrollment, cast.ana_enrollment)
    extensions.set_days(row.user, row, None, 7, "Because", any_length=True, now=NOW)
    db.session.commit()
    after = due()
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_a_hostile_call_is_one_event(ana, client):
    path = made(ana)
    begin_write()
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == "spring-2026"))
    title = "Call\r\nEND:VEVENT\nATTACH:file:///etc/passwd;,\\"
    db.session.add(Call(cohort_id=cohort.id, key="bad", title=title, starts_at=NOW, minutes=5))
    db.session.commit()
    found = lines(client.get(path))
    assert not any(one.startswith("ATTACH") for one in found)
    assert found.count("BEGIN:VEVENT") == found.count("END:VEVENT")


def test_the_address_can_be_seen_again_and_is_not_in_the_database(ana):
    path = made(ana)
    assert address(ana.get("/calendar/feed")) == path
    db.session.rollback()
    row = db.session.scalar(select(CalendarFeed))
    token = path.rsplit("/", 1)[1].removesuffix(".ics")
    assert token not in (row.nonce, row.token_hash)


def test_a_new_address_ends_the_old_one_and_ending_it_ends_it(ana, client):
    old = made(ana)
    new = made(ana)
    assert old != new
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    ana.post("/calendar/feed/end")
    assert client.get(new).status_code == 404
    assert "Make your private address" in ana.get("/calendar/feed").text
    assert ana.post("/calendar/feed/end").status_code == 303  # twice is harmless


@pytest.mark.parametrize("token", ["x", "0" * 64, "%00", "é", "x" * 3000])
def test_anything_else_is_no_address(client, token):
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_it_ends_with_the_place_with_the_account_and_after_the_cohort(ana, client, cast, clock):
    path = made(ana)
    clock.move(days=200)
    assert client.get(path).status_code == 404
    clock.move(days=-200)
    assert client.get(path).status_code == 200
    begin_write()
    actions.withdraw(None, db.session.get_one(Enrollment, cast.ana_enrollment), "they asked", NOW)
    db.session.commit()
    assert client.get(path).status_code == 404
    assert ana.post("/calendar/feed").status_code == 404


def test_another_key_of_the_site_shows_no_wrong_address(ana, app):
    made(ana)
    app.config["SECRET_KEY"], kept = "another key that is long enough to be one", app.config["SECRET_KEY"]
    try:
        row = db.session.scalar(select(CalendarFeed))
        assert feed.path_of(row) is None
    finally:
        app.config["SECRET_KEY"] = kept


def test_an_address_that_can_be_shown_no_more_is_still_said_and_ended(ana, client, monkeypatch):
    path = made(ana)
    monkeypatch.setattr(feed, "_token", lambda nonce: f"of another key {nonce}")
    page = ana.get("/calendar/feed").text
    assert path not in page
    assert "it still answers" in page and "End the address" in page
    assert client.get(path).status_code == 200
    ana.post("/calendar/feed/end")
    assert client.get(path).status_code == 404
    assert "it still answers" not in ana.get("/calendar/feed").text


@pytest.mark.parametrize("status", ["active", "completed", "suspended"])
def test_it_ends_with_a_cohort_that_does_not_take_place(ana, client, cast, status):
    path = made(ana)
    begin_write()
    place = db.session.get_one(Enrollment, cast.ana_enrollment)
    place.status, place.cohort.status = status, "cancelled"
    db.session.commit()
    assert client.get(path).status_code == 404
    assert ana.post("/calendar/feed").status_code == 404
    page = ana.get("/calendar/feed").text
    assert "This cohort does not take place" in page and "Make my calendar address" not in page


def test_no_line_is_too_long_and_unfolding_gives_the_words_back(ana, client, write):
    title = "Ünïcode, ; \\ 🏋️‍♀️ " * 20
    path = made(ana)
    with write():
        db.session.scalars(select(Call)).first().title = title[:200]
    answer = client.get(path)
    assert all(len(line) <= 75 for line in answer.data.split(b"\r\n"))
    escaped = title[:200].replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:{escaped}" in lines(answer)


def test_looking_writes_nothing(ana, client):
    path = made(ana)
    db.session.rollback()
    before = db.session.scalar(select(CalendarFeed.made_at))
    client.get(path)
    ana.get("/calendar/feed")
    db.session.rollback()
    assert db.session.scalar(select(CalendarFeed.made_at)) == before
