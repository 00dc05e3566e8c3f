"""One purchase and everything that may happen to its news. Each test is named after the accident it prevents."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from app.accounts.models import User
from app.audit.models import Entry
from app.cohorts.models import Enrollment
from app.lib.database import begin_write, db
from app.payments import actions, checkout
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment
from tests.rooms.payments.purchases import PAID_ONCE, Buyer, stripe  # noqa: F401


@pytest.fixture
def pat(cast, clock, stripe):
    return Buyer(cast.pat, cast.summer, clock.now)


def test_paid_webhook_before_the_return_page(pat, stripe, clock):
    page = pat.go_to_pay(clock.now)
    stripe.pay(page)
    assert pat.state() == PAID_ONCE
    checkout.settle(page, clock.now)
    assert pat.state() == PAID_ONCE


def test_return_page_before_the_webhook(pat, stripe, clock):
    stripe.hold_deliveries = True
    page = pat.go_to_pay(clock.now)
    stripe.pay(page)
    assert pat.state()["order"] == "open"
    checkout.settle(page, clock.now)
    assert pat.state() == PAID_ONCE
    stripe.deliver_pending()
    assert pat.state() == PAID_ONCE


def test_what_is_kept_of_a_payment(pat, stripe, clock):
    stripe.pay(pat.go_to_pay(clock.now))
    db.session.rollback()
    payment = db.session.query(Payment).one()
    assert payment.paid_with == "Visa ending 4242"
    assert payment.receipt_url.startswith("http")
    sentences = db.session.scalars(db.select(Entry.sentence).where(Entry.about_kind == "order")).all()
    assert "Received $2,400 from Pat Lindqvist" in sentences


def test_the_events_of_one_purchase_in_every_order_each_once_or_twice(cast, stripe, clock):
    """Signed, through the real route: one end state, whatever came first, twice or last."""
    stripe.hold_deliveries = True
    ended = set()
    for number, order in enumerate(permutations(range(4))):
        buyer = _new_buyer(number, cast.spring, clock.now)
        page = buyer.go_to_pay(clock.now)
        stripe.pay(page)
        events = stripe.pending_events
        kinds = [event["type"] for event in events]
        assert "checkout.session.completed" in kinds
        # the one that matters, and three that tell of the same purchase
        chosen = sorted(events, key=lambda event: event["type"] != "checkout.session.completed")[:4]
        assert len(chosen) == 4
        for place in order:
            statuses = stripe.deliver(chosen[place], times=1 + (number + place) % 2)
            assert set(statuses) == {200}
        stripe.deliver_pending(random.Random(number))
        ended.add(str(buyer.state()))
    assert ended == {str(PAID_ONCE)}


def _new_buyer(number: int, cohort_id: int, now) -> Buyer:
    begin_write()
    user = User(email=f"buyer-{number}@example.com", name=f"Buyer {number}", created_at=now)
    db.session.add(user)
    db.session.flush()
    user_id = user.id
    db.session.commit()
    return Buyer(user_id, cohort_id, now)


def test_the_same_event_again_is_known(pat, stripe, clock):
    stripe.hold_deliveries = True
    stripe.pay(pat.go_to_pay(clock.now))
    event = next(event for event in stripe.pending_events if event["type"] == "checkout.session.completed")
    calls = len(stripe.requests)
    assert stripe.deliver(event, times=3) == [200, 200, 200]
    assert len(stripe.requests) == calls + 1  # only the first one fetched the session
    assert pat.state() == PAID_ONCE


def test_expired_news_after_completed_changes_nothing(pat, stripe, clock):
    first = pat.go_to_pay(clock.now)
    stripe.hold_deliveries = True
    clock.move(minutes=25)  # too little time left: another page replaces the first
    second = pat.go_to_pay(clock.now)
    assert second != first
    stripe.pay(second)
    stripe.deliver_pending("reversed")  # completed first, the old page's expiry last
    assert pat.state() == PAID_ONCE | {"pages": ["complete", "expired"]}


def test_two_tabs_lead_to_the_same_page(pat, stripe, clock):
    pages = {pat.go_to_pay(clock.now) for _tab in range(2)}
    assert len(pages) == 1
    stripe.pay(pages.pop())
    with pytest.raises(Exception, match="paid for already"):
        pat.go_to_pay(clock.now)
    assert pat.state() == PAID_ONCE


def test_paying_in_one_tab_while_the_other_asks_again(pat, stripe, clock):
    """The first page was paid, its news is lost, and the person presses the button again."""
    stripe.hold_deliveries = True
    page = pat.go_to_pay(clock.now)
    stripe.pay(page)
    clock.move(minutes=25)
    with pytest.raises(Exception, match="paid for already"):
        pat.go_to_pay(clock.now)
    assert pat.state() == PAID_ONCE
    assert len(stripe.all("checkout.session")) == 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_timeout_then_retry_with_the_same_key(pat, stripe, clock, fault):
    stripe.fail_next(fault, times=3, on="POST /v1/checkout/sessions")  # as often as the SDK tries
    with pytest.raises(Exception, match="did not answer"):
        pat.go_to_pay(clock.now)
    assert pat.state()["pages"] == ["created"]
    stripe.pay(pat.go_to_pay(clock.now))
    keys = {
        one.idempotency_key
        for one in stripe.requests
        if one.path == "/v1/checkout/sessions" and one.method == "POST"
    }
    assert len(keys) == 1
    assert len(stripe.all("checkout.session")) == 1
    assert pat.state() == PAID_ONCE


def test_a_broken_answer_does_not_block_the_key_for_a_day(pat, stripe, clock):
    stripe.fail_next("500", on="POST /v1/checkout/sessions")
    with pytest.raises(Exception, match="did not answer"):
        pat.go_to_pay(clock.now)
    stripe.pay(pat.go_to_pay(clock.now))
    assert pat.state() == PAID_ONCE | {"pages": ["complete", "failed"]}


def test_crash_after_stripe_accepted_but_before_our_commit(pat, stripe, clock):
    """The page exists at Stripe, our process died before it could write that down."""
    stripe.fail_next("timeout_after", times=3, on="POST /v1/checkout/sessions")
    with pytest.raises(Exception, match="did not answer"):
        pat.go_to_pay(clock.now)
    page = stripe.all("checkout.session")[0]["id"]
    stripe.pay(page)  # even so: the webhook finds our row by the mark on the session
    assert pat.state() == PAID_ONCE


def test_crash_and_an_hour_later_the_button_again(pat, stripe, clock):
    stripe.fail_next("timeout_after", times=3, on="POST /v1/checkout/sessions")
    with pytest.raises(Exception, match="did not answer"):
        pat.go_to_pay(clock.now)
    clock.move(hours=1)
    second = pat.go_to_pay(clock.now)
    assert second != stripe.all("checkout.session")[0]["id"]
    stripe.pay(second)
    assert pat.state() == PAID_ONCE | {"pages": ["complete", "expired"]}


def test_paid_twice_is_one_seat_and_an_alert(pat, stripe, clock):
    """Two pages both got paid, as in 2-4 tickets of a known accident: the second is money to return."""
    first = pat.go_to_pay(clock.now)
    begin_write()
    row = actions.apply_session(
        {"id": first, "status": "expired", "metadata": {}}, clock.now
    )  # we believed it over
    assert row.status == "expired"
    db.session.commit()
    second = pat.go_to_pay(clock.now)
    stripe.pay(second)
    stripe.pay(first)
    state = pat.state()
    assert state["payments"] == [("succeeded", 240000)] * 2
    assert (state["order"], state["enrollment"], state["mails"]) == ("paid", "active", ["payments/welcome"])
    alert = db.session.query(MoneyAlert).one()
    assert alert.kind == "overpaid"
    assert "has paid $4,800; the order comes to $2,400" in alert.detail
    stripe.deliver_pending()
    assert pat.state() == state


def test_payment_for_an_order_that_was_let_go(pat, stripe, clock):
    page = pat.go_to_pay(clock.now)
    begin_write()
    actions.expire_order(db.session.get_one(Order, pat.order_id), clock.now)
    db.session.commit()
    stripe.pay(page)
    state = pat.state()
    assert (state["order"], state["enrollment"]) == ("expired", "pending")
    assert state["payments"] == [("succeeded", 240000)]  # the money is never ignored
    assert db.session.query(MoneyAlert).one().kind == "paid late"


def test_paid_by_somebody_who_was_removed(pat, stripe, clock):
    page = pat.go_to_pay(clock.now)
    begin_write()
    db.session.get_one(Enrollment, pat.enrollment_id).status = "withdrawn"
    db.session.commit()
    stripe.pay(page)
    state = pat.state()
    assert (state["order"], state["enrollment"], state["mails"]) == ("paid", "withdrawn", [])
    assert db.session.query(MoneyAlert).one().kind == "not opened"


def test_bank_debit_keeps_the_order_until_the_bank_answers(pat, stripe, clock):
    from app.payments.standin import BANK_DEBIT

    page = pat.go_to_pay(clock.now)
    stripe.pay(page, BANK_DEBIT)
    state = pat.state()
    assert (state["order"], state["payments"], state["pages"]) == (
        "open",
        [("processing", 240000)],
        ["processing"],
    )
    assert state["mails"] == ["payments/bank_deciding"]
    with pytest.raises(Exception, match="still deciding"):
        pat.go_to_pay(clock.now)
    assert checkout.close(pat.order_id, clock.now) == "processing"
    stripe.async_pay(page)
    assert pat.state() == PAID_ONCE | {"mails": ["payments/bank_deciding", "payments/welcome"]}


def test_bank_says_no_and_a_card_pays(pat, stripe, clock):
    page = pat.go_to_pay(clock.now)
    stripe.async_fail(page)
    state = pat.state()
    assert (state["order"], state["payments"], state["pages"]) == ("open", [("failed", 240000)], ["failed"])
    assert "payments/bank_refused" in state["mails"]
    stripe.pay(pat.go_to_pay(clock.now))
    assert pat.state()["payments"] == [("failed", 240000), ("succeeded", 240000)]
    assert pat.state()["order"] == "paid"


def test_declined_card_leaves_everything_as_it_was(pat, stripe, clock):
    page = pat.go_to_pay(clock.now)
    stripe.decline(page)
    assert pat.state()["order"] == "open"
    assert pat.go_to_pay(clock.now) == page  # the same page takes another card
    stripe.pay(page)
    assert pat.state() == PAID_ONCE


def test_closing_an_order_that_is_being_paid(pat, stripe, clock):
    page = pat.go_to_pay(clock.now)
    assert checkout.close(pat.order_id, clock.now) == "over"
    assert stripe.get(page)["status"] == "expired"
    stripe.hold_deliveries = True
    page = pat.go_to_pay(clock.now)
    stripe.pay(page)
    assert checkout.close(pat.order_id, clock.now) == "paid"
    assert pat.state() == PAID_ONCE | {"pages": ["complete", "expired"]}


def test_an_order_is_opened_once(pat, cast, clock):
    again = Buyer(cast.pat, cast.summer, clock.now, amount=100)
    assert again.order_id == pat.order_id
    assert db.session.get_one(Order, pat.order_id).amount_cents == 240000
    assert again.enrollment_id == pat.enrollment_id


def test_a_seat_that_costs_nothing_is_paid_by_nothing(app, cast, clock):
    buyer = Buyer(cast.pat, cast.summer, clock.now, amount=0)
    begin_write()
    actions.settle_order(actions.lock_order(buyer.order_id), clock.now)
    db.session.commit()
    state = buyer.state()
    assert (state["order"], state["enrollment"], state["payments"]) == ("paid", "active", [])
