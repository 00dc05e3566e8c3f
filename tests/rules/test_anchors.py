"""A comment's words in the next round: found where they went, or said to be changed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.coursework.anchors import Anchor, FieldText, Place, place, sentences, tidy

STEPS = (
    "Purpose One rule for everybody. Steps 24 hours' notice or more: no fee; offer two other times. "
    "Less than 24 hours: 50 % of the session fee, added to the next invoice. "
    "No message within 15 minutes: full fee; I decide whether to call. "
    "Exceptions Illness is at my discretion. Record The log sheet at the desk."
)


def anchored(quote: str, text: str = STEPS, row_id: str = "") -> Anchor:
    """As the page makes it: with 32 characters of what stands around."""
    at = text.index(quote)
    before, after = text[max(0, at - 32) : at].strip(), text[at + len(quote) :][:32].strip()
    return Anchor(quote, before, after, row_id)


MOVED = "Exceptions Illness is at my discretion. " + STEPS.replace(
    "Exceptions Illness is at my discretion. ", ""
)


@pytest.mark.parametrize(
    ("quote", "later", "state", "words"),
    [
        # unchanged, and the text around it changed
        ("Illness is at my discretion.", STEPS, "here", "Illness is at my discretion."),
        ("Illness is at my discretion.", STEPS + " Reviewed in May.", "here", "Illness is at my discretion."),
        ("Illness is at my discretion.", MOVED, "here", "Illness is at my discretion."),
        ("50 % of the session fee", STEPS.replace(" added", "\n\nadded"), "here", "50 % of the session fee"),
        # words changed inside
        (
            "added to the next invoice.",
            STEPS.replace("the next invoice", "the invoice of that month"),
            "edited",
            "added to the invoice of that month.",
        ),
        (
            "No message within 15 minutes: full fee; I decide whether to call.",
            STEPS.replace("I decide whether to call.", "Rosa calls the same day."),
            "edited",
            "No message within 15 minutes: full fee; Rosa calls the same day.",
        ),
        # rewritten whole between words that stayed
        (
            "Illness is at my discretion.",
            STEPS.replace("Illness is at my discretion.", "A hospital visit: no fee. Rosa decides, not me."),
            "changed",
            "",
        ),
        # split by a sentence put in the middle
        (
            "offer two other times. Less than 24 hours: 50 % of the session fee",
            STEPS.replace("Less than 24", "Both times are in the same week. Less than 24"),
            "edited",
            "offer two other times. Both times are in the same week. Less than 24 hours: 50 % of the session fee",
        ),
        # both changed and moved
        (
            "Less than 24 hours: 50 % of the session fee, added to the next invoice.",
            "Less than 12 hours: 50 % of the session fee, added to the next invoice. Everything else is new here.",
            "edited",
            "Less than 12 hours: 50 % of the session fee, added to the next invoice.",
        ),
        # deleted
        ("Illness is at my discretion.", STEPS.replace("Exceptions Illness is at my discretion. ", ""), "changed", ""),
        ("Illness is at my discretion.", "", "changed", ""),
        ("Illness is at my discretion.", "Another text about other things altogether.", "changed", ""),
        # short words stand in many places: only their surroundings tell them apart
        ("fee", "We thank you for the coffee and a fee.", "changed", ""),
    ],
)  # fmt: skip
def test_where_a_passage_is_in_the_next_round(quote: str, later: str, state: str, words: str) -> None:
    found = place(anchored(quote), FieldText(later))
    assert (found.state, found.quote) == (state, words)
    assert found.is_there == (state != "changed")


def test_of_two_equal_passages_the_one_with_the_same_surroundings_is_meant() -> None:
    text = "First week: call the client. Second week: call the client. Third week: write."
    at = text.rindex("call the client")
    anchor = Anchor("call the client", text[at - 20 : at].strip(), text[at + 15 : at + 40].strip())
    found = place(anchor, FieldText("Before: call the client. " + text))
    assert found.prefix.endswith("Second week:")


ROWS = {
    "r1": "Inquiry Rosa 31 Mar Did not know where the code goes.",
    "r2": "Discharge Rosa 8 Apr Asked about day 14.",
}


def table(rows: dict[str, str]) -> FieldText:
    return FieldText(" ".join(rows.values()), rows)


@pytest.mark.parametrize(
    ("anchor", "rows", "expected"),
    [
        (Anchor(row_id="r2"), ROWS, Place("here", row_id="r2")),
        (Anchor(row_id="r2"), {"r1": ROWS["r1"]}, Place("removed")),
        (Anchor(ROWS["r2"], row_id="r2"), {"r2": ROWS["r2"], "r1": ROWS["r1"]}, ("here", ROWS["r2"], "r2")),
        (Anchor(ROWS["r2"], row_id="r2"), {"r1": ROWS["r1"]}, Place("removed")),
        # pasted anew from a spreadsheet: another id, the same words
        (Anchor(ROWS["r2"], row_id="r2"), {"x9": ROWS["r2"]}, ("here", ROWS["r2"], "x9")),
        (
            Anchor(ROWS["r2"], row_id="r2"),
            {"r2": "Discharge Rosa 9 Apr Asked about day 14."},
            ("edited", "Discharge Rosa 9 Apr Asked about day 14.", "r2"),
        ),
        (Anchor(ROWS["r2"], row_id="r2"), {"r2": "Something else"}, Place("changed", row_id="r2")),
        (
            Anchor("where the code goes", "Did not know", ".", "r1"),
            ROWS | {"r1": "Inquiry Rosa 31 Mar Found it."},
            Place("changed", row_id="r1"),
        ),
        (Anchor("where the code goes", "Did not know", ".", "r1"), ROWS, ("here", "where the code goes", "r1")),
    ],
)  # fmt: skip
def test_where_a_row_is_in_the_next_round(anchor: Anchor, rows: dict[str, str], expected: object) -> None:
    found = place(anchor, table(rows))
    assert expected in (found, (found.state, found.quote, found.row_id))


def test_a_comment_on_the_whole_field_has_nothing_to_be_found() -> None:
    assert place(Anchor(), FieldText(STEPS)) == Place("field")
    assert place(Anchor("  "), FieldText("")).words == ""


def test_what_is_said() -> None:
    assert [Place(one).words for one in ("field", "here", "edited", "changed", "removed")] == [
        "", "", "words changed", "passage changed", "row removed",
    ]  # fmt: skip


def test_sentences_are_offered_to_choose_from() -> None:
    assert sentences("One rule.  Two: why? \nThree") == ["One rule.", "Two:", "why?", "Three"]


SOME = ["fee", "no", "call", "the", "client", "Rosa", "decides", "24", "hours", ".", ";", "ü", "𝔘", "\u202e"]
WORDS = st.lists(st.sampled_from(SOME), max_size=60)
TEXT = st.one_of(WORDS.map(" ".join), st.text(max_size=300))


@given(TEXT, TEXT, TEXT, TEXT, st.text(max_size=3))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_it_raise(quote: str, before: str, after: str, text: str, row_id: str) -> None:
    found = place(Anchor(quote, before, after, row_id), FieldText(text, {"r": text}))
    assert found.state in ("field", "here", "edited", "changed", "removed")
    assert found.quote in tidy(text)


@given(TEXT, st.data())
@settings(max_examples=300, deadline=None)
def test_an_unchanged_text_keeps_its_anchor(text: str, data: st.DataObject) -> None:
    text = tidy(text)
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end].strip()
    if not quote:
        return
    start = text.index(quote, start)
    end = start + len(quote)
    anchor = Anchor(quote, text[max(0, start - 32) : start].strip(), text[end : end + 32].strip())
    found = place(anchor, FieldText(text))
    lonely = len(quote) < 12 and len(tidy(anchor.prefix)) + len(tidy(anchor.suffix)) < 3
    assert lonely or (found.state, found.quote) == ("here", tidy(quote))


def test_a_long_text_takes_a_moment_only() -> None:
    text = " ".join(f"word{n % 700} and rule {n % 13}" for n in range(4_900))  # 20,000 words
    anchors = [Anchor(f"word{n} and another rule that was rewritten here {n}") for n in range(20)]
    begun = time.process_time()
    for anchor in anchors:
        place(anchor, FieldText(text))
    assert time.process_time() - begun < 6  # seconds, on a slow machine with much else to do
