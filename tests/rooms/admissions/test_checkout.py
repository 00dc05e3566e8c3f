"""From the offer to the seat, through the pages a person sees."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.admissions.jobs import sweep_seats
from app.admissions.models import Offer, SeatHold
from app.admissions.queries import seats
from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment
from app.payments.standin import BANK_DEBIT
from tests.rooms.admissions.offers import applied, fill, offered
from tests.rooms.payments.purchases import stripe  # noqa: F401

URL = "/cohorts/summer-2026/checkout"


@pytest.fixture
def pat(cast, clock, stripe, sign_in):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    return sign_in(cast.pat)


def go(browser) -> str:
    """Agree and press the button; returns Stripe's id of the page."""
    response = browser.post(URL, data={"agree": "y"})
    assert response.status_code == 303, response.text
    return response.location.rsplit("/", 1)[1]


def come_back(browser, page: str):
    return browser.get(f"{URL}/return?session_id={page}")


def hold_of(user_id: int) -> SeatHold:
    db.session.rollback()
    found = select(SeatHold).where(SeatHold.user_id == user_id).order_by(SeatHold.id.desc()).limit(1)
    return db.session.scalar(found.execution_options(populate_existing=True))


def summer() -> Cohort:
    db.session.rollback()
    return db.session.scalar(select(Cohort).where(Cohort.slug == "summer-2026"))


def test_everything_is_said_before_paying(pat):
    page = pat.get(URL)
    for said in (
        "$2,400",
        "Sat, Jun 6, 11:00 a.m. EDT",  # the first call
        "held until Sat, Mar 28, 11:00 a.m. EDT",
        "by Sat, May 23, 2026",
        "all of it, $2,400",
        "50% of $2,400 = $1,200",
        "from Sun, Jun 14, 2026 on",
        "Take the seat and pay $2,400",
        "pat@example.com",
    ):
        assert said in page.text, said


def test_pay_and_come_back(pat, cast, stripe):
    page = go(pat)
    stripe.pay(page)
    back = come_back(pat, page)
    assert back.status_code == 200
    assert "You are in" in back.text
    assert "is on its way to pat@example.com" in back.text
    assert "is on its way" not in pat.get(URL).text
    hold = hold_of(cast.pat)
    assert (hold.status, hold.because, hold.until) == ("converted", "enrolled", None)
    assert db.session.query(Offer).one().status == "taken"
    assert "You are in" in pat.get(URL).text
    assert "You have a seat in this cohort" in pat.get("/cohorts/summer-2026/apply").text
    payments = pat.get("/payments")
    assert "Visa ending 4242" in payments.text
    assert "Received of $2,400" in payments.text
    kinds = db.session.scalars(select(Message.kind).where(Message.to_address == "pat@example.com")).all()
    assert kinds.count("payments/welcome") == 1


def test_coming_back_before_the_webhook(pat, stripe):
    stripe.hold_deliveries = True
    page = go(pat)
    stripe.pay(page)
    assert "You are in" in come_back(pat, page).text
    stripe.deliver_pending()
    assert db.session.query(Payment).count() == 1


def test_the_mail_says_what_was_bought(pat, stripe, clock):
    stripe.pay(go(pat))
    db.session.rollback()
    mail = db.session.scalar(select(Message).where(Message.kind == "payments/welcome"))
    for said in (
        "Your seat is confirmed",
        "Sat, Jun 6, 11:00 a.m. EDT",
        "Visa ending 4242",
        "$2,400",
        "50% of $2,400",
    ):
        assert said in mail.text, said
        assert said in mail.html, said


def test_looking_changes_nothing(pat):
    before = db.session.scalar(select(func.count(Entry.id)))
    pat.get(URL)
    assert db.session.scalar(select(func.count(Entry.id))) == before
    assert db.session.query(Order).count() == 0


def test_without_the_tick_nothing_begins(pat):
    response = pat.post(URL)
    assert response.status_code == 422
    assert "Please tick this box" in response.text
    assert db.session.query(Order).count() == 0


def test_agreeing_is_written_down(pat):
    go(pat)
    db.session.rollback()
    sentences = db.session.scalars(select(Entry.sentence).where(Entry.about_kind == "order")).all()
    assert "Agreed to pay $2,400 under the refund rule shown" in sentences


