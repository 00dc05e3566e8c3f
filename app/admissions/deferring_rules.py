"""Who may move to another cohort, where to, and by which line of the rule. Pure.

Days are dates of the time zone of the cohort they leave; fees are integer cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.times import day_year
from app.payments.returns import WITHDRAWABLE

# Why somebody moves, as the reports count it.
REASONS = {
    "health": "Health or family",
    "time": "Not enough time now",
    "dates": "The dates do not fit",
    "cohort": "We changed or cancelled the cohort",
    "other": "Something else",
}
NO_RULE = "This cohort has no rule about moving to another one, so it is for you to decide; it costs nothing."
CANCELLED = "The cohort is cancelled: moving to another one costs nothing and is not counted."
TARGETS = frozenset({"open", "draft"})
LONGEST_WHY = 500  # characters
CHANGED = "Something has changed since you opened this page. Here is how it stands now."
CHOOSE = "Choose one of the cohorts on this page."
_TIMES = {1: "once", 2: "twice"}


class Tier(Protocol):
    """Who tells us by the end of this day may move on, so often, for this fee."""

    @property
    def until(self) -> date: ...
    @property
    def times(self) -> int: ...
    @property
    def fee_cents(self) -> int: ...


@dataclass(frozen=True)
class Terms:
    """What the rule says of one person who told us on one day. `within`: it allows the move."""

    clause: str
    fee_cents: int = 0
    within: bool = True


def terms(
    tiers: Iterable[Tier], told_on: date, moved_before: int, cohort_status: str, currency: str = "usd"
) -> Terms:
    """The line of the rule that counts for who told us on this day and has moved so often before.

    Outside the rule staff may make an exception, for the fee of its last line.
    """
    if cohort_status == "cancelled":
        return Terms(CANCELLED)
    rows = sorted(tiers, key=lambda one: one.until)
    if not rows:
        return Terms(NO_RULE)
    row = next((one for one in rows if told_on <= one.until), None)
    if row is None:
        last = rows[-1]
        return Terms(
            f"Who tells us after {day_year(last.until)} stays in this cohort.", last.fee_cents, False
        )
    said = f"Who tells us by {day_year(row.until)} may move to another cohort {_often(row.times)}, "
    said += f"for {money(row.fee_cents, currency)}." if row.fee_cents else "at no cost."
    if moved_before >= row.times:
        return Terms(f"{said} They have moved {_often(moved_before)} already.", row.fee_cents, False)
    return Terms(said, row.fee_cents)


def _often(times: int) -> str:
    return _TIMES.get(times, f"{times} times")


def check_place(enrollment_status: str, name: str) -> None:
    """Raise Refused for somebody who has no place to move."""
    if enrollment_status not in WITHDRAWABLE:
        raise Refused(f"{name}'s place is {enrollment_status}, so there is nothing to move.")


def check_target(sales: str, title: str, last_day: date, today: date) -> None:
    """Raise Refused for a cohort that nobody can go on in."""
    if sales not in TARGETS or last_day < today:
        raise Refused(f"{title} is {'over' if last_day < today else sales}. {CHOOSE}", field="to")


def check_why(reason: str, found: Terms, exception: str) -> None:
    """Raise Refused without a reason, or outside the rule without saying why this is an exception."""
    if reason not in REASONS:
        raise Refused("Choose the reason that fits best.", field="reason")
    if not found.within and not exception:
        raise Refused(
            "The rule does not allow this. Say in a sentence why you make an exception.", "exception"
        )
    if len(exception) > LONGEST_WHY:
        raise Refused(f"Keep it to {LONGEST_WHY} characters.", field="exception")


def check_over(why_over: str, title: str, waited_for: bool) -> str:
    """The reason for a seat that the capacity, or who waits in line, does not leave. Raises Refused without one."""
    full = f"Every seat of {title} that is free is waited for." if waited_for else f"{title} is full."
    if not why_over:
        raise Refused(f"{full} Say in a sentence why they get a seat all the same.", field="why_over")
    if len(why_over) > LONGEST_WHY:
        raise Refused(f"Keep the reason to {LONGEST_WHY} characters.", field="why_over")
    return why_over
