"""Every report beside a plain sum over the rows: whatever the ledger, and whatever moment of its life."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.cohorts.models import Cohort
from app.lib.database import db
from app.payments import report_queries, schedule
from app.payments.discount_models import DiscountUse
from app.payments.models import Installment, Order, Payment, Refund
from app.payments.report_rules import FIRST_DAY, Period
from app.payments.report_tables import Scope, Table
from app.payments.reports import REPORTS
from tests.cast import NOW

ZONE = "America/New_York"
TODAY = date(2026, 3, 25)
Sums = dict[str, int]  # currency → cents
HEADLINES = {
    "receivables": "Open in all", "revenue": "Revenue", "discounts": "Taken off", "refunds": "Sent back",
    "payouts": "Paid out",
}  # fmt: skip


def scope(
    first: date = FIRST_DAY,
    last: date = TODAY,
    cohort_id: int | None = None,
    name: str = "all",
    now: datetime = NOW,
) -> Scope:
    return Scope(Period(name, first, last), cohort_id, ZONE, now, now.astimezone(ZoneInfo(ZONE)).date())


def totals(name: str, column: str, within: Scope | None = None, lines: bool = False) -> Sums:
    """The sum in this column of a report, by currency."""
    report = REPORTS[name]
    found: Counter[str] = Counter()
    for table in (report.lines if lines else report.tables)(within or scope()):
        if not table.is_open_list:
            found[table.currency] += table.total[[one.label for one in table.columns].index(column)]
    db.session.rollback()
    return {currency: cents for currency, cents in found.items() if cents}


def summed(rows: Iterable[tuple[str, int]]) -> Sums:
    found: Counter[str] = Counter()
    for currency, cents in rows:
        found[currency] += cents
    return {currency: cents for currency, cents in found.items() if cents}


def every(kind: Any) -> list[Any]:
    return list(db.session.scalars(select(kind).execution_options(populate_existing=True)))


def every_part(order: Order) -> list[Installment]:
    query = select(Installment).where(Installment.order_id == order.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def arrived() -> list[Payment]:
    return [one for one in every(Payment) if one.status == "succeeded"]


def gone() -> list[Refund]:
    return [one for one in every(Refund) if one.status in ("sent", "succeeded")]


def standing() -> list[Order]:
    """Orders of which something may still come."""
    return [one for one in every(Order) if one.status in ("open", "part paid", "paid")]


def agreed() -> list[Order]:
    """Orders that money came for, whatever became of it, or that were paid without any; not those let go."""
    paid = {one.order_id for one in arrived()}
    return [
        one for one in every(Order) if one.status != "expired" and (one.id in paid or one.paid_at is not None)
    ]


def whole(tables: list[Table]) -> bool:
    return all(isinstance(value, int) for table in tables for value in table.total if value != "")


# --- each report ----------------------------------------------------------------------------------------------------


def check_cash(within: Scope) -> None:
    paid = [(one.currency, one.amount_cents) for one in arrived()]
    back = [(one.payment.currency, -one.amount_cents) for one in gone()]
    assert (
        totals("cash", "Net", within) == totals("cash", "Net", within, lines=True) == summed([*paid, *back])
    )
    for way, source in (("Stripe", "stripe"), ("Checks", "check"), ("Transfers", "transfer")):
        here = summed((one.currency, one.amount_cents) for one in arrived() if one.source == source)
        assert totals("cash", way, within) == here
    assert whole(REPORTS["cash"].tables(within))
    _check_days(within)


def _check_days(within: Scope) -> None:
    zone = ZoneInfo(within.zone)
    by_hand: Counter[tuple[date, str]] = Counter()
    for one in arrived():
        by_hand[one.received_at.astimezone(zone).date(), one.currency] += one.amount_cents
    for one in gone():
        by_hand[one.sent_at.astimezone(zone).date(), one.payment.currency] -= one.amount_cents
    tables = REPORTS["cash"].lines(within)
    db.session.rollback()
    found = {(row[0], table.currency): row[-1] for table in tables for row in table.rows}
    assert {key: cents for key, cents in found.items() if cents} == {k: c for k, c in by_hand.items() if c}


def check_receivables(within: Scope) -> None:
    by_cohort: dict[int, list[tuple[str, int, int]]] = {}
    for order in standing():
        parts = every_part(order)
        late = [one for one in parts if schedule.is_overdue(one.due_on, one.status, within.today)]
        sums = (order.currency, schedule.pay_off_cents(parts), schedule.pay_off_cents(late))
        by_cohort.setdefault(order.cohort.id, []).append(sums)
    everywhere = [one for rows in by_cohort.values() for one in rows]
    for cohort_id, rows in [(None, everywhere), *by_cohort.items()]:
        here = replace(within, cohort_id=cohort_id)
        left = summed((one, cents) for one, cents, _late in rows)
        assert totals("receivables", "Open in all", here) == left
        assert totals("receivables", "Open", here, lines=True) == left
        assert totals("receivables", "Overdue", here) == summed((one, cents) for one, _all, cents in rows)
        assert _said_to_be_late(here) == totals("receivables", "Overdue", here)
    assert whole(REPORTS["receivables"].tables(within))


def _said_to_be_late(within: Scope) -> Sums:
    """What the file calls overdue."""
    tables = REPORTS["receivables"].lines(within)
    db.session.rollback()
    names = [one.label for one in tables[0].columns] if tables else []
    return summed(
        (table.currency, row[names.index("Open")])
        for table in tables
        for row in table.rows
        if row[names.index("Overdue")]
    )


def check_revenue(within: Scope) -> None:
    counted = agreed()
    by_hand = summed((one.currency, schedule.owed_cents(one.price_cents, every_part(one))) for one in counted)
    assert totals("revenue", "Revenue", within) == by_hand
    assert totals("revenue", "Agreed", within) == summed((one.currency, one.amount_cents) for one in counted)
    orders = Counter(one.currency for one in counted)
    assert totals("revenue", "Orders", within) == orders
    parts = [totals("revenue", name, within) for name in ("Agreed", "Credited", "Waived, cancelled")]
    assert summed(pair for one in parts for pair in one.items()) == by_hand


def check_discounts_and_refunds(within: Scope) -> None:
    currency_of = {one.id: one.currency for one in every(Order)}
    used = [one for one in every(DiscountUse) if one.status != "given back"]
    off = summed((currency_of[one.order_id], one.amount_cents) for one in used)
    assert totals("discounts", "Taken off", within) == off
    back = summed((one.payment.currency, one.amount_cents) for one in gone())
    assert totals("refunds", "Sent back", within) == back
    assert all(whole(REPORTS[name].tables(within)) for name in ("revenue", "discounts", "refunds"))


def check_first_page(within: Scope) -> None:
    found: dict[str, Sums] = {}
    for row in report_queries.headlines(within):
        if row.cents:
            found.setdefault(row.name, {})[row.currency] = row.cents
    db.session.rollback()
    for name, column in HEADLINES.items():
        assert found.get(name, {}) == totals(name, column, within), name
    assert found.get("cash", {}) == summed((one.currency, one.amount_cents) for one in arrived())


def check_cohorts(within: Scope) -> None:
    """The cohorts together are everything, and nobody is in two of them."""
    cohort_ids = list(db.session.scalars(select(Cohort.id)))
    for name, column in (HEADLINES | {"cash": "Net"}).items():
        if REPORTS[name].by_cohort:
            parts = [totals(name, column, replace(within, cohort_id=one)) for one in cohort_ids]
            assert totals(name, column, within) == summed(pair for one in parts for pair in one.items()), name


def check_all(within: Scope) -> None:
    for check in (
        check_cash, check_receivables, check_revenue, check_discounts_and_refunds, check_first_page, check_cohorts,
    ):  # fmt: skip
        check(within)
