"""Moving a cohort to another release: who gets the new task, who keeps the old one, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coursework import move_rules as rules
from app.coursework.move_rules import Plan, Work
from app.curriculum import fields
from app.curriculum.schema import Program
from app.lib.refusal import Refused
from tests.programs import COMPLETE, small_program
from tests.releases import (
    add_field,
    drop_criterion,
    drop_field,
    drop_module,
    edited,
    module_of,
    replace_field,
    retire,
    reword,
    set_field,
    set_module,
)

OLD = small_program()
KEY = "practice-operating-system"


def work(number: int = 1, **more: Any) -> Work:
    plain = {
        "system_id": number, "person": f"Person {number}", "present": True, "module_slug": "systems",
        "assignment_key": KEY, "status": "drafting", "rounds": 0, "pinned_to": None, "answers": {}, "self_rating": {},
    }  # fmt: skip
    return Work(**(plain | more))


def sent(number: int = 1, **more: Any) -> Work:
    return work(number, **({"status": "submitted", "rounds": 1} | more))


def planned(
    *edits: Any, systems: list[Work], people: int = 12, programs: dict[int, Program] | None = None
) -> Plan:
    return rules.plan(1, edited(*edits), {1: OLD, **(programs or {})}, people, systems)


# --- one system -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rounds", "structure", "new", "pin"),
    [
        (0, "a", "a", None),
        (0, "a", "b", None),  # nothing is sent: the new task
        (1, "a", "a", None),  # only words: they flow
        (1, "a", "b", 7),  # sent: what it answered stays
        (3, "b", "a", 7),
    ],
)
def test_what_a_system_reads_afterwards(rounds: int, structure: str, new: str, pin: int | None) -> None:
    assert rules.pin_after(rounds, 7, structure, new) == pin


def test_words_reach_everybody() -> None:
    found = planned(reword, systems=[work(1), sent(2), sent(3, status="accepted")])
    assert (found.pins, found.keeping, found.obstacles) == ({}, 0, ())
    (effect,) = found.effects
    assert effect.arithmetic == (
        "12 people: 12 get the new text (9 have not begun, 1 is drafting, 1 has submitted, 1 is accepted)."
    )


def test_a_task_reaches_only_who_has_sent_nothing() -> None:
    systems = [work(1), work(2), sent(3), sent(4, status="accepted"), sent(5, status="changes requested")]
    found = planned(add_field(), systems=systems)
    assert (found.pins, found.keeping) == ({3: 1, 4: 1, 5: 1}, 3)
    (effect,) = found.effects
    assert effect.arithmetic == (
        "12 people: 9 get the new task (7 have not begun, 2 are drafting), "
        "3 keep the worksheet already answered (2 have submitted, 1 is accepted)."
    )


def test_who_is_not_there_is_protected_and_not_counted() -> None:
    found = planned(add_field(), systems=[work(1, present=False), sent(2, present=False)], people=1)
    assert found.pins == {2: 1}
    assert found.effects[0].arithmetic == "1 person: 1 gets the new task (1 has not begun)."


def test_a_round_taken_back_counts_as_sent() -> None:
    assert planned(add_field(), systems=[work(rounds=1)]).pins == {1: 1}


def test_who_is_pinned_stays_until_the_structure_is_theirs_again() -> None:
    """1 → 2 (another task) → 3 (text) → 1's task in other words: back to the cohort."""
    systems = [sent(1, pinned_to=1)]
    second = edited(add_field())
    third = edited(add_field(), reword)
    still = rules.plan(2, third, {1: OLD, 2: second}, 1, systems)
    assert (still.pins, still.keeping) == ({}, 1)
    assert still.effects[0].arithmetic == (
        "1 person: 1 keeps the worksheet already answered (1 has submitted)."
    )
    back = rules.plan(2, edited(reword), {1: OLD, 2: second}, 1, systems)
    assert (back.pins, back.keeping) == ({1: None}, 0)
    assert (
        back.effects[0].arithmetic == still.effects[0].arithmetic
    )  # the cohort reads what was answered again


