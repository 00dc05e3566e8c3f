"""What happens to money by the rooms' own verbs, and what each report makes of it."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from app.accounts.models import User
from app.admissions.deferring_models import DeferralTier
from app.cohorts.models import Cohort
from app.lib import spreadsheet
from app.lib.database import begin_write, db
from app.payments import actions, checkout, report_tables, staff_actions
from app.payments import employers as money
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Order
from app.payments.payout_models import Payout
from app.payments.standin import BANK_DEBIT
from tests.cast import NOW
from tests.rooms.admissions.bought import Bought
from tests.rooms.payments import by_hand
from tests.rooms.payments.by_hand import scope, totals
from tests.rooms.payments.movers import Mover, another_cohort
from tests.rooms.payments.plans import EACH, TOTAL, Plan
from tests.rooms.payments.purchases import stripe  # noqa: F401

LATER = date(2027, 12, 31)


@pytest.fixture
def pat(cast, clock, stripe):
    return Mover(cast.pat, cast.summer, clock).seated(stripe)


def rows_of(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


# --- revenue --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("won", [True, False])
def test_a_bank_that_contests_takes_no_order_out_of_the_revenue(cast, clock, stripe, won):
    pat = Plan(cast.pat, cast.summer, clock, parts=1).begun(stripe)
    stripe.dispute(stripe.all("payment_intent")[0]["id"])
    assert pat.state()["order"] == "open"  # nothing of its money is with us while the bank decides
    assert totals("revenue", "Revenue") == {"usd": TOTAL}
    by_hand.check_all(scope())
    stripe.close_dispute(stripe.all("dispute")[0]["id"], won=won)
    assert totals("revenue", "Revenue") == {"usd": TOTAL}
    by_hand.check_all(scope())


def test_seats_that_an_employer_never_paid_for_were_never_sold(cast, clock, stripe):
    bought = Bought(cast.sam, cast.summer, clock)
    begin_write()
    money.cancel(db.session.get_one(User, cast.sam), actions.lock_order(bought.order_id), clock.now)
    db.session.commit()
    assert totals("revenue", "Orders") == totals("revenue", "Agreed") == {}
    by_hand.check_all(scope())


def test_an_employer_who_paid_is_counted_once_whoever_claims(cast, clock, stripe):
    bought = Bought(cast.sam, cast.summer, clock).paid(stripe)
    bought.invite("pat@example.com")
    bought.claim(cast.pat, "pat@example.com")
    assert totals("revenue", "Orders") == {"usd": 1}
    assert totals("revenue", "Revenue") == totals("cash", "Net")
    by_hand.check_all(scope())


def test_who_moves_is_in_one_cohort_with_all_their_money(cast, clock, stripe, write, pat):
    with write():
        winter = another_cohort(cast)
    pat.move(cast.sam, winter)
    for name, column in (("revenue", "Revenue"), ("cash", "Net"), ("receivables", "Open in all")):
        assert totals(name, column, scope(cohort_id=cast.summer)) == {}
        assert totals(name, column, scope(cohort_id=winter)) == totals(name, column) != {}
    by_hand.check_all(scope())


# --- receivables ----------------------------------------------------------------------------------------------------


def test_what_a_bank_is_deciding_on_is_not_overdue(cast, clock, stripe, sign_in):
    pat = Plan(cast.pat, cast.summer, clock, parts=1)
    page = pat.go_to_pay()
    stripe.pay(page, BANK_DEBIT)
    checkout.settle(page, clock.now)
    clock.now += timedelta(days=3)
    assert pat.part(1).status == "processing"
    now = scope(last=LATER, now=clock.now)
    assert (totals("receivables", "Overdue", now), totals("receivables", "Open in all", now)) == (
        {},
        {"usd": TOTAL},
    )
    by_hand.check_all(now)
    head, row = rows_of(sign_in(cast.sam).get("/staff/reports/receivables.csv"))
    assert (row[head.index("State")], row[head.index("Overdue")]) == ("Bank is deciding", "no")


def test_a_fee_is_called_what_it_is(cast, stripe, write, pat, sign_in):
    with write():
        winter = another_cohort(cast)
        db.session.add(DeferralTier(cohort_id=cast.summer, until=date(2026, 6, 6), times=1, fee_cents=10_000))
    pat.move(cast.sam, winter)
    rows = rows_of(sign_in(cast.sam).get("/staff/reports/receivables.csv"))
    assert sorted(row[3] for row in rows[1:]) == ["2 of 3", "3 of 3", "Fee for moving"]


def test_what_is_not_at_risk_is_not_said_to_come_by_itself(cast, clock, stripe, sign_in):
    Bought(cast.sam, cast.summer, clock)  # a bill: nothing of it comes by itself
    Plan(cast.pat, cast.summer, clock, parts=6)
    page = sign_in(cast.sam).get("/staff/reports/receivables").text
    assert "Not at risk</span>" in page


@pytest.mark.parametrize(("few", "said"), [(3, False), (2, True)])
def test_what_the_list_of_overdue_leaves_out_is_said_in_each_currency(
    cast, clock, stripe, sign_in, write, monkeypatch, few, said
):
    monkeypatch.setattr("app.payments.report_queries.MOST_LISTED", few)
    for number, currency in enumerate(("usd", "cad", "usd")):
        Bought(cast.sam, cast.summer, clock, seats=1, currency=currency, employer=f"Employer {number}")
    clock.now += timedelta(days=40)
    page = sign_in(cast.sam).get("/staff/reports/receivables").text
    assert page.count(">Employer ") == min(few, 3)
    assert page.count("due first; the files have all") == (2 if said else 0)


# --- the day on which it was ----------------------------------------------------------------------------------------


def test_a_refund_whose_news_was_lost_is_on_the_day_it_was_made(clock, stripe, pat):
    stripe.hold_deliveries = True
    made = clock.now
    stripe.refund(stripe.all("payment_intent")[0]["id"], 10_000)
    clock.now += timedelta(days=2)
    pat.send()
    assert pat.refunds() == [("succeeded", 10_000)]
    day = made.astimezone(by_hand.ZoneInfo(by_hand.ZONE)).date()
    assert totals("refunds", "Sent back", scope(day, day, name="")) == {"usd": 10_000}


@pytest.mark.parametrize(("card", "is_old"), [({}, True), ({"card": BANK_DEBIT}, False)])
def test_a_charge_whose_news_was_lost_is_on_the_day_of_the_charge(cast, clock, stripe, card, is_old):
    stripe.hold_deliveries = True
    pat = Plan(cast.pat, cast.summer, clock, parts=1)
    page, made = pat.go_to_pay(), clock.now
    stripe.pay(page, **card)
    if card:
        stripe.async_pay(page)  # the charge does not say when
    clock.now += timedelta(days=2)
    checkout.settle(page, clock.now)
    at = made if is_old else clock.now
    day = at.astimezone(by_hand.ZoneInfo(by_hand.ZONE)).date()
    assert totals("cash", "Net", scope(day, day, name="")) == {"usd": TOTAL}


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu", "Asia/Tokyo", "America/New_York"])
def test_a_check_is_on_the_day_that_was_typed_wherever_the_cohort_is(cast, clock, stripe, write, zone):
    with write():
        db.session.get_one(Cohort, cast.summer).time_zone = zone
    pat = Plan(cast.pat, cast.summer, clock)
    day = date(2026, 3, 20)
    begin_write()
    sam = db.session.get_one(User, cast.sam)
    order = actions.lock_order(pat.order_id)
    row = staff_actions.enter_payment(sam, order, "check", EACH, day, "1", "", False, clock.now)
    assert row.received_at.astimezone(by_hand.ZoneInfo(zone)).date() == day
    db.session.commit()
    assert totals("cash", "Checks", scope(day, day, name="")) == {"usd": EACH}


# --- payouts, long tables, files ------------------------------------------------------------------------------------


def paid_out(day: int, status: str) -> Payout:
    return Payout(
        stripe_payout_id=f"po_{day}", amount_cents=70_000, currency="usd", status=status, automatic=True, made_at=NOW,
        arrives_on=date(2026, 3, day), looked_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_payout_that_came_back_was_not_paid_out(sign_in, cast, write, status):
    with write():
        db.session.add_all([paid_out(18, status), paid_out(20, "paid")])  # the same money, once more
    assert totals("payouts", "Paid out") == {"usd": 70_000}
    sam = sign_in(cast.sam)
    assert f"{status.capitalize()}, $700 came back" in sam.get("/staff/reports/payouts").text
    assert "Paid out by Stripe in 1 payout." in " ".join(sam.get("/staff/reports").text.split())
    by_hand.check_first_page(scope())


def test_a_long_table_ends_and_its_total_is_of_all(sign_in, cast, write):
    number = report_tables.MOST_DRAWN + 5
    with write():
        for one in range(number):
            order = Order(
                enrollment_id=cast.ana_enrollment, description="A seat", amount_cents=0, currency="usd",
                status="expired", created_at=NOW,
            )  # fmt: skip
            code = DiscountCode(code=f"CODE-{one}", kind="percent", value=10, created_at=NOW)
            db.session.add_all([order, code])
            db.session.flush()
            used = {"code_id": code.id, "order_id": order.id, "user_id": cast.ana, "amount_cents": 100}
            db.session.add(DiscountUse(status="confirmed", at=NOW, **used))
    sam = sign_in(cast.sam)
    page = sam.get("/staff/reports/discounts").text
    assert page.count("CODE-") == report_tables.MOST_DRAWN
    assert f"The first {report_tables.MOST_DRAWN} of {number}" in page
    assert f"${number}<" in page
    assert len(rows_of(sam.get("/staff/reports/discounts.csv"))) == number + 1


def test_all_days_of_one_cohort_begin_with_its_first_money(sign_in, cast, clock, stripe, pat):
    """The form of the page of all days sends them as days that were typed."""
    sam = sign_in(cast.sam)
    all_days = sam.get("/staff/reports/cash?period=all").text
    first = all_days.split('name="from" value="')[1].split('"')[0]
    page = sam.get(f"/staff/reports/cash?from={first}&until=2026-03-25&cohort=summer-2026").text
    assert "$850" in page
    assert "<span>2000</span>" not in page


def test_the_head_of_a_file_is_no_formula_either():
    assert spreadsheet.csv_text(["=1+1", "Name"], []).startswith("\ufeff'=1+1,Name")
