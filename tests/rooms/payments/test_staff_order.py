"""What staff do by hand with an order: a check entered, a day moved, an installment waived, more days of grace."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from app.audit.models import Entry
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.event_models import MoneyAlert
from app.payments.models import Installment, Order, Payment
from app.payments.paper_models import Paper
from app.payments.standin.cards import DECLINED_LATER
from tests.house.hostile import STRINGS
from tests.rooms.payments.plans import EACH, TOTAL, Plan, charged
from tests.rooms.payments.purchases import Buyer, stripe  # noqa: F401
from tests.rooms.payments.test_at_once import together

SEEN = re.compile(r'name="seen" value="([0-9a-f]{16})"')
CHECK = {"source": "check", "amount": "850", "reference": "1042", "note": "Came by mail"}


@pytest.fixture
def pat(cast, clock, stripe):
    return Plan(cast.pat, cast.summer, clock).begun(stripe)


@pytest.fixture
def declined(cast, clock, stripe):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe, card=DECLINED_LATER)
    plan.wait_until_due(2)
    plan.work()
    return plan


class Desk:
    """Sam at the page of one order."""

    def __init__(self, browser: Client, order_id: int) -> None:
        self.browser, self.address = browser, f"/staff/orders/{order_id}"

    def page(self, more: str = "") -> str:
        response = self.browser.get(self.address + more)
        assert response.status_code == 200, response.text
        return response.text

    def seen(self) -> str:
        return SEEN.findall(self.page("/payments"))[0]

    def do(self, more: str, status: int = 303, **typed: str) -> str:
        """Press a button of a page opened just now; the page that comes of it."""
        response = self.browser.post(self.address + more, data={"seen": self.seen()} | typed)
        assert response.status_code == status, response.text
        return self.page() if status == 303 else response.text

    def enter(self, on: date, status: int = 303, **typed: str) -> str:
        return self.do("/payments", status, **(CHECK | {"received_on": on.isoformat()} | typed))


@pytest.fixture
def desk(request, cast, sign_in):
    """Sam, signed in once the time has passed that a test is about."""
    plan = request.getfixturevalue("declined" if "declined" in request.fixturenames else "pat")
    return Desk(sign_in(cast.sam), plan.order_id)


def sentences(order_id: int) -> list[str]:
    """What the audit says of an order, by staff."""
    query = select(Entry.sentence).where(Entry.about_kind == "order", Entry.about_id == order_id)
    return list(db.session.scalars(query.where(Entry.actor_id.is_not(None)).order_by(Entry.id)))


# --- money entered by hand ------------------------------------------------------------------------------------------


def test_a_check_pays_the_next_installment(pat, desk, clock):
    text = desk.enter(clock.now.date())
    assert "$850 from Pat Lindqvist is in the books" in text
    assert "Check 1042" in text
    assert "Came by mail" in text
    assert pat.state()["parts"] == ["paid", "paid", "scheduled"]
    assert pat.state()["payments"] == [("succeeded", EACH), ("succeeded", EACH)]
    assert pat.mails()[-1] == "payments/received"
    assert "Entered $850 from Pat Lindqvist: Check 1042" in sentences(pat.order_id)


def test_what_was_paid_by_check_is_not_charged(pat, desk, clock, stripe):
    due = pat.part(2).due_on
    desk.enter(clock.now.date())
    pat.wait_until(due)
    assert pat.work() == []
    assert charged(stripe) == EACH


def test_the_note_is_for_staff_and_the_number_for_both(pat, desk, clock, sign_in, cast):
    desk.enter(clock.now.date())
    text = sign_in(cast.pat).get("/payments").text
    assert "Check 1042" in text
    assert "Came by mail" not in text


def test_two_press_at_once_and_one_payment_is_entered(app, pat, cast, clock, sign_in):
    """Two of METI's staff have the same check before them; then one of them presses once more."""
    desk = Desk(sign_in(cast.sam), pat.order_id)
    typed = CHECK | {"seen": desk.seen(), "received_on": clock.now.date().isoformat()}
    browsers = [sign_in(cast.sam), sign_in(cast.sam)]
    db.session.remove()
    sends = [
        lambda browser=browser: browser.post(desk.address + "/payments", data=typed).status_code
        for browser in browsers
    ]
    assert sorted(map(str, together(app, *sends))) == ["303", "409"]
    assert pat.state()["payments"] == [("succeeded", EACH), ("succeeded", EACH)]
    again = browsers[0].post(desk.address + "/payments", data=typed)
    assert again.status_code == 409
    assert "This order has changed since you opened the page" in again.text
    assert 'value="1042"' in again.text  # what was typed is kept


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": ""}, "Enter what arrived, such as 850 or 850.50."),
        ({"amount": "abc"}, "Enter what arrived, such as 850 or 850.50."),
        ({"amount": "0"}, "Enter what arrived, such as 850 or 850.50."),
        ({"amount": "5000"}, "Only $1,700 is still to pay."),
        ({"source": "cash"}, "Choose one."),
        ({"reference": ""}, "Enter what it can be found by."),
        ({"reference": "x" * 41}, "Use at most 40 characters."),
        ({"note": "x" * 501}, "Use at most 500 characters."),
        ({"received_on": "soon"}, "Enter a day, such as 2026-04-25."),
        ({"received_on": "2026-04-20"}, "That day has not come yet."),
        ({"received_on": "2024-04-20"}, "That is more than a year ago."),
        ({"received_on": "9999-12-31"}, "That day has not come yet."),
        ({"received_on": "0001-01-01"}, "That is more than a year ago."),
    ],
)
def test_what_cannot_be_entered(pat, desk, clock, typed, said):
    text = desk.enter(clock.now.date(), 422, **typed)
    assert said in text
    assert "Everything you typed is still here." in text
    assert typed.get("reference", "1042") in text
    assert len(pat.state()["payments"]) == 1


