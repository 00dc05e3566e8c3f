"""The days a report is about, and how its lines are drawn together. Pure. Days are days of the institute's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.lib.refusal import Refused
from app.lib.times import day_year
from app.payments.schedule import add_months

PERIODS = {
    "month": "This month",
    "last-month": "Last month",
    "quarter": "This quarter",
    "last-quarter": "Last quarter",
    "year": "This year",
    "last-year": "Last year",
    "all": "All time",
}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
A_DAY = timedelta(days=1)
DAILY, MONTHLY = 92, 366 * 5  # up to so many days a report goes by day, by month; by year beyond
BAD_DAY = "Give a day, such as 2026-03-31."
TURNED = "The last day comes before the first one. Please turn them round."
RISKS = {
    "suspended": "suspended",
    "grace": "in grace",
    "failed": "charge failed",
    "card": "card ends before",
}


@dataclass(frozen=True)
class Period:
    """Both days included. `name` is the choice it came from; empty where the days were typed."""

    name: str
    first: date
    last: date

    @property
    def words(self) -> str:
        """'Sun, Mar 1, 2026 to Tue, Mar 31, 2026'"""
        if self.name == "all":
            return f"all days up to {day_year(self.last)}"
        if self.first == self.last:
            return day_year(self.first)
        return f"{day_year(self.first)} to {day_year(self.last)}"

    @property
    def step(self) -> str:
        """'day', 'month' or 'year': what one line of the page stands for."""
        days = (self.last - self.first).days + 1
        return "day" if days <= DAILY else "month" if days <= MONTHLY else "year"


def period_of(typed: Mapping[str, str], today: date) -> Period:
    """The period that was chosen, or the days from `from` until `until`; this month where nothing was.

    Raises Refused at the day that is none.
    """
    name = typed.get("period", "")
    if name not in PERIODS and (typed.get("from") or typed.get("until")):
        return _typed(typed)
    return _named(name if name in PERIODS else "month", today)


def _named(name: str, today: date) -> Period:
    if name == "all":
        return Period(name, FIRST_DAY, today)
    months = {"month": 1, "quarter": 3, "year": 12}[name.removeprefix("last-")]
    begun = date(today.year, (today.month - 1) // months * months + 1, 1)
    if name.startswith("last-"):
        return Period(name, add_months(begun, -months), begun - A_DAY)
    return Period(name, begun, today)


def _typed(typed: Mapping[str, str]) -> Period:
    first, last = _day(typed.get("from", ""), "from"), _day(typed.get("until", ""), "until")
    if last < first:
        raise Refused(TURNED, "until")
    return Period("", first, last)


def _day(text: str, field: str) -> date:
    text = text.strip()
    if len(text) == 10 and text.isascii():
        try:
            found = date.fromisoformat(text)
        except ValueError:
            found = None
        if found is not None and FIRST_DAY <= found <= LAST_DAY:
            return found
    raise Refused(BAD_DAY, field)


def begins(day: date, step: str) -> date:
    """The first day of the line that this day belongs to."""
    return day if step == "day" else day.replace(day=1) if step == "month" else date(day.year, 1, 1)


def following(day: date, step: str) -> date:
    """The first day of the line after the one that begins on this day."""
    return day + A_DAY if step == "day" else add_months(day, 1 if step == "month" else 12)


def places(first: date, last: date, step: str) -> list[date]:
    """The first day of every line from the one to the other, those without money too."""
    found, day = [], begins(first, step)
    while day <= last:
        found.append(day)
        day = following(day, step)
    return found


def risk(enrollment_status: str, has_failed: bool, card_ends_on: date | None, due_on: date) -> str:
    """Why an installment may not come by itself, as a key of RISKS; '' where nothing speaks against it."""
    if enrollment_status in ("suspended", "grace"):
        return enrollment_status
    if has_failed:
        return "failed"
    return "card" if card_ends_on is not None and card_ends_on < due_on else ""
