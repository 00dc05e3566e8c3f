"""New days for what is still to be paid by somebody who moves to another cohort. Pure.

Amounts are integer cents of the order's currency. Days are dates of the new cohort's time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.lib.refusal import Refused
from app.lib.times import day_year
from app.payments import schedule


class Planned(schedule.Part, Protocol):
    """One installment of an order. `name`: what it is for, where it is no part of the plan."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Moved:
    """One installment that is still to be paid, with its day before and after."""

    number: int
    before: date
    due_on: date
    cents: int  # what is left of it


def months_between(old_start: date, new_start: date) -> int:
    """Whole months from one start to the other; 0 when the new cohort does not start later."""
    months = (new_start.year - old_start.year) * 12 + new_start.month - old_start.month
    if schedule.add_months(old_start, months) > new_start:
        months -= 1
    return max(0, months)


def rebased(parts: Sequence[Planned], old_start: date, new_start: date, last_day: date) -> list[Moved]:
    """Every part of the plan that is still to be paid, on its day in the new cohort, in order.

    All move by the same whole months, as many as lie between the starts and as leave the last one on or before the
    new cohort's `last_day`; so no day comes nearer than was agreed. Raises Refused where even the agreed days are too
    late.
    """
    left = [one for one in parts if schedule.left_of(one) and not one.name]
    too_late = [one.due_on for one in left if one.due_on > last_day]
    if too_late:
        raise Refused(
            f"An installment is due on {day_year(max(too_late))}, after that cohort has ended on "
            f"{day_year(last_day)}. Move its day or settle it first.",
            field="to",
        )
    months = months_between(old_start, new_start)
    while months and any(_shifted(parts, one, months) > last_day for one in left):
        months -= 1
    return [
        Moved(one.number, one.due_on, _shifted(parts, one, months), schedule.left_of(one)) for one in left
    ]


def _shifted(parts: Sequence[Planned], part: Planned, months: int) -> date:
    """So many months later: counted from the first each time, unless somebody has moved this one's day by hand."""
    first = min(parts, key=lambda one: one.number)
    planned = part.number - first.number
    if part.due_on == schedule.add_months(first.due_on, planned):
        return schedule.add_months(first.due_on, planned + months)
    return schedule.add_months(part.due_on, months)
