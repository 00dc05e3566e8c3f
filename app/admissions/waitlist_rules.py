"""The waitlist: who is next, when seats are offered, what a person may know of their place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.lib import times
from app.lib.refusal import Refused

LIVE = frozenset({"waiting", "offered", "lapsed"})
HIGHEST = 9  # how far a priority goes up, and down
LARGEST = 500  # seats of a cohort
STALE = "This place in line was changed since you opened the page. Please look once more."


@dataclass(frozen=True)
class Terms:
    """How freed seats are offered: each held for `hours`, none from `last` on, none beyond `start`."""

    hours: int
    last: datetime
    start: datetime

    def until(self, now: datetime) -> datetime:
        """Until when a seat offered now is held; one that staff offer by hand after the start has its hours too."""
        until = now + timedelta(hours=self.hours)
        return min(until, self.start) if now < self.start else until


def terms(starts_on: date, shift_days: int, zone: str, hours: int, stops_days: int) -> Terms:
    """The terms of a cohort; days are counted in its zone, a day begins at midnight."""
    first = starts_on + timedelta(days=shift_days)
    last = times.at(first - timedelta(days=stops_days), "00:00", zone)
    return Terms(hours, last, times.at(first, "00:00", zone))


def why_no_offers(cohort_status: str, found: Terms, now: datetime) -> str | None:
    """Why freed seats are not offered to the waitlist at this moment, for staff; None when they are."""
    if cohort_status != "open":
        return f"This cohort is {cohort_status}, so no freed seat is offered."
    if now >= found.last:
        return "The start is too near: no freed seat is offered by itself any more."
    return None


def band(ahead: int, waiting: int) -> str:
    """Where somebody stands in line, without a number: `ahead` of them wait so many, `waiting` in all."""
    if waiting < 3 or ahead * 3 < waiting:
        return "near the front"
    return "in the middle" if ahead * 3 < waiting * 2 else "toward the end"


def moved(priority: int, direction: str) -> int:
    """The priority one step 'up' or 'down'. Refused at either end, and for another word."""
    if direction not in ("up", "down"):
        raise Refused("Please choose up or down.")
    found = priority + (1 if direction == "up" else -1)
    if abs(found) > HIGHEST:
        raise Refused(f"A priority goes from −{HIGHEST} to {HIGHEST}.")
    return found


def check_version(kept: int, sent: int) -> None:
    if kept != sent:
        raise Refused(STALE)


def check_waiting(status: str, name: str) -> None:
    """Refused unless this person stands in line now."""
    if status != "waiting":
        raise Refused(f"{name} is not waiting in line at the moment. Nothing was changed.")


def check_note(reason: str, field: str) -> str:
    """Why staff did it, for staff. Refused when it is missing or too long."""
    if len(reason) < 5:
        raise Refused("Please say in a few words why; your colleagues read it here.", field)
    if len(reason) > 500:
        raise Refused("Please use at most 500 characters.", field)
    return reason


def check_capacity(typed: str, was: str, capacity: int) -> int:
    """The number of seats typed into a form that showed `was`. Refused when it is none, or the form is old."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed) <= LARGEST):
        raise Refused(f"Please give a whole number from 0 to {LARGEST}.", "capacity")
    if was != str(capacity):
        since = f"Somebody made it {capacity} seats since you opened the page; you typed {int(typed)}."
        raise Refused(f"{since} Please decide once more.", "capacity")
    return int(typed)
