"""Who may move to another cohort, by which line of the rule, and on which days what is open is due there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admissions import deferring_rules as rules
from app.admissions.deferring_rules import Terms
from app.lib.refusal import Refused
from app.payments import rebasing, schedule


@dataclass(frozen=True)
class Tier:
    until: date
    times: int = 1
    fee_cents: int = 0


MAY, JUNE = date(2026, 5, 23), date(2026, 6, 13)
RULE = (Tier(JUNE, 1, 10_000), Tier(MAY, 2))  # in any order


@pytest.mark.parametrize(
    ("tiers", "told_on", "moved", "status", "clause", "fee", "within"),
    [
        (RULE, MAY, 0, "open", "by Sat, May 23, 2026 may move to another cohort twice, at no cost.", 0, True),
        (RULE, MAY, 1, "open", "twice, at no cost.", 0, True),
        (RULE, MAY, 2, "open", "They have moved twice already.", 0, False),
        (RULE, MAY + timedelta(1), 0, "open", "by Sat, Jun 13, 2026 may move", 10_000, True),
        (RULE, JUNE, 0, "open", "to another cohort once, for $100.", 10_000, True),
        (RULE, JUNE, 1, "running", "They have moved once already.", 10_000, False),
        (RULE, JUNE + timedelta(1), 0, "running", "after Sat, Jun 13, 2026 stays in this cohort", 10_000, False),
        (RULE, JUNE + timedelta(1), 5, "cancelled", "The cohort is cancelled", 0, True),
        ((), JUNE, 9, "running", "no rule about moving", 0, True),
    ],
)  # fmt: skip
def test_the_line_that_counts(tiers, told_on, moved, status, clause, fee, within) -> None:
    found = rules.terms(tiers, told_on, moved, status)
    assert clause in found.clause
    assert (found.fee_cents, found.within) == (fee, within)


@pytest.mark.parametrize("status", ["pending", "completed", "deferred", "withdrawn", "removed"])
def test_without_a_place_nobody_moves(status: str) -> None:
    with pytest.raises(Refused, match=f"Pat's place is {status}"):
        rules.check_place(status, "Pat")


@pytest.mark.parametrize(("status", "days"), [("open", 0), ("draft", 9)])
def test_where_one_can_go_on(status: str, days: int) -> None:
    rules.check_target(status, "Winter", MAY + timedelta(days), MAY)


@pytest.mark.parametrize(
    ("status", "days", "said"),
    [("open", -1, "is over"), ("running", 9, "is running"), ("cancelled", 9, "is cancelled")],
)
def test_where_nobody_can_go_on(status: str, days: int, said: str) -> None:
    with pytest.raises(Refused, match=said) as caught:
        rules.check_target(status, "Winter", MAY + timedelta(days), MAY)
    assert caught.value.field == "to"


@pytest.mark.parametrize(
    ("reason", "within", "exception", "field"),
    [
        ("time", True, "", None),
        ("time", False, "A hospital stay.", None),
        ("time", False, "", "exception"),
        ("", True, "", "reason"),
        ("<b>", True, "", "reason"),
        ("time", False, "x" * 501, "exception"),
    ],
)
def test_outside_the_rule_it_takes_a_sentence(
    reason: str, within: bool, exception: str, field: str | None
) -> None:
    found = None
    try:
        rules.check_why(reason, Terms("", 0, within), exception)
    except Refused as refused:
        found = refused.field
    assert found == field


def test_a_seat_that_is_not_free_takes_a_sentence() -> None:
    assert rules.check_over("Her employer has paid.", "Winter", False) == "Her employer has paid."
    for waited_for, said in ((True, "waited for"), (False, "is full")):
        with pytest.raises(Refused, match=said):
            rules.check_over("", "Winter", waited_for)
    with pytest.raises(Refused, match="500"):
        rules.check_over("x" * 501, "Winter", False)


# --- the days ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    number: int
    due_on: date
    amount_cents: int = 1000
    status: str = "scheduled"
    covered_cents: int = 0
    name: str = ""


def parts(first: date, number: int = 3, paid: int = 1) -> list[Part]:
    cut = schedule.cut(1000 * number, number, first)
    states = [("paid", 1000) if one.number <= paid else ("scheduled", 0) for one in cut]
    return [
        Part(one.number, one.due_on, one.amount_cents, *state) for one, state in zip(cut, states, strict=True)
    ]


@pytest.mark.parametrize(
    ("old", "new", "months"),
    [
        (date(2026, 6, 6), date(2027, 1, 2), 6),
        (date(2026, 6, 6), date(2026, 9, 5), 2),
        (date(2026, 6, 6), date(2026, 9, 6), 3),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 6, 6), date(2026, 6, 20), 0),
        (date(2026, 6, 6), date(2026, 2, 28), 0),
    ],
)
def test_whole_months_between_the_starts(old: date, new: date, months: int) -> None:
    assert rebasing.months_between(old, new) == months


@pytest.mark.parametrize(
    ("found", "new", "last_day", "days"),
    [
        # the same rhythm, six months later; the 31st is the last of a shorter month
        (parts(date(2026, 3, 31)), date(2027, 1, 2), date(2027, 3, 26), [date(2026, 10, 31), date(2026, 11, 30)]),
        # what was paid keeps its day
        (parts(date(2026, 3, 25), paid=2), date(2027, 1, 2), date(2027, 3, 26), [date(2026, 11, 25)]),
        # fewer months where the last one would come after the end
        (parts(date(2026, 6, 25)), date(2027, 1, 2), date(2026, 11, 30), [date(2026, 10, 25), date(2026, 11, 25)]),
        # an earlier cohort: nothing comes nearer than was agreed
        (parts(date(2026, 3, 25)), date(2026, 4, 4), date(2026, 6, 26), [date(2026, 4, 25), date(2026, 5, 25)]),
        # a day that was moved by hand goes on from there
        ([*parts(date(2026, 3, 31))[:2], Part(3, date(2026, 6, 10))], date(2027, 1, 2), date(2027, 3, 26),
         [date(2026, 10, 31), date(2026, 12, 10)]),
        # a fee is no part of the plan; neither is what was waived
        ([Part(1, date(2026, 3, 25), status="waived"), Part(2, date(2026, 4, 8), name="Fee")], date(2027, 1, 2),
         date(2027, 3, 26), []),
    ],
)  # fmt: skip
def test_the_new_days(found: list[Part], new: date, last_day: date, days: list[date]) -> None:
    moved = rebasing.rebased(found, date(2026, 6, 6), new, last_day)
    assert [one.due_on for one in moved] == days


def test_a_cohort_that_ends_before_the_agreed_days_is_refused() -> None:
    with pytest.raises(
        Refused, match="due on Mon, May 25, 2026, after that cohort has ended on Fri, May 1, 2026"
    ):
        rebasing.rebased(parts(date(2026, 3, 25)), date(2026, 6, 6), date(2026, 2, 7), date(2026, 5, 1))


days_of_years = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(days_of_years, st.sampled_from([1, 3, 6]), days_of_years, days_of_years, st.integers(60, 200))
def test_never_nearer_never_after_the_end_and_no_cent_lost(
    first: date, number: int, old: date, new: date, length: int
) -> None:
    found, last_day = parts(first, number, paid=0), new + timedelta(days=length)
    if found[-1].due_on > last_day:
        return
    moved = rebasing.rebased(found, old, new, last_day)
    assert [one.cents for one in moved] == [one.amount_cents for one in found]
    assert all(one.before <= one.due_on <= last_day for one in moved)
    assert [one.due_on for one in moved] == sorted(one.due_on for one in moved)
    if moved[0].due_on > first:  # the same rhythm as ever: counted from the first
        assert [one.due_on for one in moved] == [
            schedule.add_months(first, moved_by + place)
            for place in range(number)
            for moved_by in [(moved[0].due_on.year - first.year) * 12 + moved[0].due_on.month - first.month]
        ]
