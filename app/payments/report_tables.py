"""What every report is made of: tables of one currency each, whose totals are the sums of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from app.lib import charts, spreadsheet
from app.payments.report_rules import Period

SUMMED = ("count", "money")
MOST_DRAWN = 100  # rows of a table on its page; the files have all


@dataclass(frozen=True)
class Column:
    """`kind`: 'text', 'day', 'month', 'year', 'count' or 'money' (cents). `note` is said in the head of a file."""

    label: str
    kind: str = "text"
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of plain values, in the order of the columns. Amounts are cents of the table's one currency."""

    currency: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    title: str = ""
    note: str = ""  # one sentence below
    bars: tuple[int, ...] = ()  # columns whose amounts are drawn as one bar: solid, tinted, outlined
    chart: charts.Bars | None = None
    chart_ends: tuple[str, str] = ("", "")  # the words below its first and its last bar
    chart_words: tuple[str, ...] = ()  # what is solid, what is tinted or hangs below
    leads_to: str = ""  # the endpoint that the first cell of each row leads to
    links: Sequence[dict[str, int]] = ()  # what is in its address
    is_open_list: bool = False  # the latest of many: no total, it would not be one

    @property
    def total(self) -> tuple[Any, ...]:
        """The sum of every column of numbers; empty text below the others."""
        return tuple(
            sum(row[place] for row in self.rows) if column.kind in SUMMED else ""
            for place, column in enumerate(self.columns)
        )

    @property
    def drawn(self) -> Sequence[tuple[Any, ...]]:
        """The rows that the page shows; its total is that of all."""
        return self.rows[:MOST_DRAWN]

    @property
    def longest(self) -> int:
        """What the whole width of a bar stands for."""
        return max((sum(max(0, row[place]) for place in self.bars) for row in self.rows), default=0)

    def bar(self, row: tuple[Any, ...]) -> list[tuple[float, float]]:
        """Where each part of this row's bar begins and how wide it is, in percent."""
        return charts.shares([row[place] for place in self.bars], self.longest)

    @property
    def file_head(self) -> list[str]:
        """The columns' names with the currency of amounts and the zone of days."""
        return [self._named(column) for column in self.columns]

    def _named(self, column: Column) -> str:
        said = self.currency.upper() if column.kind == "money" else column.note
        return f"{column.label} ({said})" if said else column.label

    @property
    def file_rows(self) -> list[list[Any]]:
        """The rows with amounts as numbers."""
        kinds = [column.kind for column in self.columns]
        return [
            [
                spreadsheet.amount(value) if kind == "money" else value
                for kind, value in zip(kinds, row, strict=True)
            ]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Scope:
    """What a report is asked for."""

    period: Period
    cohort_id: int | None
    zone: str  # the institute's
    now: datetime
    today: date  # in that zone


@dataclass(frozen=True)
class Report:
    """One report: its name in the address, its title, and the sentence that says what counts, as of when."""

    name: str
    title: str
    says: str
    tables: Callable[[Scope], list[Table]]
    lines: Callable[[Scope], list[Table]]  # what the files hold, one table for each currency
    by_period: bool = True
    by_cohort: bool = True
    empty: str = "Nothing in these days."


def of_currency(tables: Sequence[Table], currency: str) -> Table | None:
    """The table of this currency, or the first there is."""
    return next((one for one in tables if one.currency == currency), tables[0] if tables else None)


def by_currency(rows: Iterable[Row[Any]]) -> dict[str, list[Row[Any]]]:
    """The rows of each currency, US dollars first."""
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.currency, []).append(row)
    return dict(sorted(found.items(), key=lambda one: (one[0] != "usd", one[0])))
