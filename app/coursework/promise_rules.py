"""When a promise is in danger, who is told, and what a coach may say about it. Pure: plain values in, answers out.

A business hour lies between 9 a.m. and 6 p.m. of a business day, in the cohort's time zone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from app.coursework.rules import REVIEW_CLOCK
from app.lib import times
from app.lib.refusal import Refused

DAY_BEGINS = "09:00"
IN_DANGER = timedelta(hours=4)  # business hours before the promise ends
REASON_LIMIT = 500  # characters
DAY = timedelta(days=1)
FURTHEST = timedelta(days=14)  # how far beyond the first promise another moment may lie


def hours_before(moment: datetime, hours: timedelta, zone: str, holidays: Collection[date] = ()) -> datetime:
    """The instant (UTC) so many business hours before `moment`."""
    day = times.local_date(moment, zone)
    left = hours
    for _ in range(400):  # a year of holidays is no calendar: then the last day looked at must do
        if day.weekday() < 5 and day not in holidays:
            begins = times.at(day, DAY_BEGINS, zone)
            ends = min(moment, times.at(day, REVIEW_CLOCK, zone))
            if ends - begins >= left:
                return ends - left
            left -= max(ends - begins, timedelta(0))
        day -= timedelta(days=1)
    return times.at(day, DAY_BEGINS, zone)


def in_danger_from(promised_at: datetime, zone: str, holidays: Collection[date] = ()) -> datetime:
    """From when (UTC) every coach of the cohort is asked: four business hours before the promise ends."""
    return hours_before(promised_at, IN_DANGER, zone, holidays)


def is_in_danger(
    promised_at: datetime, is_being_read: bool, now: datetime, zone: str, holidays: Collection[date] = ()
) -> bool:
    """Whether a waiting round is to be handed to every coach: late, or soon late and nobody is reading it."""
    if promised_at < now:
        return True
    return not is_being_read and now >= in_danger_from(promised_at, zone, holidays)


def staff_from(
    promised_at: datetime, instead_at: datetime | None, zone: str, holidays: Collection[date] = ()
) -> datetime:
    """From when (UTC) staff are told: the end of the first business day after the last moment that was named."""
    last = max(promised_at, instead_at or promised_at)
    return times.at(times.add_business_days(times.local_date(last, zone), 1, holidays), REVIEW_CLOCK, zone)


def check_reason(reason: str, field: str = "reason") -> str:
    """The reason, stripped. Raises Refused when there is none, or more than a colleague would read."""
    reason = reason.strip()
    if not reason:
        raise Refused("Say in a sentence why, so that whoever reads it knows where it stands.", field=field)
    if len(reason) > REASON_LIMIT:
        raise Refused(
            f"The reason is {len(reason):,} characters long; there is room for {REASON_LIMIT}.", field=field
        )
    return reason


def check_hand_over(is_open: bool, holder: str) -> None:
    """Raise Refused when there is nothing to hand over, or it is a colleague's."""
    if not is_open:
        raise Refused("This round is no longer waiting for a review, so there is nothing to hand over.")
    if holder:
        raise Refused(f"{holder} has this round open, so only {holder} can hand it over.")


def instead(day: date | None, zone: str, promised_at: datetime, now: datetime) -> datetime:
    """The moment (UTC) meant by a day: 6 p.m. cohort time, as every promise. Raises Refused for one of no use."""
    if day is None:
        raise Refused("Choose the day by which the answer will be there.", field="day")
    earliest, latest = max(now, promised_at), max(now, promised_at) + FURTHEST
    if not date(2000, 1, 1) < day < date(2200, 1, 1):
        raise Refused("This day is too far away.", field="day")
    moment = times.at(day, REVIEW_CLOCK, zone)
    if moment <= promised_at:
        raise Refused("The answer is promised by then already. Choose a later day.", field="day")
    if moment <= earliest:
        raise Refused("This day is over. Choose one that is still to come.", field="day")
    if moment > latest:
        raise Refused(
            "That is more than two weeks away. Hand the round over instead; a colleague may have time sooner.",
            field="day",
        )
    return moment


def check_instead(is_open: bool, named_before: datetime | None) -> None:
    """Raise Refused when another moment cannot be named (any more)."""
    if not is_open:
        raise Refused("This round is no longer waiting for a review, so its promise stands as it was.")
    if named_before:
        raise Refused(
            "Another day was named for this round once, and once is enough. Answer it, or hand it over."
        )
