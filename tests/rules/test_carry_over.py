"""Which marks of the last round are offered again, how many changes are a lot, and what the comment bank keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coursework.bank_rules import checked, without_their_words
from app.coursework.carry_over import Judged, offered
from app.coursework.next_changes import many
from app.lib.refusal import Refused

PATH = Judged("path", critical=False, fields=("1.B.1", "1.B.2"))
PLAN = Judged("plan", critical=True, fields=("1.D.1",))
WHOLE = Judged("whole", critical=False)
ALL = (PATH, PLAN, WHOLE)
BEFORE = {"path": "meets", "plan": "exceeds", "whole": "not_yet"}


@pytest.mark.parametrize(
    ("before", "changed", "answered", "same_rubric", "expected"),
    [
        (BEFORE, [], [], True, BEFORE),
        (BEFORE, ["1.B.2"], [], True, {"plan": "exceeds"}),
        (BEFORE, ["9.Z.1"], [], True, {"path": "meets", "plan": "exceeds"}),
        (BEFORE, ["1.B.1", "1.D.1"], [], True, {}),
        # answered with "I disagree": the field is as it was, and the answer has to be judged
        (BEFORE, [], ["1.B.1"], True, {"plan": "exceeds"}),
        # critical at Not yet is judged anew, whatever happened
        ({**BEFORE, "plan": "not_yet"}, [], [], True, {"path": "meets", "whole": "not_yet"}),
        ({"path": "not_yet"}, [], [], True, {"path": "not_yet"}),
        ({"path": "great", "old": "meets"}, [], [], True, {}),
        (BEFORE, [], [], False, {}),
        ({}, [], [], True, {}),
    ],
)
def test_carry_over(before, changed, answered, same_rubric, expected) -> None:
    assert offered(ALL, before, changed, answered, same_rubric=same_rubric) == expected


@given(st.dictionaries(st.sampled_from(["path", "plan", "whole"]), st.sampled_from(["not_yet", "meets", "exceeds"])),
       st.sets(st.sampled_from(["1.B.1", "1.B.2", "1.D.1", "2.A.1"])))  # fmt: skip
def test_nothing_touched_and_no_critical_not_yet_is_ever_carried_over(before, changed) -> None:
    kept = offered(ALL, before, changed)
    assert kept.items() <= before.items()
    for one in ALL:
        if one.key in kept:
            assert not changed & set(one.fields)
            assert not (one.critical and kept[one.key] == "not_yet")


@pytest.mark.parametrize(
    ("required", "first", "said"),
    [
        (0, 0, ""),
        (3, 3, ""),
        (
            4,
            0,
            "Four required changes. Three next changes are good practice: mark the three that come first.",
        ),
        (5, 3, "Five required changes, three are marked to come first."),
        (5, 1, "Five required changes, one is marked to come first."),
        (5, 4, "Five required changes, four are marked to come first. Three at a time are good practice."),
    ],
)
def test_more_than_three_changes_are_a_hint(required: int, first: int, said: str) -> None:
    assert many(required, first) == said


ANSWER = "Illness is at my discretion. Nobody else decides."


@pytest.mark.parametrize(
    ("text", "quote", "kept"),
    [
        ("Write the exception as a rule.", "", "Write the exception as a rule."),
        ("“Illness is at my discretion” is no rule.", "", "… is no rule."),
        ('"illness is at  my discretion" is no rule.', "", "… is no rule."),
        ("What does at my discretion mean?", "at my discretion", "What does … mean?"),
        ("Write “the stand-in decides” instead.", "", "Write “the stand-in decides” instead."),
        ("“I wrote: Illness is at my discretion. Nobody else decides.” Why?", "", "… Why?"),
    ],
)
def test_the_bank_keeps_nothing_a_participant_wrote(text: str, quote: str, kept: str) -> None:
    assert without_their_words(text, quote, ANSWER, "Ana Morales") == kept


@pytest.mark.parametrize("text", ["Well done, Ana.", "ana, look again", "As Morales says"])
def test_the_bank_keeps_no_name(text: str) -> None:
    with pytest.raises(Refused, match="names"):
        without_their_words(text, "", ANSWER, "Ana Morales")


def test_a_name_inside_a_word_is_none() -> None:
    assert without_their_words("An analysis of it.", "", "", "Ana Morales") == "An analysis of it."


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_what_cannot_be_kept(text: str) -> None:
    with pytest.raises(Refused):
        checked(text)


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=200))
def test_no_text_breaks_the_bank(text: str, quote: str, answer: str) -> None:
    without_their_words(text, quote, answer, "Ó Q")
