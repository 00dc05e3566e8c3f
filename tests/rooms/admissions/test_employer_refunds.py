"""Money of an employer that waits for a second person: it can be declined, and asked for anew, as a participant's."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import Entry
from app.lib.database import db
from app.mail.models import Message
from app.payments import queries as payments
from app.payments import refunding
from app.payments.event_models import MoneyAlert
from app.payments.models import Refund
from tests.rooms.admissions.bought import PRICE, Bought, taken
from tests.rooms.admissions.test_unclaimed import form_of
from tests.rooms.payments.leavers import returned
from tests.rooms.payments.purchases import stripe  # noqa: F401

WHY = "They agreed to half of it on the phone."


@pytest.fixture
def harbor(cast, clock, stripe):
    return Bought(cast.sam, cast.summer, clock).paid(stripe)


@pytest.fixture
def where(harbor, sam):
    """The page of its two seats, of which Sam has asked to send everything back: $4,800, above the limit for one."""
    where = f"/staff/employers/{harbor.id}"
    sam.post(f"{where}/refund", data=form_of(sam.get(f"{where}/unclaimed").text, "refund"))
    return where


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


@pytest.fixture
def cal(cast, write, sign_in):
    """Another member of staff."""
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    return sign_in(cast.cal)


def refunds() -> list[tuple[str, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(Refund).order_by(Refund.id))
    return [(one.status, one.amount_cents) for one in rows]


def tasks() -> list[str]:
    db.session.rollback()
    query = select(MoneyAlert.kind).where(MoneyAlert.closed_at.is_(None)).order_by(MoneyAlert.id)
    return list(db.session.scalars(query))


def test_declined_the_money_stays_and_the_asker_is_told(harbor, where, sam, cal, cast, clock, stripe):
    page = cal.get(where).text
    assert "Approve $4,800" in page and "Decline $4,800" in page and "It is above $1,000." in page
    page = sam.get(where).text
    assert "somebody else has to approve it" in page and "Decline" not in page
    assert cal.post(f"{where}/decline", data={"why_not": WHY}).status_code == 303
    assert refunds() == [("failed", 2 * PRICE)]
    assert refunding.run(clock.now) == []
    assert (returned(stripe), payments.net_cents(harbor.order())) == (0, 2 * PRICE)
    assert taken(cast.summer) == 0  # the seats stay handed back
    mail = db.session.scalars(select(Message).where(Message.kind == "payments/refund_declined")).one()
    assert (mail.to_address, WHY in mail.text, where in mail.text) == ("sam@example.com", True, True)
    assert "the seats stay handed back" in mail.text and "Open the seats" in mail.html
    said = f"Declined that $4,800 goes back to Harbor Health: {WHY}"
    assert db.session.scalar(select(Entry.id).where(Entry.sentence == said))
    assert tasks() == ["refund declined"]
    page = sam.get(where).text
    assert "Declined</td>" in page and WHY in page and "Ask for another amount" in page
    assert "by check or transfer</button>" not in page  # it did not come back from a bank


def test_twice_is_harmless_and_a_no_after_a_yes_is_refused(where, cal):
    for status in (303, 409):
        assert cal.post(f"{where}/decline", data={"why_not": WHY}).status_code == status
    response = cal.post(f"{where}/approve")
    assert response.status_code == 409 and "waiting for a second person any more" in response.text
    assert refunds() == [("failed", 2 * PRICE)]


def test_the_asker_cannot_decline_it(where, sam):
    response = sam.post(f"{where}/decline", data={"why_not": WHY})
    assert response.status_code == 409 and "You asked for this refund yourself" in response.text
    assert refunds() == [("requested", 2 * PRICE)]


@pytest.mark.parametrize("why", ["", "  ", "\x00", "x" * 301])
def test_a_no_takes_its_reason(where, cal, why):
    response = cal.post(f"{where}/decline", data={"why_not": why})
    assert response.status_code == 422 and 'id="why_not-error"' in response.text
    assert refunds() == [("requested", 2 * PRICE)]


def test_a_smaller_amount_is_asked_for_and_still_takes_two(harbor, where, sam, cal, clock, stripe):
    assert sam.post(f"{where}/ask-again", data={"amount": "100"}).status_code == 409  # nobody has said no
    cal.post(f"{where}/decline", data={"why_not": WHY})
    for wrong in ("", "0", "4800.01", "lots", "٣", "\x00"):
        response = sam.post(f"{where}/ask-again", data={"amount": wrong})
        assert response.status_code == 422 and 'id="amount-error"' in response.text
    for status in (303, 409):  # once
        assert sam.post(f"{where}/ask-again", data={"amount": "$900.00"}).status_code == status
    assert "Another amount was declined before." in cal.get(where).text
    assert sam.post(f"{where}/approve").status_code == 409  # below the limit, and even so not alone
    assert cal.post(f"{where}/approve").status_code == 303
    assert refunding.run(clock.now) == []
    assert returned(stripe) == 90_000
    assert payments.net_cents(harbor.order()) == 2 * PRICE - 90_000
