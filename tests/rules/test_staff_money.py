"""What staff may do with an order by hand, as tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.words import clean_text
from app.payments import staff_rules as rules

TODAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("850", 85000), (" 850 ", 85000), ("$850", 85000), ("$ 850", 85000), ("850.5", 85050), ("850.50", 85050),
        ("1,250.50", 125050), ("$1,250,000", 125000000), ("0", 0), ("0.01", 1), ("007", 700),
        ("", None), ("$", None), ("abc", None), ("8.505", None), ("-5", None), ("1,25", None), ("1,2500", None),
        ("850.", None), (".50", None), ("8 50", None), ("1e3", None), ("²", None), ("٣", None), ("9" * 10, None),
        ("850\n850", None), ("NaN", None),
    ],
)  # fmt: skip
def test_amounts_as_people_type_them(typed, cents):
    assert rules.read_cents(typed) == cents


@given(st.integers(min_value=0, max_value=99_999_999_999))
def test_what_we_print_can_be_typed(cents):
    assert rules.read_cents(money(cents)) == cents


@given(st.text())
def test_no_text_breaks_the_reading(text):
    assert rules.read_cents(text) is None or rules.read_cents(text) >= 0
    kept = clean_text(text)
    assert clean_text(kept) == kept
    assert "\0" not in kept


@pytest.mark.parametrize(
    ("status", "number", "order_status", "may"),
    [
        ("scheduled", 2, "part paid", True), ("due", 2, "part paid", True), ("failed", 3, "part paid", True),
        ("due", 1, "part paid", True), ("due", 1, "open", False), ("scheduled", 2, "open", True),
        ("processing", 2, "part paid", False), ("paid", 2, "part paid", False), ("waived", 2, "part paid", False),
        ("cancelled", 2, "expired", False),
    ],
)  # fmt: skip
def test_what_may_be_moved_or_waived(status, number, order_status, may):
    if may:
        rules.check_changeable(status, number, order_status)
    else:
        with pytest.raises(Refused):
            rules.check_changeable(status, number, order_status)


@pytest.mark.parametrize(
    ("days", "may"), [(-1, False), (0, False), (1, True), (9, False), (366, True), (367, False)]
)
def test_where_a_day_may_be_moved(days, may):
    before = TODAY + timedelta(days=9)
    if may:
        rules.check_move(TODAY + timedelta(days=days), before, TODAY)
    else:
        with pytest.raises(Refused) as refused:
            rules.check_move(TODAY + timedelta(days=days), before, TODAY)
        assert refused.value.field == "due_on"


@pytest.mark.parametrize(
    ("days", "may"), [(-1, False), (0, True), (5, False), (6, True), (90, True), (91, False)]
)
def test_how_long_grace_may_be(days, may):
    before = TODAY + timedelta(days=5)
    if may:
        rules.check_grace(before, TODAY + timedelta(days=days), TODAY)
    else:
        with pytest.raises(Refused) as refused:
            rules.check_grace(before, TODAY + timedelta(days=days), TODAY)
        assert refused.value.field == "until"
    with pytest.raises(Refused):
        rules.check_grace(None, TODAY + timedelta(days=3), TODAY)


@pytest.mark.parametrize(
    ("amount", "rest", "is_more", "days", "field"),
    [
        (100, 100, False, 0, None), (50, 100, False, -366, None), (101, 100, True, 0, None), (1, 0, True, 0, None),
        (101, 100, False, 0, "amount"), (0, 100, True, 0, "amount"), (10_000_001, 1, True, 0, "amount"),
        (100, 100, False, 1, "received_on"), (100, 100, False, -367, "received_on"),
    ],
)  # fmt: skip
def test_what_may_be_entered(amount, rest, is_more, days, field):
    given = (amount, rest, is_more, "usd", TODAY + timedelta(days=days), TODAY)
    if field is None:
        rules.check_entry(*given)
    else:
        with pytest.raises(Refused) as refused:
            rules.check_entry(*given)
        assert refused.value.field == field


@pytest.mark.parametrize(
    ("source", "status", "first", "returned", "may"),
    [
        ("check", "succeeded", False, 0, True),
        ("transfer", "succeeded", False, 0, True),
        ("stripe", "succeeded", False, 0, False),
        ("check", "failed", False, 0, False),
        ("check", "succeeded", True, 0, False),
        ("check", "succeeded", False, 100, False),
    ],
)
def test_what_may_be_taken_back(source, status, first, returned, may):
    if may:
        rules.check_take_back(source, status, first, returned)
    else:
        with pytest.raises(Refused):
            rules.check_take_back(source, status, first, returned)


def test_what_is_due_again_leaves_a_week():
    assert rules.day_to_pay(TODAY - timedelta(days=30), TODAY) == TODAY + timedelta(days=7)
    assert rules.day_to_pay(TODAY + timedelta(days=30), TODAY) == TODAY + timedelta(days=30)


def test_a_page_that_is_no_longer_true_is_refused():
    facts = ("part paid", None, [(1, "paid", TODAY, 85000)])
    rules.check_seen(rules.fingerprint(facts), rules.fingerprint(facts))
    with pytest.raises(rules.Stale):
        rules.check_seen(rules.fingerprint(facts), rules.fingerprint((*facts[:2], [])))
    with pytest.raises(rules.Stale):
        rules.check_seen(rules.fingerprint(facts), "")
