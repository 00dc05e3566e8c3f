"""The clocks change between the start of a cohort and its calls: everybody still meets at the same wall clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import Call
from app.lib.database import db
from tests.rooms.payments.plans import EACH, Plan, charged
from tests.rooms.payments.purchases import stripe  # noqa: F401

# The spring cohort begins on February 28 in New York, where the clocks change on March 8; in Europe on March 29.
ZONES = {
    "America/New_York": ("Sat, Feb 28, 11:00 a.m. EST", "Sat, Mar 28, 11:00 a.m. EDT"),
    "America/Phoenix": ("Sat, Feb 28, 9:00 a.m. MST", "Sat, Mar 28, 8:00 a.m. MST"),  # they never change
    "Europe/London": ("Sat, Feb 28, 4:00 p.m. GMT", "Sat, Mar 28, 3:00 p.m. GMT"),  # not yet
    "Asia/Kolkata": ("Sat, Feb 28, 9:30 p.m. IST", "Sat, Mar 28, 8:30 p.m. IST"),
}


def test_a_call_after_the_change_is_at_the_same_wall_clock(app, cast):
    calls = select(Call.key, Call.starts_at).where(Call.cohort_id == cast.spring)
    found = dict(db.session.execute(calls).all())
    assert found["week-1"] == datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
    assert found["week-5"] == datetime(2026, 3, 28, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
def test_each_reads_calls_and_modules_in_their_own_zone(cast, sign_in, write, zone):
    with write():
        db.session.get_one(User, cast.ana).time_zone = zone
    page = " ".join(sign_in(cast.ana).get("/calendar").text.split())
    for said in ZONES[zone]:  # calls, and the modules that open on those days
        assert said in page, said
    assert ZONES[zone][1] in sign_in(cast.ana).get("/dashboard").text  # the next call


def test_a_charge_after_the_change_is_at_nine_of_the_cohort(cast, clock, stripe):
    """Bought on October 10; the clocks change on November 1, the second installment is due on the 10th."""
    clock.now = datetime(2026, 10, 10, 15, 0, tzinfo=UTC)
    plan = Plan(cast.pat, cast.autumn, clock).begun(stripe)
    assert plan.part(2).next_try_at == datetime(2026, 11, 10, 14, 0, tzinfo=UTC)  # 9 a.m. EST
    clock.now = datetime(2026, 11, 10, 13, 59, tzinfo=UTC)  # past nine before the change
    plan.work()
    assert charged(stripe) == EACH
    clock.move(minutes=1)
    plan.work()
    assert charged(stripe) == 2 * EACH
