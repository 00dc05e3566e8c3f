"""What differs between two versions of a program: told part by part, wording and structure apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.differences import Difference, Wording, differences
from app.curriculum.schema import Module, Program, structure_hash
from tests.programs import small_program
from tests.releases import (
    add_field,
    drop_criterion,
    drop_field,
    drop_module,
    edited,
    field_of,
    module_of,
    reword,
    set_field,
    set_module,
)

OLD = small_program()


def found(*edits: Any) -> list[Difference]:
    return differences(OLD, edited(*edits))


def test_the_same_program_differs_in_nothing() -> None:
    assert found() == []


def test_what_was_rendered_from_a_text_is_no_difference() -> None:
    assert found(set_module(opening_html="<p>Other tags.</p>")) == []


def test_a_text_is_told_in_both_wordings() -> None:
    (only,) = found(set_field("1.A.1", label="Name of the practice", guidance="As on the door."))
    assert (only.part, only.kind, only.name, only.title) == ("field", "text", "1.A.1", "Name of the practice")
    assert (only.number, only.slug, only.is_task) == (1, "systems", False)
    assert only.wordings == (
        Wording("label", "Practice name", "Name of the practice"),
        Wording("guidance", "", "As on the door."),
    )


def test_words_anywhere_are_text_and_lie_in_the_order_of_the_program() -> None:
    assert [(one.part, one.name, one.kind) for one in found(reword)] == [
        ("program", "hedges", "text"),
        ("module", "title", "text"),
        ("module", "chapter", "text"),
        ("lesson", "lesson-1", "text"),
        ("document", "cancellation-policy", "text"),
        ("field", "1.C.1", "text"),
        ("criterion", "rules", "text"),
    ]


def test_an_option_is_named_by_its_key() -> None:
    def edit(data: dict[str, Any]) -> None:
        field_of(data, "1.A.2")["options"][0]["label"] = "A gym"

    (only,) = found(edit)
    assert only.wordings == (Wording("options gym label", "Rented space in a gym", "A gym"),)


@pytest.mark.parametrize(
    ("edit", "part", "kind", "name"),
    [
        (add_field(), "field", "new", "1.B.2"),
        (drop_field("1.A.1"), "field", "vanished", "1.A.1"),
        (set_field("1.A.1", required=False), "field", "task", "1.A.1"),
        (set_field("1.A.1", type="long_text"), "field", "task", "1.A.1"),
        (drop_criterion("client_path"), "criterion", "vanished", "client_path"),
        (set_module(worksheet=None, rubric=None), "worksheet", "vanished", "practice-operating-system"),
    ],
)
def test_what_answers_or_marks_depend_on_is_the_task(edit: Any, part: str, kind: str, name: str) -> None:
    tasks = [one for one in found(edit) if one.is_task]
    assert (part, kind, name) in [(one.part, one.kind, one.name) for one in tasks]


def test_another_order_of_the_same_fields_is_a_change_of_the_task() -> None:
    (only,) = found(lambda data: module_of(data)["worksheet"]["sections"][1]["fields"].reverse())
    assert (str(only), only.is_task) == (
        "module 1 systems: worksheet order of fields and criteria: task changed",
        True,
    )


def test_dates_are_told_as_dates() -> None:
    said = [str(one) for one in found(set_module("focus", opens_day=14, due_day=19))]
    assert said == [
        "module 2 focus: opening day: dates changed: 7 → 14",
        "module 2 focus: due day: dates changed: 12 → 19",
    ]


def test_modules_come_and_go() -> None:
    less = found(drop_module("focus"))
    assert [str(one) for one in less] == ["module 2 focus: removed"]
    more = differences(edited(drop_module("focus")), OLD)
    assert [str(one) for one in more] == ["module 2 focus: new"]


# --- properties -------------------------------------------------------------------------------------------------

FIELDS = ("1.A.1", "1.A.2", "1.B.1", "1.C.1", "1.E.1", "1.E.3")
WORDS = st.text(min_size=1).filter(str.strip)
EDITS = st.one_of(
    st.just(reword),
    st.just(add_field()),
    st.sampled_from(FIELDS).map(drop_field),
    st.sampled_from(("client_path", "rules")).map(drop_criterion),
    st.builds(lambda one, words: set_field(one, label=words), st.sampled_from(FIELDS), WORDS),
    st.builds(lambda one, yes: set_field(one, required=yes), st.sampled_from(FIELDS), st.booleans()),
    st.builds(lambda days: set_module("focus", due_day=days), st.integers(7, 300)),
    st.just(set_module(worksheet=None, rubric=None)),
)  # fmt: skip


def a_version(edits: list[Any]) -> Program:
    """The edits that still apply, in order: a field that is gone cannot be reworded."""
    program = OLD
    for edit in edits:
        try:
            program = edited(edit, program=program)
        except (StopIteration, TypeError, LookupError, ValueError):
            continue
    return program


def structures(module: Module | None) -> str:
    return structure_hash(module.worksheet, module.rubric) if module and module.worksheet else ""


@given(st.lists(EDITS, max_size=5), st.lists(EDITS, max_size=5))
def test_the_task_differs_exactly_where_its_structure_does(one: list[Any], other: list[Any]) -> None:
    old, new = a_version(one), a_version(other)
    told = {found.slug for found in differences(old, new) if found.is_task}
    for module in new.modules:
        assert (module.slug in told) == (structures(old.module(module.slug)) != structures(module))


@given(st.lists(EDITS, max_size=4), st.lists(EDITS, max_size=4))
def test_nothing_is_told_twice_and_equal_programs_differ_in_nothing(one: list[Any], other: list[Any]) -> None:
    old, new = a_version(one), a_version(other)
    told = [(found.slug, found.part, found.name) for found in differences(old, new)]
    assert len(told) == len(set(told))
    assert (not told) == (old == new)
