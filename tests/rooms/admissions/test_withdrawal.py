"""The screen on which staff let somebody leave: the arithmetic, one confirm, and what became of the money."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import SecondFactor, SignIn, User
from app.admissions import seats
from app.admissions.models import SeatHold
from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.mail.models import Message
from app.payments import actions, staff_actions
from app.payments.paper_models import Paper
from tests.rooms.payments.leavers import Leaver, returned
from tests.rooms.payments.plans import EACH, TOTAL
from tests.rooms.payments.purchases import stripe  # noqa: F401


@pytest.fixture
def pat(cast, clock, stripe, write):
    plan = Leaver(cast.pat, cast.summer, clock).begun(stripe)
    with write():
        cohort = db.session.get_one(Cohort, cast.summer)
        hold = seats.take(cohort, cast.pat, "enrolled", None, clock.now)
        seats.keep(hold)
    return plan


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


def address(plan) -> str:
    return f"/staff/enrollments/{plan.enrollment_id}/withdraw"


def form(page: str, **changed: str) -> dict[str, str]:
    """What the page would send, once a reason is chosen."""
    hidden = dict(re.findall(r'type="hidden" name="(told_on|back|balance)" value="([^"]*)"', page))
    return hidden | {"reason": "health"} | changed


def test_the_arithmetic_stands_before_the_confirm(sam, pat):
    page = sam.get(address(pat)).text
    for words in (
        "Who tells us by Sat, May 23, 2026 gets back all of it, $2,550.",
        "$850 goes back the way it came",
        "$1,700 that was still to come is cancelled",
        "Withdraw Pat Lindqvist and send back $850",
    ):
        assert words in page
    assert pat.state()["enrollment"] == "active"


def test_what_came_by_check_does_not_go_back_by_itself(cast, clock, stripe, sam, sign_in, write):
    """All of it by check, then by check and card: the page says which part a person sends, and so does the second's."""
    plan = Leaver(cast.pat, cast.summer, clock)
    _enter_check(plan, cast, clock, write)
    page = sam.get(address(plan)).text
    assert "$850 goes back by check or transfer: it becomes a task, and you send it." in page
    assert "the way it came" not in page and "The card is not charged again" not in page
    stripe.pay(plan.go_to_pay(2))
    page = sam.get(address(plan)).text
    assert "$1,700 goes back the way it came, the latest payment first; $850 of it came by check" in page
    assert sam.post(address(plan), data=form(page)).status_code == 303
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    cal = sign_in(cast.cal)
    assert (
        "After your yes $850 is sent within minutes; the other $850 is a task" in cal.get(address(plan)).text
    )
    cal.post(address(plan) + "/approve")
    plan.send()
    assert returned(stripe) == EACH
    assert plan.alerts() == ["pay back by hand"]


def _enter_check(plan, cast, clock, write, cents=EACH):
    with write():
        order, actor = actions.lock_order(plan.order_id), db.session.get_one(User, cast.sam)
        today = clock.now.date()
        staff_actions.enter_payment(actor, order, "check", cents, today, "1042", "", False, clock.now)


def test_a_yes_to_a_check_is_a_task(cast, clock, sam, sign_in, write):
    plan = Leaver(cast.pat, cast.summer, clock)
    _enter_check(plan, cast, clock, write, 2 * EACH)
    page = sam.get(address(plan)).text
    assert "$1,700 goes back by check or transfer: it becomes a task, and you send it. That is above" in page
    sam.post(address(plan), data=form(page))
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    page = sign_in(cast.cal).get(address(plan)).text
    assert "After your yes it is a task: somebody sends it by check" in page and "within minutes" not in page


