"""The steps of systems and rounds, the promise, the check before sending, and the merging of forms: tables, no app."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from werkzeug.datastructures import MultiDict

from app.coursework import forms, precheck, rules
from app.coursework.models import SYSTEM_STATUSES
from app.curriculum.fields import calculated, progress
from app.curriculum.schema import Worksheet
from app.lib import merging
from app.lib.refusal import Refused
from tests.programs import COMPLETE, WORKSHEET

SHEET = Worksheet.model_validate(WORKSHEET)
EVERY_TYPE = Worksheet.model_validate(
    {
        "key": "every-type",
        "title": "Every type",
        "sections": [
            {
                "id": "A",
                "title": "All",
                "fields": [
                    {"id": "1.A.1", "label": "Short", "type": "short_text"},
                    {"id": "1.A.2", "label": "Long", "type": "long_text"},
                    {"id": "1.A.3", "label": "Number", "type": "number"},
                    {"id": "1.A.4", "label": "Percent", "type": "percent"},
                    {"id": "1.A.5", "label": "Currency", "type": "currency"},
                    {"id": "1.A.6", "label": "Date", "type": "date"},
                    {
                        "id": "1.A.7",
                        "label": "Choice",
                        "type": "choice",
                        "options": [{"key": "yes", "label": "Yes"}, {"key": "no", "label": "No"}],
                    },
                    {
                        "id": "1.A.8",
                        "label": "Checklist",
                        "type": "checklist",
                        "items": [{"key": "one", "label": "One"}, {"key": "two", "label": "Two"}],
                    },
                ],
            }
        ],
    }
)

# --- steps --------------------------------------------------------------------------------------

STEPS = [
    ("not started", "start", "drafting"),
    ("not started", "save", "drafting"),
    ("drafting", "save", "drafting"),
    ("changes requested", "save", "drafting"),
    ("reopened", "save", "drafting"),
    ("submitted", "save", "submitted"),
    ("in review", "save", "in review"),
    ("accepted", "save", None),
    ("excused", "save", None),
    ("drafting", "submit", "submitted"),
    ("changes requested", "submit", "submitted"),
    ("reopened", "submit", "submitted"),
    ("submitted", "submit", None),
    ("in review", "submit", None),
    ("accepted", "submit", None),
    ("not started", "submit", None),
    ("submitted", "take back", "drafting"),
    ("in review", "take back", None),
    ("drafting", "take back", None),
    ("submitted", "take up", "in review"),
    ("drafting", "take up", None),
    ("in review", "hand back", "submitted"),
    ("submitted", "accept", "accepted"),
    ("in review", "accept", "accepted"),
    ("drafting", "accept", None),
    ("in review", "request changes", "changes requested"),
    ("accepted", "request changes", None),
    ("changes requested", "withdraw review", "submitted"),
    ("accepted", "withdraw review", "submitted"),
    ("submitted", "withdraw review", None),
    ("accepted", "reopen", "reopened"),
    ("drafting", "reopen", None),
    ("drafting", "excuse", "excused"),
    ("submitted", "excuse", None),
    ("accepted", "excuse", None),
    ("excused", "call back", "drafting"),
]


@pytest.mark.parametrize(("status", "verb", "after"), STEPS)
def test_the_steps_of_a_system(status, verb, after):
    if after:
        assert rules.next_status(status, verb) == after
    else:
        with pytest.raises(Refused) as refusal:
            rules.next_status(status, verb)
        assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("status", "verb", "after"),
    [
        ("waiting", "take up", "in review"),
        ("in review", "take up", "in review"),
        ("in review", "hand back", "waiting"),
        ("waiting", "take back", "withdrawn"),
        ("in review", "take back", None),
        ("decided", "take back", None),
        ("waiting", "pull back", "withdrawn"),
        ("in review", "pull back", "withdrawn"),
        ("decided", "pull back", None),
        ("withdrawn", "pull back", None),
        ("waiting", "decide", "decided"),
        ("in review", "decide", "decided"),
        ("decided", "decide", None),
        ("withdrawn", "decide", None),
        ("decided", "withdraw review", "waiting"),
    ],
)
def test_the_steps_of_a_round(status, verb, after):
    if after:
        assert rules.next_submission_status(status, verb) == after
    else:
        with pytest.raises(Refused):
            rules.next_submission_status(status, verb)


def test_every_status_has_a_band_and_a_word():
    assert {rules.state_of(status)[0] for status in SYSTEM_STATUSES} == {
        "empty", "drafting", "waiting", "changes", "accepted", "excused",
    }  # fmt: skip
    assert rules.state_of(None) == ("empty", "Not started")


@pytest.mark.parametrize("status", SYSTEM_STATUSES)
def test_what_may_be_written_is_what_may_be_saved(status):
    if rules.reason_read_only("active", True, status):
        with pytest.raises(Refused):
            rules.next_status(status, "save")
    else:
        assert rules.next_status(status, "save")


# --- the promise --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "days", "holidays", "promised"),
    [
        # Wednesday 11 a.m. in New York, daylight saving time: Monday 6 p.m.
        (datetime(2026, 3, 25, 15, 0, tzinfo=UTC), 3, [], datetime(2026, 3, 30, 22, 0, tzinfo=UTC)),
        (datetime(2026, 3, 25, 15, 0, tzinfo=UTC), 2, [], datetime(2026, 3, 27, 22, 0, tzinfo=UTC)),
        # Saturday and Sunday both count from Monday
        (datetime(2026, 3, 28, 15, 0, tzinfo=UTC), 3, [], datetime(2026, 4, 1, 22, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 15, 0, tzinfo=UTC), 3, [], datetime(2026, 4, 1, 22, 0, tzinfo=UTC)),
        # 11:30 p.m. on Wednesday in New York is Thursday in UTC, and is still Wednesday's work
        (datetime(2026, 3, 26, 3, 30, tzinfo=UTC), 2, [], datetime(2026, 3, 27, 22, 0, tzinfo=UTC)),
        # over the change to daylight saving time 6 p.m. stays 6 p.m.
        (datetime(2026, 3, 5, 16, 0, tzinfo=UTC), 2, [], datetime(2026, 3, 9, 22, 0, tzinfo=UTC)),
        (datetime(2026, 3, 3, 16, 0, tzinfo=UTC), 2, [], datetime(2026, 3, 5, 23, 0, tzinfo=UTC)),
        (
            datetime(2026, 3, 25, 15, 0, tzinfo=UTC),
            2,
            [date(2026, 3, 26)],
            datetime(2026, 3, 30, 22, 0, tzinfo=UTC),
        ),
    ],
)
def test_the_promise_ends_with_a_business_day(sent, days, holidays, promised):
    assert rules.promise(sent, days, "America/New_York", holidays) == promised


# --- what a round must have ------------------------------------------------------------------------


def test_complete_work_has_nothing_to_do():
    assert precheck.to_do(SHEET, COMPLETE) == []
    assert [one.anchor for one in precheck.done(SHEET, progress(SHEET, COMPLETE))] == ["A", "B", "E"]


def test_empty_fields_of_a_section_are_named_in_one_line():
    sentences = [one.sentence for one in precheck.to_do(SHEET, {"1.A.1": "Northgate"})]
    assert sentences[0].startswith("1.A.2 Where services are delivered: ")
    assert "B Map: 1.B.1 and 1.C.1 are still empty." in sentences


def test_nothing_to_look_at_in_complete_work_and_what_is_to_judge_is_nothing_to_do():
    assert precheck.to_look_at(SHEET, COMPLETE, calculated(SHEET, COMPLETE)) == []
    odd = {**COMPLETE, "1.A.1": "Northgate, dana@example.com"}
    assert [one.anchor for one in precheck.to_look_at(SHEET, odd, calculated(SHEET, odd))] == ["1.A.1"]
    assert precheck.to_do(SHEET, odd) == []


@pytest.mark.parametrize(
    ("answer", "text", "counts"),
    [
        ("changed", "", True),
        ("disagree", "Because.", True),
        ("disagree", " ", False),
        ("", "x", False),
        ("maybe", "x", False),
    ],
)
def test_what_answers_a_request(answer, text, counts):
    assert rules.is_answer(answer, text) is counts


def test_the_digest_is_of_the_answers_alone():
    assert rules.digest({"b": "ü", "a": [1]}) == rules.digest({"a": [1], "b": "ü"})
    assert rules.digest({"a": "1"}) != rules.digest({"a": "2"})


# --- reading a form --------------------------------------------------------------------------------


def read(*pairs: tuple[str, str], sheet: Worksheet = EVERY_TYPE) -> dict[str, object]:
    return forms.posted(MultiDict(pairs), sheet, None, [])


@pytest.mark.parametrize(
    ("pairs", "stored"),
    [
        ([("1.A.1", "  Northgate  ")], {"1.A.1": "Northgate"}),
        ([("1.A.2", "One\r\ntwo\n\n")], {"1.A.2": "One\ntwo"}),
        ([("1.A.3", "1,400")], {"1.A.3": "1400"}),
        ([("1.A.4", "92 %")], {"1.A.4": "92"}),
        ([("1.A.5", "$1,400.50")], {"1.A.5": "1400.50"}),
        ([("1.A.6", "3/14/2026")], {"1.A.6": "2026-03-14"}),
        ([("1.A.6", "next week")], {"1.A.6": "next week"}),
        ([("1.A.7", ""), ("1.A.7", "yes")], {"1.A.7": "yes"}),
        ([("1.A.7", "")], {"1.A.7": ""}),
        ([("1.A.7", "kept as typed"), ("1.A.7", "no")], {"1.A.7": "no"}),
        ([("1.A.8", ""), ("1.A.8", "two"), ("1.A.8", "one")], {"1.A.8": ["one", "two"]}),
        ([("1.A.8", "")], {"1.A.8": []}),
        ([], {}),
        ([("1.A.9", "x"), ("1.A.1x", "x"), ("~", "x"), ("", "x")], {}),
    ],
)
def test_every_type_is_read_as_it_is_stored(pairs, stored):
    assert read(*pairs) == stored


def test_rows_come_in_the_order_of_the_form_and_foreign_rows_do_not():
    found = read(
        ("1.E.1~row", ""),
        ("1.E.1~row", "r2"),
        ("1.E.1~row", "r1"),
        ("1.E.1~row", "r2"),
        ("1.E.1~r1~item", "Rent"),
        ("1.E.1~r2~item", "Software"),
        ("1.E.1~r3~item", "Foreign"),
        sheet=SHEET,
    )
    assert [(row["id"], row["item"]) for row in found["1.E.1"]] == [("r2", "Software"), ("r1", "Rent")]


# --- merging ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "current", "mine", "entry", "changed", "conflict"),
    [
        ("a", "a", "a", "a", False, False),  # nobody
        ("a", "a", "b", "b", True, False),  # only here
        ("a", "b", "a", "b", False, False),  # only there
        ("a", "b", "b", "b", False, False),  # both, to the same
        ("a", "b", "c", "b", False, True),  # both, differently
        ("a", "a", "", "", True, False),  # emptied here
        ("a", "", "b", "", False, True),  # emptied there, changed here
    ],
)
def test_a_save_changes_what_was_changed_on_its_page(was, current, mine, entry, changed, conflict):
    merged = forms.merge({"k": current}, {"k": mine}, {"k": merging.mark(was)}, is_current=False)
    assert merged.entries["k"] == entry
    assert bool(merged.changed) is changed
    assert bool(merged.conflicts) is conflict


@pytest.mark.parametrize(("is_current", "conflict"), [(True, False), (False, True)])
def test_without_a_mark_the_version_decides(is_current, conflict):
    merged = forms.merge({"k": "a"}, {"k": "b"}, {}, is_current=is_current)
    assert bool(merged.conflicts) is conflict


def test_blank_rows_and_parts_are_no_change():
    assert (
        merging.mark([{"id": "r1", "item": ""}])
        == merging.mark([])
        == merging.mark("")
        == merging.mark({"price": ""})
    )
    assert merging.mark([{"id": "r1", "item": "x"}]) != merging.mark([])
    assert merging.mark(["a"]) != merging.mark([])


def test_both_tables_have_free_row_names():
    theirs = [{"id": "r1", "item": "Rent"}, {"id": "both1", "item": "Software"}]
    mine = [{"id": "r1", "item": "Rent"}, {"id": "both1", "item": "Phone"}]
    together = merging.both(theirs, mine)
    assert [row["item"] for row in together] == ["Rent", "Software", "Phone"]
    assert len({row["id"] for row in together}) == 3


def test_marks_survive_the_form():
    marks = merging.marks({"1.A.1": "x", "1.A.2": ["gym"]})
    assert merging.read_marks(MultiDict({"was": json.dumps(marks)})) == marks
