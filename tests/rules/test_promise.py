"""The promise over holidays, weekends and changes of the clock; when it is in danger; what may be said about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.coursework import promise_rules, rules
from app.curriculum.reader import read
from app.lib import times
from app.lib.refusal import Refused
from config import ROOT

EASTERN, PACIFIC = "America/New_York", "America/Los_Angeles"
LABOR_DAY, THANKSGIVING, AFTER = date(2026, 9, 7), date(2026, 11, 26), date(2026, 11, 27)


def local(year: int, month: int, day: int, clock: str, zone: str = EASTERN) -> datetime:
    return times.at(date(year, month, day), clock, zone)


@pytest.mark.parametrize(
    ("sent", "days", "holidays", "promised"),
    [
        # a minute before midnight is still that day's work, a minute after it the next day's
        (local(2026, 3, 25, "23:59"), 3, [], (2026, 3, 30)),
        (local(2026, 3, 26, "00:01"), 3, [], (2026, 3, 31)),
        (local(2026, 3, 27, "23:59"), 2, [], (2026, 3, 31)),  # Friday night
        (local(2026, 3, 28, "00:00"), 2, [], (2026, 3, 31)),  # Saturday counts from Monday, as Friday does
        (local(2026, 3, 29, "23:59"), 2, [], (2026, 3, 31)),
        # a holiday is no business day: a Monday, and two days in a row before a weekend
        (local(2026, 9, 4, "12:00"), 3, [LABOR_DAY], (2026, 9, 10)),
        (local(2026, 11, 25, "12:00"), 2, [THANKSGIVING, AFTER], (2026, 12, 1)),
        (local(2026, 11, 26, "12:00"), 2, [THANKSGIVING, AFTER], (2026, 12, 1)),  # sent on the holiday itself
        (local(2026, 9, 4, "12:00"), 3, [date(2026, 9, 6)], (2026, 9, 9)),  # a holiday on a Sunday changes nothing
        # the clock goes forward on March 8 and back on November 1: 6 p.m. stays 6 p.m.
        (local(2026, 3, 6, "23:59"), 2, [], (2026, 3, 10)),
        (local(2026, 10, 30, "23:59"), 2, [], (2026, 11, 3)),
        (local(2026, 12, 31, "12:00"), 3, [date(2027, 1, 1)], (2027, 1, 6)),  # over the new year
    ],
)  # fmt: skip
def test_the_promise_is_six_in_the_evening_of_a_business_day(sent, days, holidays, promised):
    assert rules.promise(sent, days, EASTERN, holidays) == local(*promised, "18:00")


def test_the_cohorts_zone_decides_which_day_it_is():
    sent = datetime(2026, 3, 28, 4, 30, tzinfo=UTC)  # Friday 9:30 p.m. in Los Angeles, Saturday in New York
    assert rules.promise(sent, 2, PACIFIC) == local(2026, 3, 31, "18:00", PACIFIC)
    sent = datetime(2026, 3, 27, 4, 30, tzinfo=UTC)  # Thursday there, Friday here
    assert rules.promise(sent, 2, PACIFIC) == local(2026, 3, 30, "18:00", PACIFIC)
    assert rules.promise(sent, 2, EASTERN) == local(2026, 3, 31, "18:00")


def test_modules_3_4_and_7_are_promised_for_two_days_and_all_others_for_three():
    program = read(ROOT / "curriculum")
    found = {one.number: one.review_days for one in program.modules if one.worksheet}
    assert found == {number: 2 if number in (3, 4, 7) else 3 for number in range(1, 11)}


@pytest.mark.parametrize(
    ("promised", "holidays", "from_when"),
    [
        (local(2026, 3, 30, "18:00"), [], local(2026, 3, 30, "14:00")),
        (local(2026, 3, 30, "11:00"), [], local(2026, 3, 27, "16:00")),  # two hours today, two of Friday
        (local(2026, 3, 30, "11:00"), [date(2026, 3, 27)], local(2026, 3, 26, "16:00")),
        (local(2026, 3, 29, "12:00"), [], local(2026, 3, 27, "14:00")),  # a Sunday has no business hours
        (local(2026, 3, 31, "08:00"), [], local(2026, 3, 30, "14:00")),  # before the day begins
        (local(2026, 3, 31, "22:00"), [], local(2026, 3, 31, "14:00")),  # after it ended
    ],
)
def test_in_danger_four_business_hours_before(promised, holidays, from_when):
    assert promise_rules.in_danger_from(promised, EASTERN, holidays) == from_when


PROMISED = local(2026, 3, 30, "18:00")


@pytest.mark.parametrize(
    ("clock", "is_being_read", "danger"),
    [("13:59", False, False), ("14:00", False, True), ("14:00", True, False), ("18:00", True, False),
     ("18:01", True, True), ("18:01", False, True)],
)  # fmt: skip
def test_who_reads_it_is_left_in_peace_until_it_is_late(clock, is_being_read, danger):
    now = local(2026, 3, 30, clock)
    assert promise_rules.is_in_danger(PROMISED, is_being_read, now, EASTERN) is danger


def test_staff_hear_of_it_a_business_day_after_the_last_moment_named():
    friday = local(2026, 3, 27, "18:00")
    assert promise_rules.staff_from(friday, None, EASTERN) == local(2026, 3, 30, "18:00")
    assert promise_rules.staff_from(friday, None, EASTERN, [date(2026, 3, 30)]) == local(2026, 3, 31, "18:00")
    instead = local(2026, 4, 1, "18:00")
    assert promise_rules.staff_from(friday, instead, EASTERN) == local(2026, 4, 2, "18:00")


@pytest.mark.parametrize(
    ("day", "now", "said"),
    [
        (None, PROMISED, "Choose the day"),
        (date(2026, 3, 30), PROMISED - timedelta(days=1), "promised by then already"),
        (date(2026, 3, 31), PROMISED + timedelta(days=2), "This day is over"),
        (date(2026, 4, 14), PROMISED, "more than two weeks"),
        (date(1, 1, 1), PROMISED, "too far away"),
        (date(9999, 12, 31), PROMISED, "too far away"),
    ],
)
def test_a_day_of_no_use_is_refused(day, now, said):
    with pytest.raises(Refused, match=said):
        promise_rules.instead(day, EASTERN, PROMISED, now)


def test_a_day_means_six_in_the_evening_where_the_cohort_is():
    found = promise_rules.instead(date(2026, 4, 2), PACIFIC, PROMISED, PROMISED)
    assert found == local(2026, 4, 2, "18:00", PACIFIC)


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_a_reason_is_a_sentence(reason):
    with pytest.raises(Refused):
        promise_rules.check_reason(reason)


def test_nothing_to_hand_over():
    with pytest.raises(Refused, match="no longer waiting"):
        promise_rules.check_hand_over(False, "")
    with pytest.raises(Refused, match="Theo has this round open"):
        promise_rules.check_hand_over(True, "Theo")
    promise_rules.check_hand_over(True, "")
    with pytest.raises(Refused, match="once is enough"):
        promise_rules.check_instead(True, PROMISED)
