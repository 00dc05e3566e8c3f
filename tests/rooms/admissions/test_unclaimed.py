"""Staff decide about an employer's seats that nobody claimed: more days, free, or money back by the rule."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import SecondFactor, User
from app.admissions import seats
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import queries as payments
from app.payments import refunding, staff_actions
from app.payments.event_models import MoneyAlert
from app.payments.ledger_queries import ledger
from app.payments.models import Order, Refund
from app.payments.paper_models import Paper
from tests.rooms.admissions.bought import PRICE, Bought, status_of, taken
from tests.rooms.payments.leavers import returned
from tests.rooms.payments.purchases import stripe  # noqa: F401

PAT = "pat@example.com"


@pytest.fixture
def harbor(cast, clock, stripe):
    return Bought(cast.sam, cast.summer, clock).paid(stripe)


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


def form_of(page: str, verb: str) -> dict[str, str]:
    """The hidden fields of the form of this page that posts to this verb."""
    part = page.split(f'/{verb}" novalidate>')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(seats|back|version)" value="([^"]*)"', part))


def test_more_days(harbor, clock, cast, sign_in):
    harbor.invite(PAT)
    clock.now += timedelta(days=80)
    harbor.sweep()
    where = f"/staff/employers/{harbor.id}"
    sam = sign_in(cast.sam)
    page = sam.get(f"{where}/unclaimed")
    data = form_of(page.text, "extend")
    for wrong in ("", "soon", "2026-06-01", "2099-01-01", "\x00"):
        response = sam.post(f"{where}/extend", data=data | {"claim_until": wrong})
        assert response.status_code == 422 and 'id="claim_until-error"' in response.text
    assert sam.post(f"{where}/extend", data=data | {"claim_until": "2026-06-20"}).status_code == 303
    assert sam.post(f"{where}/extend", data=data | {"claim_until": "2026-06-21"}).status_code == 409
    harbor.claim(cast.pat, PAT)
    assert status_of(cast.pat, cast.summer) == "active"
    assert db.session.scalars(select(MoneyAlert).where(MoneyAlert.closed_at.is_(None))).all() == []


def test_the_unclaimed_are_freed_without_money(harbor, sam, cast, stripe):
    harbor.invite(PAT, "b@x.example")
    harbor.claim(cast.pat, PAT)
    where = f"/staff/employers/{harbor.id}"
    data = form_of(sam.get(f"{where}/unclaimed").text, "free")
    answers = [sam.post(f"{where}/free", data=data).status_code for _ in range(2)]
    assert answers == [303, 409]
    assert harbor.holds() == [("converted", "enrolled", True)]
    assert harbor.invitations() == {PAT: "claimed", "b@x.example": "taken back"}
    assert taken(cast.summer) == 1
    assert db.session.query(Refund).count() == 0
    assert "1 of 2" in sam.get(where).text


def test_the_unclaimed_go_back_by_the_rule_once_and_to_the_employer(
    harbor, sam, cast, clock, stripe, sign_in
):
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    where = f"/staff/employers/{harbor.id}"
    page = sam.get(f"{where}/unclaimed").text
    for words in ("1 unclaimed seat × $2,400", "Goes back", "above $1,000, so a second member of staff"):
        assert words in page
    data = form_of(page, "refund")
    assert [sam.post(f"{where}/refund", data=data).status_code for _ in range(2)] == [303, 409]
    db.session.rollback()
    refund = db.session.scalars(select(Refund)).one()
    assert (refund.amount_cents, refund.status) == (PRICE, "requested")
    assert "somebody else has to approve it" in sam.get(where).text
    begin_write()
    db.session.get_one(User, cast.cal).is_staff = True
    db.session.commit()
    cal = sign_in(cast.cal)
    assert "Approve $2,400" in cal.get(where).text
    for status in (303, 409):
        assert cal.post(f"{where}/approve").status_code == status
    assert refunding.run(clock.now) == []
    assert returned(stripe) == PRICE
    order = harbor.order()
    assert (order.status, order.credited_cents, payments.net_cents(order)) == ("paid", PRICE, PRICE)
    note = db.session.scalars(select(Paper).where(Paper.kind == "credit note")).one()
    assert (note.content["name"], note.amount_cents) == ("Harbor Health", PRICE)
    assert harbor.holds() == [("converted", "enrolled", True)]
    assert status_of(cast.pat, cast.summer) == "active"
    text = db.session.scalars(select(Message.text).where(Message.key.like("refunded:%"))).one()
    assert "$2,400 of what was paid" in text
    assert ledger(db.session.get_one(Cohort, cast.summer))[0].amount_cents == PRICE


def test_the_employers_check_does_not_go_back_by_itself(cast, clock, sam, write):
    harbor = Bought(cast.sam, cast.summer, clock, pays_by="by hand")
    with write():
        order, actor = db.session.get_one(Order, harbor.order_id), db.session.get_one(User, cast.sam)
        today = clock.now.date()
        staff_actions.enter_payment(actor, order, "check", 2 * PRICE, today, "77", "", False, clock.now)
    harbor.sweep()
    page = sam.get(f"/staff/employers/{harbor.id}/unclaimed").text
    assert "$4,800 goes back to Harbor Health by check or transfer: it becomes a task" in page
    assert "the way it came" not in page


@pytest.mark.parametrize(
    "changed", [{"back": "1"}, {"back": ""}, {"back": "-5"}, {"seats": "1"}, {"seats": "٣"}]
)
def test_other_figures_than_those_on_the_page_are_refused(harbor, sam, changed):
    where = f"/staff/employers/{harbor.id}"
    data = form_of(sam.get(f"{where}/unclaimed").text, "refund")
    response = sam.post(f"{where}/refund", data=data | changed)
    assert response.status_code == 409 and "figures as they are now" in response.text
    assert db.session.query(Refund).count() == 0
    assert len(harbor.holds()) == 2


def test_a_claim_between_the_page_and_the_press_stops_it(harbor, sam, cast):
    harbor.invite(PAT)
    where = f"/staff/employers/{harbor.id}"
    data = form_of(sam.get(f"{where}/unclaimed").text, "refund")
    harbor.claim(cast.pat, PAT)
    assert sam.post(f"{where}/refund", data=data).status_code == 409
    assert db.session.query(Refund).count() == 0


def test_what_came_back_from_the_bank_is_sent_by_check(harbor, sam, cast, clock, stripe, write, sign_in):
    where = f"/staff/employers/{harbor.id}"
    sam.post(f"{where}/refund", data=form_of(sam.get(f"{where}/unclaimed").text, "refund"))
    with write():
        db.session.get_one(User, cast.cal).is_staff = True
    sign_in(cast.cal).post(f"{where}/approve")
    refunding.run(clock.now)
    stripe.fail_refund(stripe.all("refund")[0]["id"])
    assert "Send $4,800 by check" in sam.get(where).text
    response = sam.post("/staff/refunds/1/by-hand")
    assert (response.status_code, response.location) == (303, where)
    assert "I have sent the $4,800" in sam.get(where).text
    assert sam.post("/staff/refunds/2/sent").location == where
    assert harbor.order().credited_cents == 2 * PRICE


def test_the_code_is_asked_for_before_money_leaves(harbor, sam, cast, clock, write):
    where = f"/staff/employers/{harbor.id}"
    data = form_of(sam.get(f"{where}/unclaimed").text, "refund")
    with write():
        db.session.add(SecondFactor(user_id=cast.sam, secret="x", switched_on_at=clock.now, last_step=0))
    clock.move(minutes=11)
    for response in (
        sam.get(f"{where}/unclaimed"),
        sam.post(f"{where}/refund", data=data),
        *(sam.post(f"{where}/{verb}") for verb in ("approve", "decline", "ask-again")),
    ):
        assert response.status_code == 303 and "/sign-in/code" in response.location
    assert db.session.query(Refund).count() == 0


def test_the_seats_page_says_who_paid(harbor, sam, cast):
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    page = sam.get("/staff/cohorts/summer-2026/seats").text
    assert "Pat Lindqvist" in page and "paid by" in page
    assert "Employer’s, unclaimed" in page and "Harbor Health, 1" in page
    assert seats.hold_of(cast.summer, cast.pat).seat == 1
    db.session.rollback()
    assert db.session.query(SeatHold).filter_by(employer_purchase_id=harbor.id).count() == 2
    assert db.session.query(Order).count() == 1
