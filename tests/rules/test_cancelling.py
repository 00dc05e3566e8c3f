"""Cancelling a cohort: when it can be, whom it touches, who may say yes; and what goes back, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admissions import cancelling_rules as rules
from app.admissions import rules as seating
from app.admissions.cancelling_rules import Overview, Shown, Touched
from app.lib.refusal import Refused
from app.payments import returns
from app.payments.rules import refund_lines

cents = st.integers(0, 10_000_000)


@dataclass
class Tier:
    until: date | None
    share_percent: int


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("draft", None),
        ("open", None),
        ("closed", None),
        ("running", None),
        ("finished", "it has taken place"),
        ("archived", "it has taken place"),
        ("cancelled", "cancelled already"),
    ],
)
def test_what_can_be_cancelled(status, words):
    if words is None:
        rules.check_may_cancel(status, "Cohort")
    else:
        with pytest.raises(Refused, match=words):
            rules.check_may_cancel(status, "Cohort")


@pytest.mark.parametrize(
    ("enrollment", "application", "paying", "offered", "in_line", "stands"),
    [
        ("active", "accepted", True, True, False, "enrolled"),
        ("grace", None, False, False, False, "enrolled"),
        ("suspended", None, True, False, False, "enrolled"),
        ("paused", None, False, False, False, "enrolled"),
        ("pending", "accepted", True, True, False, "paying"),
        ("pending", "accepted", False, True, False, "offered"),
        ("pending", None, False, False, False, None),
        (None, "accepted", False, True, False, "offered"),
        (None, "accepted", False, False, False, "offered"),
        (None, "waitlisted", False, False, True, "waiting"),
        (None, "submitted", False, False, True, "waiting"),
        (None, "submitted", False, False, False, "applied"),
        (None, "draft", False, False, False, "applied"),
        (None, None, False, True, False, "offered"),
        (None, None, False, False, False, None),
        ("completed", "accepted", True, False, False, None),
        ("withdrawn", "accepted", True, False, False, None),
        ("removed", None, False, False, False, None),
        ("deferred", None, True, False, False, None),
    ],
)
def test_how_somebody_stands(enrollment, application, paying, offered, in_line, stands):
    found = rules.standing(enrollment, application, paying=paying, offered=offered, in_line=in_line)
    assert found == stands


@pytest.mark.parametrize("reason", ["", "No.", " " * 90, "\x00" * 90, "x" * 2001])
def test_everybody_reads_why(reason):
    with pytest.raises(Refused) as refused:
        rules.check_reason(reason)
    assert refused.value.field == "reason"


def test_a_paragraph_is_kept_with_its_lines_and_without_what_cannot_be_shown():
    typed = "  Too few have enrolled.\n\nWe would rather begin\x00 in fall.  "
    assert rules.check_reason(typed) == "Too few have enrolled.\n\nWe would rather begin in fall."


@pytest.mark.parametrize("note", ["", "No", "\x00" * 9, "x" * 501])
def test_a_no_has_its_reason(note):
    with pytest.raises(Refused) as refused:
        rules.check_note(note)
    assert refused.value.field == "note"


def test_the_second_person_is_another_one():
    rules.check_second(1, 2)
    with pytest.raises(Refused, match="Another member of staff"):
        rules.check_second(1, 1)


@pytest.mark.parametrize("then", [Shown(3, 100), Shown(2, 99), Shown(-1, -1)])
def test_what_was_shown_is_what_is_done(then):
    rules.check_shown(Shown(2, 100), Shown(2, 100))
    with pytest.raises(Refused, match="Something has changed"):
        rules.check_shown(Shown(2, 100), then)


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([], "0 of 0 people are seen to"),
        (["waiting"], "0 of 1 person is seen to"),
        (["done", "waiting", "left"], "2 of 3 people are seen to"),
    ],
)
def test_progress(statuses, words):
    assert rules.progress(statuses) == words


def test_an_overview_adds_up():
    figures = returns.figures_if_cancelled(100, 900, 900, 0, "usd")
    pat = Touched(1, "Pat", "enrolled", paid_cents=1000, returned_cents=100, figures=figures, stops=2)
    found = Overview((pat, Touched(2, "Wes", "waiting")))
    assert (found.shown, found.total("paid_cents"), found.total("stops")) == (Shown(2, 900), 1000, 2)
    assert [one.name for one in found.of("waiting")] == ["Wes"]


# --- the money ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tiers", "share"),
    [
        ([], 100),
        ([Tier(date(2026, 2, 14), 50)], 100),
        ([Tier(date(2026, 2, 14), 50), Tier(None, 80)], 80),
        ([Tier(None, 0)], 0),
    ],
)
def test_the_row_without_a_day_is_for_a_cohort_that_is_cancelled(tiers, share):
    assert returns.share_if_cancelled(tiers) == share


def test_that_row_says_nothing_about_who_leaves():
    tiers = [Tier(date(2026, 2, 14), 50)]
    assert refund_lines([*tiers, Tier(None, 100)], 240000) == refund_lines(tiers, 240000)
    assert refund_lines([Tier(None, 100)], 240000) == []


@pytest.mark.parametrize(
    ("share", "paid", "disputed", "kept", "back", "clause"),
    [
        (100, 85000, 0, 0, 85000, "Who paid for a cohort that is cancelled gets back all of it, $850."),
        (100, 85000, 85000, 0, 0, "Who paid for a cohort that is cancelled gets back all of it, $850."),
        (50, 85001, 0, 42500, 42501, "Who paid for a cohort that is cancelled gets back 50% of $850.01 = $425.01."),
        (0, 85000, 0, 85000, 0, "Who paid for a cohort that is cancelled gets back nothing."),
    ],
)  # fmt: skip
def test_what_goes_back(share, paid, disputed, kept, back, clause):
    found = returns.figures_if_cancelled(share, 255000, paid, disputed, "usd")
    assert (found.kept_cents, found.back_cents, found.clause) == (kept, back, clause)


@given(st.integers(0, 100), cents, cents, st.data())
def test_nobody_owes_anything_and_nothing_goes_back_twice(share, price, paid, data):
    stuck = data.draw(st.integers(0, paid))
    found = returns.figures_if_cancelled(share, price, paid, stuck, "usd")
    assert found.balance_cents == 0
    assert 0 <= found.back_cents <= paid - stuck
    if not stuck:
        assert found.back_cents + found.kept_cents == paid


# --- the way in ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "sales", "shown"),
    [
        ("pay", "open", "pay"),
        ("pay", "on hold", "on hold"),
        ("gone", "on hold", "on hold"),
        ("deciding", "on hold", "deciding"),
        ("in", "on hold", "in"),
        ("late money", "on hold", "late money"),
        ("not yet", "on hold", "not yet"),
        ("pay", "cancelled", "cancelled"),
        ("in", "cancelled", "cancelled"),
        ("left", "cancelled", "cancelled"),
        ("late money", "cancelled", "cancelled"),
        ("not yet", "cancelled", "not yet"),
    ],
)
def test_what_somebody_finds_at_the_checkout(state, sales, shown):
    assert seating.if_stopped(state, sales) == shown