def test_one_confirm_does_everything(sam, cast, pat, stripe, sign_in):
    response = sam.post(address(pat), data=form(sam.get(address(pat)).text))
    assert response.status_code == 303
    assert pat.state()["enrollment"] == "withdrawn"
    assert pat.state()["parts"] == ["paid", "cancelled", "cancelled"]
    assert db.session.scalars(select(SeatHold.status).where(SeatHold.user_id == cast.pat)).one() == "released"
    said = set(db.session.scalars(select(Entry.sentence)))
    assert "Pat Lindqvist's enrollment is withdrawn: health or family" in said
    assert "Worked out Pat Lindqvist's withdrawal: $850 goes back" in said
    mail = db.session.scalars(select(Message).where(Message.kind == "payments/withdrawn")).one()
    assert "$850" in mail.text and "Nothing more is charged." in mail.text
    db.session.rollback()
    page = sam.get(address(pat)).text
    assert "Will be sent" in page
    pat.send()
    assert "Sent</td>" in sam.get(address(pat)).text
    assert returned(stripe) == EACH
    cohort = sam.get("/staff/cohorts/summer-2026").text
    assert "$850 returned" in cohort and "Received $0 of $0." in cohort
    note = db.session.scalars(select(Paper).where(Paper.kind == "credit note")).one()
    assert (note.amount_cents, note.label[:2]) == (EACH, "C-")
    label, order_id, paper = note.label, note.order_id, f"/payments/papers/{note.id}.pdf"
    for page in (f"/staff/orders/{order_id}", "/payments"):
        browser = sam if page.startswith("/staff") else sign_in(cast.pat)
        assert label in browser.get(page).text
    assert sign_in(cast.pat).get(paper).data.startswith(b"%PDF")


def test_confirmed_twice_is_harmless(sam, pat):
    data = form(sam.get(address(pat)).text)
    assert [sam.post(address(pat), data=data).status_code for _ in range(2)] == [303, 409]
    assert pat.refunds() == [("approved", EACH)]


def test_the_day_they_told_us_is_worked_out_anew(pat, cast, clock, sign_in):
    clock.now += timedelta(days=65)  # after the first line of the rule, before the second
    sam = sign_in(cast.sam)
    page = sam.get(address(pat)).text
    assert (
        "50% of $2,550 = $1,275" in page
        and "Due by the rule" in page
        and "Still owed" in page
        and "Waive the $425" in page
    )
    earlier = sam.get(address(pat) + "?told_on=2026-05-23").text
    assert "all of it, $2,550" in earlier
    response = sam.post(address(pat), data=form(earlier))
    assert response.status_code == 303
    assert pat.refunds() == [("approved", EACH)]


@pytest.mark.parametrize(
    "day", ["", "yesterday", "2026-03-26", "2020-01-01", "0000-00-00", "9999-12-31", "\x00"]
)
def test_a_day_that_cannot_be_is_told_at_its_field(sam, pat, day):
    response = sam.get(address(pat), query_string={"told_on": day})
    assert response.status_code == 422
    assert 'id="told_on-error"' in response.text
    assert sam.post(address(pat), data=form(response.text, told_on=day)).status_code == 422
    assert pat.state()["enrollment"] == "active"


@pytest.mark.parametrize("reason", ["", "none", "<b>", "\x00", "x" * 5000])
def test_without_a_reason_nothing_happens_and_the_day_is_kept(sam, pat, reason):
    page = sam.get(address(pat) + "?told_on=2026-03-25").text
    response = sam.post(address(pat), data=form(page, reason=reason))
    assert response.status_code == 422
    assert 'id="reason-error"' in response.text and 'value="2026-03-25"' in response.text
    assert response.text.count(" autofocus") == 1  # the page opens there, however long it is
    assert pat.state()["enrollment"] == "active"


@pytest.mark.parametrize("back", ["", "-1", "85001", "1e9", "٣", "9" * 40])
def test_other_figures_than_those_on_the_page_are_refused(sam, pat, back):
    response = sam.post(address(pat), data=form(sam.get(address(pat)).text, back=back))
    assert response.status_code == 409
    assert "figures as they are now" in response.text
    assert pat.state()["enrollment"] == "active"


def test_stripe_silent_changes_nothing(sam, pat, stripe):
    data = form(sam.get(address(pat)).text)
    pat.go_to_pay(2)
    stripe.fail_next("timeout_before", times=9)
    response = sam.post(address(pat), data=data)
    stripe.fail_next("timeout_before", times=0)
    assert response.status_code == 409
    assert pat.state()["enrollment"] == "active"


