"""The reports that go by time: cash, day by day, and what is still to come, month by month."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row

from app.lib import charts
from app.lib.local_days import day_of
from app.payments import report_queries as queries
from app.payments import report_rules as rules
from app.payments import schedule
from app.payments.report_tables import Column, Scope, Table, by_currency

WAYS = ("stripe", "check", "transfer", "back stripe", "back by hand")
SHORTEST = 6  # bars; fewer say less than the table
STATES = {"scheduled": "Scheduled", "due": "Due", "processing": "Bank is deciding", "failed": "Charge failed"}


def _chart(sums: dict[date, tuple[int, int, int]], places: list[date], step: str) -> dict[str, Any]:
    """What a table needs to be drawn over time: sums (solid, tinted, below) by the first day of their line."""
    if len(places) < SHORTEST:
        return {}
    columns = [sums.get(place, (0, 0, 0)) for place in places]
    return {
        "chart": charts.bars(*(list(one) for one in zip(*columns, strict=True))),
        "chart_ends": (_end(places[0], step), _end(places[-1], step)),
    }


def _end(day: date, step: str) -> str:
    """'Nov 1', 'Nov 2026' or '2026'"""
    return f"{day:%b} {day.day}" if step == "day" else f"{day:%b %Y}" if step == "month" else str(day.year)


# --- cash -----------------------------------------------------------------------------------------------------------


def _cash_table(scope: Scope, currency: str, rows: list[Row[Any]], step: str) -> Table:
    lines: dict[date, dict[str, int]] = {}
    for row in rows:
        line = lines.setdefault(rules.begins(day_of(row.day), step), dict.fromkeys(WAYS, 0))
        line[row.way] += row.cents
    sums = {
        day: (sum(one[way] for way in WAYS[:3]), 0, one["back stripe"] + one["back by hand"])
        for day, one in lines.items()
    }
    first = min(lines) if scope.period.first == rules.FIRST_DAY else scope.period.first
    ways = ("Stripe", "Checks", "Transfers", "Back by Stripe", "Back by hand", "Net")
    return Table(
        currency,
        (Column(step.capitalize(), step, scope.zone), *(Column(way, "money") for way in ways)),
        [
            (
                day,
                *(one[way] for way in WAYS[:3]),
                *(-one[way] for way in WAYS[3:]),
                sums[day][0] - sums[day][2],
            )
            for day, one in sorted(lines.items(), reverse=True)
        ],
        chart_words=("Received", "", "Sent back"),
        **_chart(sums, rules.places(first, scope.period.last, step), step),
    )


def cash(scope: Scope) -> list[Table]:
    step = scope.period.step
    return [_cash_table(scope, *one, step) for one in by_currency(queries.cash(scope)).items()]


def cash_lines(scope: Scope) -> list[Table]:
    return [_cash_table(scope, *one, "day") for one in by_currency(queries.cash(scope)).items()]


# --- receivables ----------------------------------------------------------------------------------------------------


def receivables(scope: Scope) -> list[Table]:
    listed = queries.open_installments(scope, only_urgent=True)
    is_cut, urgent = len(listed) > queries.MOST_LISTED, by_currency(listed[: queries.MOST_LISTED])
    found = []
    for currency, rows in by_currency(queries.receivables(scope)).items():
        found.append(_by_cohort(currency, rows))
        if currency in urgent:
            found.append(_urgent(scope, currency, urgent[currency], is_cut))
    return found


def _by_cohort(currency: str, rows: list[Row[Any]]) -> Table:
    sums: dict[str, list[int]] = {}
    months: dict[date, tuple[int, int, int]] = {}
    for row in rows:
        here = (row.late, row.soon, row.later, row.late + row.soon + row.later, row.risk)
        sums[row.cohort] = [a + b for a, b in zip(sums.get(row.cohort, [0] * 5), here, strict=True)]
        month = rules.begins(row.due_on, "month")
        sure, risky, _ = months.get(month, (0, 0, 0))
        months[month] = (sure + here[3] - row.risk, risky + row.risk, 0)
    days = [day for day, cents in months.items() if any(cents)]
    places = rules.places(min(days), max(days), "month") if days else []
    columns = ("Overdue", f"Due in {queries.DUE_SOON} days", "Later", "Open in all", "At risk of it")
    return Table(
        currency,
        (Column("Cohort"), *(Column(one, "money") for one in columns)),
        [(cohort, *cents) for cohort, cents in sums.items() if any(cents)],
        bars=(1, 2, 3),
        chart_words=("Not at risk", "At risk", ""),
        note="Each bar: overdue, then due soon, then later.",
        **_chart(months, places, "month"),
    )


def _urgent(scope: Scope, currency: str, rows: list[Row[Any]], is_cut: bool) -> Table:
    return Table(
        currency,
        (Column("Payer"), Column("Cohort"), Column("Due", "day"), Column("Why"), Column("Open", "money")),
        [(row.name, row.cohort, row.due_on, _why(scope, row), row.cents) for row in rows],
        title="Overdue or at risk",
        leads_to="money.order",
        links=[{"order_id": row.order_id} for row in rows],
        note=f"The {queries.MOST_LISTED} due first; the files have all." if is_cut else "",
        is_open_list=True,
    )


def _why(scope: Scope, row: Row[Any]) -> str:
    risk = rules.risk(row.enrollment_status, row.has_failed, row.card_ends_on, row.due_on)
    said = ["overdue"] if schedule.is_overdue(row.due_on, row.status, scope.today) else []
    return ", ".join([*said, *([rules.RISKS[risk]] if risk else [])]).capitalize()


def receivable_lines(scope: Scope) -> list[Table]:
    columns = (
        Column("Due", "day", "cohort’s time zone"), Column("Payer"), Column("Cohort"), Column("Installment"),
        Column("State"), Column("Overdue"), Column("At risk"), Column("Order", "count"), Column("Open", "money"),
    )  # fmt: skip
    return [
        Table(currency, columns, [_receivable_line(scope, row) for row in rows])
        for currency, rows in by_currency(queries.open_installments(scope)).items()
    ]


def _receivable_line(scope: Scope, row: Row[Any]) -> tuple[Any, ...]:
    risk = rules.risk(row.enrollment_status, row.has_failed, row.card_ends_on, row.due_on)
    which, state = row.what or f"{row.number} of {row.installments}", STATES[row.status]
    late = schedule.is_overdue(row.due_on, row.status, scope.today)
    return (
        row.due_on,
        row.name,
        row.cohort,
        which,
        state,
        late,
        rules.RISKS.get(risk, ""),
        row.order_id,
        row.cents,
    )
