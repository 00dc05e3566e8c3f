"""Charges of a saved card while its owner is away. Each test is named after the accident it prevents."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import actions, charges, charging, staff_actions
from app.payments import stripe as calls
from app.payments.models import ChargeTry, Order
from app.payments.standin import BANK_DEBIT
from app.payments.standin.cards import CONFIRM_LATER, DECLINED_LATER
from tests.rooms.payments.leavers import Leaver
from tests.rooms.payments.plans import EACH, TOTAL, Plan, charged
from tests.rooms.payments.purchases import stripe  # noqa: F401

BEGUN = {"order": "part paid", "enrollment": "active", "payments": [("succeeded", EACH)]}
TWO_PAID = BEGUN | {"parts": ["paid", "paid", "scheduled"], "payments": [("succeeded", EACH)] * 2}


@pytest.fixture
def pat(cast, clock, stripe):
    return Plan(cast.pat, cast.summer, clock).begun(stripe)


def test_the_first_installment_opens_the_cohort_and_keeps_the_card(pat, stripe):
    assert pat.state() == BEGUN | {"parts": ["paid", "scheduled", "scheduled"]}
    order = db.session.get_one(Order, pat.order_id)
    assert order.card_words == "Visa ending 4242"
    assert order.card_id == stripe.all("payment_method")[0]["id"]
    assert pat.mails() == ["payments/welcome"]
    assert charged(stripe) == EACH


def test_a_plan_from_the_first_to_the_last(pat, stripe, clock):
    """Reminded, charged, receipted, twice; then paid, and the card forgotten at Stripe too."""
    pat.wait_until(pat.part(2).due_on - timedelta(days=3), "12:00")
    pat.work()
    assert pat.mails() == ["payments/welcome"]
    pat.wait_until(pat.part(2).due_on - timedelta(days=2), "12:00")
    for _ in range(3):
        pat.work()
    assert pat.mails() == ["payments/welcome", "payments/reminder"]
    pat.wait_until(pat.part(2).due_on, "08:59")
    pat.work()
    assert charged(stripe) == EACH  # not before nine o'clock of the cohort
    for _ in range(3):
        pat.wait_until_due(2)
        assert pat.work() == []
    assert pat.state() == TWO_PAID
    pat.wait_until(pat.part(3).due_on)
    pat.work()
    assert pat.state() == {
        "order": "paid", "enrollment": "active", "parts": ["paid"] * 3, "payments": [("succeeded", EACH)] * 3,
    }  # fmt: skip
    assert charged(stripe) == TOTAL
    assert pat.mails()[2:] == ["payments/received", "payments/received"]
    pat.work()
    assert db.session.get_one(Order, pat.order_id).card_id is None
    assert [one["customer"] for one in stripe.all("payment_method")] == [None]
    assert pat.alerts() == []


def test_the_same_charge_is_told_by_the_webhook_and_by_the_worker(pat, stripe):
    stripe.hold_deliveries = True
    pat.wait_until_due(2)
    pat.work()
    assert pat.state() == TWO_PAID
    stripe.deliver_pending("reversed")
    stripe.deliver_pending()
    assert pat.state() == TWO_PAID
    assert pat.mails().count("payments/received") == 1


def test_the_webhook_comes_before_the_answer_of_the_call(pat, stripe):
    stripe.deliver_during_calls = True
    pat.wait_until_due(2)
    pat.work()
    assert pat.state() == TWO_PAID
    assert pat.mails().count("payments/received") == 1


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "429", "409"])
def test_no_answer_then_again_with_the_same_key(pat, stripe, fault):
    pat.wait_until_due(2)
    as_often_as_the_sdk_tries = 1 if fault == "429" else 3
    stripe.fail_next(fault, times=as_often_as_the_sdk_tries, on="POST /v1/payment_intents")
    assert pat.work() != []
    assert pat.tries() == [(1, "created")]
    assert pat.work() == []  # somebody may be asking right now: left alone
    assert pat.tries() == [(1, "created")]
    pat.clock.move(minutes=10)
    assert pat.work() == []
    assert pat.state() == TWO_PAID
    assert charged(stripe) == 2 * EACH
    sent = [one for one in stripe.requests if one.path == "/v1/payment_intents" and one.method == "POST"]
    assert {one.idempotency_key for one in sent} == {f"installment:{pat.part(2).id}:try:1"}


def test_stripe_broke_while_doing_it_and_repeats_that_for_a_day(pat, stripe):
    pat.wait_until_due(2)
    stripe.fail_next("500", on="POST /v1/payment_intents")
    pat.work()
    assert pat.tries() == [(1, "failed")]
    assert pat.part(2).status == "due"
    assert "payments/charge_failed" not in pat.mails()  # nothing of this is the person's
    pat.work()
    assert pat.tries() == [(1, "failed"), (2, "succeeded")]
    assert pat.state() == TWO_PAID
    assert charged(stripe) == 2 * EACH


STEPS = ["before asking", "after asking", "before the answer is kept", "after the answer is kept"]


class Killed(BaseException):
    """The process is gone: nothing of ours runs after this."""


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_any_two_steps(pat, stripe, monkeypatch, step):
    """Anchor 8: charged, and we died before our commit. The next run finds it, and nobody is charged twice."""
    pat.wait_until_due(2)
    _dies_charging(pat, step, monkeypatch)
    for _ in range(2):
        pat.clock.move(minutes=10)
        pat.work()
    assert pat.state() == TWO_PAID
    assert charged(stripe) == 2 * EACH
    assert pat.mails().count("payments/received") == 1
    assert pat.tries() == [(1, "succeeded")]


def _dies_charging(pat, step: str, monkeypatch) -> None:
    """A process that charges the second installment is gone at this step."""
    _die_at(step, monkeypatch)
    with pytest.raises(Killed):
        charging.charge(pat.part(2).id, pat.clock.now)
    db.session.rollback()
    db.session.remove()
    monkeypatch.undo()


def _die_at(step: str, monkeypatch) -> None:
    def die(*_args, **_more):
        raise Killed

    ask, keep = calls.charge, charges.apply_intent

    def ask_and_die(*args, **more):
        ask(*args, **more)
        raise Killed

    def keep_and_die(*args, **more):
        keep(*args, **more)
        raise Killed

    if step == "before asking":
        monkeypatch.setattr(calls, "charge", die)
    elif step == "after asking":
        monkeypatch.setattr(calls, "charge", ask_and_die)
    elif step == "before the answer is kept":
        monkeypatch.setattr(charges, "apply_intent", die)
    else:
        monkeypatch.setattr(charges, "apply_intent", keep_and_die)


def test_a_try_that_was_forgotten_for_two_days_is_not_sent_under_a_key_stripe_has_forgotten_too(
    pat, stripe, monkeypatch
):
    pat.wait_until_due(2)
    _dies_charging(pat, "after asking", monkeypatch)
    pat.clock.move(days=2)
    pat.work()
    assert pat.state() == TWO_PAID
    assert charged(stripe) == 2 * EACH
    sent = [one for one in stripe.requests if one.path == "/v1/payment_intents" and one.method == "POST"]
    assert len(sent) == 1


def test_the_bank_wants_the_person_to_confirm(cast, clock, stripe):
    """Anchor 9: re-authentication off-session. No retry helps; the page does, and its card is kept."""
    pat = Plan(cast.pat, cast.summer, clock).begun(stripe, card=CONFIRM_LATER)
    pat.wait_until_due(2)
    pat.work()
    part = pat.part(2)
    assert (part.status, part.tries, part.next_try_at) == ("failed", 1, None)
    assert part.failure == "Your bank wants you to confirm this payment yourself."
    assert pat.state()["enrollment"] == "grace"
    mail = db.session.scalar(select(Message).where(Message.kind == "payments/charge_failed"))
    assert f"/payments/installments/{part.id}" in mail.text
    assert "wants you to confirm" in mail.html
    assert "We do not try this card again" in mail.text
    pat.clock.move(days=5)
    pat.work()
    assert pat.tries() == [(1, "failed")]
    stripe.pay(pat.go_to_pay(2))
    assert pat.state() == TWO_PAID
    pat.wait_until_due(3)
    pat.work()
    assert pat.state()["order"] == "paid"  # from the card of the page


def test_declined_on_day_0_3_7_and_14_then_suspended_then_paid(cast, clock, stripe):
    pat = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    first = pat.part(2).due_on
    days = []
    for day in range(20):
        pat.wait_until(first + timedelta(days=day))
        before = len(pat.tries())
        pat.work()
        if len(pat.tries()) > before:
            days.append(day)
        assert pat.state()["enrollment"] == ("grace" if day <= 14 else "suspended"), day
        assert pat.alerts() == (["grace"] if day <= 14 else ["suspended"]), day
    assert days == [0, 3, 7, 14]
    assert pat.mails().count("payments/charge_failed") == 4
    assert pat.mails().count("payments/suspended") == 1
    stripe.pay(pat.go_to_pay(2))
    assert pat.state() == TWO_PAID  # active at once
    assert pat.alerts() == []
    assert db.session.get_one(Order, pat.order_id).grace_until is None
    pat.work()
    assert pat.state() == TWO_PAID


def test_the_bank_debit_of_an_installment_takes_days(cast, clock, stripe):
    page = Plan(cast.pat, cast.summer, clock)
    session = page.go_to_pay()
    stripe.pay(session, BANK_DEBIT)
    stripe.async_pay(session)
    assert page.state()["parts"] == ["paid", "scheduled", "scheduled"]
    page.wait_until_due(2)
    page.work()
    assert page.state()["parts"] == ["paid", "processing", "scheduled"]
    assert page.state()["payments"] == [("succeeded", EACH), ("processing", EACH)]
    for _ in range(4):
        page.clock.move(days=1)
        page.work()
    assert page.tries() == [(1, "processing")]
    with pytest.raises(Exception, match="being charged for this"):
        page.go_to_pay(2)
    intent = stripe.all("payment_intent")[-1]["id"]
    _answer(stripe, intent, paid=True)
    page.work()
    assert page.state() == TWO_PAID


def test_the_bank_debit_of_an_installment_comes_back(cast, clock, stripe):
    page = Plan(cast.pat, cast.summer, clock)
    session = page.go_to_pay()
    stripe.pay(session, BANK_DEBIT)
    stripe.async_pay(session)
    page.wait_until_due(2)
    page.work()
    page.clock.move(days=4)
    _answer(stripe, stripe.all("payment_intent")[-1]["id"], paid=False)
    page.work()
    assert page.state()["parts"] == ["paid", "failed", "scheduled"]
    assert page.state()["payments"] == [("succeeded", EACH), ("failed", EACH)]
    assert page.state()["enrollment"] == "grace"


def _answer(stripe, intent_id: str, paid: bool) -> None:
    from app.payments.standin import payments

    stripe._do(
        lambda: payments.finish_debit(stripe.state, stripe.state.get("payment_intent", intent_id), paid)
    )


def test_nothing_is_charged_while_a_page_for_it_is_open(pat, stripe):
    pat.wait_until(pat.part(2).due_on, "08:50")
    page = pat.go_to_pay(2)
    pat.wait_until(pat.part(2).due_on, "09:05")
    pat.work()
    assert pat.tries() == []
    stripe.pay(page)
    pat.work()
    assert pat.state() == TWO_PAID
    assert charged(stripe) == 2 * EACH


def test_a_page_that_is_left_is_no_excuse_for_ever(pat, stripe):
    pat.wait_until(pat.part(2).due_on, "08:50")
    pat.go_to_pay(2)
    pat.clock.move(hours=1)
    stripe.sweep()
    pat.work()
    assert pat.state() == TWO_PAID


def test_the_button_while_the_card_is_being_charged(pat, stripe):
    """The charge was taken and its answer lost: the page must not take it a second time."""
    pat.wait_until_due(2)
    stripe.fail_next("timeout_after", times=3, on="POST /v1/payment_intents")
    pat.work()
    stripe.hold_deliveries = True
    with pytest.raises(Exception, match="being charged for this"):
        pat.go_to_pay(2)
    pat.clock.move(minutes=5)
    with pytest.raises(Exception, match="paid for already"):
        pat.go_to_pay(2)
    assert pat.state() == TWO_PAID
    assert charged(stripe) == 2 * EACH


def test_the_button_in_a_run_of_the_worker_that_takes_minutes(cast, clock, stripe, monkeypatch):
    """Stripe was slow with those before: a charge that is being asked for now is not taken for one that is over."""
    plans = [Plan(one, cast.summer, clock).begun(stripe) for one in (cast.pat, cast.ana)]
    ask, refused = calls.charge, []

    def ask_slowly(*args, order_id, **more):
        if charged(stripe) == 3 * EACH:
            with pytest.raises(Exception, match="being charged for this"):
                next(one for one in plans if one.order_id == order_id).go_to_pay(2)
            refused.append(order_id)
        clock.move(minutes=5)
        return ask(*args, order_id=order_id, **more)

    monkeypatch.setattr(calls, "charge", ask_slowly)
    plans[0].wait_until_due(2)
    assert plans[0].work() == []
    assert len(refused) == 1
    assert charged(stripe) == 4 * EACH


@pytest.mark.parametrize("first", ["the worker", "the person"])
def test_the_button_while_a_charge_stripe_never_heard_of_is_asked_for_again(pat, stripe, monkeypatch, first):
    """Died before asking; ten minutes later the worker asks again and the person wants to pay: only one of the two."""
    pat.wait_until_due(2)
    _dies_charging(pat, "before asking", monkeypatch)
    pat.clock.move(minutes=10)
    pages = []

    def open_page():
        db.session.rollback()
        pages.append(pat.go_to_pay(2))

    if first == "the worker":
        ask = calls.charge

        def asks_while_the_person_presses(*args, **more):
            with pytest.raises(Exception, match="being charged for this"):
                open_page()
            return ask(*args, **more)

        monkeypatch.setattr(calls, "charge", asks_while_the_person_presses)
    else:
        find, seen = calls.find_intent, []

        def the_person_presses_after_the_worker_has_looked(*args, **more):
            found = find(*args, **more)
            if not seen:
                seen.append(found)
                open_page()
            return found

        monkeypatch.setattr(calls, "find_intent", the_person_presses_after_the_worker_has_looked)
    pat.work()
    for page in pages:
        stripe.pay(page)
    monkeypatch.undo()
    pat.work()
    assert len(pages) == (first == "the person")
    assert charged(stripe) == 2 * EACH
    assert pat.state() == TWO_PAID


def test_early_pay_off_in_the_middle_of_retries(cast, clock, stripe):
    """Anchor 17: the second has failed and waits for its next try; everything that is open is paid on one page."""
    pat = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    pat.wait_until_due(2)
    pat.work()
    assert pat.state()["enrollment"] == "grace"
    pat.clock.move(days=1)
    stripe.pay(pat.go_to_pay(2, 3))
    assert pat.state() == {
        "order": "paid", "enrollment": "active", "parts": ["paid"] * 3,
        "payments": [("succeeded", EACH), ("succeeded", 2 * EACH)],
    }  # fmt: skip
    for days in (2, 30, 60):
        pat.clock.move(days=days)
        pat.work()
    assert charged(stripe) == TOTAL
    assert pat.tries() == [(1, "failed")]
    assert {one["customer"] for one in stripe.all("payment_method")} == {None}  # both cards


def test_money_that_comes_twice_shortens_the_plan(pat, stripe):
    """We believed a page over and it was paid after all: the second pays the third, and nothing is charged for that."""
    pat.wait_until(pat.part(2).due_on, "08:50")
    page = pat.go_to_pay(2)
    stripe.hold_deliveries = True
    stripe.pay(page)
    begin_write()
    actions.apply_session({"id": page, "status": "expired", "metadata": {}}, pat.clock.now)
    db.session.commit()
    pat.wait_until_due(2)
    pat.work()
    assert pat.state() == TWO_PAID
    stripe.deliver_pending()
    assert pat.state()["parts"] == ["paid"] * 3
    pat.wait_until_due(3)
    pat.work()
    assert charged(stripe) == TOTAL
    assert pat.alerts() == []


def test_the_card_was_detached_at_stripe(pat, stripe):
    with stripe.state.changing():
        for method in stripe.state.all("payment_method"):
            method["customer"] = None
    pat.wait_until_due(2)
    pat.work()
    assert pat.part(2).status == "failed"
    assert "charge refused" in pat.alerts()
    assert stripe.violations.pop()  # the stand-in notes what a correct program knows; ours could not
    stripe.violations.clear()


def test_somebody_who_left_is_not_charged(pat, stripe):
    from app.cohorts.models import Enrollment

    begin_write()
    db.session.get_one(Enrollment, pat.enrollment_id).status = "withdrawn"
    db.session.commit()
    pat.wait_until_due(2)
    pat.work()
    assert pat.tries() == []


def test_a_try_knows_what_it_sent(pat, stripe):
    pat.wait_until_due(2)
    pat.work()
    intent = stripe.all("payment_intent")[-1]
    row = db.session.scalars(select(ChargeTry)).one()
    assert intent["metadata"] == {
        "installment": str(row.installment_id), "order": str(pat.order_id),
        "enrollment": str(pat.enrollment_id), "try": str(row.id),
    }  # fmt: skip
    assert (row.stripe_payment_intent, row.amount_cents, row.status) == (intent["id"], EACH, "succeeded")


def test_a_reminder_promises_no_charge_where_there_is_no_card(cast, clock, stripe):
    """The first installment came by check: the second is due, and nothing is charged by itself."""
    plan = Plan(cast.pat, cast.summer, clock)
    begin_write()
    order, sam = actions.lock_order(plan.order_id), db.session.get_one(User, cast.sam)
    staff_actions.enter_payment(sam, order, "check", EACH, clock.now.date(), "1042", "", False, clock.now)
    db.session.commit()
    plan.wait_until(plan.part(2).due_on - timedelta(days=2), "12:00")
    plan.work()
    _says_what_is_due(plan, "$850")


def test_who_has_left_and_owes_a_balance_is_promised_no_charge(cast, clock, stripe):
    pat = Leaver(cast.pat, cast.summer, clock)
    pat.begun(stripe)
    clock.move(days=65)
    pat.leave(cast.sam)
    begin_write()
    order, sam = actions.lock_order(pat.order_id), db.session.get_one(User, cast.sam)
    staff_actions.move_installment(sam, order, 2, clock.now.date() + timedelta(days=9), clock.now)
    db.session.commit()
    clock.move(days=8)
    pat.work()
    _says_what_is_due(pat, "$425")
    clock.move(days=2)
    assert pat.work() == [] and charged(stripe) == EACH


def _says_what_is_due(plan: Plan, amount: str) -> None:
    mail = db.session.scalars(select(Message).where(Message.kind == "payments/reminder")).one()
    assert mail.subject.startswith(f"{amount} is due on")
    assert "No card of yours is charged" in mail.text and "we charge" not in mail.text
    assert f"/payments/installments/{plan.ids()[1]}" in mail.text and f"/{plan.ids()[1]}" in mail.html
