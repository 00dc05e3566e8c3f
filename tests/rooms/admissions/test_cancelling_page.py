"""The screen on which staff cancel a cohort: who is touched, the letter, one confirm; then how far it is."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.accounts.models import SecondFactor, SignIn
from app.admissions.cancelling_models import Cancellation
from app.cohorts.models import Cohort
from app.lib.database import db
from tests.rooms.admissions.cancelled import (  # noqa: F401
    WHY,
    applied,
    called,
    enrolled,
    people,
    well_again,
)
from tests.rooms.payments.purchases import stripe  # noqa: F401

HERE = "/staff/cohorts/summer-2026/cancel"


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


def form(page: str, **changed: str) -> dict[str, str]:
    """What the confirm of this page would send."""
    names = "people|back|reason"
    return dict(re.findall(rf'type="hidden" name="({names})" value="([^"]*)"', page)) | changed


def letter(browser, reason: str = WHY) -> str:
    return browser.post(f"{HERE}/letter", data={"reason": reason}).text


def test_from_the_seats_to_everybody_who_is_touched(sam, people):
    assert HERE in sam.get("/staff/cohorts/summer-2026/seats").text
    page = sam.get(HERE).text
    for words in (
        "4 people are touched",
        "Enrolled: 1",
        "Offered a seat: 1",
        "On the waitlist: 1",
        "Applied: 1",
        "$1,700 in 2 parts",
        "$850 goes back the way it came",
        "2 installments over $1,700 are not charged any more",
        "4 mails go out",
        "Who paid for a cohort that is cancelled gets back all of it",
        "is deferred first",
    ):
        assert words in page, words
    assert "Cancel the cohort and send back" not in page  # nobody confirms what they have not read


def test_the_letter_is_read_before_the_confirm(sam, called, people):
    page = letter(sam)
    assert "The letter, as Pat Lindqvist gets it" in page
    assert "Goes back to you: $850" in page and WHY in page
    assert "This cannot be undone." in page and "Cancel the cohort and send back $850" in page
    assert called.status() == "open"


@pytest.mark.parametrize("reason", ["", "No.", "\x00" * 90, "x" * 2001])
def test_without_a_reason_there_is_no_letter_and_what_was_typed_stays(sam, called, people, reason):
    answer = sam.post(f"{HERE}/letter", data={"reason": reason})
    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text and "The letter, as" not in answer.text
    assert sam.post(HERE, data=form(sam.get(HERE).text, reason=reason)).status_code in (409, 422)
    assert called.status() == "open"


def test_hostile_words_are_only_words(sam, called, people):
    reason = f"<script>alert(1)</script> {{{{ 7 * 7 }}}} {WHY}"
    page = letter(sam, reason)
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page and "{{ 7 * 7 }}" in page
    assert sam.post(HERE, data={"reason": reason, "people": "4", "back": "85000"}).status_code == 303
    called.run()
    assert "{{ 7 * 7 }}" in called.letters()["Wes"]


def test_one_confirm_and_the_page_says_how_far_it_is(sam, called, people):
    assert sam.post(HERE, data=form(letter(sam))).status_code == 303
    page = sam.get(HERE).text
    assert "0 of 4 people are seen to" in page and "Waits for the worker" in page and "Look again" in page
    assert "is to go" not in page  # how much is known person by person
    called.run()
    page = sam.get(HERE).text
    assert "4 of 4 people are seen to" in page and "$850 went back" in page
    for text in called.letters().values():
        assert "\n\n\n" not in text.partition("\n--\n")[0].rstrip()
    assert "Look again" not in page and "cancelling.js" not in page
    assert "The cancellation" in sam.get("/staff").text
    place = sam.get(f"/staff/enrollments/{people.enrollment_id}/withdraw").text
    assert "The place of Pat Lindqvist" in place and "How far the cancellation" in place


def test_confirmed_twice_is_harmless(sam, called, people):
    data = form(letter(sam))
    assert [sam.post(HERE, data=data).status_code for _ in range(2)] == [303, 409]
    assert len(db.session.scalars(select(Cancellation.id)).all()) == 1


@pytest.mark.parametrize(
    "wrong", [{"people": "5"}, {"back": "0"}, {"back": "٣"}, {"people": "-1"}, {"back": ""}]
)
def test_other_figures_than_those_on_the_page_are_refused(sam, called, people, wrong):
    answer = sam.post(HERE, data=form(letter(sam), **wrong))
    assert answer.status_code == 409
    assert "Something has changed since you opened this page" in answer.text
    assert WHY in answer.text  # what was typed is there still
    assert called.status() == "open"


def test_who_could_not_be_seen_to_stands_first_with_the_reason_and_is_tried_again(
    sam, called, people, stripe
):
    people.go_to_pay(2)
    sam.post(HERE, data=form(letter(sam)))
    stripe.fail_next("timeout_before", times=9, on="/v1/checkout/sessions")
    called.run()
    page = sam.get(HERE).text
    assert "1 could not be seen to yet" in page and "Not yet: " in page and "Try again now" in page
    assert page.index("Pat Lindqvist") < page.index("Wes Ibarra")
    well_again(stripe)
    assert sam.post(f"{HERE}/again").status_code == 303
    called.run()
    assert "4 of 4 people are seen to" in sam.get(HERE).text


def test_above_the_limit_two_people_are_needed(sam, cast, called, clock, stripe, sign_in):
    enrolled(cast.pat, cast.summer, clock, stripe, parts=1, total=240000)
    page = letter(sam)
    assert "above $1,000, so a second member of staff confirms it" in page
    assert sam.post(HERE, data=form(page)).status_code == 303
    answer = sam.get(HERE)
    assert "Another member of staff has to confirm it now" in answer.text
    assert "Take it back" in answer.text and f'action="{HERE}/confirm"' not in answer.text
    assert sam.post(f"{HERE}/confirm", data=form(page)).status_code == 409
    cal = sign_in(cast.cal)
    page = cal.get(HERE).text
    assert "Sam Whitlock asked for this" in page and WHY in page and "Decline the cancellation" in page
    assert cal.post(f"{HERE}/confirm", data=form(page)).status_code == 303
    assert called.status() == "cancelled"


def test_declined_with_a_reason_that_the_first_person_reads(sam, cast, called, clock, stripe, sign_in):
    enrolled(cast.pat, cast.summer, clock, stripe, parts=1, total=240000)
    sam.post(HERE, data=form(letter(sam)))
    assert "no seat is sold" in sam.get("/staff").text
    cal = sign_in(cast.cal)
    assert cal.post(f"{HERE}/end", data={"note": ""}).status_code == 422
    assert cal.post(f"{HERE}/end", data={"note": "Two more will pay this week."}).status_code == 303
    assert "declined to cancel this cohort" in sam.get(HERE).text
    assert "Two more will pay this week." in sam.get(HERE).text
    assert cal.post(f"{HERE}/end", data={"note": "Once more."}).status_code == 409


@pytest.mark.parametrize("status", ["finished", "archived"])
def test_what_has_taken_place_says_so(sam, cast, write, status):
    with write():
        db.session.get_one(Cohort, cast.summer).status = status
    page = sam.get(HERE).text
    assert "it has taken place" in page and "Show the letter" not in page
    assert HERE not in sam.get("/staff/cohorts/summer-2026/seats").text


def test_the_code_is_asked_for_again(sam, cast, called, people, clock, write):
    data = form(letter(sam))
    with write():
        db.session.add(SecondFactor(user_id=cast.sam, secret="x", switched_on_at=clock.now, last_step=0))
        row = db.session.scalars(select(SignIn).where(SignIn.user_id == cast.sam)).one()
        row.second_factor_at = clock.now
    clock.move(minutes=11)
    for answer in (
        sam.get(HERE),
        sam.post(HERE, data=data),
        sam.post(f"{HERE}/confirm", data=data),
        sam.post(f"{HERE}/end", data={"note": "Because."}),
        sam.post(f"{HERE}/letter", data=data),
        sam.post(f"{HERE}/again"),
    ):
        assert answer.status_code == 303 and "/sign-in/code" in answer.location
    assert called.status() == "open"
