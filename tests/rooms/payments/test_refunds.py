"""Money back: somebody leaves, the worker sends it, it arrives, fails days later, or went back without us."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import actions, queries, refunding, refunds
from app.payments import stripe_out as calls
from app.payments.event_models import MoneyAlert
from app.payments.models import Dispute, Order, Payment, Refund
from app.payments.price_models import RefundTier
from app.payments.standin.cards import BANK_DEBIT
from tests.rooms.payments.leavers import Leaver, returned
from tests.rooms.payments.plans import EACH, TOTAL
from tests.rooms.payments.purchases import stripe  # noqa: F401
from tests.rooms.payments.test_at_once import together


@pytest.fixture
def rule(cast, clock, write):
    """`rule(50)`: who leaves in the next week gets this share back."""

    def set_rule(share: int) -> None:
        with write():
            cohort = db.session.get_one(Cohort, cast.summer)
            for tier in queries.refund_tiers(cohort):
                db.session.delete(tier)
            until = clock.now.date() + timedelta(days=7)
            db.session.add(RefundTier(cohort_id=cohort.id, until=until, share_percent=share))

    return set_rule


@pytest.fixture
def second(cast, write):
    """Another member of staff: Cal, who is made one."""
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    return cast.cal


@pytest.fixture
def pat(cast, clock, stripe):
    """Paid in three, the first of them; the summer cohort's rule gives everything back."""
    return Leaver(cast.pat, cast.summer, clock).begun(stripe)


def test_everything_goes_back(cast, pat, stripe):
    pat.leave(cast.sam)
    assert pat.state() == {
        "order": "cancelled", "enrollment": "withdrawn", "parts": ["paid", "cancelled", "cancelled"],
        "payments": [("succeeded", EACH)],
    }  # fmt: skip
    assert pat.refunds() == [("approved", EACH)]
    assert pat.sums() == (0, 0, 0)
    assert returned(stripe) == 0  # nothing inside the transaction
    assert pat.send() == []
    assert pat.refunds() == [("succeeded", EACH)]
    assert returned(stripe) == EACH
    assert pat.mails()[-2:] == ["payments/withdrawn", "payments/refunded"]
    assert pat.alerts() == []
    assert [one["metadata"] for one in stripe.all("refund")] == [{"refund": "1"}]
    pat.send()
    pat.work()  # the worker charges nothing of somebody who has left
    assert returned(stripe) == EACH
    assert pat.mails().count("payments/refunded") == 1


