"""The rules of the waitlist, as tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admissions import waitlist_rules as rules
from app.lib.refusal import Refused

TERMS = rules.terms(date(2026, 3, 14), 0, "America/New_York", 48, 3)


def test_days_are_days_of_the_cohort_also_over_a_change_of_the_clock():
    assert TERMS.last == datetime(2026, 3, 11, 4, tzinfo=UTC)  # summer time has begun on the 8th
    assert rules.terms(date(2026, 3, 10), 0, "America/New_York", 48, 3).last == datetime(
        2026, 3, 7, 5, tzinfo=UTC
    )
    assert rules.terms(date(2026, 3, 7), 7, "America/New_York", 48, 3) == TERMS


@pytest.mark.parametrize(
    ("status", "before", "offers"),
    [
        ("open", timedelta(seconds=1), True),
        ("open", timedelta(0), False),
        ("open", timedelta(days=-2), False),
        ("closed", timedelta(days=9), False),
        ("running", timedelta(days=9), False),
        ("cancelled", timedelta(days=9), False),
        ("draft", timedelta(days=9), False),
    ],
)
def test_when_seats_are_offered(status, before, offers):
    assert (rules.why_no_offers(status, TERMS, TERMS.last - before) is None) is offers


def test_no_offer_outlives_the_start():
    assert TERMS.until(TERMS.last) == TERMS.last + timedelta(hours=48)
    assert TERMS.until(TERMS.start - timedelta(hours=5)) == TERMS.start
    assert TERMS.until(TERMS.start) == TERMS.start + timedelta(hours=48)  # offered by hand


@pytest.mark.parametrize(
    ("ahead", "waiting", "band"),
    [
        (0, 1, "near the front"),
        (1, 2, "near the front"),
        (0, 3, "near the front"),
        (1, 3, "in the middle"),
        (2, 3, "toward the end"),
        (3, 12, "near the front"),
        (4, 12, "in the middle"),
        (8, 12, "toward the end"),
    ],
)
def test_bands(ahead, waiting, band):
    assert rules.band(ahead, waiting) == band


@given(waiting=st.integers(1, 500), data=st.data())
def test_a_band_never_gets_better_further_back(waiting, data):
    order = ("near the front", "in the middle", "toward the end")
    ahead = data.draw(st.integers(0, waiting - 1))
    here = order.index(rules.band(ahead, waiting))
    assert ahead + 1 == waiting or here <= order.index(rules.band(ahead + 1, waiting))
    assert ahead > 0 or here == 0


@pytest.mark.parametrize(("status", "refused"), [("waiting", False), ("offered", True), ("lapsed", True)])
def test_only_who_waits_is_moved(status, refused):
    if not refused:
        rules.check_waiting(status, "Wes")
        return
    with pytest.raises(Refused, match="Wes is not waiting"):
        rules.check_waiting(status, "Wes")
