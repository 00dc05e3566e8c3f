"""Dates of a cohort: the one function that computes them, over the changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.cohorts import rules
from app.cohorts.rules import may_read, may_work, module_dates, week_of
from app.lib import times
from app.lib.refusal import Refused

START = date(2026, 2, 28)  # a Saturday; US clocks change on March 8


def dates(opens_day=0, due_day=5, shift=0, extension=0, zone="America/New_York"):
    return module_dates(START, shift, zone, opens_day, due_day, "11:00", "23:59", extension)


@pytest.mark.parametrize(
    ("given", "opens", "due"),
    [
        (dates(), datetime(2026, 2, 28, 16, 0, tzinfo=UTC), datetime(2026, 3, 6, 4, 59, tzinfo=UTC)),
        (dates(7, 12), datetime(2026, 3, 7, 16, 0, tzinfo=UTC), datetime(2026, 3, 13, 3, 59, tzinfo=UTC)),
        (dates(14, 19), datetime(2026, 3, 14, 15, 0, tzinfo=UTC), datetime(2026, 3, 20, 3, 59, tzinfo=UTC)),
        (dates(shift=7), datetime(2026, 3, 7, 16, 0, tzinfo=UTC), datetime(2026, 3, 13, 3, 59, tzinfo=UTC)),
        (
            dates(extension=3),
            datetime(2026, 2, 28, 16, 0, tzinfo=UTC),
            datetime(2026, 3, 9, 3, 59, tzinfo=UTC),
        ),
        (
            dates(zone="Europe/Berlin"),
            datetime(2026, 2, 28, 10, 0, tzinfo=UTC),
            datetime(2026, 3, 5, 22, 59, tzinfo=UTC),
        ),
    ],
)
def test_effective_dates(given, opens, due):
    assert (given.opens_at, given.due_at) == (opens, due)


def test_the_last_version_of_a_growing_system_is_due_at_the_same_wall_clock():
    assert dates().closes_at is None
    grows = module_dates(START, 7, "America/New_York", 0, 5, "11:00", "23:59", 3, closes_day=81)
    assert grows.closes_at == datetime(2026, 5, 31, 3, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 2, 27), 0),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 6), 1),
        (date(2026, 3, 7), 2),
        (date(2026, 5, 22), 12),
        (date(2026, 5, 23), 13),
    ],
)
def test_weeks_are_counted_from_saturday(day, week):
    assert week_of(START, 0, day) == week


@pytest.mark.parametrize(
    ("status", "works", "reads"),
    [
        ("pending", False, False),
        ("active", True, True),
        ("grace", True, True),
        ("suspended", False, True),
        ("paused", False, True),
        ("completed", False, True),
        ("withdrawn", False, True),
        ("removed", False, False),
    ],
)
def test_what_each_enrollment_allows(status, works, reads):
    assert (may_work(status), may_read(status)) == (works, reads)


@pytest.mark.parametrize(
    ("start", "days", "holidays", "end"),
    [
        (date(2026, 3, 5), 3, (), date(2026, 3, 10)),  # Thursday: Friday, Monday, Tuesday
        (date(2026, 3, 7), 1, (), date(2026, 3, 9)),  # Saturday: Monday
        (date(2026, 5, 21), 2, (date(2026, 5, 25),), date(2026, 5, 26)),  # over Memorial Day
        (date(2026, 3, 5), 0, (), date(2026, 3, 5)),
    ],
)
def test_business_days(start, days, holidays, end):
    assert times.add_business_days(start, days, holidays) == end


@pytest.mark.parametrize(
    ("value", "zone", "words"),
    [
        (datetime(2026, 4, 10, 3, 59, tzinfo=UTC), "America/Denver", "Thu, Apr 9, 9:59 p.m. MDT"),
        (datetime(2026, 4, 10, 3, 59, tzinfo=UTC), "America/New_York", "Thu, Apr 9, 11:59 p.m. EDT"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "Europe/London", "Thu, Jan 1, 12:00 p.m. GMT"),
        (datetime(2026, 1, 1, 0, 5, tzinfo=UTC), "no/such-zone", "Thu, Jan 1, 12:05 a.m. UTC"),
    ],
)
def test_a_moment_in_words(value, zone, words):
    assert times.moment(value, zone) == words


# --- more time for one person ---------------------------------------------------------------------------------

ALL = {"": {"days": 7, "reason": "Moving", "by": "Cora"}}
BOTH = ALL | {
    "focus": {"days": 3, "reason": "Ill", "by": "Cal"},
    "scope": {"days": 10, "reason": "Ill", "by": "Cal"},
}


def test_of_two_extensions_the_longer_counts():
    assert [rules.extension_of(BOTH, slug).days for slug in ("focus", "scope", "systems")] == [7, 10, 7]
    assert rules.extension_of({}, "focus") == rules.Held()
    assert rules.held_extension(BOTH, "focus").days == 3


@pytest.mark.parametrize(
    ("before", "days", "reason", "any_length", "field"),
    [
        (0, 14, "Ill", False, None),
        (0, 15, "Ill", False, "days"),
        (0, 15, "Ill", True, None),
        (14, 28, "Ill", False, None),
        (14, 29, "Ill", False, "days"),
        (14, 0, "Back", False, None),
        (0, 366, "Ill", True, "days"),
        (0, -1, "Ill", True, "days"),
        (0, 3, "  ", False, "reason"),
        (0, 3, "x" * 501, False, "reason"),
    ],
)
def test_who_may_grant_how_much(before, days, reason, any_length, field):
    if field is None:
        rules.check_extension(before, days, reason, any_length=any_length)
        return
    with pytest.raises(Refused) as refused:
        rules.check_extension(before, days, reason, any_length=any_length)
    assert refused.value.field == field


@pytest.mark.parametrize("status", ["withdrawn", "removed", "deferred", "pending"])
def test_a_place_that_is_over_says_so(status):
    with pytest.raises(Refused, match=f"This place is {status}, so nobody waits"):
        rules.check_not_over(status, "running", "nobody waits")
    assert not rules.is_awaited(status, "running")


@pytest.mark.parametrize("status", sorted(rules.PRESENT))
def test_in_a_cancelled_cohort_every_place_is_over(status):
    rules.check_not_over(status, "finished", "nobody waits")
    with pytest.raises(Refused, match="This cohort does not take place, so nobody waits"):
        rules.check_not_over(status, "cancelled", "nobody waits")
    assert rules.is_awaited(status, "running") is (status not in ("completed", "paused"))
    assert not rules.is_awaited(status, "cancelled")


def test_an_extension_moves_with_the_cohort_and_leaves_the_opening():
    plain = module_dates(START, 0, "America/New_York", 7, 12, "11:00", "23:59")
    more = module_dates(START, 0, "America/New_York", 7, 12, "11:00", "23:59", 7)
    moved = module_dates(START, 14, "America/New_York", 7, 12, "11:00", "23:59", 7)
    assert more.opens_at == plain.opens_at
    assert (more.due_at - plain.due_at).days == 7
    assert (moved.due_at - more.due_at).days == 14
