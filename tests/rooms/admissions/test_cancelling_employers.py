"""A cohort is cancelled in which employers bought seats: their money goes back whole, and nobody is seated any more."""

from __future__ import annotations

import os
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import cancelling_jobs
from app.admissions import cancelling_queries as queries
from app.admissions.cancelling_models import CancellationCase
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from app.payments import staff_actions
from app.payments.models import CheckoutSession, Order, Payment, Refund
from app.payments.paper_models import Paper
from app.payments.standin import BANK_DEBIT
from tests.rooms.admissions.bought import CONTACT, PRICE, Bought, mails, status_of, taken
from tests.rooms.admissions.cancelled import WHY, Called, called  # noqa: F401
from tests.rooms.admissions.test_cancelling_killed import address  # noqa: F401
from tests.rooms.admissions.test_cancelling_page import HERE
from tests.rooms.coursework.deaths import answer_or_death
from tests.rooms.payments.leavers import returned
from tests.rooms.payments.purchases import stripe  # noqa: F401

BEN, PAT = "ben@example.com", "pat@example.com"


@pytest.fixture
def harbor(called, cast, clock):
    """Two seats that wait to be paid."""
    return Bought(cast.sam, cast.summer, clock)


@pytest.fixture
def paid(harbor, cast, stripe):
    """Paid; Pat has claimed one seat, and Ben is invited to the other."""
    harbor.paid(stripe).invite(PAT, BEN)
    harbor.claim(cast.pat, PAT)
    return harbor


def cancel(called: Called, cast: Any) -> None:
    """Two people, because it is above the limit of one."""
    if called.ask() == "requested":
        called.confirm(cast.cal)