def test_returning_without_paying(pat, cast, stripe):
    page = go(pat)
    back = come_back(pat, page)
    assert "Nothing was charged" in back.text
    assert "Take the seat and pay $2,400" in back.text
    stripe.decline(page)
    assert "Not paid yet" in come_back(pat, page).text
    assert go(pat) == page


def test_leaving_the_payment_page(pat):
    go(pat)
    response = pat.get(URL + "/cancelled")
    assert (response.status_code, response.location) == (303, URL)
    assert "your seat is still held" in pat.get(URL).text


def test_two_tabs_paying(pat, stripe):
    first, second = go(pat), go(pat)
    assert first == second
    stripe.pay(first)
    response = pat.post(URL, data={"agree": "y"})
    assert response.status_code == 409
    assert "You are in" in response.text
    assert db.session.query(Payment).count() == 1


def test_stripe_silent(pat, cast, stripe):
    stripe.fail_next("timeout_before", times=3, on="POST /v1/checkout/sessions")
    response = pat.post(URL, data={"agree": "y"})
    assert response.status_code == 409
    assert "did not answer, and nothing was charged" in response.text
    assert hold_of(cast.pat).status == "active"
    stripe.pay(go(pat))
    assert "You are in" in pat.get(URL).text


def test_stripe_silent_on_the_way_back(pat, stripe):
    stripe.hold_deliveries = True
    page = go(pat)
    stripe.pay(page)
    stripe.fail_next("timeout_before", times=3, on="GET /v1/checkout/sessions")
    waiting = come_back(pat, page).text
    assert "We are waiting for the payment service" in waiting
    assert "do not pay a second time" in waiting
    assert "Not paid" not in waiting
    assert "Take the seat and pay" not in waiting
    assert "You are in" in come_back(pat, page).text


def test_a_bank_that_takes_days(pat, cast, stripe, clock):
    page = go(pat)
    stripe.pay(page, BANK_DEBIT)
    assert "Your bank is deciding" in come_back(pat, page).text
    clock.move(days=5)  # long after the offer
    assert sweep_seats(clock.now) == 0
    assert hold_of(cast.pat).status == "active"
    stripe.async_pay(page)
    assert "You are in" in pat.get(URL).text


@pytest.mark.parametrize("session_id", ["", "cs_test_nothing", "x" * 5000, "é\x00", "../../etc"])
def test_a_way_back_nobody_went(pat, session_id):
    assert come_back(pat, session_id).status_code == 404


def test_somebody_elses_payment_page(pat, cast, sign_in, stripe, clock):
    page = go(pat)
    assert come_back(sign_in(cast.wes), page).status_code == 404
    assert pat.get(f"/cohorts/spring-2026/checkout/return?session_id={page}").status_code == 404


def test_without_an_offer(cast, sign_in, clock):
    wes = sign_in(cast.wes)
    for response in (wes.get(URL), wes.post(URL, data={"agree": "y"})):
        assert (response.status_code, response.location) == (303, "/cohorts/summer-2026/apply")
    assert db.session.query(Order).count() == 0
    assert sign_in(cast.ben).get(URL).location == "/cohorts/summer-2026/apply"


def test_nobody_is_asked_to_sign_in(client, app):
    response = client.get(URL)
    assert response.status_code == 303
    assert "/sign-in" in response.location


def test_a_lapsed_offer_takes_a_seat_again(pat, cast, stripe, clock):
    clock.move(hours=73)
    assert sweep_seats(clock.now) == 1
    page = pat.get(URL)
    assert "then let go" in page.text
    assert "you can take it now" in page.text
    stripe.pay(go(pat))
    sweep_seats(clock.now)
    assert "You are in" in pat.get(URL).text
    assert seats(summer()).sold == 1


def test_a_lapsed_offer_and_no_seat_left(pat, cast, clock):
    clock.move(hours=73)
    sweep_seats(clock.now)
    fill(cast.summer, 3, clock.now)
    page = pat.get(URL)
    assert "Every seat is taken at the moment" in page.text
    assert "agree" not in page.text
    assert pat.post(URL, data={"agree": "y"}).status_code == 409
    assert db.session.query(Order).count() == 0


