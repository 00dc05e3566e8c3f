"""What comes back to somebody who leaves: the refund rule as a table, and what must hold for every amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.refusal import Refused
from app.payments import returns

DAY = date(2026, 3, 25)
cents = st.integers(0, 10_000_000)


@dataclass
class Tier:
    until: date
    share_percent: int


@dataclass
class Held:
    id: int
    kept_cents: int
    disputed_cents: int = 0


@dataclass
class Part:
    due_on: date
    amount_cents: int
    status: str
    covered_cents: int = 0


HALF = "Who tells us by Sat, Mar 7, 2026 gets back 50% of $2,400 = $1,200."
RULE = [Tier(date(2026, 2, 14), 100), Tier(date(2026, 3, 7), 50)]


@pytest.mark.parametrize(
    ("told_on", "paid", "kept", "back", "balance", "clause"),
    [
        (date(2026, 2, 14), 240000, 0, 240000, 0, "Who tells us by Sat, Feb 14, 2026 gets back all of it, $2,400."),
        (date(2026, 2, 15), 240000, 120000, 120000, 0, HALF),
        (date(2026, 3, 7), 80000, 120000, 0, 40000, HALF),
        (date(2026, 3, 8), 240000, 240000, 0, 0, "Who tells us from Sun, Mar 8, 2026 on gets nothing back."),
        (date(2026, 3, 8), 80000, 240000, 0, 160000, "Who tells us from Sun, Mar 8, 2026 on gets nothing back."),
    ],
)  # fmt: skip
def test_the_day_they_told_us_decides(told_on, paid, kept, back, balance, clause):
    found = returns.figures(RULE, told_on, 240000, paid, 0, "usd")
    assert (found.kept_cents, found.back_cents, found.balance_cents, found.clause) == (
        kept, back, balance, clause
    )  # fmt: skip


def test_without_a_rule_what_was_paid_is_kept_and_nothing_more_is_owed():
    found = returns.figures([], DAY, 240000, 80000, 0, "usd")
    assert (found.kept_cents, found.back_cents, found.balance_cents) == (80000, 0, 0)
    assert found.clause == returns.NO_RULE


tiers = st.lists(
    st.builds(Tier, st.dates(date(2026, 1, 1), date(2026, 6, 1)), st.integers(0, 100)), max_size=4
)


@given(tiers, st.dates(date(2026, 1, 1), date(2026, 7, 1)), cents, cents, st.data())
def test_what_comes_back_is_never_more_than_was_paid(rule, told_on, price, paid, data):
    stuck = data.draw(st.integers(0, paid))
    found = returns.figures(rule, told_on, price, paid, stuck, "usd")
    assert 0 <= found.back_cents <= paid - stuck
    assert found.balance_cents >= 0
    assert not (found.back_cents and found.balance_cents)
    if not stuck:
        assert paid - found.back_cents + found.balance_cents == max(found.kept_cents, 0)
    assert found.owed_cents(waived=True) == min(found.kept_cents, paid)


held = st.lists(st.tuples(st.integers(0, 100_000), st.booleans()), max_size=6)


@given(held, cents)
def test_refunds_are_spread_over_the_newest_first_and_never_exceed_a_payment(rows, wanted):
    payments = [Held(number, kept, 1 if contested else 0) for number, (kept, contested) in enumerate(rows)]
    found = returns.spread(payments, wanted)
    left = {one.id: 0 if one.disputed_cents else one.kept_cents for one in payments}
    assert all(0 < share <= left[payment_id] for payment_id, share in found)
    assert sum(share for _id, share in found) == min(wanted, sum(left.values()))
    ids = [payment_id for payment_id, _share in found]
    assert ids == sorted(ids, reverse=True)
    for payment_id, share in found[:-1]:  # one is emptied before an older one is touched
        assert share == left[payment_id]


parts = st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 100_000)), max_size=6)


@given(parts, cents)
def test_what_stays_due_is_the_oldest_first(rows, keep):
    found = [Part(DAY, amount, "scheduled", min(amount, covered)) for amount, covered in rows]
    stays = returns.cut_back(found, keep)
    left = [part.amount_cents - part.covered_cents for part in found]
    assert sum(stays) == min(keep, sum(left))
    assert all(0 <= share <= most for share, most in zip(stays, left, strict=True))
    first_short = next((number for number, share in enumerate(stays) if share < left[number]), len(stays))
    assert not any(stays[first_short + 1 :])


@given(cents, cents, cents, cents, cents, st.booleans())
def test_a_credit_never_exceeds_the_refund_or_what_was_credited(amount, owed, net, to_come, credited, failed):
    change = returns.credit_of(amount, owed, net, to_come, credited, failed)
    assert -min(amount, credited) <= change <= amount
    assert (change <= 0) if failed else (change >= 0)


@pytest.mark.parametrize(
    ("owed", "net", "to_come", "change"),
    [
        (240000, 230000, 0, 10000),  # paid in full: what went back is no longer owed
        (255000, 75000, 170000, 10000),  # a plan: what is to come stays to come
        (240000, 240000, 0, 0),  # what had been paid twice
        (240000, 235000, 0, 5000),  # half of it had been too much
    ],
)
def test_what_a_refund_from_the_dashboard_takes_off(owed, net, to_come, change):
    assert returns.credit_of(10000, owed, net, to_come, 0, failed=False) == change


@pytest.mark.parametrize(
    ("cents", "limit", "two"), [(100000, 1000, False), (100001, 1000, True), (1, 0, True)]
)
def test_above_the_limit_two_people_are_needed(cents, limit, two):
    assert returns.needs_two(cents, limit) is two


def test_who_asked_does_not_approve():
    with pytest.raises(Refused, match="Another member of staff"):
        returns.check_second(7, 7)
    returns.check_second(7, 8)
    returns.check_second(None, 8)


@pytest.mark.parametrize("status", ["pending", "completed", "withdrawn", "deferred", "removed"])
def test_who_has_no_place_leaves_nothing(status):
    with pytest.raises(Refused, match="nothing to withdraw from"):
        returns.check(status, "Ana", DAY, DAY, DAY, "time")


@pytest.mark.parametrize(
    ("told_on", "reason", "field"),
    [
        (DAY + timedelta(days=1), "time", "told_on"),
        (DAY - timedelta(days=8), "time", "told_on"),
        (DAY, "", "reason"),
        (DAY, "because", "reason"),
    ],
)
def test_a_day_and_a_reason_that_can_be(told_on, reason, field):
    with pytest.raises(Refused) as refused:
        returns.check("active", "Ana", told_on, DAY - timedelta(days=7), DAY, reason)
    assert refused.value.field == field


STATES = ["requested", "approved", "sent", "succeeded", "failed"]


@given(st.sampled_from(STATES[1:]), st.lists(st.sampled_from(["sent", "succeeded", "failed"])))
def test_a_refund_never_goes_back_a_step(known, seen):
    state = known
    for look in seen:
        after = returns.advance(state, look)
        assert STATES.index(after) >= STATES.index(state)
        state = after
    assert state == max([known, *seen], key=STATES.index)


@pytest.mark.parametrize(
    ("stripe", "ours"),
    [("pending", "sent"), ("requires_action", "sent"), ("succeeded", "succeeded"), ("failed", "failed"),
     ("canceled", "failed"), (None, "sent")],
)  # fmt: skip
def test_what_stripe_calls_it(stripe, ours):
    assert returns.at_stripe(stripe) == ours
