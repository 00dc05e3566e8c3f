"""Time zones, the words for dates, and business days. Instants are UTC, all-day things are dates."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def zone(name: str | None) -> ZoneInfo:
    """The named time zone; UTC for a name nobody knows (a browser may send anything)."""
    return ZoneInfo(name) if name and is_zone(name) else ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether this is the name of a time zone, such as 'America/New_York'."""
    return name in _known_zones()


@cache
def _known_zones() -> frozenset[str]:
    """Listing them reads the whole time zone folder, 3 ms each time: once for each process."""
    return frozenset(available_timezones())


def at(day: date, clock: str, zone_name: str) -> datetime:
    """The instant (UTC) when the wall clock in that zone shows `clock` ('23:59') on that day."""
    return datetime.combine(day, time.fromisoformat(clock), zone(zone_name)).astimezone(UTC)


def on_both(day: date, zone_name: str, other: str) -> datetime:
    """An instant (UTC) at which it is this day in both zones; noon in the first where no instant is."""
    begins = max(at(day, "00:00", one) for one in (zone_name, other))
    ends = min(at(day + timedelta(days=1), "00:00", one) for one in (zone_name, other))
    return begins + (ends - begins) / 2 if begins < ends else at(day, "12:00", zone_name)


def add_business_days(day: date, days: int, holidays: Collection[date] = ()) -> date:
    """The date `days` working days (Monday to Friday, no holiday) after `day`."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


_viewer_zone: Callable[[], str] = lambda: "UTC"  # noqa: E731 - a default, replaced at the start


def show_in(viewer_zone: Callable[[], str]) -> None:
    """Say whose time zone is meant where none is named: the web shows each viewer their own."""
    global _viewer_zone
    _viewer_zone = viewer_zone


def moment(value: datetime, zone_name: str | None = None) -> str:
    """'Thu, Apr 9, 9:59 p.m. MDT' in the given zone, or in the viewer's own."""
    local = value.astimezone(zone(zone_name or _viewer_zone()))
    return f"{day(local.date())}, {clock_time(value, zone_name)}"


def clock_time(value: datetime, zone_name: str | None = None) -> str:
    """'9:59 p.m. MDT' in the given zone, or in the viewer's own."""
    local = value.astimezone(zone(zone_name or _viewer_zone()))
    hour = local.hour % 12 or 12
    half = "a.m." if local.hour < 12 else "p.m."
    return f"{hour}:{local.minute:02d} {half} {local.tzname()}"


def local_date(value: datetime, zone_name: str | None = None) -> date:
    """The calendar day of an instant in the given zone, or in the viewer's own."""
    return value.astimezone(zone(zone_name or _viewer_zone())).date()


def saved_words(saved_at: datetime, now: datetime) -> str:
    """'Saved at 2:32 p.m.' today, with the day otherwise; the viewer's zone."""
    if local_date(saved_at) != local_date(now):
        return f"Saved {moment(saved_at)}"
    return f"Saved at {clock_time(saved_at).rpartition(' ')[0]}"


def day(value: date | datetime, zone_name: str | None = None) -> str:
    """'Thu, Apr 9'; `day_year` adds the year. An instant is shown in the given zone, or in the viewer's own."""
    if isinstance(value, datetime):
        value = local_date(value, zone_name)
    return f"{value:%a}, {value:%b} {value.day}"


def day_year(value: date | datetime, zone_name: str | None = None) -> str:
    """'Sat, Feb 28, 2026'. An instant is shown in the given zone, or in the viewer's own."""
    if isinstance(value, datetime):
        value = local_date(value, zone_name)
    return f"{day(value)}, {value.year}"


def long_date(value: date | datetime, zone_name: str | None = None) -> str:
    """'February 28, 2026', as a letter writes it. An instant is shown in the given zone, or in the viewer's own."""
    if isinstance(value, datetime):
        value = local_date(value, zone_name)
    return f"{value:%B} {value.day}, {value.year}"
