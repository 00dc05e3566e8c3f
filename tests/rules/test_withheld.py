"""What is withheld of a system: what covers what, what is cut, what is put back, and who may purge. Tables, no app."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.coursework import withheld_rules as rules
from app.coursework.withheld_rules import HIDDEN, Mark, Target
from app.lib.refusal import Refused

AT = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
ROUND, FIELD, OTHER = Target("round"), Target("field", "1.C.1"), Target("field", "1.B.1")
FILE, COMMENT = Target("file", "1.C.1", 7), Target("comment", "1.C.1", None, 3)


@pytest.mark.parametrize(
    ("one", "other", "covers"),
    [
        (ROUND, ROUND, True), (ROUND, FIELD, True), (ROUND, FILE, True), (ROUND, COMMENT, True),
        (FIELD, FIELD, True), (FIELD, FILE, True), (FIELD, COMMENT, True), (FIELD, ROUND, False),
        (FIELD, OTHER, False), (OTHER, FILE, False), (FILE, FIELD, False), (COMMENT, FIELD, False),
        (FILE, Target("file", "1.C.1", 8), False), (COMMENT, Target("comment", "1.C.1", None, 4), False),
    ],
)  # fmt: skip
def test_what_covers_what(one: Target, other: Target, covers: bool) -> None:
    assert one.covers(other) is covers
    assert one.takes_out(other) is (covers and (one, other) != (FIELD, COMMENT))


ANSWERS: dict[str, Any] = {
    "1.A.1": "Northgate",
    "1.C.1": {"text": "T", "files": [{"id": 7, "name": "a"}, {"id": 8, "name": "b"}]},
}


@pytest.mark.parametrize(
    ("target", "fields", "left"),
    [
        (ROUND, {"1.A.1", "1.C.1"}, {}),
        (FIELD, {"1.C.1"}, {"1.A.1": "Northgate"}),
        (OTHER, {"1.B.1"}, ANSWERS),
        (FILE, {"1.C.1"}, {"1.A.1": "Northgate", "1.C.1": {"text": "T", "files": [{"id": 8, "name": "b"}]}}),
        (Target("file", "1.A.1", 7), {"1.A.1"}, ANSWERS),
        (COMMENT, {"1.C.1"}, ANSWERS),
    ],
)
def test_answers_are_cut_and_put_back_exactly(target: Target, fields: set[str], left: Any) -> None:
    assert rules.cut_answers(ANSWERS, target, fields) == left
    was = rules.taken(ANSWERS, left)
    assert (was is None) is (left == ANSWERS)
    assert rules.put_back(left, was or {}) == ANSWERS


def test_words_written_meanwhile_stay() -> None:
    assert rules.put_back(HIDDEN, "Before") == "Before"
    assert rules.put_back("", "Before") == "Before"
    assert rules.put_back("Written since", "Before") == "Written since"


def test_what_stood_beside_other_rounds_loses_its_text_only() -> None:
    shown = {
        "4.A.1": {"field_id": "1.C.1", "html": "<p>T</p>", "state": "accepted"},
        "4.A.2": {"field_id": "1.A.1", "html": "N", "state": "draft"},
    }
    cut = rules.cut_shown(shown, {"1.C.1"})
    assert cut["4.A.1"] == {"field_id": "1.C.1", "html": "", "state": "empty"}
    assert cut["4.A.2"] == shown["4.A.2"]


def test_marks_concern_rounds_up_to_theirs_and_the_draft_until_a_newer_round_is_sent() -> None:
    kept = rules.with_mark([], Mark(1, FIELD, 2, AT))
    assert [len(rules.marks(kept, number)) for number in (1, 2, 3)] == [1, 1, 0]
    assert rules.unsafe_fields(kept, 2, ["1.A.1", "1.C.1"]) == {"1.C.1"}
    assert rules.unsafe_fields(kept, 3, ["1.A.1", "1.C.1"]) == set()
    whole = rules.with_mark(kept, Mark(2, ROUND, 2, AT))
    assert rules.unsafe_fields(whole, 2, ["1.A.1", "1.C.1"]) == {"1.A.1", "1.C.1"}
    assert rules.in_draft(rules.with_mark([], Mark(3, COMMENT, 2, AT)), 2) == []
    gone = rules.as_purged(kept, 1, AT)
    assert rules.in_draft(gone, 2) == []
    assert rules.marks(gone)[0].purged
    assert rules.without_mark(gone, 1) == []


def test_pages_made_of_a_round_know_it_by_another_digest_while_something_is_withheld() -> None:
    hidden = rules.with_mark([], Mark(1, FIELD, 2, AT))
    purged = rules.as_purged(hidden, 1, AT)
    digests = {rules.mark_of("d", [], 2), rules.mark_of("d", hidden, 2), rules.mark_of("d", purged, 2)}
    assert len(digests) == 3
    assert rules.mark_of("d", hidden, 3) == "d"
    assert rules.mark_of("d", rules.with_mark([], Mark(1, COMMENT, 2, AT)), 2) == "d"


@pytest.mark.parametrize(
    ("status", "target", "others", "words"),
    [
        ("hidden", FIELD, [], None),
        ("hidden", FIELD, [FILE, OTHER], None),
        ("hidden", FIELD, [FIELD], "larger"),  # found once more in a newer round
        ("hidden", FIELD, [ROUND], "larger"),
        ("hidden", FILE, [FIELD], "larger"),
        ("purged", FIELD, [], "purged"),
    ],
)
def test_showing_again(status: str, target: Target, others: list[Target], words: str | None) -> None:
    if words is None:
        rules.check_shown_again(status, target, others)
        return
    with pytest.raises(Refused, match=words):
        rules.check_shown_again(status, target, others)


@pytest.mark.parametrize("typed", ["Ana Morales", " ana  morales ", "ANA MORALES"])
def test_the_name_confirms(typed: str) -> None:
    rules.check_purge("hidden", "Ana Morales", typed)


@pytest.mark.parametrize("typed", ["", "Ana", "Ana Morale", "yes"])
def test_anything_else_does_not(typed: str) -> None:
    with pytest.raises(Refused, match="Nothing was deleted"):
        rules.check_purge("hidden", "Ana Morales", typed)


def test_who_may_purge() -> None:
    assert [rules.may_purge(*who) for who in ((True, False), (False, True), (False, False))] == [
        True, True, False,
    ]  # fmt: skip
