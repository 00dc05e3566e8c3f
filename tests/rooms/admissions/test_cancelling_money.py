"""Money of a cancelled cohort that is on its way, comes late, or does not get through: all of it goes back, once."""

from __future__ import annotations

import pytest

from app.admissions import cancelling_rules as rules
from app.admissions import jobs as seat_jobs
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import actions as payments
from app.payments import checkout
from app.payments.standin import BANK_DEBIT
from tests.rooms.admissions.cancelled import (  # noqa: F401
    WHY,
    Called,
    applied,
    called,
    enrolled,
    people,
    well_again,
)
from tests.rooms.payments.leavers import Leaver, returned
from tests.rooms.payments.plans import EACH, charged
from tests.rooms.payments.purchases import CANCEL, SUCCESS, stripe  # noqa: F401

# --- money that is on its way -------------------------------------------------------------------------------


def test_an_open_payment_page_is_closed_at_stripe(called, people, stripe):
    page = people.go_to_pay(2)
    called.ask()
    assert called.run() == []
    assert stripe.get(page)["status"] == "expired"
    assert returned(stripe) == EACH


def test_a_page_paid_at_the_last_moment_is_settled_and_returned(called, people, stripe):
    page = people.go_to_pay(2)
    stripe.hold_deliveries = True
    stripe.pay(page)
    called.ask()
    assert called.run() == []
    assert people.refunds() == [("succeeded", EACH), ("succeeded", EACH)]
    assert (returned(stripe), charged(stripe)) == (2 * EACH, 2 * EACH)
    assert "Goes back to you: $1,700" in called.letters()["Pat"]


def test_who_was_paying_for_the_first_time_gets_it_back_and_no_welcome(called, cast, clock, stripe):
    pat = Leaver(cast.pat, cast.summer, clock, parts=1, total=90000)
    page = pat.go_to_pay()
    called.ask()
    stripe.pay(page)  # its webhook comes before the worker
    assert pat.state()["enrollment"] == "pending"
    called.run()
    assert pat.state()["enrollment"] == "removed"
    assert pat.refunds() == [("succeeded", 90000)]
    assert pat.mails() == ["admissions/cancelled", "payments/refunded"]
    assert called.tasks() == []


def test_a_bank_debit_that_arrives_days_later_goes_back_too(called, cast, clock, stripe):
    pat = Leaver(cast.pat, cast.summer, clock, parts=1, total=90000)
    page = pat.go_to_pay()
    stripe.pay(page, BANK_DEBIT)
    called.ask()
    assert called.run() == []
    assert "If it still arrives, it goes back to you as well" in called.letters()["Pat"]
    clock.move(days=4)
    stripe.async_pay(page)
    called.run()
    assert pat.state()["payments"] == [("succeeded", 90000)]
    assert pat.refunds() == [("sent", 90000)]  # a bank takes days
    assert (returned(stripe), pat.sums()[0]) == (90000, 0)
    assert called.tasks() == []
    called.run()
    assert len(pat.refunds()) == 1


def test_no_page_is_opened_and_no_card_charged_once_it_is_cancelled(called, people, clock, stripe):
    called.ask()
    people.wait_until_due(2)
    assert people.work() == []
    assert charged(stripe) == EACH
    db.session.rollback()
    with pytest.raises(Refused, match="does not take place"):
        checkout.pay(people.order_id, SUCCESS, CANCEL, clock.now, [people.ids()[1]])
    assert people.tries() == []


def test_a_debit_of_an_installment_that_succeeds_afterwards_goes_back(called, cast, clock, stripe):
    pat = Leaver(cast.pat, cast.summer, clock)
    page = pat.go_to_pay()
    stripe.pay(page, BANK_DEBIT)
    stripe.async_pay(page)
    pat.wait_until_due(2)
    pat.work()
    assert pat.state()["parts"] == ["paid", "processing", "scheduled"]
    called.ask()
    assert called.run() == []
    assert pat.state()["parts"] == ["paid", "cancelled", "cancelled"]
    clock.move(days=4)
    answer_debit(stripe, stripe.all("payment_intent")[-1]["id"])
    called.run()
    assert [cents for _status, cents in pat.refunds()] == [EACH, EACH]
    assert pat.sums() == (0, 0, 0)
    assert called.tasks() == []


