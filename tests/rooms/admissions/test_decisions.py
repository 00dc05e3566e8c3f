"""Staff: the cohort page, one application, yes and no."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.admissions.models import Application, Offer, SeatHold
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.price_models import Price
from tests.rooms.admissions.offers import applied, fill, new_user, offered

COHORT = "/staff/cohorts/summer-2026"


@pytest.fixture
def sam(sign_in, cast):
    return sign_in(cast.sam)


@pytest.fixture
def pats(app, cast, clock):
    return applied(cast.pat, cast.summer, clock.now)


def count(model) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_the_cohort_page_adds_up(sam, cast, clock, pats):
    fill(cast.summer, 1, clock.now)
    offered(new_user("Olga", clock.now), cast.summer, cast.sam, clock.now)
    page = sam.get(COHORT)
    assert page.status_code == 200
    assert "1 of 3 seats is free" in page.text
    assert re.findall(r'<i data-s="(\w+)"></i>', page.text.split("</div>\n<table")[0])[-3:] == [
        "in",
        "offer",
        "free",
    ]
    assert "One application is waiting" in page.text
    assert "Pat Lindqvist" in page.text
    assert "answer by Fri, Mar 27" in page.text
    assert "Olga Example, held until Sat, Mar 28" in page.text
    assert "Wes Ibarra" in page.text.split("On the waitlist")[1]
    assert "Nothing has been paid yet" in page.text


def test_the_oldest_application_is_the_next_step(sam, cast, clock, pats):
    applied(new_user("Olga", clock.move(hours=1)), cast.summer, clock.now)
    page = sam.get(COHORT).text
    assert page.index("Pat Lindqvist") < page.index("Olga Example")
    assert page.count("Your next step") == 1
    assert f"/staff/applications/{pats}" in page.split("Your next step")[1].split("</li>")[0]


@pytest.mark.parametrize("who", ["ana", "cora", "pat", "wes"])
def test_only_staff_may_look(sign_in, cast, pats, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get(COHORT).status_code == 404
    assert browser.get(f"/staff/applications/{pats}").status_code == 404
    for verb in ("accept", "decline"):
        data = {"version": "1", "reason": "x" * 30}
        assert browser.post(f"/staff/applications/{pats}/{verb}", data=data).status_code == 404
    assert count(Offer) == 0


def test_looking_changes_nothing(sam, pats):
    before = count(Entry)
    sam.get(COHORT)
    page = sam.get(f"/staff/applications/{pats}")
    assert "Adults after a stroke" in page.text
    assert "Four or five hours" in page.text
    assert count(Entry) == before


def test_yes_holds_a_seat_at_todays_price(sam, cast, clock, pats):
    response = sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    assert (response.status_code, response.location) == (303, COHORT)
    db.session.rollback()
    offer = db.session.query(Offer).one()
    assert (offer.amount_cents, offer.currency, offer.status) == (240000, "usd", "open")
    assert offer.expires_at == clock.now + timedelta(hours=72)
    hold = db.session.scalar(select(SeatHold).where(SeatHold.user_id == cast.pat))
    assert (hold.seat, hold.status, hold.because, hold.until) == (1, "active", "offer", offer.expires_at)
    mail = db.session.scalar(select(Message).where(Message.kind == "admissions/offered"))
    assert "$2,400" in mail.text
    assert "50% of $2,400 = $1,200" in mail.text
    assert "Sat, Mar 28, 11:00 a.m. EDT" in mail.text
    begin_write()
    db.session.query(Price).filter_by(cohort_id=cast.summer).one().amount_cents = 999
    db.session.commit()
    assert db.session.query(Offer).one().amount_cents == 240000  # frozen


def test_the_link_in_the_mail_leads_to_the_checkout(client, sam, pats, app):
    sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    db.session.rollback()
    mail = db.session.scalar(select(Message).where(Message.kind == "admissions/offered"))
    link = re.search(r"http\S+(/sign-in/link/\S+)", mail.text).group(1)
    assert client.post(link).location == "/cohorts/summer-2026/checkout"
    page = client.get("/cohorts/summer-2026/checkout")
    assert page.status_code == 200
    assert "$2,400" in page.text


def test_two_yeses_are_one_offer(sam, pats):
    assert sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"}).status_code == 303
    again = sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    assert again.status_code == 409
    assert "is accepted already by Sam Whitlock" in again.text
    assert (count(Offer), count(SeatHold)) == (1, 4)  # three of the cast, and this one


def test_yes_after_no(sam, pats):
    data = {"version": "1", "reason": "We need to see where you train clients first."}
    assert sam.post(f"/staff/applications/{pats}/decline", data=data).status_code == 303
    assert sam.post(f"/staff/applications/{pats}/accept", data={"version": "2"}).status_code == 409
    assert count(Offer) == 0


def test_an_old_page_does_not_decide(sam, pats):
    begin_write()
    db.session.get_one(Application, pats).version = 2
    db.session.commit()
    response = sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    assert response.status_code == 409
    assert "read it once more" in response.text


@pytest.mark.parametrize("version", ["", "x", "9" * 30, "-1"])
def test_a_version_nobody_sent(sam, pats, version):
    assert sam.post(f"/staff/applications/{pats}/accept", data={"version": version}).status_code == 409


def test_no_seat_no_offer(sam, cast, clock, pats):
    fill(cast.summer, 3, clock.now)
    assert "As soon as a seat comes free" in sam.get(f"/staff/applications/{pats}").text
    response = sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    assert response.status_code == 409
    assert "All 3 seats are sold, held or offered" in response.text
    assert count(Offer) == 0


def test_no_offer_in_a_cohort_that_is_over(sam, cast, write, pats):
    with write():
        db.session.get(Cohort, cast.summer).status = "cancelled"
    response = sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    assert response.status_code == 409
    assert "This cohort is cancelled" in response.text
    assert count(Offer) == 0


def test_no_price_no_offer(sam, cast, clock, pats):
    begin_write()
    db.session.query(Price).filter_by(cohort_id=cast.summer).one().valid_until = clock.now
    db.session.commit()
    response = sam.post(f"/staff/applications/{pats}/accept", data={"version": "1"})
    assert response.status_code == 409
    assert "no price" in response.text


def test_no_says_why(sam, sign_in, cast, pats):
    reason = "We could not see yet where you train clients.\nPlease <apply> again."
    response = sam.post(f"/staff/applications/{pats}/decline", data={"version": "1", "reason": reason})
    assert response.status_code == 303
    db.session.rollback()
    mail = db.session.scalar(select(Message).where(Message.kind == "admissions/declined"))
    assert reason in mail.text.replace("&lt;", "<").replace("&gt;", ">")
    assert "<apply>" not in mail.html
    page = sign_in(cast.pat).get("/cohorts/summer-2026/apply")
    assert "could not offer you a seat this time" in page.text
    assert "where you train clients" in page.text


def test_no_without_a_reason(sam, pats):
    response = sam.post(f"/staff/applications/{pats}/decline", data={"version": "1", "reason": "Not now."})
    assert response.status_code == 422
    assert "the applicant reads it" in response.text
    assert "Not now." in response.text
    assert db.session.get(Application, pats).status == "submitted"


def test_the_waitlisted_can_be_offered_a_seat(sam, cast):
    wes = db.session.scalar(select(Application.id).where(Application.user_id == cast.wes))
    assert sam.post(f"/staff/applications/{wes}/accept", data={"version": "1"}).status_code == 303
