from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments import rules

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)


@dataclass
class Price:
    amount_cents: int
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    installments: int = 1
    hidden: bool = False
    currency: str = "usd"


@dataclass
class Tier:
    until: date
    share_percent: int


FULL, EARLY = Price(240000), Price(200000, valid_until=NOW)
LATER = Price(100, valid_from=NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("prices", "now", "cents"),
    [
        ([], NOW, None),
        ([FULL], NOW, 240000),
        ([FULL, EARLY], NOW - timedelta(seconds=1), 200000),
        ([FULL, EARLY], NOW, 240000),  # the end itself is too late
        ([LATER, FULL], NOW, 240000),
        ([LATER, FULL], NOW + timedelta(seconds=1), 100),  # the beginning itself is not too early
        ([EARLY], NOW, None),
        ([FULL, Price(100, hidden=True)], NOW, 240000),  # only with a code
        ([FULL, Price(100, installments=3)], NOW, 240000),  # a plan is not pay in full
        ([Price(100, installments=3)], NOW, None),
    ],
)
def test_price_now(prices, now, cents):
    found = rules.price_now(prices, now)
    assert (found.amount_cents if found else None) == cents


IN_THREE = Price(250000, installments=3)
TODAY, LAST_DAY = date(2026, 3, 25), date(2026, 6, 5)


@pytest.mark.parametrize(
    ("prices", "plans"),
    [
        ([], []),
        ([IN_THREE], []),  # no plan without a price in full: no seat could be offered
        ([FULL], [(1, 240000, 240000, 0)]),
        ([IN_THREE, FULL], [(1, 240000, 240000, 0), (3, 83333, 83334, 10000)]),
        ([FULL, Price(230000, installments=3)], [(1, 240000, 240000, 0), (3, 76666, 76668, -10000)]),
        ([FULL, Price(100, installments=3, hidden=True)], [(1, 240000, 240000, 0)]),
        ([FULL, Price(100, installments=3, currency="eur")], [(1, 240000, 240000, 0)]),
        ([FULL, Price(250000, installments=6)], [(1, 240000, 240000, 0)]),  # the last would be due in August
        ([FULL, Price(240000, installments=3, valid_until=NOW)], [(1, 240000, 240000, 0)]),
    ],
)
def test_what_is_on_sale(prices, plans):
    found = rules.on_sale(prices, NOW, TODAY, LAST_DAY)
    assert [(one.installments, one.each_cents, one.last_cents, one.more_cents) for one in found] == plans
    for one in found:
        assert one.each_cents * (one.installments - 1) + one.last_cents == one.amount_cents


TOMORROW = NOW + timedelta(days=1)
EARLY_BIRD = Price(200000, valid_until=TOMORROW)


@pytest.mark.parametrize(
    ("prices", "until", "later"),
    [
        ([FULL], None, None),
        ([FULL, EARLY_BIRD], TOMORROW, 240000),
        ([EARLY_BIRD], TOMORROW, None),
        ([EARLY_BIRD, Price(200000, valid_from=TOMORROW)], None, 200000),  # nothing changes
        ([EARLY_BIRD, Price(100, valid_from=TOMORROW, hidden=True), FULL], TOMORROW, 240000),
    ],
)
def test_until_when_a_price_holds(prices, until, later):
    full = rules.on_sale(prices, NOW, TODAY, LAST_DAY)[0]
    assert (full.until, full.later_cents) == (until, later)


@pytest.mark.parametrize(
    ("current", "amount", "received", "status"),
    [
        ("open", 100, 0, "open"),
        ("open", 100, 99, "part paid"),
        ("open", 100, 100, "paid"),
        ("part paid", 100, 250, "paid"),
        ("paid", 100, 40, "part paid"),
        ("open", 0, 0, "paid"),
        ("expired", 100, 100, "expired"),
        ("cancelled", 100, 100, "cancelled"),
    ],
)
def test_order_status(current, amount, received, status):
    assert rules.order_status(current, amount, received) == status


@pytest.mark.parametrize(
    ("status", "payment_status", "intent", "outcome"),
    [
        ("complete", "paid", "succeeded", "complete"),
        ("complete", "no_payment_required", None, "complete"),
        ("complete", "unpaid", "processing", "processing"),
        ("complete", "unpaid", "requires_action", "processing"),
        ("complete", "unpaid", "requires_payment_method", "failed"),
        ("complete", "unpaid", "canceled", "failed"),
        ("expired", "unpaid", "canceled", "expired"),
        ("open", "unpaid", None, "open"),
        ("open", "unpaid", "requires_payment_method", "open"),  # a declined card; another may follow
        (None, None, None, "open"),
    ],
)
def test_outcome(status, payment_status, intent, outcome):
    assert rules.outcome(status, payment_status, intent) == outcome


STATUSES = ("created", "open", "processing", "complete", "expired", "failed")
OUTCOMES = ("open", "processing", "complete", "expired", "failed")


@given(st.sampled_from(STATUSES), st.lists(st.sampled_from(OUTCOMES), max_size=8))
def test_advance_never_goes_back(known, seen):
    at = known
    for one in seen:
        after = rules.advance(at, one)
        assert rules.advance(after, one) == after  # twice is harmless
        if at in rules.FINAL:
            assert after == ("complete" if "complete" in (at, one) else at)
        at = after
    assert at != "created" or not seen
    if "complete" in (known, *seen):
        assert at == "complete"


def test_a_late_look_at_an_open_page_does_not_reopen_it():
    assert rules.advance("expired", "open") == "expired"
    assert rules.advance("processing", "open") == "processing"


def test_refund_lines_say_the_arithmetic():
    lines = rules.refund_lines([Tier(date(2026, 6, 13), 50), Tier(date(2026, 5, 23), 100)], 240000, "usd")
    assert [(line.since, line.until, line.amount_cents, line.words) for line in lines] == [
        (None, date(2026, 5, 23), 240000, "all of it, $2,400"),
        (date(2026, 5, 24), date(2026, 6, 13), 120000, "50% of $2,400 = $1,200"),
        (date(2026, 6, 14), None, 0, "nothing"),
    ]


def test_no_tiers_no_rule():
    assert rules.refund_lines([], 240000, "usd") == []


@given(st.integers(0, 10_000_000), st.integers(0, 100))
def test_a_share_is_never_short_and_never_too_much(cents, share):
    back = rules.share_of(cents, share)
    assert cents * share <= back * 100 < cents * share + 100
    assert 0 <= back <= cents


def test_signature_fresh():
    at = int(NOW.timestamp())
    assert rules.signature_fresh(at - 300, NOW)
    assert not rules.signature_fresh(at - 301, NOW)