def answer_debit(stripe, intent_id: str) -> None:
    from app.payments.standin import payments

    stripe._do(
        lambda: payments.finish_debit(stripe.state, stripe.state.get("payment_intent", intent_id), True)
    )


def test_a_charge_whose_answer_got_lost_is_looked_for_before_anybody_is_told(called, people, clock, stripe):
    people.wait_until_due(2)
    stripe.hold_deliveries = True
    stripe.fail_next("timeout_after", on="POST /v1/payment_intents", times=9)
    stripe.fail_next("timeout_before", on="GET /v1/payment_intents", times=9)
    people.work()
    assert people.tries() == [(1, "created")]
    called.ask()
    assert called.cases()["Pat"] == ("enrolled", "waiting")
    well_again(stripe)
    clock.move(minutes=3)
    assert called.run() == []
    assert charged(stripe) == returned(stripe) == 2 * EACH
    assert "Goes back to you: $1,700" in called.letters()["Pat"]


def test_money_for_a_seat_that_was_let_go_before_goes_back_too(called, cast, clock, stripe, write):
    pat = Leaver(cast.pat, cast.summer, clock, parts=1, total=90000)
    with write():
        db.session.get_one(Cohort, cast.summer).capacity = 0
    page = pat.go_to_pay()
    begin_write()
    payments.expire_order(payments.lock_order(pat.order_id), clock.now)
    db.session.commit()
    stripe.pay(page)
    assert called.tasks() == ["paid late"]
    assert called.overview().of("paying")[0].back_cents == 90000
    called.ask()
    seat_jobs.sweep_seats(clock.now)
    called.run()
    assert pat.refunds() == [("succeeded", 90000)]
    assert called.tasks() == []


# --- Stripe refuses, is silent, or its bank says no ---------------------------------------------------------


def test_while_stripe_is_silent_a_person_waits_and_the_others_are_seen_to(called, people, clock, stripe):
    people.go_to_pay(2)
    called.ask()
    stripe.fail_next("timeout_before", times=9, on="/v1/checkout/sessions")
    for _ in range(2):
        called.run()
    assert called.cases()["Pat"] == ("enrolled", "waiting")
    assert {called.cases()[name][1] for name in ("Ana", "Ben", "Wes")} == {"done"}
    assert (people.state()["enrollment"], people.refunds()) == ("active", [])
    stripe.fail_next("timeout_before", times=99, on="/v1/checkout/sessions")
    for _ in range(rules.TELL_STAFF_AFTER):
        clock.move(minutes=1)
        called.run()
    assert called.tasks() == ["cancelling"]
    well_again(stripe)
    assert called.run() == []
    assert called.cases()["Pat"] == ("enrolled", "done")
    assert (returned(stripe), called.tasks()) == (EACH, [])
    assert len(called.letters()) == 4


@pytest.mark.parametrize("fault", ["500", "429", "timeout_before", "timeout_after"])
def test_a_refund_that_stripe_does_not_answer_goes_back_once(called, people, clock, stripe, fault):
    called.ask()
    stripe.fail_next(fault, times=2, on="POST /v1/refunds")
    for _ in range(2):
        called.run()
    clock.move(days=1, minutes=1)
    assert called.run() == []
    assert (people.refunds(), returned(stripe)) == ([("succeeded", EACH)], EACH)
    assert len(called.letters()) == 4


def test_a_bank_that_sends_the_refund_back_is_a_task_and_it_is_not_tried_again_by_itself(
    called, people, stripe
):
    called.ask()
    called.run()
    stripe.fail_refund(stripe.all("refund")[0]["id"])
    called.run()
    assert people.refunds() == [("failed", EACH)]
    assert called.tasks() == ["refund failed"]


def test_a_dispute_that_is_won_later_goes_back_then(called, people, stripe):
    intent = stripe.all("payment_intent")[0]["id"]
    dispute = stripe.dispute(intent)
    called.ask()
    called.run()
    assert people.refunds() == []
    assert "With your bank, which decides on it: $850" in called.letters()["Pat"]
    stripe.close_dispute(dispute["id"], won=True)
    called.run()
    assert people.refunds() == [("succeeded", EACH)]