def refunds(order_id: int) -> list[tuple[str, int, bool]]:
    db.session.rollback()
    query = select(Refund).join(Refund.payment).where(Payment.order_id == order_id).order_by(Refund.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return [(one.status, one.amount_cents, one.by_hand) for one in rows]


def letter_to(email: str) -> str:
    db.session.rollback()
    kinds = Message.kind.in_(("admissions/cancelled", "admissions/cancelled_employer"))
    return db.session.scalars(select(Message).where(Message.to_address == email, kinds)).one().text


def cases() -> list[tuple[str, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(select(CancellationCase).execution_options(populate_existing=True))
    return sorted((one.name, one.standing, one.status) for one in rows)


def test_the_screen_has_the_arithmetic_of_an_employer(called, paid, cast, sign_in):
    page = sign_in(cast.sam).get(HERE).text
    for words in (
        "2 people and 1 employer are touched",  # Pat, and Wes who waits in line
        "Employers: 1",
        "Dana Ortiz, for 2 seats, 1 of them claimed: that money goes back as well. 1 open invitation ends.",
        "Sits in a seat paid by Harbor Health: no money of theirs.",
        "$4,800 goes back the way it came",
        "3 mails go out",
    ):
        assert words in page, words
    found = called.overview()
    assert (found.total("paid_cents"), found.total("back_cents"), len(found.people)) == (
        2 * PRICE,
        2 * PRICE,
        3,
    )


def test_everything_goes_back_to_the_employer_and_everybody_hears_of_it(called, paid, cast, stripe):
    assert called.ask() == "requested"  # above the limit of one person
    assert called.status() == "open" or called.status() == "running"
    called.confirm(cast.cal)
    assert called.run() == []
    assert refunds(paid.order_id) == [("succeeded", 2 * PRICE, False)]
    assert returned(stripe) == 2 * PRICE
    assert (paid.order().status, paid.holds(), taken(cast.summer)) == ("cancelled", [], 0)
    assert paid.invitations() == {PAT: "claimed", BEN: "taken back"}
    assert status_of(cast.pat, cast.summer) == "withdrawn"
    assert ("Harbor Health", "employer", "done") in cases()
    to_employer, to_pat = letter_to(CONTACT), letter_to(PAT)
    for words in (WHY, "Hello Dana", "What you have paid for two seats: $4,800", "Goes back to you: $4,800"):
        assert words in to_employer
    assert "$" not in to_pat and "paid" not in to_pat and "charged" not in to_pat
    assert "Harbor Health, who had given you the seat, has had a letter as well." in to_pat
    called.run()
    assert len(refunds(paid.order_id)) == 1 and called.tasks() == []
    assert mails(CONTACT).count("admissions/cancelled_employer") == 1


def test_what_came_by_check_goes_back_by_hand(called, cast, clock, stripe):
    by_check = Bought(cast.sam, cast.summer, clock, pays_by="by hand")
    begin_write()
    sam, order = db.session.get_one(User, cast.sam), db.session.get_one(Order, by_check.order_id)
    staff_actions.enter_payment(
        sam, order, "check", order.amount_cents, date(2026, 3, 24), "1042", "", False, clock.now
    )
    db.session.commit()
    by_check.sweep()
    assert called.overview().of("employer")[0].by_hand_cents == 2 * PRICE
    cancel(called, cast)
    assert called.run() == []
    assert refunds(by_check.order_id) == [("approved", 2 * PRICE, True)]
    assert called.tasks() == ["pay back by hand"]
    assert "goes by check or transfer; we write when it is sent" in letter_to(CONTACT)


def test_the_progress_page_leads_to_the_employer(called, paid, cast, sign_in):
    cancel(called, cast)
    called.run()
    page = sign_in(cast.sam).get(HERE).text
    assert f'<a href="/staff/employers/{paid.id}">Harbor Health</a>' in page
    assert "$4,800 went back" in page and "3 of 3 people are seen to" in page
    assert sign_in(cast.sam).get(f"/staff/employers/{paid.id}").status_code == 200


def test_an_open_page_is_closed_and_held_seats_end(called, harbor, cast, stripe):
    page = harbor.go_to_pay()
    assert called.overview().of("employer")[0].page_open
    cancel(called, cast)
    assert called.run() == []
    assert stripe.get(page)["status"] == "expired"
    assert (harbor.order().status, harbor.holds()) == ("cancelled", [])
    assert "$4,800 that was still to be paid is not owed any more." in letter_to(CONTACT)
    assert harbor.sweep() == 0


def test_paid_between_the_confirm_and_the_worker_goes_back(called, harbor, cast, stripe):
    page = harbor.go_to_pay()
    cancel(called, cast)
    stripe.pay(page)
    harbor.sweep()
    assert "admissions/employer_ready" not in mails(CONTACT)  # nobody is invited any more
    assert called.run() == []
    assert refunds(harbor.order_id) == [("succeeded", 2 * PRICE, False)]


def test_a_debit_of_the_employer_that_arrives_later_is_returned(called, harbor, cast, clock, stripe):
    page = harbor.go_to_pay()
    stripe.pay(page, BANK_DEBIT)
    cancel(called, cast)
    assert called.run() == []
    assert "If it still arrives, it goes back to you as well" in letter_to(CONTACT)
    clock.move(days=4)
    stripe.async_pay(page)
    harbor.sweep()
    called.run()
    assert [cents for _status, cents, _hand in refunds(harbor.order_id)] == [2 * PRICE]
    assert (returned(stripe), called.tasks()) == (2 * PRICE, [])
    called.run()
    assert len(refunds(harbor.order_id)) == 1


def test_while_it_is_asked_for_no_seat_is_lost_paid_or_claimed_and_the_time_is_given_back(
    called, harbor, cast, clock, stripe
):
    other = Bought(cast.sam, cast.summer, clock, employer="Tide", contact_email="lee@tide.example").paid(
        stripe
    )
    other.invite(PAT)
    before = harbor.purchase().pay_until
    assert called.ask() == "requested"
    clock.now += timedelta(days=20)  # the day to pay passes
    assert harbor.sweep() == 0
    with pytest.raises(Refused):
        harbor.go_to_pay()
    db.session.rollback()
    with pytest.raises(Refused, match="on hold"):
        other.claim(cast.pat, PAT)
    db.session.rollback()
    called.end_request(cast.sam)
    assert harbor.purchase().pay_until == before + timedelta(days=20)
    assert harbor.sweep() == 0
    assert [status for status, _because, _taken in harbor.holds()] == ["active", "active"]
    other.claim(cast.pat, PAT)
    assert status_of(cast.pat, cast.summer) == "active"


def test_what_was_let_go_before_is_not_touched(called, harbor, clock, cast):
    clock.now += timedelta(days=20)
    assert harbor.sweep() == 1
    assert called.overview().of("employer") == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
def test_killed_while_an_employer_is_seen_to(app, called, cast, clock, stripe, address):
    stages = (0, 3, 9, 15, 21, 27, 33)
    bought = [
        Bought(
            cast.sam, cast.summer, clock, seats=1, employer=f"Firm {n}", contact_email=f"firm{n}@example.com"
        )
        for n in range(len(stages))
    ]
    pages = [one.go_to_pay() for one in bought]
    for one in bought[::2]:  # every other one has paid
        stripe.pay(pages[bought.index(one)])
    cancel(called, cast)
    by_purchase = {one.employer_purchase_id: one.id for one in db.session.scalars(select(CancellationCase))}
    db.session.rollback()
    stripe.hold_deliveries = True
    for stage, one in zip(stages, bought, strict=True):

        def see_to(case_id: int = by_purchase[one.id]) -> SimpleNamespace:
            app.config.update(STRIPE_HTTP_CLIENT=None, STRIPE_API_BASE=address)
            app.extensions.pop("stripe", None)
            assert cancelling_jobs._see_to(case_id, clock.now) == ""
            return SimpleNamespace(status_code=200)

        answer_or_death(app, stage, see_to)
    assert called.run() == []
    assert queries.waiting_cases() == []
    for number, one in enumerate(bought):
        assert (one.order().status, one.holds()) == ("cancelled", [])
        expected = [] if number % 2 else [("succeeded", PRICE, False)]
        assert refunds(one.order_id) == expected
        assert mails(one.email).count("admissions/cancelled_employer") == 1
    still_open = select(CheckoutSession.id).where(CheckoutSession.status == "open")
    assert db.session.scalars(still_open).all() == []
    notes = db.session.scalars(select(Paper).where(Paper.kind == "credit note")).all()
    assert len(notes) == len(bought[::2])  # nothing was owed to the others
