"""Seats that an employer buys at once: opened, paid, let go, explained; the money is one ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import line, queries, seats
from app.admissions.models import Application, SeatHold
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from app.payments import checkout, reconciling, refunding, staff_actions
from app.payments.event_models import MoneyAlert
from app.payments.ledger_queries import ledger
from app.payments.models import CheckoutSession, Order, Payment
from app.payments.paper_models import Paper
from app.payments.standin import BANK_DEBIT
from tests.rooms.admissions.bought import CONTACT, PRICE, Bought, mails, taken
from tests.rooms.payments.purchases import stripe  # noqa: F401

FORM = {
    "employer": "Harbor Health",
    "contact_name": "Dana Ortiz",
    "contact_email": CONTACT,
    "seats": "2",
    "price": "2400",
    "pays_by": "link",
    "pay_until": "2026-04-08",
    "claim_until": "2026-06-05",
    "why_over": "",
}
LIST, NEW = "/staff/cohorts/summer-2026/employers", "/staff/cohorts/summer-2026/employers/new"


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


@pytest.fixture
def harbor(cast, clock, stripe):
    return Bought(cast.sam, cast.summer, clock)


def test_staff_hold_seats_and_the_contact_has_the_page(sam, cast):
    assert "No employer yet" in sam.get(LIST).text
    assert 'value="2400"' in sam.get(NEW).text
    response = sam.post(LIST, data=FORM)
    assert response.status_code == 303
    page = sam.get(response.location).text
    for words in ("Harbor Health", "Dana Ortiz", "2 × $2,400", "$4,800", "Not paid, held until"):
        assert words in page
    assert taken(cast.summer) == 2
    assert mails(CONTACT) == ["admissions/employer_opened"]
    assert "$0 of $4,800" in sam.get(LIST).text
    seats_page = sam.get("/staff/cohorts/summer-2026/seats").text
    assert "Employer’s, not paid" in seats_page and "Harbor Health, 2" in seats_page
    cohort = db.session.get_one(Cohort, cast.summer)
    assert (queries.seats(cohort).held, queries.seats_left(cohort)) == (2, 1)
    db.session.rollback()
    assert "Harbor Health" in sam.get("/staff/cohorts/summer-2026").text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("employer", ""),
        ("employer", "\u202e\x00"),
        ("employer", "x" * 161),
        ("contact_name", " "),
        ("contact_email", "dana"),
        ("contact_email", "dana@harbor.example\r\nBcc: x@y.example"),
        ("seats", "0"),
        ("seats", "-1"),
        ("seats", "٣"),
        ("seats", "201"),
        ("seats", "9" * 40),
        ("price", "0"),
        ("price", "0.49"),
        ("price", "-5"),
        ("price", "1e9"),
        ("price", "99999999"),
        ("pays_by", "gold"),
        ("pay_until", "2026-03-24"),
        ("pay_until", "2027-01-01"),
        ("pay_until", "\x00"),
        ("claim_until", "2026-04-01"),
        ("claim_until", "9999-12-31"),
        ("claim_until", "soon"),
        ("why_over", "x" * 501),
        ("why_over", "why"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_the_rest_is_kept(sam, cast, field, typed):
    response = sam.post(LIST, data=FORM | {field: typed})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    kept = "2026-06-05" if field == "employer" else "Harbor Health"
    assert f'value="{kept}"' in response.text
    assert taken(cast.summer) == 0


def test_all_the_seats_or_none_and_above_the_capacity_only_with_a_reason(sam, cast):
    response = sam.post(LIST, data=FORM | {"seats": "4"})
    assert response.status_code == 422 and "Only 3 more seats are free" in response.text
    assert taken(cast.summer) == 0
    response = sam.post(LIST, data=FORM | {"seats": "4", "why_over": "Agreed with the coach by phone"})
    assert response.status_code == 303
    assert taken(cast.summer) == 4
    db.session.rollback()
    said = set(db.session.scalars(select(Entry.sentence)))
    assert "Overbooked Cohort of June 6, 2026 for Harbor Health: Agreed with the coach by phone" in said
    page = sam.get("/staff/cohorts/summer-2026/seats").text
    assert "Overbooked by 1" in page and "Agreed with the coach by phone" in page


def test_who_waits_in_line_goes_first(cast, clock, write):
    with write():
        line.enter(db.session.query(Application).filter_by(user_id=cast.wes).one(), clock.now)
    with pytest.raises(Refused, match="Only 2 more seats are free"):
        Bought(cast.sam, cast.summer, clock, seats=3)
    db.session.rollback()
    Bought(cast.sam, cast.summer, clock, seats=2)


def test_a_cohort_that_is_over_sells_nothing(sam, cast, write):
    with write():
        db.session.get_one(Cohort, cast.summer).status = "finished"
    response = sam.post(LIST, data=FORM | {"claim_until": "2026-06-30"})
    assert response.status_code == 422 and "this cohort is finished" in response.text.lower()


def test_the_contact_pays_all_seats_at_once_without_an_account(app, client, harbor, stripe, clock):
    page = client.get(harbor.page)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Cache-Control"] == "no-store"
    for words in ("$4,800", "2 × $2,400", "on behalf of Harbor Health", "Seats that nobody claims"):
        assert words in page.text
    assert client.post(f"{harbor.page}/pay").status_code == 422  # not agreed
    response = client.post(f"{harbor.page}/pay", data={"agree": "y"})
    assert response.status_code == 303
    stripe.hold_deliveries = True
    stripe.pay(response.location.rsplit("/", 1)[1])
    session = stripe.all("checkout.session")[0]
    assert harbor.token not in str(session)  # Stripe is not told the secret
    back = client.get(f"/employers/return?session_id={session['id']}")
    assert back.status_code == 303
    assert "The seats are paid" in client.get(back.location).text
    order = harbor.order()
    assert (order.status, order.payer.name) == ("paid", "Harbor Health")
    assert order.consent.endswith("$4,800 for 2 seats on behalf of Harbor Health.")
    assert harbor.holds() == [("converted", "employer", False)] * 2
    assert mails(CONTACT) == ["admissions/employer_opened", "payments/employer", "admissions/employer_ready"]


def test_the_receipt_names_the_employer_and_is_on_the_page(client, harbor, stripe):
    harbor.paid(stripe)
    paper = db.session.scalars(select(Paper)).one()
    assert (paper.content["name"], paper.amount_cents) == ("Harbor Health", 2 * PRICE)
    where = f"{harbor.page}/receipts/{paper.id}.pdf"
    assert f"{where}" in client.get(harbor.page).text
    assert client.get(where).data.startswith(b"%PDF")
    assert client.get(f"/employers/not-a-secret/receipts/{paper.id}.pdf").status_code == 404


def test_the_webhook_twice_and_the_return_page_are_one_payment(app, harbor, stripe, clock):
    page = harbor.go_to_pay()
    stripe.pay(page)
    for _ in range(2):
        checkout.settle(page, clock.now)
        harbor.sweep()
    assert harbor.order().status == "paid"
    assert db.session.query(Payment).count() == 1
    assert mails(CONTACT).count("admissions/employer_ready") == 1
    assert mails(CONTACT).count("payments/employer") == 1


def test_the_reconciler_compares_it_and_stripe_knows_no_enrollment(harbor, stripe, clock):
    harbor.paid(stripe)
    assert reconciling.compare(clock.now) == []
    intent = stripe.all("payment_intent")[0]
    assert "enrollment" not in intent["metadata"]
    assert stripe.all("customer")[0]["metadata"] == {"employer": str(harbor.id)}


def test_the_ledger_of_the_cohort_counts_it(sam, cast, harbor, stripe):
    harbor.paid(stripe)
    lines = ledger(db.session.get_one(Cohort, cast.summer))
    assert [(one.name, one.received_cents, one.amount_cents) for one in lines] == [
        ("Harbor Health", 2 * PRICE, 2 * PRICE)
    ]
    db.session.rollback()
    assert "Received $4,800 of $4,800" in sam.get("/staff/cohorts/summer-2026").text
    page = sam.get(f"/staff/orders/{harbor.order_id}").text
    assert "Harbor Health" in page and "The employer’s seats" in page
    assert "Sold" in sam.get("/staff/cohorts/summer-2026/seats").text


def test_a_bank_that_decides_keeps_the_seats(client, harbor, stripe, clock):
    stripe.pay(harbor.go_to_pay(), BANK_DEBIT)
    clock.move(days=60)
    assert harbor.sweep() == 0
    assert len(harbor.holds()) == 2
    assert "bank takes a few business days" in client.get(harbor.page).text


def test_unpaid_seats_go_once_when_their_time_is_over(client, cast, harbor, stripe, clock):
    page = harbor.go_to_pay()
    clock.now = harbor.purchase().pay_until + timedelta(minutes=1)
    assert [harbor.sweep(), harbor.sweep()] == [1, 0]
    assert harbor.order().status == "expired"
    assert taken(cast.summer) == 0
    assert stripe.get(page)["status"] == "expired"
    assert mails(CONTACT).count("admissions/employer_let_go") == 1
    assert "let go" in client.get(harbor.page).text
    assert client.post(f"{harbor.page}/pay", data={"agree": "y"}).status_code == 409


def test_seats_stay_while_stripe_is_silent(cast, harbor, stripe, clock):
    harbor.go_to_pay()
    clock.now = harbor.purchase().pay_until + timedelta(minutes=1)
    stripe.fail_next("timeout_before", times=3)  # the call and its two repetitions
    assert harbor.sweep() == 0
    assert taken(cast.summer) == 2
    assert harbor.sweep() == 1


def test_a_page_opened_in_the_last_minute_keeps_the_seats_for_it(cast, harbor, stripe, clock):
    clock.now = harbor.purchase().pay_until - timedelta(minutes=1)
    page = harbor.go_to_pay()
    clock.move(minutes=20)
    assert harbor.sweep() == 0
    stripe.pay(page)
    harbor.sweep()
    assert harbor.holds() == [("converted", "employer", False)] * 2


def test_money_that_comes_late_finds_all_the_seats_or_a_person(cast, harbor, stripe, clock):
    _expire(harbor, clock)
    _pay_late(harbor, clock)
    harbor.sweep()
    assert harbor.order().status == "paid"
    assert harbor.holds() == [("converted", "employer", False)] * 2


def test_money_that_comes_late_for_seats_that_are_gone_becomes_a_task(cast, harbor, stripe, clock, write):
    _expire(harbor, clock)
    with write():
        for user_id in (cast.ana, cast.ben):
            seats.take(db.session.get_one(Cohort, cast.summer), user_id, "offer", None, clock.now)
    _pay_late(harbor, clock)
    for _ in range(2):
        harbor.sweep()
    assert harbor.order().status == "expired"
    assert taken(cast.summer) == 2
    assert mails(CONTACT).count("admissions/employer_late") == 1
    open_tasks = db.session.scalars(select(MoneyAlert.kind).where(MoneyAlert.closed_at.is_(None))).all()
    assert open_tasks == ["paid late"]


def _expire(harbor, clock):
    clock.now = harbor.purchase().pay_until + timedelta(minutes=1)
    harbor.sweep()
    assert harbor.order().status == "expired"


def _pay_late(harbor, clock):
    begin_write()
    sam = db.session.scalars(select(User).where(User.is_staff)).one()
    order = db.session.get_one(Order, harbor.order_id)
    today = clock.now.date()
    staff_actions.enter_payment(sam, order, "check", 2 * PRICE, today, "77", "", True, clock.now)
    db.session.commit()


def test_a_check_pays_and_the_contact_may_invite(sam, client, cast, clock, stripe):
    harbor = Bought(cast.sam, cast.summer, clock, pays_by="by hand")
    assert "by check or bank transfer, as agreed" in client.get(harbor.page).text
    assert client.post(f"{harbor.page}/pay", data={"agree": "y"}).status_code == 409
    where = f"/staff/orders/{harbor.order_id}"
    seen = sam.get(f"{where}/payments").text.split('name="seen" value="')[1].split('"')[0]
    entry = {
        "source": "check",
        "amount": "4800",
        "received_on": "2026-03-25",
        "reference": "1042",
        "note": "",
    }
    assert sam.post(f"{where}/payments", data=entry | {"seen": seen}).status_code == 303
    harbor.sweep()
    assert harbor.order().status == "paid"
    assert "Invite people" in client.get(harbor.page).text
    assert "Check 1042" in sam.get(where).text


def test_half_a_check_keeps_the_seats_and_gives_none_away(sam, client, cast, clock, stripe):
    harbor = Bought(cast.sam, cast.summer, clock, pays_by="by hand")
    where = f"/staff/orders/{harbor.order_id}"
    seen = sam.get(f"{where}/payments").text.split('name="seen" value="')[1].split('"')[0]
    entry = {"source": "check", "amount": "2000", "received_on": "2026-03-25", "reference": "7", "note": ""}
    sam.post(f"{where}/payments", data=entry | {"seen": seen})
    clock.move(days=40)
    harbor.sweep()
    assert harbor.order().status == "part paid"
    assert taken(cast.summer) == 2
    assert "Invite people" not in client.get(harbor.page).text


def test_staff_cancel_unpaid_seats_and_nothing_can_be_paid_afterwards(sam, client, cast, harbor, stripe):
    page = harbor.go_to_pay()
    where = f"/staff/employers/{harbor.id}"
    for _ in range(2):
        assert sam.post(f"{where}/cancel").status_code == 303
    assert harbor.order().status == "cancelled"
    assert taken(cast.summer) == 0
    assert stripe.get(page)["status"] == "expired"
    assert "no longer held" in client.get(harbor.page).text
    assert mails(CONTACT).count("admissions/employer_let_go") == 1
    letter = db.session.scalars(select(Message).where(Message.kind == "admissions/employer_let_go")).one()
    for said in (letter.text, letter.html):
        assert "We do not hold the two seats in the Cohort of June 6, 2026 for Harbor Health any more" in said
        assert "held until" not in said


def test_paid_seats_cannot_be_cancelled(sam, harbor, stripe):
    harbor.paid(stripe)
    sam.post(f"/staff/employers/{harbor.id}/cancel")
    assert harbor.order().status == "paid"
    assert len(harbor.holds()) == 2


def test_seats_whose_payment_a_bank_has_taken_back_are_no_unpaid_ones(sam, harbor, stripe, clock):
    """The order is open again so long: taken back, its money and its seats would be gone should the bank agree."""
    harbor.paid(stripe)
    stripe.dispute(stripe.all("payment_intent")[-1]["id"])
    refunding.take_in(clock.now, clock.now - timedelta(days=1))
    assert harbor.order().status == "open"
    sam.post(f"/staff/employers/{harbor.id}/cancel")
    assert harbor.order().status == "open"
    assert len(harbor.holds()) == 2
    assert "admissions/employer_let_go" not in mails(CONTACT)


def test_a_new_link_makes_the_old_ones_worthless(sam, client, harbor):
    before = harbor.page
    assert sam.post(f"/staff/employers/{harbor.id}/link").status_code == 303
    assert client.get(before).status_code == 410
    assert client.post(f"{before}/pay", data={"agree": "y"}).status_code == 410
    assert harbor.page != before
    assert client.get(harbor.page).status_code == 200


def test_back_from_stripe_in_another_browser_or_with_another_session(client, harbor, stripe):
    page = harbor.go_to_pay()
    assert "Back from the payment page" in client.get(f"/employers/return?session_id={page}").text
    assert client.get("/employers/return").status_code == 200
    for wrong in ("cs_none", "\x00", "x" * 500, "ü"):
        assert client.get("/employers/return", query_string={"session_id": wrong}).status_code == 404
    assert db.session.query(CheckoutSession).count() == 1


def test_one_holder_of_a_seat_is_never_counted_twice(cast, harbor, stripe):
    """A released hold keeps whose it was; live ones are what the employer has."""
    harbor.paid(stripe)
    rows = db.session.scalars(select(SeatHold).where(SeatHold.employer_purchase_id == harbor.id)).all()
    assert [one.seat for one in rows] == [1, 2]
