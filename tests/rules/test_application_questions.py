"""What a cohort asks: a copy of the program's questions, moved, reworded, taken out; and how long a draft is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.admissions import draft_rules
from app.admissions import question_rules as rules
from app.admissions.question_rules import Asked
from app.curriculum.schema import Question
from app.lib.refusal import Refused
from tests.cast import NOW

A, B, C = Asked("a", "Who?"), Asked("b", "Why?"), Asked("c", "When?", is_asked=False)


def keys(questions) -> str:
    return "".join(one.key if one.is_asked else one.key.upper() for one in questions)


def test_it_begins_as_a_copy_of_the_programs():
    program = (
        Question(key="who", question="Who?", hint="For example"),
        Question(key="how", question="How?", required=False, options=("So", "Or so")),
    )
    assert rules.of_program(program) == [
        Asked("who", "Who?", "For example"),
        Asked("how", "How?", required=False, kind="choice", options=("So", "Or so")),
    ]


@pytest.mark.parametrize(
    ("key", "way", "after"),
    [
        ("a", "down", "baC"),
        ("b", "up", "baC"),
        ("a", "up", "abC"),
        ("b", "down", "abC"),
        ("c", "up", "abC"),
        ("x", "up", "abC"),
    ],
)
def test_moving_is_among_those_that_are_asked(key, way, after):
    assert keys(rules.moved([A, B, C], key, way)) == after


def test_taken_out_and_put_back_keeps_the_key_and_stands_last():
    out = rules.taken_out([A, B, C], "a")
    assert keys(out) == "bCA"
    assert keys(rules.put_back(out, "c")) == "bcA"
    assert keys(rules.taken_out([A, B, C], "x")) == "abC"


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (Asked("a", ""), "a~question"),
        (Asked("a", "x" * 301), "a~question"),
        (Asked("a", "?", hint="x" * 501), "a~hint"),
        (Asked("a", "?", kind="choice"), "a~options"),
        (Asked("a", "?", kind="choice", options=("One",)), "a~options"),
        (Asked("a", "?", kind="choice", options=tuple("abcdefghijklm")), "a~options"),
        (Asked("a", "?", kind="choice", options=("x" * 121, "y")), "a~options"),
    ],
)
def test_what_nobody_could_answer_is_refused_at_its_field(question, field):
    with pytest.raises(Refused) as refused:
        rules.check([B, question])
    assert refused.value.field == field
    rules.check([B, rules.taken_out([question], "a")[0]])  # taken out it may be anything


def test_at_least_one_and_not_too_many():
    with pytest.raises(Refused, match="at least one"):
        rules.check([C])
    with pytest.raises(Refused, match="at most 20"):
        rules.check([Asked(f"q{n}", "?") for n in range(21)])


words = st.text(max_size=40)
typed = st.fixed_dictionaries(
    {"question": words, "hint": words, "kind": words, "required": words, "options": words}
)


@given(st.lists(typed, max_size=4))
def test_whatever_is_typed_is_kept_and_read_again_as_it_is(forms):
    questions = [rules.read(f"q{n}", form, True) for n, form in enumerate(forms)]
    assert [Asked.of_row(one.row()) for one in questions] == questions
    assert all("\n" not in one.question and one.kind in rules.KINDS for one in questions)


@pytest.mark.parametrize(
    ("idle", "reminded", "what"),
    [(0, None, None), (82, None, None), (83, None, "remind"), (200, None, "remind"), (89, 6, None), (90, 7, "forget"),
     (200, 6, None), (200, 7, "forget"), (91, 1, None)],
)  # fmt: skip
def test_a_draft_is_reminded_of_and_then_forgotten(idle, reminded, what):
    saved = NOW - timedelta(days=idle)
    told = NOW - timedelta(days=reminded) if reminded is not None else None
    assert draft_rules.due(saved, told, NOW) == what
