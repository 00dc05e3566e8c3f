"""Every total equals the ledger, whatever the ledger: sums of the reports against sums made by hand, row by row."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from app.lib.local_days import changes
from app.payments import schedule
from tests.rooms.payments import by_hand, ledgers
from tests.rooms.payments.by_hand import arrived, every_part, gone, scope, standing, summed, totals

random_ledgers = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def books(app, cast):
    """`books(ledger)` puts that ledger, and nothing else, into the books."""

    def fill(ledger: list[ledgers.Bought]) -> None:
        ledgers.clear()
        ledgers.write(cast, ledger)

    return fill


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_every_report_is_the_sum_of_its_rows(books, ledger):
    books(ledger)
    by_hand.check_all(scope())


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_a_week_has_the_cash_of_its_days_in_the_zone(books, ledger):
    books(ledger)
    first, last, zone = date(2026, 3, 1), date(2026, 3, 8), ZoneInfo(by_hand.ZONE)
    moved = [(one.received_at, one.currency, one.amount_cents) for one in arrived()]
    moved += [(one.sent_at, one.payment.currency, -one.amount_cents) for one in gone()]
    inside = summed(
        (currency, cents) for at, currency, cents in moved if first <= at.astimezone(zone).date() <= last
    )
    assert totals("cash", "Net", scope(first, last, name="")) == inside


@random_ledgers
@given(ledger=ledgers.ledgers)
def test_what_is_still_to_come_is_what_is_owed_less_what_was_received(books, ledger):
    books(ledger)
    for order in standing():
        parts = every_part(order)
        covered = sum(one.covered_cents for one in parts)
        assert schedule.pay_off_cents(parts) == schedule.owed_cents(order.amount_cents, parts) - covered


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_the_offsets_of_a_zone_are_found_to_the_second(zone):
    turns, last = changes(zone, date(2025, 1, 1), date(2026, 12, 31))
    assert [at.minute % 30 + at.second for at, _before in turns] == [0] * len(turns)
    for at, before in turns:
        local = at.astimezone(ZoneInfo(zone))
        assert local.utcoffset().total_seconds() != before  # type: ignore[union-attr]
    assert len(turns) == (4 if zone in ("America/New_York", "Australia/Lord_Howe") else 0)
    assert last == {"America/New_York": -18_000, "Australia/Lord_Howe": 39_600, "Asia/Kathmandu": 20_700}.get(
        zone, 0
    )
