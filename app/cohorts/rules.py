"""Dates and access of a cohort. The one place that computes an effective date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.lib import times
from app.lib.refusal import Refused

# May write and submit; may still read and export; see DESIGN §5.
WORKING = frozenset({"active", "grace"})
# At work in the cohort, done with it, or able to come back to it.
PRESENT = WORKING | {"completed", "suspended", "paused"}
READING = WORKING | {"completed", "suspended", "paused", "deferred", "withdrawn"}


@dataclass(frozen=True)
class ModuleDates:
    """When a module opens and when its work is due, as instants (UTC)."""

    opens_at: datetime
    due_at: datetime
    closes_at: datetime | None = None  # of a system that grows until the end: its last version

    def is_open(self, now: datetime) -> bool:
        return now >= self.opens_at


def module_dates(
    starts_on: date,
    shift_days: int,
    zone: str,
    opens_day: int,
    due_day: int,
    release_time: str,
    due_time: str,
    extension_days: int = 0,
    closes_day: int | None = None,
) -> ModuleDates:
    """Cohort start + offset + cohort shift (+ personal extension for what is due), at the cohort's wall clock."""
    first = starts_on + timedelta(days=shift_days)
    last = None if closes_day is None else first + timedelta(days=closes_day + extension_days)
    return ModuleDates(
        opens_at=times.at(first + timedelta(days=opens_day), release_time, zone),
        due_at=times.at(first + timedelta(days=due_day + extension_days), due_time, zone),
        closes_at=times.at(last, due_time, zone) if last else None,
    )


def week_of(starts_on: date, shift_days: int, today: date) -> int:
    """The week of the cohort on that day: 1 is the week that begins on the start date, 0 and less lie before."""
    return (today - starts_on - timedelta(days=shift_days)).days // 7 + 1


# --- more time for one person ---------------------------------------------------------------------------------

AT_A_TIME = 14  # days a coach may add at a time
LONGEST_EXTENSION = 365  # days


@dataclass(frozen=True)
class Held:
    """An extension in force: days added, and why, as granter and participant both read it."""

    days: int = 0
    reason: str = ""
    by: str = ""


def held_extension(extensions: Mapping[str, Mapping[str, Any]], slug: str) -> Held:
    """What holds for exactly this module ('' for all modules), as it is kept on the enrollment."""
    return Held(**extensions[slug]) if slug in extensions else Held()


def extension_of(extensions: Mapping[str, Mapping[str, Any]], slug: str) -> Held:
    """What counts for this module: its own, or the one for all, whichever has more days. They are not added up."""
    return max(held_extension(extensions, slug), held_extension(extensions, ""), key=lambda one: one.days)


def days_words(days: int) -> str:
    """'1 day', '7 days'"""
    return f"{days} day" if days == 1 else f"{days} days"


def check_extension(before: int, days: int, reason: str, *, any_length: bool = False) -> None:
    """Raise Refused unless so many days (in all, instead of `before`) may be granted for this reason."""
    if not 0 <= days <= LONGEST_EXTENSION:
        raise Refused(f"Give a whole number of days from 0 to {LONGEST_EXTENSION}; 0 ends it.", field="days")
    if not any_length and days - before > AT_A_TIME:
        raise Refused(
            f"A coach adds up to {AT_A_TIME} days at a time, so {days_words(before + AT_A_TIME)} is the most now. "
            "METI staff can grant more.",
            field="days",
        )
    check_reason(reason)


LONGEST_REASON = 500  # characters


def check_reason(reason: str, field: str = "reason") -> None:
    """Raise Refused for a verb without its reason, or with more of it than there is room for."""
    if not reason.strip():
        raise Refused("Say in a sentence why.", field=field)
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused(f"Keep the reason to {LONGEST_REASON} characters.", field=field)


# --- a place that is over ---------------------------------------------------------------------------------------


def why_over(enrollment_status: str, cohort_status: str, among: Collection[str] = PRESENT) -> str:
    """'This place is withdrawn' where nothing is built any more, or it is none of `among`; empty for every other."""
    if cohort_status == "cancelled":
        return "This cohort does not take place"
    return "" if enrollment_status in among else f"This place is {enrollment_status}"


def check_not_over(enrollment_status: str, cohort_status: str, so: str) -> None:
    """Raise Refused for a place that is over; `so` says what that means: 'there is nothing to extend'."""
    if why := why_over(enrollment_status, cohort_status):
        raise Refused(f"{why}, so {so}.")


def is_awaited(enrollment_status: str, cohort_status: str) -> bool:
    """Whether work can be late here: who is done owes none, and the clock of who pauses stands still."""
    return not why_over(enrollment_status, cohort_status, PRESENT - {"completed", "paused"})


# --- access -----------------------------------------------------------------------------------------------------


def may_work(enrollment_status: str) -> bool:
    """May this person write and submit now?"""
    return enrollment_status in WORKING


def may_read(enrollment_status: str) -> bool:
    """May this person read and export their own work?"""
    return enrollment_status in READING
