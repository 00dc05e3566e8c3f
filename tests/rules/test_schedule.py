"""How a price is split, when each part is due, and what a failed part means: by property where amounts multiply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments import schedule

cents = st.integers(300, 10_000_000)
number = st.sampled_from([1, 3, 6])
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))
STATUSES = ("scheduled", "due", "processing", "paid", "failed", "waived", "cancelled")


@dataclass
class Part:
    due_on: date
    amount_cents: int
    status: str
    covered_cents: int = 0


@given(cents, number, days)
def test_a_plan_adds_up_and_keeps_its_days(total, parts, first):
    plan = schedule.cut(total, parts, first)
    amounts = [one.amount_cents for one in plan]
    assert sum(amounts) == total
    assert len(set(amounts[:-1])) <= 1
    assert 0 <= amounts[-1] - amounts[0] < parts  # the remainder is on the last
    assert [one.number for one in plan] == list(range(1, parts + 1))
    assert plan[0].due_on == first
    for before, after in pairwise(plan):
        assert 28 <= (after.due_on - before.due_on).days <= 31
    assert all(
        one.due_on.day <= first.day for one in plan
    )  # counted from the first, so no day is lost for good


@pytest.mark.parametrize(
    ("first", "due"),
    [
        (date(2026, 1, 31), [date(2026, 2, 28), date(2026, 3, 31)]),
        (date(2028, 1, 31), [date(2028, 2, 29), date(2028, 3, 31)]),
        (date(2026, 11, 30), [date(2026, 12, 30), date(2027, 1, 30)]),
        (date(2026, 12, 31), [date(2027, 1, 31), date(2027, 2, 28)]),
    ],
)
def test_the_ends_of_months(first, due):
    assert [one.due_on for one in schedule.cut(240000, 3, first)[1:]] == due


@given(cents, number, days, st.integers(0, 400))
def test_no_plan_is_offered_whose_last_part_is_due_after_the_end(total, parts, first, length):
    last_day = first + timedelta(days=length)
    assert schedule.fits(parts, first, last_day) == (schedule.cut(total, parts, first)[-1].due_on <= last_day)


def test_the_last_day_itself_still_fits():
    assert schedule.fits(3, date(2026, 1, 31), date(2026, 3, 31))
    assert not schedule.fits(3, date(2026, 1, 31), date(2026, 3, 30))


@given(cents, number, days)
def test_the_words_agreed_to_name_every_amount_and_day(total, parts, first):
    plan = schedule.cut(total, parts, first)
    words = schedule.consent_words(plan, "usd", "the METI")
    assert schedule.money(total) in words
    for one in plan:
        assert schedule.money(one.amount_cents) in words
        assert one.number == 1 or schedule.day_year(one.due_on) in words


@given(st.lists(st.tuples(st.integers(0, 5000), st.sampled_from(STATUSES), st.integers(0, 5000)), max_size=7))
def test_sums_of_a_schedule(rows):
    parts = [Part(date(2026, 1, 1), amount, status, min(paid, amount)) for amount, status, paid in rows]
    total, paid = sum(one.amount_cents for one in parts), sum(one.covered_cents for one in parts)
    owed, rest = schedule.owed_cents(total, parts), schedule.pay_off_cents(parts)
    assert rest >= 0
    assert owed <= total
    if all(one.status != "paid" or one.covered_cents == one.amount_cents for one in parts):
        assert paid + rest == owed


@pytest.mark.parametrize(
    ("tries", "code", "day"),
    [
        (1, "insufficient_funds", 3),
        (2, "insufficient_funds", 4),
        (3, None, 7),
        (4, None, None),  # day 14 was the last
        (1, "stolen_card", None),
        (1, "authentication_required", None),
        (1, schedule.NO_CARD, None),
    ],
)
def test_when_a_card_is_tried_again(tries, code, day):
    on = date(2026, 4, 25)
    assert schedule.next_try(on, tries, code) == (on + timedelta(days=day) if day else None)


def test_the_days_of_the_retries_are_0_3_7_and_14():
    on, found = date(2026, 4, 25), [0]
    for tries in (1, 2, 3):
        on = schedule.next_try(on, tries, "generic_decline")
        found.append((on - date(2026, 4, 25)).days)
    assert found == [0, 3, 7, 14]


UNTIL = date(2026, 5, 9)


@pytest.mark.parametrize(
    ("statuses", "until", "today", "state"),
    [
        (["paid", "scheduled"], None, UNTIL, "active"),
        (["paid", "failed"], UNTIL, UNTIL, "grace"),
        (["paid", "failed"], UNTIL, UNTIL + timedelta(days=1), "suspended"),
        (["paid", "paid", "failed"], UNTIL, UNTIL + timedelta(days=60), "suspended"),  # one of two was paid
        (["paid", "processing"], UNTIL, UNTIL + timedelta(days=1), None),  # the bank decides
        (["paid", "processing"], None, UNTIL, "active"),
        (["paid", "waived"], UNTIL, UNTIL + timedelta(days=60), "active"),
        (["paid", "paid"], UNTIL, UNTIL + timedelta(days=60), "active"),
    ],
)
def test_what_a_schedule_makes_of_the_enrollment(statuses, until, today, state):
    assert schedule.access(statuses, until, today) == state


@given(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6), days, st.integers(-20, 20))
def test_nobody_is_suspended_for_anything_but_a_failed_part_after_its_grace(statuses, until, offset):
    today = until + timedelta(days=offset)
    state = schedule.access(statuses, until, today)
    assert (state == "suspended") == ("failed" in statuses and today > until)