def test_modules_come_and_go_while_nobody_has_begun_them() -> None:
    gone = planned(drop_module("focus"), systems=[])
    assert [one.arithmetic for one in gone.effects] == ["12 people, and nobody has begun it."]
    assert gone.obstacles == ()
    new = rules.plan(1, OLD, {1: edited(drop_module("focus"))}, 12, [])
    assert [one.arithmetic for one in new.effects] == ["12 people: 12 get it (12 have not begun)."]


def test_dates_alone_touch_no_work() -> None:
    assert planned(set_module("focus", opens_day=14, due_day=19), systems=[work()]).effects == ()


# --- refused ----------------------------------------------------------------------------------------------------

RETIRE = "Keep the field and mark it “retired: true”."
NEXT_ID = "Keep it as it was and mark it “retired: true”; ask the new question under the next free id."


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (drop_field("1.A.1"), f"Field 1.A.1 (Practice name) is gone, and Ana has an answer in it. {RETIRE}"),
        (
            set_field("1.A.2", options=[{"key": "online", "label": "Online"}, {"key": "home", "label": "At home"}]),
            "Field 1.A.2 (Where services are delivered) changed, and Ana has an answer in it that no longer "
            f"fits. {NEXT_ID}",
        ),
        (
            replace_field("1.E.3", type="short_text"),
            "Field 1.E.3 (Price and variable cost) changed, and Ana has an answer in it that no longer fits. "
            f"{NEXT_ID}",
        ),
        (
            drop_criterion("rules"),
            "The criterion rules (Rules others can use) is gone, and Ana has a rating by it. "
            "Keep the criterion; its words may change.",
        ),
        (
            drop_module("systems"),
            "System 1, Practice operating system, is not in this release, and Ana has begun it. "
            "Keep the folder 01-systems with its worksheet and the worksheet’s key.",
        ),
        (
            lambda data: module_of(data)["worksheet"].update(key="another-key"),
            "System 1, Practice operating system, is not in this release, and Ana has begun it. "
            "Keep the folder 01-systems with its worksheet and the worksheet’s key.",
        ),
        (
            set_module(number=4),
            "Module 1 (systems) would become module 4, and Ana has begun it. "
            "Keep its place, and let the new order begin with the next cohort.",
        ),
    ],
)  # fmt: skip
def test_what_would_hide_a_typed_answer_is_refused_with_the_way_out(edit: Any, sentence: str) -> None:
    ana = work(person="Ana", answers=COMPLETE, self_rating={"rules": "meets"})
    assert [str(one) for one in planned(edit, systems=[ana]).obstacles] == [sentence]


def test_the_same_is_allowed_where_nothing_stands_in_it() -> None:
    edits = (drop_field("1.A.1"), drop_criterion("rules"), set_field("1.A.2", type="choice"))
    assert (
        planned(*edits, systems=[work(answers={"1.C.1": "Words"}, self_rating={"rules": ""})]).obstacles == ()
    )


def test_who_has_sent_keeps_all_of_it_and_so_refuses_nothing() -> None:
    edits = (drop_field("1.A.1"), drop_criterion("rules"))
    found = planned(*edits, systems=[sent(answers=COMPLETE, self_rating={"rules": "meets"})])
    assert (found.obstacles, found.pins) == ((), {1: 1})


def test_retiring_is_the_way_out() -> None:
    assert planned(retire("1.A.1"), systems=[work(answers=COMPLETE)]).obstacles == ()


def test_many_names_are_counted() -> None:
    found = planned(drop_field("1.A.1"), systems=[work(n, answers={"1.A.1": "x"}) for n in range(1, 7)])
    assert "Person 1, Person 2, Person 3 and 3 more have an answer in it" in found.obstacles[0].sentence


# --- confirming -------------------------------------------------------------------------------------------------


def test_only_the_plan_that_was_read_is_done() -> None:
    read = planned(add_field(), systems=[work(1), work(2)])
    same = planned(add_field(), systems=[work(2), work(1)])
    other = planned(add_field(), systems=[work(1), sent(2)])
    assert read.mark == same.mark != other.mark
    rules.check_move("running", "Spring", read, same.mark)
    with pytest.raises(Refused, match="Somebody began or sent work"):
        rules.check_move("running", "Spring", other, read.mark)


