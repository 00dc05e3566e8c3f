"""What a code takes off, and when it may not be used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.money import cents, money
from app.lib.refusal import Refused
from app.payments import discount_rules as rules

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
SPRING = rules.Code("percent", 20, "usd")
PRICE = {"cohort_id": 7, "installments": 1, "total_cents": 240_000, "currency": "usd", "now": NOW}


@pytest.mark.parametrize(
    ("kind", "value", "total", "off"),
    [
        ("percent", 20, 240_000, 48_000),
        ("percent", 33, 100, 33),  # 67 cents can be charged
        ("percent", 33, 10_001, 3_301),  # 3,300.33: the part of a cent goes to the person
        ("percent", 100, 240_000, 240_000),
        ("amount", 30_000, 240_000, 30_000),
        ("amount", 300_000, 240_000, 240_000),  # never more than all of it
        ("amount", 239_960, 240_000, 240_000),  # 40 cents are less than can be charged
        ("amount", 239_950, 240_000, 239_950),
        ("price", 90_000, 240_000, 150_000),
        ("price", 0, 240_000, 240_000),
        ("price", 250_000, 240_000, 0),  # a code never makes a seat dearer
    ],
)
def test_what_comes_off(kind, value, total, off):
    assert rules.discount(kind, value, total) == off


@given(st.sampled_from(rules.KINDS), st.integers(0, 300_000), st.integers(0, 10**7))
def test_a_rest_is_nothing_or_can_be_charged(kind, value, total):
    value = min(value, 100) if kind == "percent" else value
    off = rules.discount(kind, value, total)
    assert 0 <= off <= total
    assert total - off == 0 or total - off >= rules.SMALLEST_CHARGE


@pytest.mark.parametrize(
    ("change", "used", "says"),
    [
        ({"archived": True}, rules.Used(), "not in use any more"),
        ({"valid_from": NOW + timedelta(seconds=1)}, rules.Used(), "not valid yet"),
        ({"valid_until": NOW}, rules.Used(), "has passed"),
        ({"max_uses": 3}, rules.Used(uses=3), "as often as it may be"),
        ({}, rules.Used(uses=1, by_person=1), "used this code already"),
        ({"cohort_id": 8}, rules.Used(), "another cohort"),
        ({"opens_plan": 3}, rules.Used(), "plan of 3 installments"),
        ({"kind": "amount", "value": 100, "currency": "eur"}, rules.Used(), "prices in EUR"),
        ({"kind": "price", "value": 240_000}, rules.Used(), "as low as"),
        ({"budget_cents": 60_000}, rules.Used(uses=1, cents=20_000), "set aside"),
    ],
)
def test_when_a_code_may_not_be_used(change, used, says):
    with pytest.raises(Refused, match=says) as refused:
        rules.check_use(replace(SPRING, **change), used, **PRICE)
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("change", "used"),
    [
        ({"valid_from": NOW}, rules.Used()),
        ({"valid_until": NOW + timedelta(seconds=1)}, rules.Used()),
        ({"max_uses": 3}, rules.Used(uses=2)),
        ({"per_person": 2}, rules.Used(uses=9, by_person=1)),
        ({"cohort_id": 7}, rules.Used()),
        ({"opens_plan": 1}, rules.Used()),
        ({"budget_cents": 48_000}, rules.Used()),
        ({"currency": "eur"}, rules.Used()),  # a percentage has no currency
    ],
)
def test_when_it_may(change, used):
    assert rules.check_use(replace(SPRING, **change), used, **PRICE) == 48_000


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("spring-20", "SPRING-20"),
        (" Spring 20 ", "SPRING20"),
        ("-EARLY-", "EARLY"),
        ("A1B", "A1B"),
        ("AB", None),
        ("A" * 41, None),
        ("FRÜH-20", None),
        ("A--B", None),
        ("20%", None),
        ("", None),
        ("٢٠٢٦", None),
    ],
)
def test_codes_are_what_people_can_type(typed, kept):
    if kept:
        assert rules.check_new(typed) == kept == rules.normal(typed)
        return
    with pytest.raises(Refused) as refused:
        rules.check_new(typed)
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("percent", 20, "20% off"),
        ("percent", 100, "a free seat"),
        ("amount", 30_050, "$300.50 off"),
        ("price", 90_000, "the seat for $900"),
        ("price", 0, "a free seat"),
    ],
)
def test_in_words(kind, value, words):
    assert rules.words(rules.Code(kind, value, "usd")) == words


@given(st.integers(0, 10**11 - 1))
def test_an_amount_is_read_as_it_is_shown(amount):
    assert cents(money(amount)) == amount


@pytest.mark.parametrize(
    "typed", ["", "-5", "1.234", "1,23", "12,34.00", "1e3", "٣", "$", "1 000", "NaN", "1.", "9" * 10]
)
def test_what_is_no_amount(typed):
    assert cents(typed) is None
