"""Choosing how to pay: the plans frozen in the offer, everything said before paying, and what is kept of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.admissions.models import Offer
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.models import Installment, Order
from app.payments.price_models import Price
from tests.rooms.admissions.offers import offered
from tests.rooms.payments.purchases import stripe  # noqa: F401

URL = "/cohorts/summer-2026/checkout"
FIRST = "2026-03-25"  # the day of the tests, in the cohort's zone


@pytest.fixture(autouse=True)
def prices(cast, write):
    with write():
        for number, cents, hidden in ((3, 255000, False), (3, 100, True), (6, 264001, False)):
            row = Price(
                cohort_id=cast.summer, label=f"{number}", amount_cents=cents, currency="usd", hidden=hidden
            )
            row.installments = number
            db.session.add(row)


@pytest.fixture
def pat(cast, clock, stripe, sign_in):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    return sign_in(cast.pat)


def choose(browser, plan: object, first: str = FIRST):
    return browser.post(URL, data={"agree": "y", "plan": plan, "first": first})


def order() -> Order:
    db.session.rollback()
    return db.session.scalars(select(Order).execution_options(populate_existing=True)).one()


def parts() -> list[tuple[str, int]]:
    rows = db.session.scalars(select(Installment).order_by(Installment.number))
    return [(one.due_on.isoformat(), one.amount_cents) for one in rows]


def test_the_plans_of_the_day_are_frozen_in_the_offer(pat, write):
    offer = db.session.scalars(select(Offer)).one()
    assert [(one["installments"], one["amount_cents"]) for one in offer.plans] == [
        (1, 240000),
        (3, 255000),
        (6, 264001),
    ]
    db.session.rollback()
    with write():
        for price in db.session.scalars(select(Price)):
            price.amount_cents *= 2
    text = pat.get(URL + "?plan=3").text
    assert "$2,550 in all; shown below" in text


def test_everything_about_a_plan_is_said_before_paying(pat):
    page = pat.get(URL + "?plan=3").text
    for said in (
        "In three installments", "$850 a month", "today, Wed, Mar 25, 2026", "Sat, Apr 25, 2026", "Mon, May 25, 2026",
        "$2,550", "That is $150 more than in full", "try the card again after 3, 7 and 14 days",
        "For 14 days everything stays open", "50% of $2,550 = $1,275", "Take the seat and pay $850 today",
        "I agree to pay $2,550 in 3 installments: $850 today, $850 on Sat, Apr 25, 2026 and $850 on Mon, May 25, 2026",
        "without asking me again",
    ):  # fmt: skip
        assert said in page, said
    assert page.count("btn--next") == 1


def test_a_plan_from_choice_to_seat(pat, stripe):
    page = choose(pat, 3).location.rsplit("/", 1)[1]
    kept = order()
    assert (kept.amount_cents, kept.installments) == (255000, 3)
    assert kept.consent.startswith(
        "I have read what I get back if I stop. I agree to pay $2,550 in 3 installments"
    )
    assert kept.consent.replace("’", "'") in pat.get(URL + "?plan=3").text.replace("’", "'").replace(
        "&#39;", "'"
    )
    assert kept.consented_at is not None
    assert parts() == [("2026-03-25", 85000), ("2026-04-25", 85000), ("2026-05-25", 85000)]
    session = stripe.get(page)
    assert session["amount_total"] == 85000
    stripe.pay(page)
    assert stripe.get(stripe.get(page)["payment_intent"])["setup_future_usage"] == "off_session"
    assert "You are in" in pat.get(f"{URL}/return?session_id={page}").text
    assert order().status == "part paid"
    mail = db.session.scalars(select(Message).where(Message.kind == "payments/welcome")).one()
    for text in (mail.text, mail.html):
        assert "To come on Sat, Apr 25, 2026" in text
        assert "Visa ending 4242 on its day" in text


def test_the_remainder_is_on_the_last(pat, clock, write, cast):
    choose(pat, 6)
    assert parts()[-1] == ("2026-08-25", 44001)
    assert sum(cents for _day, cents in parts()) == 264001


def test_choosing_again_closes_the_first_page(pat, stripe):
    first = choose(pat, 3).location.rsplit("/", 1)[1]
    second = choose(pat, 1).location.rsplit("/", 1)[1]
    assert stripe.get(first)["status"] == "expired"
    assert stripe.get(second)["amount_total"] == 240000
    assert (order().amount_cents, order().installments) == (240000, 1)
    assert [day for day, _cents in parts()] == [FIRST]


def test_choosing_again_after_paying_changes_nothing(pat, stripe):
    stripe.hold_deliveries = True
    stripe.pay(choose(pat, 3).location.rsplit("/", 1)[1])
    response = choose(pat, 1)
    assert response.status_code in (303, 409)
    assert order().installments == 3
    assert len(stripe.all("charge")) == 1


def test_a_day_has_ended_since_the_page_was_opened(pat, clock):
    clock.move(days=1)
    response = choose(pat, 3)
    assert response.status_code == 409
    assert "the dates below have moved" in response.text
    assert "Sun, Apr 26, 2026" in response.text
    assert db.session.scalar(select(Order.id)) is None


@pytest.mark.parametrize("plan", ["2", "12", "0", "-3", "3.0", "three", "９", "9" * 400, "3'--", "\x00"])
def test_a_plan_that_was_never_offered(pat, plan):
    response = choose(pat, plan)
    assert response.status_code in (303, 409)
    assert pat.get(URL, query_string={"plan": plan}).status_code == 200
    found = db.session.scalar(select(Order.installments))
    assert found in (None, 1)


def test_no_plan_whose_last_part_is_due_after_the_cohort_has_ended(pat, cast, write, clock):
    """Summer ends on Aug 28 (twelve weeks): six parts from Mar 25 end on Aug 25, and from Mar 29 on Aug 29."""
    ends = date(2026, 6, 6) + timedelta(weeks=12, days=-1)
    assert ends == date(2026, 8, 28)
    assert "In six installments" in pat.get(URL).text
    clock.move(days=4)
    assert "In six installments" not in pat.get(URL).text
    response = choose(pat, 6, "2026-03-29")
    assert response.status_code in (303, 409)
    assert db.session.scalar(select(Order.installments)) in (None, 1)


def test_an_offer_from_before_there_were_plans(pat, cast):
    begin_write()
    db.session.scalars(select(Offer)).one().plans = []
    db.session.commit()
    text = pat.get(URL).text
    assert "How you pay" not in text
    assert "Take the seat and pay $2,400" in text
    assert choose(pat, 1).status_code == 303
    assert parts() == [(FIRST, 240000)]