def test_more_than_is_to_pay_becomes_a_task(pat, desk, clock):
    text = desk.enter(clock.now.date(), amount="$2,000.50", is_more="y")
    assert "The rest goes back." in text
    assert pat.state()["order"] == "paid"
    assert pat.alerts() == ["overpaid"]


def test_a_check_can_take_the_seat(cast, clock, sign_in):
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    desk = Desk(sign_in(cast.sam), buyer.order_id)
    desk.enter(clock.now.date(), amount="2400")
    assert buyer.state()["enrollment"] == "active"
    assert buyer.state()["mails"] == ["payments/welcome"]


def test_the_open_page_at_stripe_is_ended_first(cast, clock, stripe, sign_in):
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    buyer.go_to_pay(clock.now)
    Desk(sign_in(cast.sam), buyer.order_id).enter(clock.now.date(), amount="2400")
    assert buyer.state()["pages"] == ["expired"]


def test_stripe_is_silent_and_the_check_is_entered(cast, clock, stripe, sign_in):
    buyer = Buyer(cast.pat, cast.summer, clock.now)
    buyer.go_to_pay(clock.now)
    stripe.fail_next("timeout_before", times=9, on="POST /v1/checkout/sessions/")
    stripe.fail_next("timeout_before", times=9, on="GET /v1/checkout/sessions")
    Desk(sign_in(cast.sam), buyer.order_id).enter(clock.now.date(), amount="2400")
    assert buyer.state()["order"] == "paid"


def test_a_check_for_a_seat_that_was_let_go(cast, clock, sign_in):
    from app.payments import actions

    buyer = Buyer(cast.pat, cast.summer, clock.now)
    begin_write()
    actions.expire_order(db.session.get_one(Order, buyer.order_id), clock.now)
    db.session.commit()
    desk = Desk(sign_in(cast.sam), buyer.order_id)
    assert "The seat of this order was let go." in desk.page("/payments")
    assert "Nothing is still to pay." in desk.enter(clock.now.date(), 422, amount="2400")
    desk.enter(clock.now.date(), amount="2400", is_more="y")
    assert db.session.scalars(select(MoneyAlert.kind)).all() == ["paid late"]


def test_a_check_comes_back(pat, desk, clock):
    desk.enter(clock.now.date())
    payment_id = db.session.scalar(select(Payment.id).where(Payment.source == "check"))
    back = f"/payments/{payment_id}/take-back"
    assert "Say in a sentence why." in desk.do(back, 422, reason=" ", payment=str(payment_id))
    text = desk.do(back, reason="The bank returned it.", payment=str(payment_id))
    assert "Taken back" in text
    assert pat.state()["parts"] == ["paid", "scheduled", "scheduled"]
    assert pat.state()["payments"] == [("succeeded", EACH), ("failed", EACH)]
    papers = db.session.scalars(select(Paper).order_by(Paper.id)).all()
    assert [(one.label, one.amount_cents) for one in papers] == [
        ("R-2026-0001", EACH), ("R-2026-0002", EACH), ("C-2026-0001", EACH)
    ]  # fmt: skip
    assert papers[2].content["lines"] == [["Receipt R-2026-0002 is void", EACH]]
    mail = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert mail.kind == "payments/plan_changed"
    assert "Check 1042 over $850 did not reach us after all: The bank returned it." in mail.text
    assert "taken back already" in desk.do(back, 409, reason="Again", payment=str(payment_id))


