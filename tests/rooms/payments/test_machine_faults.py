"""Faults that the machine and the walks through the news have found, each by its name."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.admissions.jobs import sweep_seats
from app.lib.database import db
from app.payments.event_models import MoneyAlert
from app.payments.jobs import compare_with_stripe, send_refunds
from app.payments.models import Order
from tests.rooms.admissions.offers import offered
from tests.rooms.payments.machine_books import check_quiet
from tests.rooms.payments.machine_histories import seat_is_let_go
from tests.rooms.payments.machine_people import Person, all_jobs, set_prices
from tests.rooms.payments.purchases import stripe  # noqa: F401


@pytest.fixture
def pat(cast, clock, stripe):
    set_prices(cast.summer)
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    return Person(cast.pat, cast, stripe, clock)


def test_late_money_for_a_seat_that_was_taken_anew(pat, clock, stripe, caplog):
    """Paid on the page of an order that was let go, after pressing the button once more: the order under way is the one
    that counts, and a person is told of the money, instead of a fault on the page and at each sweep."""
    page = pat.presses()
    seat_is_let_go([pat])
    again = pat.presses()
    stripe.pay(page)
    pat.comes_back()
    sweep_seats(clock.now)
    assert "failed" not in caplog.text
    db.session.rollback()
    assert sorted(db.session.scalars(select(Order.status))) == ["expired", "open"]
    assert list(db.session.scalars(select(MoneyAlert.kind))) == ["paid late"]
    db.session.rollback()
    stripe.pay(again)
    assert sorted(db.session.scalars(select(Order.status))) == ["expired", "paid"]


@pytest.mark.parametrize("of_whom", ["dashboard", "dispute"])
def test_what_ends_weeks_later_and_is_never_told_is_found_at_night(pat, clock, stripe, of_whom):
    """A refund may fail, and a dispute be decided, weeks after it was made; the news of it may be lost."""
    stripe.hold_deliveries = True
    stripe.pay(pat.presses())
    pat.comes_back()
    (intent,) = pat.intents()
    if of_whom == "dashboard":
        stripe.refund(intent, 20000)
    else:
        stripe.dispute(intent)
    all_jobs(clock.now)
    clock.move(days=20)
    if of_whom == "dashboard":
        stripe.fail_refund(stripe.all("refund")[0]["id"])
    else:
        stripe.close_dispute(stripe.all("dispute")[0]["id"], won=True)
    send_refunds(clock.now)
    with pytest.raises(AssertionError):
        check_quiet(stripe)
    compare_with_stripe(clock.now)
    check_quiet(stripe)
