"""What is asked before the first day, what may be passed over, and a calendar as other programs read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cohorts import onboarding_rules as rules
from app.lib import ics
from app.lib.refusal import Refused
from tests.cast import NOW

MODULES = ["systems", "focus"]


@pytest.mark.parametrize(
    ("states", "has_call", "next_key", "complete"),
    [
        ({}, True, "zone", False),
        ({"zone": "done"}, True, "profile", False),
        ({"zone": "skipped", "profile": "skipped"}, True, "privacy", False),
        ({"zone": "done", "profile": "done", "privacy": "done", "calendar": "skipped"}, True, "call", False),
        ({"zone": "done", "profile": "done", "privacy": "done", "calendar": "skipped"}, False, None, True),
        (dict.fromkeys(rules.ITEMS, "done"), True, None, True),
        (dict.fromkeys(rules.ITEMS, "skipped"), True, None, False),  # nobody passes over the agreement
        ({"call": "done"}, False, "zone", False),
    ],
)
def test_the_first_open_item_is_next(states, has_call, next_key, complete):
    items = rules.checklist(states, has_call)
    assert next((one.key for one in items if one.is_next), None) == next_key
    assert rules.is_complete(items) is complete


def test_all_but_the_agreement_may_be_skipped_and_what_was_done_stays_done():
    may_skip = [one.key for one in rules.checklist({}, True) if one.may_skip]
    assert may_skip == ["zone", "profile", "calendar", "call"]
    assert rules.after({"zone": "done"}, "zone", "skipped") == {"zone": "done"}
    assert rules.after({"zone": "skipped"}, "zone", "done") == {"zone": "done"}
    with pytest.raises(Refused, match="cannot be skipped"):
        rules.after({}, "privacy", "skipped")
    with pytest.raises(Refused, match="nothing of that name"):
        rules.after({}, "shoes", "done")


GOOD = {"practice_name": " Lake\nside ", "setting": "own", "years": " 7 ", "certifications": "MES"}


def test_a_profile_is_kept_on_one_line_each():
    found = rules.profile(**GOOD, hardest="focus", modules=MODULES)
    assert (found.practice_name, found.years, found.hardest) == ("Lake side", 7, "focus")
    assert rules.profile(**GOOD | {"years": ""}, hardest="focus", modules=MODULES).years is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("practice_name", "x" * 161),
        ("setting", ""),
        ("setting", "moon"),
        *(("years", typed) for typed in ("-1", "71", "7.5", "٧", "1e3", "999999", "x")),
        ("certifications", "x" * 301),
        ("hardest", ""),
        ("hardest", "no-such-module"),
    ],
)
def test_what_is_wrong_names_its_field(field, value):
    with pytest.raises(Refused) as refused:
        rules.profile(**GOOD | {"hardest": "focus"} | {field: value}, modules=MODULES)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("days", "finished", "wanted"),
    [
        (0, False, False),
        (2.9, False, False),
        (3, False, True),
        (13, False, True),
        (14, False, False),
        (4, True, False),
    ],
)
def test_one_nudge_after_three_days(days, finished, wanted):
    since = NOW - timedelta(days=days)
    assert rules.wants_nudge(since, NOW if finished else None, NOW) is wanted
    assert not rules.wants_nudge(None, None, NOW)


@pytest.mark.parametrize(("days", "over"), [(0, False), (90, False), (91, True)])
def test_a_feed_answers_for_ninety_days_after_the_end(days, over):
    assert rules.is_feed_over(date(2026, 5, 22), date(2026, 5, 22) + timedelta(days=days)) is over


# --- the calendar file ------------------------------------------------------------------------------------------

EVENT = ics.Event(
    uid="call-week-1.spring@cohort.example",
    title="Kick-off; systems, and \\ more",
    starts=datetime(2026, 2, 28, 16, 0, tzinfo=UTC),
    ends=datetime(2026, 2, 28, 17, 15, tzinfo=UTC),
    text="First line\nSecond line",
    url="https://cohort.example/dashboard",
    place="https://meet.example/room",
    is_busy=True,
)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_says_instants_in_utc_and_escapes_what_has_a_meaning():
    lines = unfolded(ics.calendar("Cohort of May, 2026", [EVENT], NOW))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20260228T160000Z" in lines
    assert "DTEND:20260228T171500Z" in lines
    assert "SUMMARY:Kick-off\\; systems\\, and \\\\ more" in lines
    assert "DESCRIPTION:First line\\nSecond line" in lines
    assert "X-WR-CALNAME:Cohort of May\\, 2026" in lines
    assert "TRANSP:OPAQUE" in lines
    assert not any(line.startswith("BEGIN:VTIMEZONE") for line in lines)


def test_whole_days_are_dates():
    day = ics.Event("day", "It begins", date(2026, 2, 28), date(2026, 3, 1))
    lines = unfolded(ics.calendar("Dates", [day], NOW))
    assert "DTSTART;VALUE=DATE:20260228" in lines
    assert "DTEND;VALUE=DATE:20260301" in lines
    assert "TRANSP:TRANSPARENT" in lines


@given(st.text(max_size=300))
def test_no_title_breaks_out_of_its_line(title):
    text = ics.calendar("Dates", [ics.Event("one", title, NOW, NOW + timedelta(minutes=5))], NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    lines = unfolded(text)
    assert sum(line == "BEGIN:VEVENT" for line in lines) == 1
    assert sum(line.startswith("SUMMARY:") for line in lines) == 1
