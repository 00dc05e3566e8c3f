from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.admissions import rules
from app.lib.refusal import Refused

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "until", "answer"),
    [
        ("open", None, True),
        ("open", NOW + timedelta(seconds=1), True),
        ("open", NOW, False),
        ("closed", NOW + timedelta(days=1), False),
        ("running", None, False),
        ("cancelled", None, False),
    ],
)
def test_takes_applications(status, until, answer):
    assert rules.takes_applications(status, until, NOW) is answer


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (datetime(2026, 3, 25, 15, 0, tzinfo=UTC), date(2026, 3, 27)),  # Wednesday → Friday
        (datetime(2026, 3, 26, 15, 0, tzinfo=UTC), date(2026, 3, 30)),  # Thursday → Monday
        (datetime(2026, 3, 29, 15, 0, tzinfo=UTC), date(2026, 3, 31)),  # Sunday → Tuesday
        (datetime(2026, 3, 26, 3, 30, tzinfo=UTC), date(2026, 3, 27)),  # still Wednesday evening in New York
    ],
)
def test_answer_by(sent, answer):
    assert rules.answer_by(sent, "America/New_York") == answer


@pytest.mark.parametrize("status", ["submitted", "in review", "waitlisted"])
def test_may_be_decided(status):
    rules.check_decidable(status, "Pat", None)


@pytest.mark.parametrize("status", ["accepted", "declined", "withdrawn", "draft"])
def test_is_decided_already(status):
    with pytest.raises(Refused, match=rf"Pat's application is {status} already by Sam"):
        rules.check_decidable(status, "Pat", "Sam")


STATES = [
    # application, enrollment, order, deciding, received, holds, free, open → state
    ("accepted", None, None, False, 0, True, 0, True, "pay"),
    ("accepted", "pending", "open", False, 0, True, 0, True, "pay"),
    ("accepted", "pending", "expired", False, 0, False, 1, True, "pay"),
    ("accepted", "pending", "expired", False, 0, False, 0, True, "gone"),
    ("accepted", None, None, False, 0, False, 2, False, "gone"),  # no new seat once the cohort is closed …
    ("accepted", None, None, False, 0, True, 0, False, "pay"),  # … but a held one stays
    ("accepted", "pending", "open", True, 0, True, 0, True, "deciding"),
    ("accepted", "pending", "expired", False, 100, False, 0, True, "late money"),
    ("accepted", "active", "paid", False, 100, True, 0, True, "in"),
    ("accepted", "suspended", "paid", False, 100, True, 0, True, "in"),
    ("accepted", "withdrawn", "paid", False, 100, False, 3, True, "left"),
    (None, "active", None, False, 0, True, 0, True, "in"),
    ("submitted", None, None, False, 0, False, 3, True, "not yet"),
    ("declined", None, None, False, 0, False, 3, True, "not yet"),
    (None, None, None, False, 0, False, 3, True, "not yet"),
]


@pytest.mark.parametrize(
    ("application", "enrollment", "order", "deciding", "received", "holds", "free", "open_", "state"), STATES
)
def test_checkout_state(application, enrollment, order, deciding, received, holds, free, open_, state):
    found = rules.checkout_state(
        application=application,
        enrollment=enrollment,
        order=order,
        bank_deciding=deciding,
        received_cents=received,
        holds_seat=holds,
        free_seats=free,
        open_cohort=open_,
    )
    assert found == state


def test_seats_add_up():
    found = rules.Seats(capacity=24, sold=16, held=2, offered=3)
    assert (found.taken, found.free) == (21, 3)
    assert rules.Seats(capacity=2, sold=3, held=0, offered=0).free == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\x00b\x07 ", "ab"),
        ("line\nline\ttab", "line\nline\ttab"),
        ("\ud800x", "x"),
        ("𝔘 🏋️", "𝔘 🏋️"),
        ("\x00", ""),
    ],
)
def test_clean_text(typed, kept):
    assert rules.clean_text(typed) == kept


@pytest.mark.parametrize("reason", ["", "No.", " " * 50, "\x00" * 40, "x" * 2001])
def test_a_no_needs_a_reason(reason):
    with pytest.raises(Refused) as refused:
        rules.check_reason(reason)
    assert refused.value.field == "reason"


@pytest.mark.parametrize(
    ("hours", "due"),
    [
        (0, None), (3.99, None), (4, "first"), (23.99, "first"), (24, "second"), (47.99, "second"), (48, "task"),
        (900, "task"),
    ],
)  # fmt: skip
def test_after_leaving_the_checkout(hours, due):
    assert rules.after_leaving(timedelta(hours=hours)) == due


@pytest.mark.parametrize(
    ("counted", "answer"),
    [
        ({}, []),
        ({"applied": 0, "offered": 0}, [(0, 0, None), (0, 0, None)]),
        ({"asked": 8, "confirmed": 6, "applied": 4, "offered": 1},
         [(8, 100, None), (6, 75, 75), (4, 50, None), (1, 12, 25)]),
        ({"applied": 1, "offered": 2}, [(1, 50, None), (2, 100, None)]),
    ],
)  # fmt: skip
def test_funnel_lines(counted, answer):
    assert [(one.persons, one.bar, one.of_before) for one in rules.funnel_lines(counted)] == answer


def test_who_never_confirmed_is_erased_so_the_rest_is_no_share_of_them():
    lines = rules.funnel_lines({"asked": 6, "confirmed": 6, "applied": 3, "offered": 3}, all_asked=False)
    assert [one.of_before for one in lines] == [None, None, None, 100]
