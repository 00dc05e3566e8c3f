"""A second person says no to money on its way out, and somebody asks for another amount after it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import Entry
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import actions, staff_actions
from app.payments.event_models import MoneyAlert
from app.payments.models import Refund
from tests.rooms.payments.leavers import Leaver, returned
from tests.rooms.payments.plans import EACH
from tests.rooms.payments.purchases import stripe  # noqa: F401

WHY = "Half of it was used; the agreement says 50%."


@pytest.fixture
def pat(cast, clock, stripe):
    """Two of three paid, $1,700, which goes back in full and is above the limit for one person; Sam has asked."""
    pat = Leaver(cast.pat, cast.summer, clock).begun(stripe)
    stripe.pay(pat.go_to_pay(2))
    pat.leave(cast.sam)
    return pat


@pytest.fixture
def cal(cast, write, sign_in):
    """Another member of staff."""
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    return sign_in(cast.cal)


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


def address(pat, verb: str = "") -> str:
    return f"/staff/enrollments/{pat.enrollment_id}/withdraw{verb}"


def test_declined_the_money_stays_and_the_asker_is_told(sam, cal, cast, pat, stripe):
    page = cal.get(address(pat)).text
    assert "Decline $1,700" in page and "It is above $1,000." in page and "Your next step" in page
    page = sam.get(address(pat)).text
    assert (
        "somebody else has to approve it" in page and "Decline" not in page and "Your next step" not in page
    )
    assert cal.post(address(pat, "/decline"), data={"why_not": WHY}).status_code == 303
    assert pat.refunds() == [("failed", EACH)] * 2
    assert pat.send() == []
    assert (returned(stripe), pat.sums()[0]) == (0, 2 * EACH)
    assert pat.state()["enrollment"] == "withdrawn"
    mail = db.session.scalars(select(Message).where(Message.kind == "payments/refund_declined")).one()
    assert (mail.to_address, WHY in mail.text) == ("sam@example.com", True)
    assert pat.mails().count("payments/refund_declined") == 0
    said = f"Declined that $1,700 goes back to Pat Lindqvist: {WHY}"
    assert db.session.scalar(select(Entry.id).where(Entry.sentence == said))
    assert pat.alerts() == ["refund declined"]
    page = sam.get(address(pat)).text
    assert "Declined</td>" in page and WHY in page and "Ask for another amount" in page
    assert "by check or transfer" not in page  # it did not come back from a bank


def test_who_left_is_not_promised_what_was_declined(cal, cast, pat, sign_in):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    page = sign_in(cast.pat).get("/payments").text
    assert "being looked at once more" in page
    assert "it goes back the way it came" not in page and WHY not in page


def test_twice_is_harmless_and_a_no_after_a_yes_is_refused(cal, pat):
    for status in (303, 409):
        assert cal.post(address(pat, "/decline"), data={"why_not": WHY}).status_code == status
    assert cal.post(address(pat, "/approve")).status_code == 303
    assert {status for status, _cents in pat.refunds()} == {"failed"}


def test_the_asker_cannot_decline_it(sam, pat):
    response = sam.post(address(pat, "/decline"), data={"why_not": WHY})
    assert response.status_code == 409 and "You asked for this refund yourself" in response.text
    assert {status for status, _cents in pat.refunds()} == {"requested"}


@pytest.mark.parametrize("why", ["", "  ", "\x00", "x" * 301])
def test_a_no_takes_its_reason(cal, pat, why):
    response = cal.post(address(pat, "/decline"), data={"why_not": why})
    assert response.status_code == 422 and 'id="why_not-error"' in response.text
    assert {status for status, _cents in pat.refunds()} == {"requested"}


def test_a_smaller_amount_is_asked_for_and_still_takes_two(sam, cal, cast, pat, stripe):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    assert sam.post(address(pat, "/ask-again"), data={"amount": "$850.00"}).status_code == 303
    assert pat.refunds()[2:] == [("requested", EACH)]
    assert pat.alerts() == ["refund to approve"]  # the rest is what Sam has decided to keep
    page = cal.get(address(pat)).text
    assert "Another amount was declined before." in page and "It is above" not in page
    sam.post(address(pat, "/approve"))
    assert pat.refunds()[2:] == [("requested", EACH)]  # below the limit, and even so not alone
    assert cal.post(address(pat, "/approve")).status_code == 303
    pat.send()
    assert returned(stripe) == EACH
    assert pat.sums()[0] == EACH
    row = db.session.scalars(select(Refund).order_by(Refund.id.desc())).first()
    assert (row.asked_by_id, row.approved_by_id, row.reason) == (cast.sam, cast.cal, "time")


def decided(pat) -> list[tuple[str, str, str]]:
    """The tasks about too much: what each says, who has closed it, and with which words."""
    db.session.rollback()
    rows = db.session.scalars(select(MoneyAlert).where(MoneyAlert.kind == "overpaid").order_by(MoneyAlert.id))
    return [(one.detail, one.closed_by.name if one.closed_by else "", one.closed_note) for one in rows]


def test_what_stays_by_ones_own_choice_is_no_task_and_can_become_one(sam, cal, pat, stripe, sign_in, cast):
    """Nobody is asked about the $850 that Sam has just decided to keep, whatever news comes; only about more of it."""
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    sam.post(address(pat, "/ask-again"), data={"amount": "850"})
    assert "$850 of $1,700 for Pat Lindqvist" in sam.get("/staff/money").text
    person = sign_in(cast.pat)
    assert "being looked at once more" in person.get("/payments").text
    cal.post(address(pat, "/approve"))
    pat.send()
    pat.send()
    assert pat.alerts() == []
    said = "Pat Lindqvist has paid $850; the order comes to $0. The rest goes back."
    assert decided(pat) == [(said, "Sam Whitlock", "Asked for $850 of $1,700 to go back")]
    assert "being looked at" not in person.get("/payments").text
    sam.post(f"/staff/money/{_task(pat)}/reopen")  # the undo
    assert pat.alerts() == ["overpaid"]


def test_who_closes_the_no_without_asking_again_has_decided_that_it_stays(sam, cal, pat, stripe):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    sam.post(
        f"/staff/money/{_task(pat, 'refund declined')}/close", data={"note": "They keep the seat's books."}
    )
    _settles_again(pat)
    assert pat.alerts() == []
    assert [by for _detail, by, _note in decided(pat)] == ["Sam Whitlock"]


def test_another_figure_is_one_that_nobody_has_decided(sam, cal, pat, stripe, clock):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    sam.post(address(pat, "/ask-again"), data={"amount": "850"})
    begin_write()
    order, actor = (
        actions.lock_order(pat.order_id),
        db.session.scalars(select(User).where(User.is_staff)).first(),
    )
    staff_actions.enter_payment(actor, order, "check", 100, clock.now.date(), "1", "", True, clock.now)
    db.session.commit()
    assert pat.alerts() == ["refund to approve", "overpaid"]


def _task(pat, kind: str = "overpaid") -> int:
    db.session.rollback()
    return db.session.scalars(select(MoneyAlert.id).where(MoneyAlert.kind == kind)).one()


def _settles_again(pat) -> None:
    """News about the order that changes nothing."""
    begin_write()
    actions.settle_order(actions.lock_order(pat.order_id), pat.clock.now)
    db.session.commit()


def test_more_than_one_payment_may_pay_it(sam, cal, pat, stripe):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    sam.post(address(pat, "/ask-again"), data={"amount": "1,000"})
    cal.post(address(pat, "/approve"))
    pat.send()
    assert returned(stripe) == 100_000
    assert [cents for status, cents in pat.refunds() if status == "succeeded"] == [EACH, 15_000]


@pytest.mark.parametrize("amount", ["", "0", "-5", "1700.01", "lots", "1e3", "٣", "9" * 40, "\x00"])
def test_an_amount_that_cannot_go_back_is_told_at_its_field(sam, cal, pat, amount):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    response = sam.post(address(pat, "/ask-again"), data={"amount": amount})
    assert response.status_code == 422 and 'id="amount-error"' in response.text
    assert len(pat.refunds()) == 2


def test_nothing_is_asked_for_again_that_nobody_declined(sam, cal, pat):
    assert sam.post(address(pat, "/ask-again"), data={"amount": "10"}).status_code == 409
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    for status in (303, 409):  # once
        assert sam.post(address(pat, "/ask-again"), data={"amount": "10"}).status_code == status
    assert len(pat.refunds()) == 3


def test_a_declined_refund_is_none_that_goes_by_check(cal, pat):
    cal.post(address(pat, "/decline"), data={"why_not": WHY})
    cal.post(f"/staff/refunds/{db.session.scalars(select(Refund.id)).first()}/by-hand")
    assert len(pat.refunds()) == 2
    assert db.session.scalars(select(MoneyAlert.kind).where(MoneyAlert.closed_at.is_(None))).all() == [
        "refund declined"
    ]