def test_above_the_limit_another_person_approves_it_here(sam, cast, pat, stripe, sign_in, write):
    stripe.pay(pat.go_to_pay(2))
    page = sam.get(address(pat)).text
    assert "above $1,000, so a second member of staff approves it" in page
    assert sam.post(address(pat), data=form(page)).status_code == 303
    own = sam.get(address(pat)).text
    assert "somebody else has to approve it" in own and "/approve" not in own
    sam.post(address(pat) + "/approve")
    assert {status for status, _cents in pat.refunds()} == {"requested"}
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    cal = sign_in(cast.cal)
    assert "Approve $1,700" in cal.get(address(pat)).text
    assert cal.post(address(pat) + "/approve").status_code == 303
    assert {status for status, _cents in pat.refunds()} == {"approved"}
    assert cal.post(address(pat) + "/approve").status_code == 303  # twice is harmless
    assert sum(cents for _status, cents in pat.refunds()) == 2 * EACH


def test_what_came_back_is_sent_by_check(sam, pat, stripe):
    sam.post(address(pat), data=form(sam.get(address(pat)).text))
    pat.send()
    stripe.fail_refund(stripe.all("refund")[0]["id"])
    page = sam.get(address(pat)).text
    assert "The bank sent it back (lost or stolen card)." in page
    for _ in range(2):
        assert sam.post("/staff/refunds/1/by-hand").status_code == 303
    page = sam.get(address(pat)).text
    assert "I have sent the $850" in page and "Send $850 by check" not in page
    for _ in range(2):
        assert sam.post("/staff/refunds/2/sent").status_code == 303
    assert pat.refunds() == [("failed", EACH), ("succeeded", EACH)]


def test_a_balance_is_paid_by_who_left(cast, pat, clock, stripe, sign_in):
    clock.now += timedelta(days=65)
    sam = sign_in(cast.sam)
    sam.post(address(pat), data=form(sam.get(address(pat)).text))
    browser = sign_in(cast.pat)
    page = browser.get("/payments").text
    assert "Pay what is still owed" in page and "If you have to stop" not in page
    assert "Use another card" not in page
    mail = db.session.scalars(select(Message).where(Message.kind == "payments/withdrawn")).one()
    assert f"/payments/installments/{pat.ids()[1]}" in mail.text
    response = browser.post(f"/payments/installments/{pat.ids()[1]}")
    stripe.pay(response.location.rsplit("/", 1)[1])
    assert pat.sums() == (TOTAL // 2, TOTAL // 2, 0)


def test_who_has_left_sees_what_goes_back(sam, cast, pat, sign_in):
    sam.post(address(pat), data=form(sam.get(address(pat)).text))
    page = sign_in(cast.pat).get("/payments").text
    assert "What goes back to you" in page and "Will be sent" in page


def test_a_place_without_an_order(sam, cast):
    where = f"/staff/enrollments/{cast.uma_enrollment}/withdraw"
    page = sam.get(where).text
    assert "no money moves" in page
    assert sam.post(where, data=form(page)).status_code == 303
    assert db.session.get_one(Enrollment, cast.uma_enrollment).status == "withdrawn"
    db.session.rollback()
    assert "Nothing went back" in sam.get(where).text
    assert sam.post(where + "/approve").status_code == 303


@pytest.mark.parametrize("status", ["pending", "completed", "deferred"])
def test_who_cannot_leave_is_told_so(sam, cast, write, status):
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = status
    page = sam.get(f"/staff/enrollments/{cast.ana_enrollment}/withdraw")
    assert page.status_code == 200
    assert "Choose one" not in page.text


def test_the_code_is_asked_for_again_before_money_leaves(sam, cast, pat, clock, write):
    data = form(sam.get(address(pat)).text)
    with write():
        db.session.add(SecondFactor(user_id=cast.sam, secret="x", switched_on_at=clock.now, last_step=0))
        row = db.session.scalars(select(SignIn).where(SignIn.user_id == cast.sam)).one()
        row.second_factor_at = clock.now
    clock.now += timedelta(minutes=4)
    assert sam.get(address(pat)).status_code == 200
    clock.now += timedelta(minutes=7)
    for response in (
        sam.get(address(pat)),
        sam.post(address(pat), data=data),
        sam.post(address(pat) + "/approve"),
    ):
        assert response.status_code == 303 and "/sign-in/code" in response.location
    assert pat.state()["enrollment"] == "active"
