"""The calendar day of an instant in a time zone, as an expression that the database groups by.

SQLite knows no time zones, so the zone's offsets within a period are handed to the database as a list of cases: the
same sums come out on every engine, also on the two days a year that have 23 or 25 hours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, case
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.lib import times

EPOCH = date(1970, 1, 1)
A_DAY = 86_400  # seconds
STEP = timedelta(days=7)  # no zone changes its offset and back again within a week


class epoch(FunctionElement[int]):  # noqa: N801 - reads like the function of the database that it is
    """Whole seconds since 1970, rounded down."""

    type = BigInteger()
    inherit_cache = True


@compiles(epoch)
def _epoch(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(floor(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


@compiles(epoch, "sqlite")
def _epoch_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    """Without the fraction, which `strftime` would round up: the last instant of a day is not the next day's."""
    moment = compiler.process(element.clauses, **options)
    return f"CAST(strftime('%s', substr({moment}, 1, 19)) AS INTEGER)"


def local_day(moment: Any, zone_name: str, first: date, last: date) -> ColumnElement[int]:
    """The number of the day in that zone (see `day_of`), for instants from `first` to `last`, days of the zone."""
    until, offset = changes(zone_name, first, last)
    shift: Any = offset
    if until:
        shift = case(*((moment < at, before) for at, before in until), else_=offset)
    seconds: ColumnElement[int] = epoch(moment) + shift
    return seconds // A_DAY


def day_of(number: int) -> date:
    """The day that has this number."""
    return EPOCH + timedelta(days=number)


def bounds(zone_name: str, first: date, last: date) -> tuple[datetime, datetime]:
    """The instant at which `first` begins and the one at which `last` is over, in UTC."""
    return times.at(first, "00:00", zone_name), times.at(last + timedelta(days=1), "00:00", zone_name)


@lru_cache(maxsize=256)
def changes(zone_name: str, first: date, last: date) -> tuple[tuple[tuple[datetime, int], ...], int]:
    """Pairs of an instant and the zone's offset in seconds before it, in order; and the offset after the last."""
    zone, found = times.zone(zone_name), []
    at, end = _midnight(first - timedelta(days=1)), _midnight(last + timedelta(days=2))
    offset = _offset(zone, at)
    while at < end:
        later = min(at + STEP, end)
        if _offset(zone, later) != offset:
            found.append((_turn(zone, at, later), offset))
            offset = _offset(zone, later)
        at = later
    return tuple(found), offset


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    away = moment.astimezone(zone).utcoffset()
    assert away is not None
    return int(away.total_seconds())


def _turn(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The second at which the offset changes between two instants."""
    was = _offset(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (middle, after) if _offset(zone, middle) == was else (before, middle)
    return after
