"""One section at a time: which one is shown, and where a link leads."""

from __future__ import annotations

import pytest

from app.coursework.sections import Steps
from app.curriculum.schema import Section

FIELD = {"label": "A word", "type": "short_text"}
SECTIONS = [
    Section.model_validate({"id": one, "title": f"Title {one}", "fields": [FIELD | {"id": f"3.{one}.1"}]})
    for one in "ABC"
]


def steps(wanted: str) -> Steps:
    return Steps(3, SECTIONS, wanted)


@pytest.mark.parametrize("wanted", ["", "B", "3.D", "1.B", "3.b", "3.B.1", "all", "\x00", "3.B" * 999])
def test_any_other_word_shows_all(wanted):
    found = steps(wanted)
    assert (found.here, found.number, found.before, found.after) == (None, 0, None, None)
    assert found.shows("A")
    assert found.shows("send")
    assert found.elsewhere("3.C.1") == ""


@pytest.mark.parametrize(
    ("wanted", "number", "before", "after"),
    [("3.A", 1, None, "3.B"), ("3.B", 2, "3.A", "3.C"), ("3.C", 3, "3.B", "send"), ("send", 4, "3.C", None)],
)
def test_the_way_through(wanted, number, before, after):
    found = steps(wanted)
    assert found.number == number
    assert (found.before and found.before.name, found.after and found.after.name) == (before, after)
    assert [one for one in ("A", "B", "C", "send") if found.shows(one)] == [found.here.letter]


@pytest.mark.parametrize(
    ("anchor", "step"),
    [
        ("3.A.1", "3.A"),
        ("C", "3.C"),
        ("3.B.2", ""),
        ("B", ""),
        ("send", "send"),
        ("check", "send"),
        ("rating", "send"),
        ("rubric-line", "send"),
        ("main", ""),
        ("3.Z.1", ""),
    ],
)
def test_a_place_in_another_section_leads_there(anchor, step):
    expected = step
    assert steps("3.B").elsewhere(anchor) == expected