def test_payment_for_a_released_seat_while_one_is_free(pat, cast, stripe, clock):
    """The page ended at Stripe, the seat was let go, and the money came all the same."""
    _pay_after_letting_go(pat, cast, stripe, clock)
    assert db.session.query(MoneyAlert).one().kind == "paid late"
    sweep_seats(clock.now)
    assert "You are in" in pat.get(URL).text
    db.session.expire_all()
    assert db.session.query(MoneyAlert).one().closed_at is not None
    assert seats(summer()).sold == 1


def test_payment_for_a_released_seat_and_none_free(pat, cast, stripe, clock):
    _pay_after_letting_go(pat, cast, stripe, clock, others=3)
    for _again in range(3):
        sweep_seats(clock.now)
    page = pat.get(URL)
    assert "Your money is safe" in page.text
    assert db.session.get(Cohort, cast.summer).capacity == seats(summer()).taken == 3  # never one too many
    mail = select(func.count(Message.id)).where(Message.kind == "admissions/paid_too_late")
    assert db.session.scalar(mail) == 1
    assert pat.post(URL, data={"agree": "y"}).status_code == 409
    begin_write()
    db.session.get(Cohort, cast.summer).capacity = 4
    db.session.commit()
    sweep_seats(clock.now)
    assert "You are in" in pat.get(URL).text


def test_money_that_was_sent_back_buys_no_seat(pat, cast, stripe, clock):
    _pay_after_letting_go(pat, cast, stripe, clock, others=3)
    stripe.refund(stripe.all("payment_intent")[0]["id"])
    begin_write()
    db.session.get(Cohort, cast.summer).capacity = 4
    db.session.commit()
    sweep_seats(clock.now)
    db.session.rollback()
    enrollment = db.session.scalar(select(Enrollment).where(Enrollment.user_id == cast.pat))
    assert enrollment.status == "pending"


def _pay_after_letting_go(pat, cast, stripe, clock, others: int = 0) -> None:
    page = go(pat)
    begin_write()
    hold = db.session.scalar(select(SeatHold).where(SeatHold.user_id == cast.pat))
    order = db.session.query(Order).one()
    from app.admissions.actions import let_go

    let_go(hold, order, clock.now)
    db.session.commit()
    fill(cast.summer, others, clock.now)
    stripe.pay(page)


def test_a_free_seat_needs_no_payment_page(cast, sign_in, write, clock):
    from app.payments.price_models import Price

    with write():
        db.session.query(Price).filter_by(cohort_id=cast.summer).one().amount_cents = 0
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    pat = sign_in(cast.pat)
    assert pat.post(URL, data={"agree": "y"}).location == URL
    assert "You are in" in pat.get(URL).text


def test_a_cancelled_cohort_takes_no_money(pat, cast, write):
    go(pat)
    with write():
        db.session.get(Cohort, cast.summer).status = "cancelled"
    page = pat.get(URL)
    assert "This cohort does not take place" in page.text
    assert pat.post(URL, data={"agree": "y"}).status_code == 409


def test_leaving_a_page_after_paying_in_another_tab(pat, stripe):
    stripe.pay(go(pat))
    assert "Nothing was charged" not in pat.get(pat.get(URL + "/cancelled").location).text


def test_who_has_left_does_not_pay(pat, cast, write):
    go(pat)
    with write():
        db.session.query(Enrollment).filter_by(user_id=cast.pat).one().status = "withdrawn"
    assert "You have left this cohort" in pat.get(URL).text
    assert pat.post(URL, data={"agree": "y"}).status_code == 409


def test_an_application_alone_buys_nothing(cast, sign_in, clock):
    applied(cast.pat, cast.summer, clock.now)
    pat = sign_in(cast.pat)
    assert pat.get(URL).location == "/cohorts/summer-2026/apply"
    assert pat.post(URL, data={"agree": "y"}).status_code == 303
    assert db.session.query(Order).count() == 0


def test_payments_page_when_there_is_nothing(sign_in, cast):
    page = sign_in(cast.pat).get("/payments")
    assert "Nothing is paid or owed" in page.text