def test_the_newest_payment_goes_back_first(cast, clock, stripe, rule, second):
    pat = Leaver(cast.pat, cast.summer, clock).begun(stripe)
    stripe.pay(pat.go_to_pay(2, 3))
    rule(50)
    pat.leave(cast.sam)
    assert pat.refunds() == [("requested", TOTAL // 2)]
    assert db.session.scalars(select(Refund)).one().payment.amount_cents == 2 * EACH
    assert pat.sums() == (TOTAL // 2, TOTAL // 2, 0)
    assert pat.state()["order"] == "paid"
    pat.approve(second)
    pat.send()
    assert pat.refunds() == [("succeeded", TOTAL // 2)]


def test_more_than_the_newest_payment_takes_from_the_one_before(cast, pat, stripe, second):
    stripe.pay(pat.go_to_pay(2))
    pat.leave(cast.sam)
    assert pat.refunds() == [("requested", EACH), ("requested", EACH)]
    pat.approve(second)
    pat.send()
    assert sorted(one["amount"] for one in stripe.all("refund")) == [EACH, EACH]
    assert len({one["payment_intent"] for one in stripe.all("refund")}) == 2


def test_a_plan_with_a_balance_stays_due_and_can_be_paid(cast, pat, stripe, rule):
    rule(50)
    pat.leave(cast.sam)
    balance = TOTAL // 2 - EACH
    assert pat.refunds() == []
    assert pat.sums() == (EACH, TOTAL // 2, balance)
    assert pat.state()["parts"] == ["paid", "due", "cancelled"]
    assert pat.state()["order"] == "part paid"
    pat.wait_until_due(2)
    assert pat.work() == []
    assert pat.state()["payments"] == [("succeeded", EACH)]  # no card is charged for it
    stripe.pay(pat.go_to_pay(2))
    assert pat.sums() == (TOTAL // 2, TOTAL // 2, 0)
    assert pat.state()["order"] == "paid"
    assert pat.state()["enrollment"] == "withdrawn"
    assert pat.alerts() == []


def test_a_balance_can_be_waived(cast, pat, rule):
    rule(50)
    pat.leave(cast.sam, waived=True)
    assert pat.sums() == (EACH, EACH, 0)
    assert pat.state()["parts"] == ["paid", "cancelled", "cancelled"]
    assert pat.state()["order"] == "paid"


def test_above_the_limit_a_second_person_approves(cast, clock, stripe, second):
    pat = Leaver(cast.pat, cast.summer, clock, parts=1).begun(stripe)
    pat.leave(cast.sam)
    assert pat.refunds() == [("requested", TOTAL)]
    assert pat.alerts() == ["refund to approve"]
    pat.send()
    assert returned(stripe) == 0
    with pytest.raises(Refused, match="Another member of staff"):
        pat.approve(cast.sam)
    assert pat.refunds() == [("requested", TOTAL)]
    pat.approve(second)
    assert pat.alerts() == []
    pat.send()
    assert pat.refunds() == [("succeeded", TOTAL)]
    with pytest.raises(Refused, match="waiting"):
        pat.approve(second)


@pytest.mark.parametrize("wrong", [{"back_cents": 1}, {"balance_cents": 1}, {"back_cents": -1}])
def test_other_figures_than_those_shown_change_nothing(cast, pat, wrong):
    before = pat.state()
    with pytest.raises(Refused, match="figures as they are now"):
        pat.leave(cast.sam, **wrong)
    assert pat.state() == before
    assert pat.refunds() == []


def test_leaving_twice_pays_once(cast, pat):
    pat.leave(cast.sam)
    with pytest.raises(Refused, match="nothing to withdraw from"):
        pat.leave(cast.sam)
    assert pat.refunds() == [("approved", EACH)]


def test_an_open_payment_page_is_ended_first(cast, pat, stripe):
    page = pat.go_to_pay(2)
    pat.leave(cast.sam)
    assert next(one for one in stripe.all("checkout.session") if one["id"] == page)["status"] == "expired"


def test_nobody_leaves_while_a_bank_decides(cast, pat, stripe):
    stripe.pay(pat.go_to_pay(2), card=BANK_DEBIT)
    with pytest.raises(Refused, match="on its way"):
        pat.leave(cast.sam)
    assert pat.state()["enrollment"] == "active"


def test_a_check_goes_back_by_hand(cast, clock, stripe, write):
    pat = Leaver(cast.pat, cast.summer, clock, parts=1, total=90000)
    with write():
        order = db.session.get_one(Order, pat.order_id)
        db.session.add(
            Payment(order_id=order.id, amount_cents=90000, currency="usd", status="succeeded", source="check",
                    received_at=clock.now)
        )  # fmt: skip
        actions.settle_order(order, clock.now)
    pat.leave(cast.sam)
    assert pat.send() == []
    assert pat.refunds() == [("approved", 90000)]  # nothing of it is Stripe's
    for _ in range(2):
        begin_write()
        row, sam = db.session.scalars(select(Refund)).one(), db.session.get_one(User, cast.sam)
        try:
            refunds.sent_by_hand(sam, row, clock.now)
            db.session.commit()
        except Refused:
            db.session.rollback()
    assert pat.refunds() == [("succeeded", 90000)]
    assert pat.mails().count("payments/refunded") == 1


def test_a_refund_that_fails_days_later_is_put_before_a_person_and_goes_by_hand(cast, pat, stripe):
    pat.leave(cast.sam)
    pat.send()
    pat.clock.move(days=6)
    stripe.fail_refund(stripe.all("refund")[0]["id"])
    assert pat.refunds() == [("failed", EACH)]
    assert pat.alerts() == ["refund failed"]
    assert pat.sums() == (EACH, 0, 0)
    for _ in range(2):  # pressed twice
        begin_write()
        row = db.session.scalars(select(Refund).order_by(Refund.id)).first()
        try:
            refunds.by_hand_instead(db.session.get_one(User, cast.sam), row, pat.clock.now)
            db.session.commit()
        except Refused:
            db.session.rollback()
    assert pat.refunds() == [("failed", EACH), ("approved", EACH)]
    assert pat.sums() == (0, 0, 0)
    assert pat.alerts() == ["pay back by hand"]
    assert pat.send() == []
    assert returned(stripe) == 0


def test_a_bank_debit_goes_back_days_later(cast, clock, stripe):
    pat = Leaver(cast.pat, cast.summer, clock, parts=1, total=90000)
    page = pat.go_to_pay()
    stripe.pay(page, card=BANK_DEBIT)
    stripe.async_pay(page)
    pat.leave(cast.sam)
    stripe.hold_deliveries = True
    pat.send()
    assert pat.refunds() == [("sent", 90000)]
    pat.send()
    assert pat.refunds() == [("sent", 90000)]
    stripe.finish_refund(stripe.all("refund")[0]["id"])
    pat.send()  # no webhook came
    assert pat.refunds() == [("succeeded", 90000)]
    assert pat.mails()[-1] == "payments/refunded"


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "429", "500"])
def test_stripe_in_trouble_sends_nothing_twice(cast, pat, stripe, fault):
    pat.leave(cast.sam)
    stripe.fail_next(fault, times=3, on="POST /v1/refunds")
    pat.send()
    for _ in range(3):
        pat.clock.move(hours=25)
        pat.send()
    assert pat.refunds() == [("succeeded", EACH)]
    assert returned(stripe) == EACH


def test_what_stripe_does_not_accept_is_put_before_a_person(cast, pat, stripe):
    pat.leave(cast.sam)
    stripe.hold_deliveries = True
    stripe.refund(stripe.all("payment_intent")[0]["id"], 1000)  # in the dashboard, at the same time
    pat.send()
    assert pat.refunds()[0] == ("failed", EACH)
    assert "refund failed" in pat.alerts()
    assert returned(stripe) == 1000


def test_news_of_a_refund_before_our_own_answer(cast, pat, stripe):
    """The webhook finds the row by the mark on it, so one refund is one row."""
    pat.leave(cast.sam)
    row_id = db.session.scalars(select(Refund.id)).one()
    db.session.rollback()
    calls.refund(row_id, intent_of(stripe), EACH)
    stripe.deliver_pending()
    assert pat.refunds() == [("succeeded", EACH)]
    pat.send()
    assert pat.refunds() == [("succeeded", EACH)]
    assert returned(stripe) == EACH


def test_two_workers_at_once(app, cast, pat, stripe):
    pat.leave(cast.sam)
    now = pat.clock.now
    together(app, lambda: refunding.run(now), lambda: refunding.run(now))
    assert pat.refunds() == [("succeeded", EACH)]
    assert returned(stripe) == EACH


def test_two_people_confirm_at_once(app, cast, pat):
    together(app, lambda: pat.leave(cast.sam), lambda: pat.leave(cast.sam))
    assert pat.refunds() == [("approved", EACH)]
    assert pat.mails().count("payments/withdrawn") == 1


# --- without us ---------------------------------------------------------------------------------------------


def intent_of(stripe) -> str:
    return stripe.all("payment_intent")[0]["id"]


def test_a_partial_refund_from_the_dashboard_keeps_the_place(pat, stripe):
    stripe.refund(intent_of(stripe), 10000)
    assert pat.refunds() == [("succeeded", 10000)]
    assert pat.alerts() == ["external refund"]
    assert pat.sums() == (EACH - 10000, TOTAL - 10000, 2 * EACH)
    assert pat.state()["enrollment"] == "active"
    assert "payments/refunded" not in pat.mails()


def test_partial_refunds_twice(pat, stripe):
    """Two parts of one payment go back, the news of both comes again and again: two rows, each once in the sums."""
    stripe.refund(intent_of(stripe), 10000)
    stripe.refund(intent_of(stripe), 20000)
    for event in list(stripe.events):
        stripe.deliver(event, times=2)
    pat.send()
    assert pat.refunds() == [("succeeded", 10000), ("succeeded", 20000)]
    assert pat.sums() == (EACH - 30000, TOTAL - 30000, 2 * EACH)
    assert pat.state()["enrollment"] == "active"


def test_a_dashboard_refund_that_fails_is_owed_again(pat, stripe):
    stripe.refund(intent_of(stripe), 10000)
    stripe.fail_refund(stripe.all("refund")[0]["id"])
    assert pat.refunds() == [("failed", 10000)]
    assert pat.sums() == (EACH, TOTAL, 2 * EACH)


def test_what_was_paid_twice_goes_back_without_a_credit(pat, stripe, write):
    with write():
        order = db.session.get_one(Order, pat.order_id)
        order.amount_cents = EACH  # as if only the first were owed …
        for part in queries.parts_of(order)[1:]:
            db.session.delete(part)
    page = pat.ids()
    assert len(page) == 1
    with write():
        db.session.get_one(Order, pat.order_id).amount_cents = EACH - 10000  # … and less of it
    stripe.refund(intent_of(stripe), 10000)
    assert pat.sums()[:2] == (EACH - 10000, EACH - 10000)


def test_a_full_refund_from_the_dashboard_asks_what_it_means(cast, pat, stripe):
    stripe.refund(intent_of(stripe))
    alert = db.session.scalars(select(MoneyAlert)).one()
    assert alert.detail.startswith("All that Pat Lindqvist paid went back")
    assert pat.state()["enrollment"] == "active"
    pat.leave(cast.sam, waived=True)  # what is left of the rule: nothing goes back twice
    assert [status for status, _cents in pat.refunds()] == ["succeeded"]
    assert pat.alerts() == []


def test_a_lost_webhook_is_made_good(pat, stripe):
    stripe.hold_deliveries = True
    stripe.refund(intent_of(stripe), 10000)
    stripe.dispute(intent_of(stripe))
    pat.send()
    assert pat.refunds() == [("succeeded", 10000)]
    assert set(pat.alerts()) == {"external refund", "dispute"}
    before = pat.sums(), pat.alerts()
    stripe.deliver_pending()
    pat.send()
    assert (pat.sums(), pat.alerts()) == before
    assert db.session.scalar(select(func.count(Refund.id))) == 1


@pytest.mark.parametrize("seed", range(6))
def test_news_of_refunds_in_any_order(cast, clock, stripe, seed):
    dice = random.Random(seed)
    pat = Leaver(cast.pat, cast.summer, clock).begun(stripe)
    stripe.hold_deliveries = True
    pat.leave(cast.sam)
    pat.send()
    refund = stripe.all("refund")[0]["id"]
    if fails := seed % 2:
        stripe.fail_refund(refund)
    for _ in range(3):
        stripe.deliver(dice.choice(stripe.events), times=2)
        pat.send()
    stripe.deliver_pending(dice)
    assert pat.refunds() == [("failed" if fails else "succeeded", EACH)]
    assert pat.sums()[0] == (EACH if fails else 0)
    assert pat.alerts() == (["refund failed"] if fails else [])


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_takes_the_money_until_it_is_decided(cast, pat, stripe, won):
    dispute = stripe.dispute(intent_of(stripe))
    assert pat.alerts() == ["dispute"]
    assert pat.sums() == (0, TOTAL, 2 * EACH)
    assert pat.state()["enrollment"] == "active"
    stripe.close_dispute(dispute["id"], won=won)
    assert pat.sums()[0] == (EACH if won else 0)
    assert pat.alerts() == ([] if won else ["dispute lost"])
    row = db.session.scalars(select(Dispute)).one()
    assert (row.status, row.closed_at is not None) == ("won" if won else "lost", True)


def test_nothing_goes_back_of_a_disputed_payment(cast, pat, stripe):
    stripe.dispute(intent_of(stripe))
    pat.leave(cast.sam)
    assert pat.refunds() == []
    assert pat.state()["enrollment"] == "withdrawn"


def test_a_dispute_between_the_yes_and_the_sending(cast, pat, stripe):
    pat.leave(cast.sam)
    stripe.dispute(intent_of(stripe))
    pat.send()
    assert pat.refunds() == [("failed", EACH)]
    assert "taken this payment back itself" in db.session.scalars(select(Refund)).one().failure
    assert returned(stripe) == 0


def test_a_dispute_after_a_refund_counts_once(pat, stripe):
    stripe.refund(intent_of(stripe), 10000)
    stripe.dispute(intent_of(stripe))
    assert pat.sums()[0] == 0  # never below nothing
