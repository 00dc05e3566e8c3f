"""Orders of employers in every state they can be in: no job of the worker and no page of staff stumbles over them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import employers
from app.cohorts.models import Cohort
from app.lib import clock as the_clock
from app.lib.database import begin_write, db
from app.lib.jobs import all_jobs
from app.mail.models import Message
from app.payments import employers as money
from app.payments import messages, refunding, refunds, staff_actions
from app.payments.models import Order, Payment, Refund
from tests.rooms.admissions.bought import PRICE, Bought
from tests.rooms.payments.purchases import stripe  # noqa: F401


def by_hand(bought: Bought, cast: Any, clock: Any, cents: int) -> Bought:
    begin_write()
    sam, order = db.session.get_one(User, cast.sam), db.session.get_one(Order, bought.order_id)
    staff_actions.enter_payment(sam, order, "check", cents, date(2026, 3, 24), "1042", "", False, clock.now)
    db.session.commit()
    return bought


@pytest.fixture
def orders(cast, clock, stripe, write) -> dict[str, Bought]:
    """What became of it → an employer's purchase of one seat."""
    with write():
        db.session.get_one(Cohort, cast.summer).capacity = 12

    def buy(name: str, **more: Any) -> Bought:
        return Bought(
            cast.sam, cast.summer, clock, seats=1, employer=name, contact_email=f"{name}@example.com", **more
        )

    paying = buy("paying")
    paying.go_to_pay()
    found = {
        "open": paying,
        "part paid": by_hand(buy("part", pays_by="by hand"), cast, clock, PRICE // 2),
        "paid": buy("whole").paid(stripe),
        "refunded": buy("refunded").paid(stripe),
        "cancelled": buy("cancelled", pays_by="by hand"),
    }
    begin_write()
    sam = db.session.get_one(User, cast.sam)
    back = db.session.get_one(Order, found["refunded"].order_id)
    sums = money.unclaimed(back, 1, date(2026, 3, 25))
    employers.hand_back(sam, back, 1, sums.back_cents, date(2026, 3, 25), clock.now)
    refunds.approve(db.session.get_one(User, cast.cal), back.id, clock.now)  # above the limit of one person
    employers.let_go(db.session.get_one(Order, found["cancelled"].order_id), clock.now, sam)
    db.session.commit()
    return found


def states(orders: dict[str, Bought]) -> dict[str, str]:
    return {name: bought.order().status for name, bought in orders.items()}


def test_every_job_runs_over_them_now_and_after_every_day_has_passed(orders, clock, monkeypatch, caplog):
    assert states(orders) == {
        "open": "open", "part paid": "part paid", "paid": "paid", "refunded": "paid", "cancelled": "cancelled",
    }  # fmt: skip
    for days in (0, 3, 20, 90):
        clock.now += timedelta(days=days)
        monkeypatch.setattr(the_clock, "now", lambda: clock.now)
        for name, job in all_jobs().items():
            db.session.rollback()
            said = job.work(clock.now)
            failures = [one for one in said if "→ expired" not in one] if isinstance(said, list) else []
            assert failures == [], name  # the comparison also says which payment pages it found over
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []
    assert states(orders)["part paid"] == "part paid" and states(orders)["open"] == "expired"


def test_the_pages_of_staff_about_them(orders, cast, sign_in):
    sam = sign_in(cast.sam)
    for bought in orders.values():
        page = sam.get(f"/staff/orders/{bought.order_id}")
        assert page.status_code == 200 and f"/staff/employers/{bought.id}" in page.text
        assert sam.get(f"/staff/employers/{bought.id}").status_code == 200
    cohort = "/staff/cohorts/summer-2026"
    pages = ("/staff", "/staff/money", "/staff/webhooks", cohort, f"{cohort}/employers", f"{cohort}/seats")
    for where in (*pages, "/staff/reports"):
        assert sam.get(where).status_code == 200, where
    assert "Employer" in sam.get("/staff/reports/revenue?period=all").text
    owed = sam.get("/staff/reports/receivables.csv").text
    assert "paying" in owed and "part" in owed


def test_a_refund_to_an_employer_that_was_declined_is_told_by_its_name(orders, cast, clock):
    refund = db.session.scalars(
        select(Refund).join(Refund.payment).where(Payment.order_id == orders["refunded"].order_id)
    ).one()
    begin_write()
    refund.failure = "The contract says otherwise."
    messages.refund_declined(refund, PRICE, db.session.get_one(User, cast.cal), clock.now)
    db.session.commit()
    told = db.session.scalars(select(Message).where(Message.kind == "payments/refund_declined")).one()
    assert "goes back to refunded" in told.text and "the seats stay handed back" in told.text
    assert f"/staff/employers/{orders['refunded'].id}" in told.text


def test_the_worker_sends_what_goes_back(orders, clock):
    db.session.rollback()
    assert refunding.run(clock.now) == []
    db.session.rollback()
    rows = db.session.scalars(select(Refund.status)).all()
    assert rows == ["succeeded"]
