"""The order follows its person to another cohort, with installments, card, grace and refunds."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions.deferring_models import DeferralTier
from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from app.payments import actions, queries, refunding, staff_actions
from app.payments.models import CheckoutSession
from app.payments.paper_models import Paper
from app.payments.price_models import RefundTier
from app.payments.standin.cards import BANK_DEBIT, DECLINED_LATER
from tests.rooms.payments.movers import Mover, another_cohort
from tests.rooms.payments.plans import EACH, TOTAL, charged
from tests.rooms.payments.purchases import stripe  # noqa: F401

OCTOBER, NOVEMBER = date(2026, 10, 25), date(2026, 11, 25)


@pytest.fixture
def winter(cast, write):
    with write():
        return another_cohort(cast)


@pytest.fixture
def pat(cast, clock, stripe):
    return Mover(cast.pat, cast.summer, clock).seated(stripe)


def test_the_order_follows_and_the_agreed_price_stays(cast, pat, winter, stripe):
    pat.move(cast.sam, winter)
    assert pat.places() == ("deferred", "active")
    order = pat.order()
    assert (order.enrollment_id, order.amount_cents, order.card_words) == (
        pat.new_id,
        TOTAL,
        "Visa ending 4242",
    )
    assert order.description == "A seat in the Cohort of January 2, 2027"
    assert order.consent  # as it was agreed
    assert pat.days()[1:] == [("scheduled", OCTOBER), ("scheduled", NOVEMBER)]
    assert db.session.get_one(Enrollment, pat.new_id).continues_id == pat.enrollment_id
    said = "Took Pat Lindqvist's order along from the Cohort of June 6, 2026 to the Cohort of January 2, 2027"
    assert db.session.scalar(select(Entry.id).where(Entry.sentence == said))


def test_the_card_is_charged_on_the_new_days_and_never_on_the_old(cast, pat, winter, stripe):
    pat.move(cast.sam, winter)
    pat.wait_until(date(2026, 4, 25))
    pat.work()
    assert charged(stripe) == EACH
    pat.wait_until(date(2026, 10, 23))
    pat.work()
    assert "payments/reminder" in pat.mails()
    pat.wait_until(OCTOBER)
    pat.work()
    pat.wait_until(NOVEMBER)
    pat.work()
    assert charged(stripe) == TOTAL
    assert (pat.order().status, pat.places()[1]) == ("paid", "active")


def test_a_failure_after_the_move_suspends_the_new_place(cast, clock, winter, stripe):
    pat = Mover(cast.pat, cast.summer, clock).seated(stripe, card=DECLINED_LATER)
    pat.move(cast.sam, winter)
    pat.wait_until(OCTOBER)
    pat.work()
    assert pat.places() == ("deferred", "grace")
    pat.wait_until(date(2026, 11, 9))
    pat.work()
    assert pat.places() == ("deferred", "suspended")


def test_who_is_in_grace_begins_again_where_the_new_day_is_ahead(cast, clock, winter, stripe):
    pat = Mover(cast.pat, cast.summer, clock).seated(stripe, card=DECLINED_LATER)
    pat.wait_until_due(2)
    pat.work()
    assert pat.state()["enrollment"] == "grace"
    pat.move(cast.sam, winter)
    assert pat.places() == ("deferred", "active")
    assert pat.days()[1] == ("scheduled", OCTOBER)
    assert (pat.order().grace_until, pat.alerts()) == (None, [])
    assert (pat.part(2).tries, pat.part(2).failure) == (0, "")


def test_what_is_overdue_even_so_stays_overdue(cast, clock, write, stripe):
    """A cohort two weeks later moves no day: the place there is in grace until the same day."""
    with write():
        soon = another_cohort(cast, date(2026, 6, 20))
    pat = Mover(cast.pat, cast.summer, clock).seated(stripe, card=DECLINED_LATER)
    pat.wait_until_due(2)
    pat.work()
    until = pat.order().grace_until
    pat.move(cast.sam, soon)
    assert pat.places() == ("deferred", "grace")
    assert (pat.order().grace_until, pat.days()[1][0]) == (until, "failed")
    stripe.pay(pat.go_to_pay(2))
    assert pat.places() == ("deferred", "active")


def test_who_is_paused_goes_on(cast, pat, winter, write):
    with write():
        db.session.get_one(Enrollment, pat.enrollment_id).status = "paused"
    pat.move(cast.sam, winter)
    assert pat.places() == ("deferred", "active")


def test_out_of_a_cancelled_cohort_one_moves_for_nothing_and_uncounted(cast, pat, winter, write):
    with write():
        db.session.get_one(Cohort, cast.summer).status = "cancelled"
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 1, 1), times=1, fee_cents=10_000))
    pat.move(cast.sam, winter, reason="cohort")
    assert pat.places() == ("deferred", "active")
    assert pat.order().amount_cents == TOTAL


def test_an_open_page_is_ended_first_and_cannot_be_paid(cast, pat, winter, stripe):
    page = pat.go_to_pay(2)
    pat.move(cast.sam, winter)
    assert (
        db.session.scalar(select(CheckoutSession.status).where(CheckoutSession.stripe_id == page))
        == "expired"
    )
    assert pat.days()[1] == ("scheduled", OCTOBER)


def test_money_on_its_way_is_waited_for(cast, pat, winter, stripe):
    stripe.pay(pat.go_to_pay(2), BANK_DEBIT)
    with pytest.raises(Refused, match="on its way"):
        pat.move(cast.sam, winter)
    assert pat.state()["enrollment"] == "active"
    assert db.session.scalar(select(Enrollment.id).where(Enrollment.cohort_id == winter)) is None


def test_a_fee_is_a_line_of_its_own_that_no_card_pays(cast, clock, winter, stripe, write, sign_in):
    with write():
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 6, 6), times=1, fee_cents=10_000))
    pat = Mover(cast.pat, cast.summer, clock, parts=1, total=240_000).seated(stripe)
    assert pat.order().status == "paid"
    pat.move(cast.sam, winter)
    order = pat.order()
    assert (order.status, order.paid_at, order.amount_cents) == ("part paid", None, 250_000)
    fee = pat.part(2)
    assert (fee.name, fee.status, fee.amount_cents, fee.next_try_at) == (
        "Fee for moving",
        "due",
        10_000,
        None,
    )
    pat.wait_until(date(2026, 6, 1))
    pat.work()
    assert charged(stripe) == 240_000
    assert pat.places()[1] == "active"
    browser = sign_in(cast.pat)
    page = browser.get("/payments").text
    assert "Fee for moving" in page and "Pay $100" in page
    assert "<h1>Fee for moving</h1>" in browser.get(f"/payments/installments/{pat.ids()[1]}").text
    mail = db.session.scalars(select(Message).where(Message.kind == "admissions/deferred")).one()
    assert "Fee for moving, by Wed, Apr 8, 2026: $100" in mail.text
    assert f"/payments/installments/{pat.ids()[1]}" in mail.text
    stripe.pay(pat.go_to_pay(2))
    assert pat.order().status == "paid"
    assert stripe.all("checkout.session")[-1]["amount_total"] == 10_000
    papers = db.session.scalars(select(Paper).order_by(Paper.id)).all()
    assert papers[-1].content["lines"] == [["Fee for moving", 10_000]]
    assert "Fee for moving" in sign_in(cast.sam).get(f"/staff/orders/{pat.order_id}").text


def test_withdrawing_afterwards_follows_the_new_cohorts_rule(cast, pat, winter, stripe, write):
    with write():
        db.session.add(RefundTier(cohort_id=winter, until=date(2026, 12, 19), share_percent=100))
    pat.move(cast.sam, winter)
    pat.wait_until(date(2026, 9, 1))
    old, pat.enrollment_id = pat.enrollment_id, pat.new_id
    pat.leave(cast.sam)
    pat.send()
    assert pat.refunds() == [("succeeded", EACH)]
    assert db.session.get_one(Enrollment, old).status == "deferred"
    assert pat.state()["enrollment"] == "withdrawn"
    assert pat.sums() == (0, 0, 0)


def test_a_refund_and_a_dispute_of_an_old_payment_find_the_new_place(cast, pat, winter, stripe):
    pat.move(cast.sam, winter)
    intent = stripe.all("payment_intent")[0]["id"]
    stripe.refund(intent, 10_000)
    refunding.run(pat.clock.now)
    assert "external refund" in pat.alerts()
    assert queries.net_cents(pat.order()) == EACH - 10_000
    assert pat.places() == ("deferred", "active")


def test_moved_twice_the_order_is_where_the_person_is(cast, pat, winter, write):
    pat.move(cast.sam, winter)
    with write():
        later = another_cohort(cast, date(2027, 6, 5))
    first = pat.new_id
    pat.move(cast.sam, later)
    assert db.session.get_one(Enrollment, first).status == "deferred"
    assert pat.order().enrollment_id == pat.new_id
    assert pat.days()[1:] == [("scheduled", date(2027, 3, 25)), ("scheduled", date(2027, 4, 25))]


def test_a_cohort_one_was_in_before_is_no_way_back(cast, clock, winter, stripe):
    pat = Mover(cast.pat, cast.summer, clock, parts=1, total=240_000).seated(stripe)
    pat.move(cast.sam, winter)
    with pytest.raises(
        Refused, match=r"has a place in the Cohort of June 6, 2026 already, which is deferred"
    ):
        pat.move(cast.sam, cast.summer)
    assert pat.places() == ("deferred", "active")


def test_a_cohort_that_ends_too_soon_for_the_plan(cast, pat, write):
    with write():
        early = another_cohort(cast, date(2026, 2, 21))
    with pytest.raises(Refused, match="after that cohort has ended"):
        pat.move(cast.sam, early)
    assert pat.state()["enrollment"] == "active"


def test_the_days_are_those_of_the_new_cohorts_zone(cast, pat, write):
    with write():
        there = another_cohort(cast, time_zone="Pacific/Auckland")
    pat.move(cast.sam, there)
    assert pat.part(2).next_try_at.isoformat() == "2026-10-24T20:00:00+00:00"  # 9 a.m. on Oct 25 there
    assert db.session.get_one(Cohort, there).time_zone == "Pacific/Auckland"


def test_a_fee_whose_day_staff_have_moved_is_charged_to_no_card_either(
    cast, pat, clock, winter, stripe, write
):
    with write():
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 6, 6), times=1, fee_cents=10_000))
    pat.move(cast.sam, winter)
    begin_write()
    sam, order = db.session.get_one(User, cast.sam), actions.lock_order(pat.order_id)
    staff_actions.move_installment(sam, order, 4, date(2026, 5, 4), clock.now)
    db.session.commit()
    pat.wait_until(date(2026, 5, 5))
    pat.work()
    assert (charged(stripe), pat.tries(), pat.places()[1]) == (EACH, [], "active")
    assert "payments/charge_failed" not in pat.mails()
