"""Answers: what people type is understood or kept with a sentence, and what is missing is said."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.curriculum.fields import (
    Progress,
    clean,
    display,
    filled_rows,
    html,
    is_answered,
    missing,
    progress,
    table_total,
    tidy,
)
from app.curriculum.schema import Field, Worksheet

FIELD = TypeAdapter(Field)


def field(kind, **more):
    return FIELD.validate_python({"id": "1.A.1", "label": "Label", "type": kind} | more)


OPTIONS = [{"key": "own", "label": "Own premises"}, {"key": "no", "label": "None"}]
CHECKS = [{"key": "insurer", "label": "Insurer told"}, {"key": "plan", "label": "Plan on the wall"}]
PARTS = [
    {"key": "price", "label": "Price", "type": "currency", "min": 1},
    {"key": "note", "label": "Note", "type": "short_text", "required": False},
]
LETTERS = [
    {"key": "tool", "label": "Tool", "type": "choice", "options": OPTIONS},
    {"key": "letter", "label": "Letter", "type": "long_text", "min_words": 3, "headings": ["Thanks"]},
]
COLUMNS = [
    {"key": "item", "label": "Item", "type": "short_text"},
    {"key": "amount", "label": "Amount", "type": "currency"},
    {"key": "state", "label": "State", "type": "choice", "required": False, "options": OPTIONS},
    {"key": "day", "label": "Day", "type": "date", "required": False},
]
NOT_A_NUMBER = "“{}” is not a number we can read. Write it like 1400 or 1,400.50."


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        ("currency", "1,400", "1400"),
        ("currency", "$1,400.50", "1400.50"),
        ("currency", "1 400", "1400"),
        ("currency", "1,234,567.89", "1234567.89"),
        ("currency", "€ 95", "95"),
        ("currency", "95 USD", "95"),
        ("currency", "-$5", "-5"),
        ("currency", "1.400,50", "1400.50"),
        ("currency", " 1\u00a0400 ", "1400"),
        ("percent", " 92 %", "92"),
        ("percent", "92,5%", "92.5"),
        ("percent", "0.5", "0.5"),
        ("number", ".5", "0.5"),
        ("number", "5.", "5"),
        ("number", "007", "7"),
        ("number", "-0", "0"),
        ("number", "−3", "-3"),
        ("number", "１２", "12"),
        ("number", 26, "26"),
        ("number", ["26"], "26"),
        ("number", "0.10", "0.10"),
        ("number", "", ""),
        ("number", None, ""),
        ("date", "2026-03-14", "2026-03-14"),
        ("date", "3/4/2026", "2026-03-04"),
        ("date", " 2026-03-14 ", "2026-03-14"),
        ("short_text", "  two \n lines ", "two lines"),
        ("short_text", "a\x00b\u202ec", "abc"),
        ("short_text", "\ud800x", "x"),
        ("long_text", "\r\n\r\nHello\r\n  there  \r\n", "Hello\n  there"),
    ],
)
def test_what_people_type_is_stored_one_way(kind, typed, stored):
    assert clean(field(kind), typed) == (stored, [])


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("currency", "about 1400", NOT_A_NUMBER),
        ("currency", "1,40,0", NOT_A_NUMBER),
        ("currency", "1e9", NOT_A_NUMBER),
        ("currency", "1400 %", NOT_A_NUMBER),
        ("currency", "--5", NOT_A_NUMBER),
        ("currency", "12345678901234567", NOT_A_NUMBER),
        ("currency", "NaN", NOT_A_NUMBER),
        ("number", "$5", "“{}” is not a number we can read. Write it like 26 or 1,400."),
        ("percent", "ninety", "“{}” is not a number we can read. Write it like 92 or 92 %."),
        ("date", "2026-02-30", "“{}” is not a date in the calendar. Write it like 2026-03-14."),
        ("date", "13/13/2026", "“{}” is not a date in the calendar. Write it like 2026-03-14."),
        ("date", "tomorrow", "“{}” is not a date in the calendar. Write it like 2026-03-14."),
        ("date", "2026-W01-1", "“{}” is not a date in the calendar. Write it like 2026-03-14."),
    ],
)
def test_what_is_not_understood_is_kept_as_typed(kind, typed, sentence):
    assert clean(field(kind), typed) == (typed, [sentence.format(typed)])


@pytest.mark.parametrize(
    ("value", "sentences"),
    [
        ("0", ["This is 0; the least that makes sense here is 1."]),
        ("1", []),
        ("168", []),
        ("1000", ["This is 1,000; the most that makes sense here is 168."]),
    ],
)
def test_limits(value, sentences):
    assert clean(field("number", min=1, max=168), value)[1] == sentences


def test_long_texts_are_kept_and_told():
    text = "word " * 4001
    value, problems = clean(field("long_text"), text)
    assert value == text.rstrip()
    assert problems == ["This is 20,004 characters long; there is room for 20,000."]


def test_choices():
    assert clean(field("choice", options=OPTIONS), "own premises") == ("own", [])
    assert clean(field("choice", options=OPTIONS), "no") == ("no", [])
    assert clean(field("choice", options=OPTIONS), "gym") == ("gym", ["Choose one of: Own premises, None."])
    assert clean(field("multi_choice", options=OPTIONS), ["no", "own", "own"]) == (["own", "no"], [])
    assert clean(field("multi_choice", options=OPTIONS), "own") == (["own"], [])
    assert clean(field("multi_choice", options=OPTIONS), ["own", "gym"]) == (
        ["own", "gym"],
        ["“gym” is not one of the options here; choose again."],
    )


def test_tables_keep_rows_and_give_ids():
    table = field("table", columns=COLUMNS)
    value, problems = clean(
        table,
        [
            {"id": "r2", "item": " Rent ", "amount": "$1,400", "gone": "x"},
            {"item": "Phone", "amount": "lots"},
            {"id": "r2", "day": "2026-02-31"},
            {},
            "nonsense",
        ],
    )
    assert value == [
        {"id": "r2", "item": "Rent", "amount": "1400", "state": "", "day": ""},
        {"id": "r3", "item": "Phone", "amount": "lots", "state": "", "day": ""},
        {"id": "r4", "item": "", "amount": "", "state": "", "day": "2026-02-31"},
        {"id": "r5", "item": "", "amount": "", "state": "", "day": ""},
    ]
    assert problems == [
        f"Row 2, Amount: {NOT_A_NUMBER.format('lots')}",
        "Row 3, Day: “2026-02-31” is not a date in the calendar. Write it like 2026-03-14.",
    ]
    assert clean(table, value)[0] == value
    assert len(filled_rows(table, value)) == 3


@pytest.mark.parametrize(
    ("one", "value", "sentences"),
    [
        (field("short_text", required=True), "", ["Nothing is written here yet."]),
        (field("short_text"), "", []),
        (field("short_text"), "yes", []),
        (field("currency", required=True), "lots", [NOT_A_NUMBER.format("lots")]),
        (field("currency"), "lots", [NOT_A_NUMBER.format("lots")]),
        (field("date", required=True), None, ["The date is still missing."]),
        (field("choice", required=True, options=OPTIONS), "", ["Choose one of the options."]),
        (field("multi_choice", required=True, options=OPTIONS), [], ["Choose at least one of the options."]),
        (
            field("checklist", required=True, items=CHECKS),
            [],
            ["Nothing is ticked yet; every line is needed."],
        ),
        (field("checklist", required=True, items=CHECKS), ["plan"], ["Not ticked yet: Insurer told."]),
        (field("checklist", items=CHECKS), ["plan"], []),
        (field("checklist", required=True, items=CHECKS), ["plan", "insurer"], []),
        (field("group", required=True, parts=PARTS), {}, ["Nothing is entered here yet."]),
        (field("group", required=True, parts=PARTS), {"note": "x"}, ["Still empty: Price."]),
        (
            field("group", parts=PARTS),
            {"price": "0"},
            ["Price: This is 0; the least that makes sense here is 1."],
        ),
        (
            field("group", required=True, parts=LETTERS),
            {"letter": "### Thanks\n"},
            ["Nothing is entered here yet."],
        ),
        (field("group", parts=LETTERS), {"letter": "a b c d"}, ["Still empty: Tool."]),
        (
            field("group", parts=LETTERS),
            {"tool": "own", "letter": "### Thanks\nDear you"},
            ["Letter: So far 2 words; this needs about 3 to be usable."],
        ),
        (
            field("group", parts=LETTERS),
            {"tool": "x", "letter": "a b c"},
            ["Tool: Choose one of: Own premises, None."],
        ),
        (
            field("long_text", required=True, min_words=3),
            "one - two",
            ["So far 2 words; this needs about 3 to be usable."],
        ),
        (field("long_text", required=True, min_words=3), "one two three", []),
        (
            field("long_text", required=True, headings=["Purpose", "Steps"]),
            "## Purpose\n\n**Steps**\n",
            ["Nothing is written here yet."],
        ),
        (
            field("table", required=True, min_rows=2, columns=COLUMNS),
            [{"id": "r1"}],
            ["No row is filled in yet."],
        ),
        (
            field("table", required=True, min_rows=2, columns=COLUMNS),
            [{"item": "Rent"}],
            ["1 row so far; this needs at least 2.", "Row 1: still empty: Amount."],
        ),
        (
            field("table", max_rows=1, columns=COLUMNS),
            [{"item": "a", "amount": "1"}, {"item": "b", "amount": "2"}],
            ["2 rows; keep the 1 that matter most."],
        ),
    ],
)
def test_what_is_missing(one, value, sentences):
    assert missing(one, value) == sentences


def test_only_what_is_written_in_markdown_has_html():
    assert html(field("long_text"), "a *b*") == "<p>a <em>b</em></p>\n"
    assert html(field("short_text"), "a *b*") == ""
    assert html(field("group", parts=PARTS), {"price": "95"}) == ""
    shown = html(field("group", parts=LETTERS), {"tool": "own", "letter": "<b>*x*"})
    assert shown == "<p><strong>Tool:</strong> Own premises</p><h3>Letter</h3><p>&lt;b&gt;<em>x</em></p>\n"


def test_display():
    assert display(field("percent"), "92") == "92%"
    assert display(field("number", unit="a week"), "1400.50") == "1,400.5 a week"
    assert display(field("currency"), "1400.5") == "1,400.50"
    assert display(field("currency"), "lots") == "lots"
    assert display(field("date"), "2026-03-04") == "March 4, 2026"
    assert display(field("choice", options=OPTIONS), "own") == "Own premises"
    assert display(field("multi_choice", options=OPTIONS), ["no", "own"]) == "Own premises\nNone"
    assert display(field("checklist", items=CHECKS), ["plan"]) == "[ ] Insurer told\n[x] Plan on the wall"
    assert display(field("group", parts=PARTS), {"price": "95"}) == "Price: 95"
    letters = {"tool": "own", "letter": "Dear\nyou"}
    assert display(field("group", parts=LETTERS), letters) == "Tool: Own premises\nLetter: Dear\nyou"
    rows = [
        {"item": "Rent\nand heat", "amount": "1400"},
        {},
        {"item": "Phone", "amount": "1.5", "state": "no"},
    ]
    assert display(field("table", columns=COLUMNS), rows) == (
        "Item: Rent and heat | Amount: 1,400\nItem: Phone | Amount: 1.50 | State: None"
    )


def test_table_total_ignores_what_is_not_a_number():
    table = field("table", columns=COLUMNS, total="amount")
    assert table_total(table, [{"amount": "10.50"}, {"amount": "lots"}, {"amount": "$1"}]) == Decimal("11.50")
    assert table_total(table, []) is None


WORKSHEET = Worksheet.model_validate(
    {
        "key": "k",
        "title": "T",
        "sections": [
            {
                "id": "A",
                "title": "A",
                "fields": [
                    {"id": "1.A.1", "label": "Name", "type": "short_text", "required": True},
                    {"id": "1.A.2", "label": "Law", "type": "short_text"},
                    {"id": "1.A.3", "label": "Price", "type": "currency", "required": True},
                ],
            },
            {
                "id": "B",
                "title": "B",
                "fields": [
                    {
                        "id": "1.B.1",
                        "label": "Double",
                        "type": "calculated",
                        "results": [{"key": "double", "label": "Double", "expression": "{1.A.3} * 2"}],
                    }
                ],
            },
        ],
    }
)


@pytest.mark.parametrize(
    ("answers", "a", "b"),
    [
        ({}, (0, 2), (0, 1)),
        ({"1.A.1": "x"}, (1, 2), (0, 1)),
        ({"1.A.1": "x", "1.A.2": "y"}, (2, 3), (0, 1)),
        ({"1.A.3": "lots"}, (0, 2), (0, 1)),
        ({"1.A.1": "x", "1.A.3": "5"}, (2, 2), (1, 1)),
    ],
)
def test_progress_counts_what_is_complete(answers, a, b):
    assert progress(WORKSHEET, answers) == {"A": Progress(*a), "B": Progress(*b)}


def test_tidy_keeps_only_what_is_answered_and_known():
    assert tidy(WORKSHEET, {"1.A.1": " x ", "1.A.2": "", "9.Z.9": "gone", "1.B.1": "7"}) == {"1.A.1": "x"}


def test_a_whole_table_of_rows_is_tidied():
    sheet = Worksheet.model_validate(
        {
            "key": "k",
            "title": "T",
            "sections": [
                {
                    "id": "A",
                    "title": "A",
                    "fields": [{"id": "1.A.1", "label": "Costs", "type": "table", "columns": COLUMNS[:2]}],
                }
            ],
        }
    )
    rows = [{"id": "r1"}, {"id": "r2", "item": "Rent", "amount": "1"}]
    assert tidy(sheet, {"1.A.1": rows}) == {"1.A.1": [{"id": "r2", "item": "Rent", "amount": "1"}]}


KEYS = [
    "id",
    "item",
    "amount",
    "price",
    "x",
    "deidentified",
    "text",
    "files",
    "name",
    "type",
    "size",
    "sha256",
    "at",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
ALL = [
    field("short_text", required=True),
    field("long_text", min_words=3, headings=["Steps"]),
    field("number", min=1),
    field("currency"),
    field("percent", max=100),
    field("date"),
    field("choice", options=OPTIONS),
    field("multi_choice", options=OPTIONS),
    field("checklist", items=CHECKS, required=True),
    field("group", parts=PARTS),
    field("table", columns=COLUMNS, min_rows=2, max_rows=3, total="amount"),
    field("calculated", results=[{"key": "a", "label": "A", "expression": "1"}]),
    field("file", or_text=True, headings=["Steps"], min_words=3, required=True),
    field("reference", to="2.A.1"),
]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.type)
@given(raw=JSON)
def test_whatever_arrives_is_cleaned_once_and_for_all(one, raw):
    value, problems = clean(one, raw)
    assert clean(one, value) == (value, problems)
    assert isinstance(display(one, raw), str)
    assert all(sentence.endswith(".") for sentence in missing(one, raw) + problems)
    if problems:
        assert is_answered(one, raw)
    assert not any("\ud800" <= letter <= "\udfff" for letter in display(one, raw))