def test_a_check_that_came_back_after_its_day_is_due_in_a_week(pat, desk, clock, sign_in, cast):
    due = pat.part(2).due_on
    desk.enter(clock.now.date())
    pat.wait_until(due + timedelta(days=3))
    desk = Desk(sign_in(cast.sam), pat.order_id)
    payment_id = db.session.scalar(select(Payment.id).where(Payment.source == "check"))
    desk.do(f"/payments/{payment_id}/take-back", reason="It bounced.")
    assert pat.part(2).due_on == due + timedelta(days=10)
    assert pat.part(2).next_try_at is not None


def test_money_of_stripe_and_of_the_seat_is_not_taken_back(pat, desk, cast, clock, sign_in):
    ours = db.session.scalar(select(Payment.id))
    assert "This money came through Stripe." in desk.do(f"/payments/{ours}/take-back", 409, reason="Why not")
    wes = Buyer(cast.wes, cast.summer, clock.now)
    other = Desk(sign_in(cast.sam), wes.order_id)
    other.enter(clock.now.date(), amount="2400")
    check = db.session.scalar(select(Payment.id).where(Payment.source == "check"))
    assert "It paid the first installment" in other.do(f"/payments/{check}/take-back", 409, reason="Gone")
    assert wes.state()["enrollment"] == "active"
    response = desk.browser.post(f"{desk.address}/payments/{check}/take-back", data={"seen": desk.seen()})
    assert response.status_code == 404  # a payment of another order


# --- the schedule ---------------------------------------------------------------------------------------------------


def test_a_day_is_moved_and_back(pat, desk):
    before = pat.part(2).due_on
    later = before + timedelta(days=20)
    assert "it was Sat, Apr 25, 2026" in desk.do("/installments/2/move", due_on=later.isoformat())
    assert pat.part(2).due_on == later
    desk.do("/installments/2/move", due_on=before.isoformat())
    assert pat.part(2).due_on == before
    assert pat.mails()[-2:] == ["payments/plan_changed"] * 2
    assert sentences(pat.order_id)[-1] == (
        "Moved Installment 2 of 3 from Fri, May 15, 2026 to Sat, Apr 25, 2026"
    )


def test_a_moved_installment_is_charged_on_its_new_day(pat, desk, stripe):
    before = pat.part(2).due_on
    desk.do("/installments/2/move", due_on=(before + timedelta(days=5)).isoformat())
    pat.wait_until(before)
    pat.work()
    assert charged(stripe) == EACH
    pat.wait_until_due(2)
    pat.work()
    assert charged(stripe) == 2 * EACH


def test_a_day_moved_in_the_middle_of_retries(declined, desk, stripe):
    """Nothing is tried on the days of the old schedule; on the new day it begins anew, days of grace and all."""
    due = declined.part(2).due_on
    moved = due + timedelta(days=20)
    desk.do("/installments/2/move", due_on=moved.isoformat())
    for days in (3, 7, 14, 19):
        declined.wait_until(due + timedelta(days=days))
        assert declined.work() == []
    assert declined.tries() == [(1, "failed")]
    assert declined.state()["enrollment"] == "active"
    declined.wait_until(moved)
    declined.work()
    assert declined.tries() == [(1, "failed"), (2, "failed")]
    assert declined.part(2).tries == 1
    assert db.session.get_one(Order, declined.order_id).grace_until == moved + timedelta(days=14)
    stripe.pay(declined.go_to_pay(2))
    assert charged(stripe) == 2 * EACH


def test_moving_what_had_failed_opens_everything_again(declined, desk, clock):
    declined.clock.move(days=15)
    declined.work()
    assert declined.state()["enrollment"] == "suspended"
    desk.do("/installments/2/move", due_on=(clock.now.date() + timedelta(days=30)).isoformat())
    assert declined.state()["enrollment"] == "active"
    assert declined.state()["parts"] == ["paid", "scheduled", "scheduled"]
    assert declined.alerts() == []


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-03-25", "Choose a day from tomorrow on."), ("2028-01-01", "That is more than a year away."),
        ("2026-04-25", "It is due on Sat, Apr 25, 2026 already."), ("", "Enter a day, such as 2026-04-25."),
        ("9999-12-31", "That is more than a year away."),
    ],
)  # fmt: skip
def test_days_that_will_not_do(pat, desk, day, said):
    assert said in desk.do("/installments/2/move", 422, due_on=day)
    assert pat.part(2).due_on == date(2026, 4, 25)