@pytest.mark.parametrize("status", ["finished", "archived", "cancelled"])
def test_a_cohort_that_is_over_stays(status: str) -> None:
    found = planned(reword, systems=[])
    with pytest.raises(Refused, match=f"Spring is {status}. It stays"):
        rules.check_move(status, "Spring", found, found.mark)


def test_an_obstacle_is_said_before_anything_else() -> None:
    found = planned(drop_field("1.A.1"), systems=[work(answers={"1.A.1": "x"})])
    with pytest.raises(Refused, match=r"Nothing was moved\. Field 1\.A\.1"):
        rules.check_move("open", "Spring", found, "another mark")


# --- properties -------------------------------------------------------------------------------------------------

FIELDS = ("1.A.1", "1.A.2", "1.B.1", "1.C.1", "1.E.1", "1.E.3")
EDITS = st.lists(
    st.one_of(
        st.just(reword),
        st.just(add_field()),
        st.sampled_from(FIELDS).map(drop_field),
        st.sampled_from(FIELDS).map(retire),
        st.sampled_from(("client_path", "rules")).map(drop_criterion),
        st.builds(lambda one, kind: set_field(one, type=kind), st.sampled_from(("1.A.1", "1.C.1")),
                  st.sampled_from(("short_text", "long_text", "date"))),
        st.just(set_module(number=4)),
        st.just(drop_module("focus")),
    ),
    max_size=4,
)  # fmt: skip
ANSWERS = st.dictionaries(st.sampled_from(FIELDS), st.nothing()) | st.sets(st.sampled_from(FIELDS)).map(
    lambda ids: {one: COMPLETE[one] for one in ids}
)
SYSTEMS = st.lists(
    st.builds(
        lambda answers, rating, rounds, pinned: {
            "answers": {} if rounds else answers, "self_rating": {} if rounds else rating, "rounds": rounds,
            "status": "submitted" if rounds else "drafting", "pinned_to": 2 if rounds and pinned else None,
        },
        ANSWERS,
        st.dictionaries(st.sampled_from(("client_path", "rules")), st.sampled_from(("meets", ""))),
        st.integers(0, 2),
        st.booleans(),
    ),
    max_size=6,
).map(lambda rows: [work(number, **row) for number, row in enumerate(rows, 1)])  # fmt: skip


def a_version(edits: list[Any]) -> Program:
    program = OLD
    for edit in edits:
        try:
            program = edited(edit, program=program)
        except (StopIteration, TypeError, LookupError, ValueError):
            continue
    return program


@given(EDITS, EDITS, EDITS, SYSTEMS)
def test_after_every_move_that_is_allowed(
    one: list[Any], other: list[Any], older: list[Any], systems: list[Work]
) -> None:
    programs = {1: a_version(one), 2: a_version(older)}
    new = a_version(other)
    if programs[2].module_of(KEY) is None:
        return
    found = rules.plan(1, new, programs, len(systems) + 2, systems)
    for effect in found.effects:
        assert effect.gets.total + effect.keeps.total == len(systems) + 2
    if found.obstacles:
        return
    for system in systems:
        reads = programs[system.pinned_to or 1].module_of(KEY)
        pin = found.pins.get(system.system_id, system.pinned_to)
        now = programs[pin].module_of(KEY) if pin else new.module_of(KEY)
        assert reads is not None
        assert now is not None
        if system.rounds:  # what was answered is what is asked
            assert now.assignment_hash == reads.assignment_hash
            continue
        assert pin is None
        for was in reads.worksheet.fields() if reads.worksheet else ():
            answer = system.answers.get(was.id)
            if fields.is_answered(was, answer):  # every typed answer stands, whole
                kept = now.worksheet.field(was.id) if now.worksheet else None
                assert kept is not None
                assert fields.clean(kept, answer)[0] == fields.clean(was, answer)[0]
        left = {key for key, level in system.self_rating.items() if level}
        known = {c.key for c in reads.rubric.criteria} if reads.rubric else set()
        assert left & known <= {c.key for c in (now.rubric.criteria if now.rubric else ())}
