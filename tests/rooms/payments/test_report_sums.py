"""Every total equals the ledger, whatever the ledger: sums of the reports against sums made by hand, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import select

from app.lib.database import db
from app.lib.local_days import changes
from app.payments import report_queries, schedule
from app.payments.discount_models import DiscountUse
from app.payments.models import Installment, Order, Payment, Refund
from app.payments.report_rules import FIRST_DAY, Period
from app.payments.report_tables import Scope, Table
from app.payments.reports import REPORTS
from tests.cast import NOW
from tests.rooms.payments import ledgers

ZONE = "America/New_York"
TODAY = date(2026, 3, 25)
random_ledgers = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def scope(
    first: date = FIRST_DAY, last: date = TODAY, cohort_id: int | None = None, name: str = "all"
) -> Scope:
    return Scope(Period(name, first, last), cohort_id, ZONE, NOW, TODAY)


def totals(name: str, column: str, within: Scope | None = None, lines: bool = False) -> dict[str, int]:
    """Currency → the sum in this column of a report."""
    report = REPORTS[name]
    found: Counter[str] = Counter()
    for table in (report.lines if lines else report.tables)(within or scope()):
        if not table.is_open_list:
            found[table.currency] += table.total[[one.label for one in table.columns].index(column)]
    db.session.rollback()
    return {currency: cents for currency, cents in found.items() if cents}


def summed(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for currency, cents in rows:
        found[currency] += cents
    return {currency: cents for currency, cents in found.items() if cents}


def every(kind: Any) -> list[Any]:
    return list(db.session.scalars(select(kind).execution_options(populate_existing=True)))


def arrived() -> list[Payment]:
    return [one for one in every(Payment) if one.status == "succeeded"]


def gone() -> list[Refund]:
    return [one for one in every(Refund) if one.status in ("sent", "succeeded")]


def whole(tables: list[Table]) -> bool:
    return all(isinstance(value, int) for table in tables for value in table.total if value != "")


@pytest.fixture
def books(app, cast):
    """`books(ledger)` puts that ledger, and nothing else, into the books."""

    def fill(ledger: list[ledgers.Bought]) -> None:
        ledgers.clear()
        ledgers.write(cast, ledger)

    return fill


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_cash_of_all_days_is_payments_less_refunds(books, ledger):
    books(ledger)
    paid = [(one.currency, one.amount_cents) for one in arrived()]
    back = [(one.payment.currency, -one.amount_cents) for one in gone()]
    assert totals("cash", "Net") == totals("cash", "Net", lines=True) == summed([*paid, *back])
    for way, source in (("Stripe", "stripe"), ("Checks", "check"), ("Transfers", "transfer")):
        assert totals("cash", way) == summed(
            (o.currency, o.amount_cents) for o in arrived() if o.source == source
        )
    assert whole(REPORTS["cash"].tables(scope()))


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_each_day_has_the_cash_of_that_day_in_the_zone(books, ledger):
    books(ledger)
    by_hand: Counter[tuple[date, str]] = Counter()
    for one in arrived():
        by_hand[ledgers.day_in(ZoneInfo(ZONE), one.received_at), one.currency] += one.amount_cents
    for one in gone():
        by_hand[ledgers.day_in(ZoneInfo(ZONE), one.sent_at), one.payment.currency] -= one.amount_cents
    tables = REPORTS["cash"].lines(scope())
    db.session.rollback()
    found = {(row[0], table.currency): row[-1] for table in tables for row in table.rows}
    assert {place: cents for place, cents in found.items() if cents} == {
        p: c for p, c in by_hand.items() if c
    }
    month = scope(date(2026, 3, 1), date(2026, 3, 8), name="")
    inside = summed(
        (currency, c) for (day, currency), c in by_hand.items() if date(2026, 3, 1) <= day <= date(2026, 3, 8)
    )
    assert totals("cash", "Net", month) == inside


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_receivables_are_what_is_owed_less_what_was_received(books, cast, ledger):
    books(ledger)
    open_orders = [one for one in every(Order) if one.status in ("open", "part paid", "paid")]
    to_come = {}
    for order in open_orders:
        parts = every_part(order)
        to_come[order.id] = schedule.pay_off_cents(parts)
        covered = sum(one.covered_cents for one in parts)
        assert (
            to_come[order.id] == schedule.owed_cents(order.amount_cents, parts) - covered
        )  # owed - received
    by_hand = summed((order.currency, to_come[order.id]) for order in open_orders)
    assert totals("receivables", "Open in all") == totals("receivables", "Open", lines=True) == by_hand
    late = summed(
        (order.currency, schedule.left_of(part))
        for order in open_orders
        for part in every_part(order)
        if part.due_on < TODAY
    )
    assert totals("receivables", "Overdue") == late
    for cohort_id in (cast.spring, cast.autumn):
        inside = summed(
            (order.currency, to_come[order.id]) for order in open_orders if order.cohort.id == cohort_id
        )
        assert totals("receivables", "Open in all", scope(cohort_id=cohort_id)) == inside
    assert whole(REPORTS["receivables"].tables(scope()))


def every_part(order: Order) -> list[Installment]:
    query = select(Installment).where(Installment.order_id == order.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_revenue_discounts_and_refunds_are_the_ledgers(books, ledger):
    books(ledger)
    counted = [one for one in every(Order) if one.status in report_queries.AGREED]
    by_hand = summed((one.currency, schedule.owed_cents(one.price_cents, every_part(one))) for one in counted)
    assert totals("revenue", "Revenue") == by_hand
    agreed, credited, waived = (
        totals("revenue", name) for name in ("Agreed", "Credited", "Waived, cancelled")
    )
    for currency, cents in by_hand.items():
        assert cents == agreed[currency] + credited.get(currency, 0) + waived.get(currency, 0)
    used = [one for one in every(DiscountUse) if one.status != "given back"]
    currency_of = {one.id: one.currency for one in every(Order)}
    assert totals("discounts", "Taken off") == summed((currency_of[o.order_id], o.amount_cents) for o in used)
    assert totals("refunds", "Sent back") == summed((o.payment.currency, o.amount_cents) for o in gone())
    assert all(whole(REPORTS[name].tables(scope())) for name in ("revenue", "discounts", "refunds"))


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_the_figures_of_the_first_page_are_those_of_the_reports(books, ledger):
    books(ledger)
    found: dict[str, dict[str, int]] = {}
    for row in report_queries.headlines(scope()):
        if row.cents:
            found.setdefault(row.name, {})[row.currency] = row.cents
    db.session.rollback()
    assert found.get("receivables", {}) == totals("receivables", "Open in all")
    assert found.get("revenue", {}) == totals("revenue", "Revenue")
    assert found.get("discounts", {}) == totals("discounts", "Taken off")
    assert found.get("refunds", {}) == totals("refunds", "Sent back")
    assert found.get("cash", {}) == summed((one.currency, one.amount_cents) for one in arrived())


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_the_cohorts_together_are_everything(books, cast, ledger):
    books(ledger)
    for name, column in (
        ("cash", "Net"), ("receivables", "Open in all"), ("revenue", "Revenue"), ("refunds", "Sent back"),
    ):  # fmt: skip
        parts = [totals(name, column, scope(cohort_id=one)) for one in (cast.spring, cast.autumn)]
        assert totals(name, column) == summed(pair for part in parts for pair in part.items()), name


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_the_offsets_of_a_zone_are_found_to_the_second(zone):
    turns, last = changes(zone, date(2025, 1, 1), date(2026, 12, 31))
    assert [at.minute % 30 + at.second for at, _before in turns] == [0] * len(turns)
    for at, before in turns:
        local = at.astimezone(ZoneInfo(zone))
        assert local.utcoffset().total_seconds() != before  # type: ignore[union-attr]
    assert len(turns) == (4 if zone in ("America/New_York", "Australia/Lord_Howe") else 0)
    assert last == {"America/New_York": -18_000, "Australia/Lord_Howe": 39_600, "Asia/Kathmandu": 20_700}.get(
        zone, 0
    )
