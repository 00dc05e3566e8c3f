"""METI's tasks about money, what Stripe told us, and the nightly comparison that makes tasks of differences."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.lib import jobs as lib_jobs
from app.lib.database import begin_write, db
from app.payments import actions, alerts, events
from app.payments.event_models import MoneyAlert, StripeEvent
from app.payments.jobs import compare_with_stripe
from app.payments.models import ChargeTry, CheckoutSession, Payment
from app.payments.reconciling import compare
from tests.rooms.payments.plans import EACH, Plan
from tests.rooms.payments.purchases import PAID_ONCE, Buyer, stripe  # noqa: F401
from tests.rooms.payments.test_at_once import together


@pytest.fixture
def task(app, clock):
    return new_task(clock, "overpaid")


def new_task(clock, kind: str, key: str = "one") -> int:
    begin_write()
    alerts.raise_once(kind, key, None, f"Something about {key}.", clock.now)
    task_id = db.session.scalar(select(MoneyAlert.id).where(MoneyAlert.key == key))
    db.session.commit()
    return task_id


def kept(task_id: int) -> MoneyAlert:
    db.session.rollback()
    return db.session.get_one(MoneyAlert, task_id, populate_existing=True)


def tasks(kind: str = "difference") -> list[tuple[str, bool]]:
    """Detail and whether it is open, of each task of a kind."""
    db.session.rollback()
    query = select(MoneyAlert).where(MoneyAlert.kind == kind).order_by(MoneyAlert.id)
    return [(row.detail, row.closed_at is None) for row in db.session.scalars(query)]


# --- tasks ----------------------------------------------------------------------------------------------------------


def test_a_task_says_what_to_do_and_the_menu_counts_it(task, clock, cast, sign_in):
    new_task(clock, "something of another room", "two")
    text = sign_in(cast.sam).get("/staff/money").text
    for said in (
        "Something about one.",
        alerts.WHAT_TO_DO["overpaid"],
        alerts.OTHERWISE,
        "2 things need a person",
    ):
        assert said in text, said
    assert 'Money<b class="open">2<span class="hide"> open</span></b>' in sign_in(cast.sam).get("/staff").text


def test_closed_with_a_note_and_opened_again(task, clock, cast, sign_in):
    sam = sign_in(cast.sam)
    answer = sam.post(f"/staff/money/{task}/close", data={"note": "  "})
    assert answer.status_code == 422
    assert "Say in a sentence what you did." in answer.text
    assert sam.post(f"/staff/money/{task}/close", data={"note": "x" * 501}).status_code == 422
    assert sam.post(f"/staff/money/{task}/close", data={"note": "Sent it back."}).status_code == 303
    assert (kept(task).closed_at, kept(task).closed_by_id) == (clock.now, cast.sam)
    text = sam.get("/staff/money").text
    assert "Sent it back." in text
    assert "Nothing needs you" in text
    again = sam.post(f"/staff/money/{task}/close", data={"note": "Me too."})
    assert again.status_code == 409
    assert "has closed this already: Sent it back." in again.text
    assert sam.post(f"/staff/money/{task}/reopen").status_code == 303
    assert kept(task).closed_at is None
    said = list(db.session.scalars(select(Entry.sentence).where(Entry.about_kind == "money task")))
    assert said == [
        "Closed a task about money (overpaid): Sent it back.", "Opened a task about money again (overpaid)"
    ]  # fmt: skip


def test_two_close_it_at_once(app, task, cast, sign_in):
    browsers = [sign_in(cast.sam), sign_in(cast.sam)]
    db.session.remove()
    sends = [
        lambda browser=browser, note=f"I, {number}": (
            browser.post(f"/staff/money/{task}/close", data={"note": note}).status_code
        )
        for number, browser in enumerate(browsers)
    ]
    assert sorted(map(str, together(app, *sends))) == ["303", "409"]
    assert db.session.query(Entry).filter(Entry.about_kind == "money task").count() == 1


def test_what_ended_by_itself_is_not_opened_by_hand(task, clock, cast, sign_in):
    begin_write()
    db.session.get_one(MoneyAlert, task).closed_at = clock.now
    db.session.commit()
    answer = sign_in(cast.sam).post(f"/staff/money/{task}/reopen")
    assert answer.status_code == 409
    assert "This ended by itself." in answer.text


# --- what Stripe told us --------------------------------------------------------------------------------------------


@pytest.fixture
def failed(cast, clock, stripe, monkeypatch):
    """A paid page whose event we failed to apply."""
    stripe.hold_deliveries = True
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(buyer.go_to_pay(clock.now))
    event = next(one for one in stripe.pending_events if one["type"] == "checkout.session.completed")

    def broken(*_args):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "apply_session", broken)
        assert stripe.deliver(event) == [500]
    return buyer, event["id"]


def test_a_failed_event_is_seen_and_taken_again(failed, cast, clock, sign_in):
    buyer, event_id = failed
    sam = sign_in(cast.sam)
    text = sam.get("/staff/webhooks").text
    assert "RuntimeError: the disk is full" in text
    assert event_id in text
    assert sam.post(f"/staff/webhooks/{event_id}").status_code == 303
    assert "It has been applied." in sam.get("/staff/webhooks").text
    assert buyer.state() == PAID_ONCE
    assert sam.post(f"/staff/webhooks/{event_id}").status_code == 303
    assert "It had been applied already" in sam.get("/staff/webhooks").text
    assert buyer.state() == PAID_ONCE
    said = f"Asked for Stripe's event {event_id} (checkout.session.completed) to be taken again"
    assert list(db.session.scalars(select(Entry.sentence).where(Entry.sentence.like("Asked%")))) == [said] * 2


def test_a_replay_that_fails_again_says_so(failed, cast, sign_in, monkeypatch):
    def broken(*_args):
        raise RuntimeError("still full")

    monkeypatch.setattr(actions, "apply_session", broken)
    sam = sign_in(cast.sam)
    assert sam.post(f"/staff/webhooks/{failed[1]}").status_code == 303
    text = sam.get("/staff/webhooks").text
    assert "It failed again: RuntimeError." in text
    assert "RuntimeError: still full" in text
    assert "taken 2 times" in text


def test_a_replay_while_stripe_is_silent(failed, cast, stripe, sign_in):
    stripe.fail_next("timeout_before", times=3, on="GET /v1/events")
    sam = sign_in(cast.sam)
    sam.post(f"/staff/webhooks/{failed[1]}")
    assert "It is kept as it was, no money was moved" in sam.get("/staff/webhooks").text
    assert db.session.get_one(StripeEvent, failed[1]).processed_at is None


def test_events_nobody_has(app, cast, stripe, sign_in):
    for event_id in ("evt_nothing", "x" * 500, "%F0%9F%98%80", "a%27--"):
        assert sign_in(cast.sam).post(f"/staff/webhooks/{event_id}").status_code == 404


def test_another_version_is_told_once(cast, clock, stripe):
    stripe.hold_deliveries = True
    stripe.pay(Buyer(cast.pat, cast.summer, clock.now).go_to_pay(clock.now))
    for event in stripe.pending_events:
        events.take({**event, "api_version": "2020-08-27"}, clock.now)
    ((detail, is_open),) = tasks("wrong version")
    assert "sends API version 2020-08-27" in detail
    assert is_open


# --- the nightly comparison -----------------------------------------------------------------------------------------


def test_it_runs_every_night(app):
    job = lib_jobs.all_jobs()["compare-with-stripe"]
    assert job.hour == 8


@pytest.fixture
def paid(cast, clock, stripe):
    pat = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(pat.go_to_pay(clock.now))
    return pat


def change(**values) -> None:
    begin_write()
    payment = db.session.query(Payment).one()
    for name, value in values.items():
        setattr(payment, name, value)
    db.session.commit()


def test_all_is_well(paid, clock):
    assert compare_with_stripe(clock.now) == []
    assert tasks() == []


def test_an_amount_that_differs_is_a_task_until_it_agrees(paid, clock):
    change(amount_cents=100)
    (said,) = compare(clock.now)
    assert said.endswith("$2,400 at Stripe, $1 here")
    assert compare(clock.now) == [said]
    assert tasks() == [(said, True)]
    assert db.session.query(MoneyAlert).one().order_id == paid.order_id
    change(amount_cents=240000)
    assert compare(clock.now) == []
    assert tasks() == [(said, False)]
    assert db.session.query(MoneyAlert).one().closed_note == "Stripe and we agree again."
    change(amount_cents=100)
    assert compare(clock.now) == [said]
    assert tasks() == [(said, True)]  # opened again, as it is there again


def test_what_a_person_has_closed_stays_closed(paid, clock, cast, sign_in):
    change(amount_cents=100)
    compare(clock.now)
    task = db.session.query(MoneyAlert).one().id
    sign_in(cast.sam).post(f"/staff/money/{task}/close", data={"note": "A rounding of theirs."})
    compare(clock.now)
    assert [is_open for _said, is_open in tasks()] == [False]


def test_money_only_one_side_knows_of(paid, clock, stripe):
    stripe.state.objects[stripe.all("payment_intent")[0]["id"]]["metadata"] = {}
    change(stripe_payment_intent="pi_of_nobody")
    said = compare(clock.now)
    assert len(said) == 2
    assert any("$2,400 is in the books here, and Stripe does not know it" in one for one in said)
    assert any("$2,400 arrived at Stripe and is in no order here" in one for one in said)


def test_a_status_that_differs(paid, clock, stripe):
    intent = stripe.all("payment_intent")[0]["id"]
    stripe.state.objects[intent]["status"] = "canceled"
    assert compare(clock.now) == [f"{intent} is canceled at Stripe, succeeded here"]


def test_another_mode(paid, clock, stripe):
    intent = stripe.all("payment_intent")[0]["id"]
    stripe.state.objects[intent]["livemode"] = True
    assert compare(clock.now) == [f"{intent} and our key are not of the same mode"]


def test_money_sent_back_at_stripe_is_told_once(paid, clock, stripe):
    stripe.hold_deliveries = True
    stripe.refund(stripe.all("payment_intent")[0]["id"], 1000)
    assert compare(clock.now) == []  # taken in, with a task of its own, as its event would have been
    stripe.deliver_pending()
    assert compare(clock.now) == []
    assert tasks() == []
    assert [is_open for _said, is_open in tasks("external refund")] == [True]


def test_a_page_whose_end_we_believed_wrongly_is_repaired_by_settling(cast, clock, stripe):
    stripe.hold_deliveries = True
    pat = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(pat.go_to_pay(clock.now))
    begin_write()
    db.session.query(CheckoutSession).one().status = "expired"
    db.session.commit()
    assert compare(clock.now) == []
    assert pat.state() == PAID_ONCE


def test_a_charge_we_gave_up_on_is_repaired_by_settling(cast, clock, stripe):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe)
    plan.wait_until_due(2)
    stripe.hold_deliveries = True
    stripe.fail_next("timeout_after", times=3, on="POST /v1/payment_intents")
    plan.work()
    begin_write()
    row = db.session.query(ChargeTry).one()
    row.status, row.installment.status = "failed", "failed"
    db.session.commit()
    assert compare(clock.now) == []
    assert plan.state()["payments"] == [("succeeded", EACH), ("succeeded", EACH)]
    assert plan.state()["parts"] == ["paid", "paid", "scheduled"]


def test_stripe_is_silent_and_nothing_is_said(app, paid, clock, stripe):
    stripe.fail_next("timeout_before", times=3, on="GET /v1/payment_intents")
    result = app.test_cli_runner().invoke(args=["reconcile"])
    assert result.exit_code == 1
    assert "Stripe did not answer, so nothing was compared." in result.output
    assert tasks() == []
