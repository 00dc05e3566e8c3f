"""Dates and access of a cohort. The one place that computes an effective date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.lib import times

# May write and submit; may still read and export; see DESIGN §5.
WORKING = frozenset({"active", "grace"})
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


def may_work(enrollment_status: str) -> bool:
    """May this person write and submit now?"""
    return enrollment_status in WORKING


def may_read(enrollment_status: str) -> bool:
    """May this person read and export their own work?"""
    return enrollment_status in READING
