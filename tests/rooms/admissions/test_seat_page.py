"""One page explains every seat; the number of seats changes and nobody loses one; a seat above it is logged."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import select

from app.admissions.jobs import sweep_seats
from app.admissions.models import Application, SeatHold
from app.admissions.seat_page import seat_page
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.payments.standin import BANK_DEBIT
from tests.rooms.admissions.lines import entry, pays, seat, sell, set_cohort, status, taken, waits, withdraw
from tests.rooms.admissions.offers import applied, new_user, offered
from tests.rooms.payments.purchases import stripe  # noqa: F401

PAGE = "/staff/cohorts/summer-2026/seats"
CAPACITY = "/staff/cohorts/summer-2026/capacity"


@pytest.fixture
def sam(sign_in, cast):
    return sign_in(cast.sam)


def tally(html: str) -> dict[str, int]:
    """Word → number of the table that adds up."""
    rows = re.findall(r'<th scope="row">([^<]+)</th><td>[^<]*</td><td class="n">(\d+)</td>', html)
    return {unescape(word): int(number) for word, number in rows}


def adds_up(html: str, capacity: int) -> dict[str, int]:
    """Assert that the sums of the page are sums, and that every taken seat is named in its own row."""
    found = tally(html)
    parts = ("Sold", "Paying now", "Bank is deciding", "Offered")
    assert sum(found[one] for one in parts) == found["Taken"]
    assert found["Taken"] + found.get("Free", 0) - found.get("Above the capacity", 0) == capacity
    assert found["Free for newcomers"] == max(0, found.get("Free", 0) - found["Waiting in line"])
    assert len(re.findall(r"<td>Seat \d+</td><th", html)) == found["Taken"]
    drawn = re.findall(r'<rect data-s="(\w+)"', html)
    assert len(drawn) == found["Taken"] + found.get("Free", 0)
    return found


def test_an_empty_cohort(sam, cast):
    page = sam.get(PAGE).text
    assert "3 of 3 seats are free" in page
    assert "No seat is taken yet" in page
    assert "Nobody is on the waitlist" in page
    assert adds_up(page, 3)["Free for newcomers"] == 3


def test_pretix_3628_every_hold_is_named(sam, cast, clock, stripe):
    """Sold, paying, at the bank, offered: nothing holds a seat that the page does not name."""
    set_cohort(cast.summer, capacity=6)
    sell(cast.summer, 1, clock.now)
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    pays(cast, new_user("Payer", clock.now), clock.now)
    stripe.pay(pays(cast, new_user("Banker", clock.now), clock.now), BANK_DEBIT)
    html = sam.get(PAGE).text
    found = adds_up(html, 6)
    assert (found["Sold"], found["Paying now"], found["Bank is deciding"], found["Offered"]) == (1, 1, 1, 1)
    for name in ("Seated0 Example", "Pat Lindqvist", "Payer Example", "Banker Example"):
        assert f"{name}</" in html.split('id="e"')[1]
    assert "Free: seats 5, 6." in html
    db.session.rollback()
    assert len(seat_page("summer-2026").taken) == taken(cast.summer)


def test_a_full_cohort_with_a_line(sam, cast, clock, app):
    sell(cast.summer, 3, clock.now)
    first, second = new_user("First", clock.now), new_user("Second", clock.now)
    waits(cast, first, clock.now)
    applied(second, cast.summer, clock.now)
    html = sam.get(PAGE).text
    assert "All 3 seats are taken" in html
    assert "2 people wait" in html
    assert html.index("First Example") < html.index("Second Example")
    assert "Not read yet" in html
    assert html.count("Your next step") == 1
    found = adds_up(html, 3)
    assert (found["Free"], found["Waiting in line"], found["Free for newcomers"]) == (0, 2, 0)


def test_lowered_below_what_is_sold(sam, cast, clock, app):
    """It says who sits, sells nothing more, and loses nothing."""
    people = sell(cast.summer, 3, clock.now)
    waits(cast, cast.pat, clock.now)
    assert sam.post(CAPACITY, data={"capacity": "1", "was": "3"}).status_code == 303
    html = sam.get(PAGE).text
    assert "Overbooked by 2: 3 seats are taken, and there is 1." in html
    assert "until 3 of them have come free" in html
    assert adds_up(html, 1)["Above the capacity"] == 2
    for index in range(3):
        assert f"Seated{index} Example" in html
    withdraw(people[0])
    withdraw(people[1])
    sweep_seats(clock.now)
    assert (taken(cast.summer), status(cast.pat)) == (1, "waiting")
    withdraw(people[2])
    sweep_seats(clock.now)
    assert (taken(cast.summer), status(cast.pat)) == (1, "offered")
    said = db.session.scalars(select(Entry.sentence).where(Entry.about_kind == "cohort")).all()
    assert "Changed the seats of Cohort of June 6, 2026 from 3 to 1" in said


def test_raised_the_line_comes_first(sam, cast, clock, app):
    sell(cast.summer, 3, clock.now)
    waits(cast, cast.pat, clock.now)
    sam.post(CAPACITY, data={"capacity": "5", "was": "3"})
    html = sam.get(PAGE).text
    assert adds_up(html, 5)["Free for newcomers"] == 1
    sweep_seats(clock.now)
    assert status(cast.pat) == "offered"
    assert adds_up(sam.get(PAGE).text, 5)["Free for newcomers"] == 1


def test_two_staff_change_it_at_once(sam, cast):
    sam.post(CAPACITY, data={"capacity": "5", "was": "3"})
    answer = sam.post(CAPACITY, data={"capacity": "8", "was": "3"})
    assert answer.status_code == 422
    assert "Somebody made it 5 seats since you opened the page; you typed 8" in answer.text
    assert 'value="8"' in answer.text
    db.session.rollback()
    assert db.session.get_one(Cohort, cast.summer).capacity == 5


@pytest.mark.parametrize("typed", ["", "x", "-1", "501", "9" * 30, "²", "٣", "1e3", "0000000001"])
def test_numbers_of_seats_that_are_none(sam, cast, typed):
    answer = sam.post(CAPACITY, data={"capacity": typed, "was": "3"})
    assert answer.status_code == 422
    assert "a whole number from 0 to 500" in answer.text
    assert db.session.get_one(Cohort, cast.summer).capacity == 3


def test_no_seat_at_all_can_be_drawn(sam, cast, clock):
    sam.post(CAPACITY, data={"capacity": "0", "was": "3"})
    assert adds_up(sam.get(PAGE).text, 0)["Free"] == 0


def test_a_seat_above_the_capacity(sam, cast, clock, app):
    sell(cast.summer, 3, clock.now)
    application_id = applied(cast.pat, cast.summer, clock.now)
    url = f"/staff/applications/{application_id}/overbook"
    assert "Or go above the capacity" in sam.get(f"/staff/applications/{application_id}").text
    short = sam.post(url, data={"version": "1", "why_over": "  \x00 "})
    assert short.status_code == 422
    assert "in a few words why" in short.text
    assert taken(cast.summer) == 3
    assert (
        sam.post(url, data={"version": "1", "why_over": "Her employer has paid for her"}).status_code == 303
    )
    assert (seat(cast.pat), status(cast.pat), taken(cast.summer)) == ("active", "offered", 4)
    html = sam.get(PAGE).text
    assert "Overbooked by 1: 4 seats are taken, and there are 3." in html
    assert "Given above the capacity: Her employer has paid for her" in html
    assert adds_up(html, 3)["Above the capacity"] == 1
    said = db.session.scalars(select(Entry.sentence)).all()
    over = (
        "Overbooked Cohort of June 6, 2026 by 1, with a seat for Pat Lindqvist: Her employer has paid for her"
    )
    assert over in said
    hold = db.session.scalar(select(SeatHold).where(SeatHold.user_id == cast.pat))
    assert (hold.seat, hold.forced) == (4, "Her employer has paid for her")
    assert sam.post(url, data={"version": "1", "why_over": "Once more, please"}).status_code == 409
    assert taken(cast.summer) == 4


def test_nobody_goes_above_while_a_seat_is_free(sam, cast, clock, app):
    application_id = applied(cast.pat, cast.summer, clock.now)
    answer = sam.post(
        f"/staff/applications/{application_id}/overbook", data={"version": "1", "why_over": "I would like to"}
    )
    assert answer.status_code == 409
    assert "without going above" in answer.text
    assert taken(cast.summer) == 0


def test_nobody_goes_above_while_a_seat_is_waited_for(sam, cast, clock, app):
    people = sell(cast.summer, 3, clock.now)
    applied(new_user("First", clock.now), cast.summer, clock.now)
    withdraw(people[0])
    sweep_seats(clock.now)  # First was not read yet, so the seat stays free
    early_id = new_user("Early", clock.now)
    begin_write()
    early = Application(user_id=early_id, cohort_id=cast.summer, status="submitted", answers={})
    db.session.add(early)
    db.session.commit()
    url = f"/staff/applications/{early.id}/overbook"
    answer = sam.post(url, data={"version": "1", "why_over": "Asked by the president"})
    assert answer.status_code == 409
    assert "waited for" in answer.text
    assert taken(cast.summer) == 2


def test_a_forced_seat_that_lapses_is_gone(sam, cast, clock, app):
    sell(cast.summer, 3, clock.now)
    application_id = waits(cast, cast.pat, clock.now)
    data = {"version": entry(cast.pat).application.version, "why_over": "Asked by the president"}
    assert sam.post(f"/staff/applications/{application_id}/overbook", data=data).status_code == 303
    clock.move(hours=48)
    sweep_seats(clock.now)
    assert (taken(cast.summer), status(cast.pat)) == (3, "lapsed")
    assert "Overbooked" not in sam.get(PAGE).text


def test_looking_at_the_seats_changes_nothing(sam, cast, clock, app):
    sell(cast.summer, 2, clock.now)
    before = db.session.scalars(select(Entry.id)).all()
    sam.get(PAGE)
    db.session.rollback()
    assert db.session.scalars(select(Entry.id)).all() == before
    assert sam.get("/staff/cohorts/no-such/seats").status_code == 404