def test_an_installment_is_waived_and_asked_for_again(pat, desk):
    assert "Say in a sentence why." in desk.do("/installments/3/waive", 422, reason="")
    text = desk.do("/installments/3/waive", reason="Hard times")
    assert "Take the waiver back" in text
    assert pat.state()["parts"] == ["paid", "scheduled", "waived"]
    assert "Waived $850 of Installment 3 of 3: Hard times" in sentences(pat.order_id)
    mail = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert "Installment 3 of 3 is waived: $850 of it need not be paid." in mail.text
    assert "Hard times" not in mail.text
    desk.do("/installments/3/ask-again")
    assert pat.state()["parts"] == ["paid", "scheduled", "scheduled"]
    assert pat.part(3).next_try_at is not None
    assert "no waiver is to be taken back" in desk.do("/installments/3/ask-again", 409)


def test_waiving_all_that_is_open_ends_the_plan_and_asking_again_begins_it(pat, desk):
    desk.do("/installments/2/waive", reason="A scholarship")
    desk.do("/installments/3/waive", reason="A scholarship")
    assert pat.state()["order"] == "paid"
    desk.do("/installments/2/ask-again")
    assert pat.state()["order"] == "part paid"
    assert db.session.get_one(Order, pat.order_id).paid_at is None


def test_waiving_what_had_failed_opens_everything_again(declined, desk):
    declined.clock.move(days=15)
    declined.work()
    desk.do("/installments/2/waive", reason="Illness")
    assert declined.state()["enrollment"] == "active"


def test_what_is_not_to_be_changed(pat, desk, cast, clock, sign_in):
    assert "This installment is paid" in desk.do("/installments/1/waive", 409, reason="No")
    begin_write()
    db.session.get_one(Installment, pat.ids()[1]).status = "processing"
    db.session.commit()
    assert "is on its way at this moment" in desk.do("/installments/2/move", 409, due_on="2026-05-01")
    wes = Buyer(cast.wes, cast.summer, clock.now)
    other = Desk(sign_in(cast.sam), wes.order_id)
    assert "The first installment is what the seat is taken with" in other.do(
        "/installments/1/waive", 409, reason="No"
    )
    assert (
        desk.browser.post(desk.address + "/installments/9/waive", data={"seen": desk.seen()}).status_code
        == 404
    )


def test_more_days_of_grace(declined, desk, clock):
    declined.clock.move(days=15)
    declined.work()
    assert "The place is suspended" in desk.page()
    until = clock.now.date() + timedelta(days=10)
    assert "Everything stays open until" in desk.do("/grace", until=until.isoformat())
    assert declined.state()["enrollment"] == "grace"
    assert declined.alerts() == ["grace"]
    assert db.session.get_one(Order, declined.order_id).grace_until == until
    declined.clock.move(days=11)
    declined.work()
    assert declined.state()["enrollment"] == "suspended"


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "Choose today or a later day."), (91, "Choose a day within 90 days")]
)
def test_grace_that_will_not_do(declined, desk, clock, days, said):
    until = clock.now.date() + timedelta(days=days)
    assert said in desk.do("/grace", 422, until=until.isoformat())


def test_no_grace_where_nothing_has_failed(pat, desk, clock):
    until = clock.now.date() + timedelta(days=5)
    assert "Nothing has failed here" in desk.do("/grace", 409, until=until.isoformat())


# --- the page -------------------------------------------------------------------------------------------------------


def test_everything_stands_on_the_page(declined, desk):
    text = desk.page()
    for said in (
        "Pat Lindqvist", f"${TOTAL // 100:,}", "1 of 3", "Failed 1 time.", "Move or waive", "R-2026-0001", "2, try 1",
        "What was agreed", "I agree to pay", "Days of grace", "Agreed to pay", "Received $850 from Pat Lindqvist",
        "To the task", "in grace",
    ):  # fmt: skip
        assert said in text, said


def test_the_cohort_links_to_its_orders(pat, cast, sign_in):
    assert f'href="/staff/orders/{pat.order_id}"' in sign_in(cast.sam).get("/staff/cohorts/summer-2026").text


def test_hostile_words_are_kept_as_words(pat, desk, clock):
    for number, string in enumerate(STRINGS):
        typed = {"reference": string[:40], "note": string[:500], "amount": "1", "source": "transfer"}
        response = desk.browser.post(
            desk.address + "/payments",
            data=typed | {"seen": desk.seen(), "received_on": clock.now.date().isoformat()},
        )
        assert response.status_code in (303, 422), (number, string[:40])
        assert "<script>xq" not in desk.page()
    desk.do(
        "/installments/3/waive", reason="<script>xq()</script>\0\ud800".encode("utf-8", "replace").decode()
    )
    assert "<script>xq" not in desk.page()
