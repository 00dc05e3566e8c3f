"""Employers' seats as tables: what may be sold, what comes back, who may be invited and claim."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.admissions import claim_rules, employer_rules, rules
from app.lib.refusal import Refused
from app.payments import employer_rules as money

TODAY, LAST = date(2026, 3, 25), date(2026, 8, 28)
GOOD = {"seats": 3, "price_cents": 240000, "pay_until": date(2026, 4, 8), "claim_until": date(2026, 6, 5)}
TIERS = [
    SimpleNamespace(until=date(2026, 5, 23), share_percent=100),
    SimpleNamespace(until=date(2026, 6, 13), share_percent=50),
]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({}, None),
        ({"seats": 1}, None),
        ({"seats": 0}, "seats"),
        ({"seats": 201}, "seats"),
        ({"price_cents": 50}, None),
        ({"price_cents": 49}, "price"),
        ({"price_cents": 10_000_000 // 3}, None),
        ({"price_cents": 10_000_000 // 3 + 1}, "price"),
        ({"pay_until": TODAY}, None),
        ({"pay_until": TODAY - timedelta(days=1)}, "pay_until"),
        ({"pay_until": TODAY + timedelta(days=90), "claim_until": LAST}, None),
        ({"pay_until": TODAY + timedelta(days=91), "claim_until": LAST}, "pay_until"),
        ({"claim_until": date(2026, 4, 8)}, None),
        ({"claim_until": date(2026, 4, 7)}, "claim_until"),
        ({"claim_until": LAST}, None),
        ({"claim_until": LAST + timedelta(days=1)}, "claim_until"),
    ],
)
def test_terms_that_may_be_sold(changed, field):
    try:
        money.check_terms(**(GOOD | changed), today=TODAY, last_day=LAST)
        found = None
    except Refused as refused:
        found = refused.field
    assert found == field


@pytest.mark.parametrize(
    ("told_on", "seats", "paid", "disputed", "kept", "back"),
    [
        (date(2026, 5, 23), 2, 720000, 0, 0, 480000),
        (date(2026, 5, 24), 2, 720000, 0, 240000, 240000),
        (date(2026, 6, 14), 2, 720000, 0, 480000, 0),
        (date(2026, 5, 23), 2, 300000, 0, 0, 300000),  # less is with us than they are worth
        (date(2026, 5, 23), 2, 720000, 720000, 0, 0),  # the bank has it
        (date(2026, 5, 24), 1, 240000, 100000, 120000, 120000),
    ],
)
def test_what_comes_back_for_unclaimed_seats(told_on, seats, paid, disputed, kept, back):
    found = money.unclaimed(TIERS, told_on, seats, 240000, paid, disputed, "usd")
    assert (found.figures.kept_cents, found.back_cents) == (kept, back)
    assert found.figures.price_cents == seats * 240000


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(
    seats=st.integers(1, 200),
    price=st.integers(50, 300_000),
    paid=st.integers(0, 60_000_000),
    disputed=st.integers(0, 60_000_000),
    days=st.integers(0, 200),
)
def test_never_more_comes_back_than_was_paid_or_than_the_seats_are_worth(seats, price, paid, disputed, days):
    disputed = min(disputed, paid)
    found = money.unclaimed(TIERS, TODAY + timedelta(days=days), seats, price, paid, disputed, "usd")
    assert 0 <= found.back_cents <= min(paid, seats * price)
    assert found.back_cents <= max(0, min(paid, seats * price) - min(paid, seats * price, disputed))


def test_without_a_refund_rule_nothing_comes_back():
    assert money.unclaimed([], TODAY, 2, 240000, 480000, 0, "usd").back_cents == 0


@pytest.mark.parametrize(
    ("order", "pays_by", "cohort", "held", "may"),
    [
        ("open", "link", "open", 2, True),
        ("open", "link", "running", 2, True),
        ("open", "link", "cancelled", 2, False),
        ("open", "link", "open", 1, False),
        ("open", "by hand", "open", 2, False),
        ("part paid", "link", "open", 2, False),
        ("paid", "link", "open", 2, False),
        ("expired", "link", "open", 0, False),
        ("cancelled", "link", "open", 0, False),
    ],
)
def test_who_may_pay(order, pays_by, cohort, held, may):
    if may:
        employer_rules.check_pay(order, pays_by, cohort, held, 2)
    else:
        with pytest.raises(Refused):
            employer_rules.check_pay(order, pays_by, cohort, held, 2)


def test_a_payment_page_never_outlives_its_seats():
    now = datetime(2026, 4, 8, 23, 50, tzinfo=UTC)
    assert employer_rules.pay_until(now + timedelta(minutes=9), now) == now + rules.PAY_LIFE
    assert employer_rules.pay_until(now + timedelta(days=9), now) == now + timedelta(days=9)


@pytest.mark.parametrize(
    ("reason", "good"), [("", True), ("   ", True), ("short", False), ("x" * 501, False)]
)
def test_the_reason_to_overbook(reason, good):
    if good:
        assert employer_rules.check_forced(reason) == ""
    else:
        with pytest.raises(Refused):
            employer_rules.check_forced(reason)


@pytest.mark.parametrize(
    ("order", "cohort", "today", "open_"),
    [
        ("paid", "open", date(2026, 6, 5), True),
        ("paid", "running", date(2026, 6, 5), True),
        ("paid", "open", date(2026, 6, 6), False),
        ("paid", "cancelled", TODAY, False),
        ("part paid", "open", TODAY, False),
        ("open", "open", TODAY, False),
        ("expired", "open", TODAY, False),
    ],
)
def test_when_seats_can_be_given_and_claimed(order, cohort, today, open_):
    if open_:
        claim_rules.check_open(order, cohort, date(2026, 6, 5), today)
    else:
        with pytest.raises(Refused):
            claim_rules.check_open(order, cohort, date(2026, 6, 5), today)


ME = "pat@example.com"


@pytest.mark.parametrize(
    ("email", "enrollment", "is_open", "left", "state"),
    [
        (None, None, True, 1, "sign in"),
        (None, None, False, 1, "not now"),
        (None, None, True, 0, "not now"),
        (ME, None, True, 1, "claim"),
        (ME.upper(), None, True, 1, "claim"),
        (ME, "pending", True, 1, "claim"),
        (ME, None, True, 0, "not now"),
        (ME, "active", True, 0, "in"),
        (ME, "suspended", False, 0, "in"),
        (ME, "withdrawn", True, 1, "left"),
        ("wes@example.com", None, True, 1, "other address"),
        ("wes@example.com", "active", True, 1, "other address"),
        ("wes@example.com", None, True, 0, "not now"),
    ],
)
def test_what_an_invitation_is(email, enrollment, is_open, left, state):
    assert claim_rules.claim_state(ME, email, enrollment, is_open, left) == state


@pytest.mark.parametrize("status", sorted(rules.SEATED | rules.LEFT))
def test_who_has_or_had_a_place_claims_none(status):
    with pytest.raises(Refused):
        claim_rules.check_no_place(status)


@pytest.mark.parametrize(
    ("typed", "emails", "problems"),
    [
        ("a@x.example", ["a@x.example"], []),
        ("A@X.example, b@x.example;c@x.example", ["a@x.example", "b@x.example", "c@x.example"], []),
        ("Ann Lee <ann@x.example>\n\n", ["ann@x.example"], []),
        ("a@x.example\na@X.EXAMPLE", ["a@x.example"], ["This address stands here twice."]),
        ("nobody", [], ["That does not look like an email address. Is there an @ and a dot?"]),
        ("known@x.example", [], ["This address is invited already. Its mail can be sent again below."]),
        ("\n".join("abcd"[i] + "@x.example" for i in range(4)), ["a@x.example", "b@x.example", "c@x.example"],
         [claim_rules.NO_SEAT]),
    ],
)  # fmt: skip
def test_a_pasted_list(typed, emails, problems):
    lines = claim_rules.read_list(typed, {"known@x.example"}, 3)
    assert [one.email for one in lines if not one.problem] == emails
    assert [one.problem for one in lines if one.problem] == problems


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=400))
def test_any_text_is_a_list_with_each_line_explained(typed):
    for number, line in enumerate(claim_rules.read_list(typed, (), 5), start=1):
        assert line.number == number
        assert line.email or line.problem
        assert line.email == line.email.strip().lower()


@pytest.mark.parametrize("typed", ["", "x," * 201, "x" * 20_001])
def test_a_list_that_cannot_be_gone_through(typed):
    with pytest.raises(Refused):
        claim_rules.check_list(claim_rules.read_list(typed, (), 5), typed)
