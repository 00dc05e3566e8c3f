"""Whatever is posted into whatever field: cleaned once and for all, merged, frozen, compared, printed; no error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from app.coursework import actions, forms, precheck, rules
from app.coursework.frozen import Answers, shown
from app.curriculum import answer_html, documents, fields
from app.curriculum.answer_html import Filled
from app.curriculum.calculation import calculated
from app.curriculum.placeholders import Placeholder
from app.curriculum.schema import Document, Worksheet
from app.lib import merging

OPTIONS = [{"key": "own", "label": "Own premises"}, {"key": "no", "label": "None"}]
EVERY = {
    "short_text": {},
    "long_text": {"min_words": 3, "headings": ["Steps"]},
    "number": {"min": 1, "max": 168, "unit": "a week"},
    "currency": {},
    "percent": {"max": 100},
    "date": {},
    "choice": {"options": OPTIONS},
    "multi_choice": {"options": OPTIONS},
    "checklist": {"items": OPTIONS, "required": True},
    "group": {
        "parts": [
            {"key": "price", "label": "Price", "type": "currency", "min": 1},
            {"key": "day", "label": "Day", "type": "date", "required": False},
            {"key": "share", "label": "Share", "type": "percent"},
            {"key": "text", "label": "Text", "type": "short_text"},
        ]
    },
    "table": {
        "min_rows": 2,
        "max_rows": 3,
        "total": "amount",
        "columns": [
            {"key": "item", "label": "Item", "type": "short_text"},
            {"key": "amount", "label": "Amount", "type": "currency", "unit": "$"},
            {"key": "state", "label": "State", "type": "choice", "options": OPTIONS, "required": False},
            {"key": "note", "label": "Note", "type": "long_text", "required": False},
        ],
    },
    "calculated": {
        "results": [
            {"key": "one", "label": "One", "expression": "sum({1.A.11.amount}) / ({1.A.3} - {1.A.10.price})"},
            {"key": "two", "label": "Two", "expression": "ceil({1.A.12.one} * {1.A.5})", "format": "integer"},
        ]
    },
    "file": {"max_files": 2, "or_text": True, "headings": ["Steps"], "min_words": 3, "required": True},
    "reference": {"to": "2.A.1"},
}
SHEET = Worksheet.model_validate(
    {
        "key": "every",
        "title": "Every type",
        "sections": [
            {
                "id": "A",
                "title": "All",
                "fields": [
                    {"id": f"1.A.{number}", "label": kind, "type": kind} | more
                    for number, (kind, more) in enumerate(EVERY.items(), start=1)
                ],
            }
        ],
    }
)
FIELDS = {one.type: one for one in SHEET.fields()}
KEYS = ["id", "item", "amount", "state", "note", "price", "day", "share", "text", "deidentified", "files"]
KEYS += ["name", "type", "size", "sha256", "at"]
ODD = [
    "own", "None", "yes", "1,400.50", "$5", "92 %", "-0", "2026-02-30", "3/4/2026", "r1", "### Steps", "**b** <i>",
    "\x00", "\u202e", "\ud800", "a\r\nb", "9" * 40, "1e309", "{{ 1.A.1 }}", "| a | b |", "ab" * 32, "pdf", "x.pdf",
    "2026-03-25T15:00:00+00:00", "\ue0000\ue001", "\u2028", " \t ",
]  # fmt: skip
WORDS = st.sampled_from(ODD)
FACTS = st.fixed_dictionaries(
    {
        "id": st.integers(-1, 3) | st.just(2**31),
        "name": WORDS,
        "type": st.sampled_from(["pdf", "png", "exe"]),
        "size": st.integers(-1, 10**9),
        "sha256": st.sampled_from(["ab" * 32, "cd" * 32, "x"]),
        "at": st.sampled_from(["2026-03-25T15:00:00+00:00", "0001-01-01T00:00:00-23:59", "never"]),
    }
)
RAW = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | WORDS | FACTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=14,
)
ANSWERS = st.fixed_dictionaries({}, optional={one.id: RAW for one in SHEET.fields()})


def through_json(value: Any) -> Any:
    """As the database keeps it and gives it back."""
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("kind", EVERY)
@settings(max_examples=150)
@given(raw=RAW)
def test_clean_is_once_and_for_all(kind, raw):
    field = FIELDS[kind]
    value, problems = fields.clean(field, raw)
    assert fields.clean(field, value) == (value, problems)
    assert through_json(value) == value
    assert fields.clean(field, through_json(value)) == (value, problems)
    assert all(one.endswith(".") for one in (*problems, *fields.missing(field, raw)))
    json.dumps(value).encode()  # no half of a character


@settings(max_examples=150, deadline=None)
@given(answers=ANSWERS, before=ANSWERS)
def test_the_whole_way_of_any_answers(answers, before):
    """Stored, drawn, checked, frozen, compared with other answers, put into the manual."""
    stored = forms.with_files(SHEET, forms.stored(SHEET, None, answers, {}, {}), answers)
    assert forms.with_files(SHEET, forms.stored(SHEET, None, stored, {}, {}), stored) == stored
    merging.marks(stored)
    results = calculated(SHEET, stored)
    for one in (*precheck.to_do(SHEET, stored), *precheck.to_look_at(SHEET, stored, results)):
        assert one.sentence.endswith((".", "?")), one
    fields.progress(SHEET, stored)

    now, then = (actions.freeze(1, SHEET, None, one, {}) for one in (stored, before))
    kept = through_json(now.answers)
    assert kept == now.answers
    assert fields.tidy(SHEET, kept) == kept
    assert rules.digest(kept) == now.digest
    for found in (
        shown(Answers(SHEET, kept, now.rendered)),
        shown(Answers(SHEET, kept, now.rendered), Answers(SHEET, then.answers, then.rendered)),
    ):
        assert [one.id for one in found] == [one.id for one in SHEET.fields()]
        for one in found:
            assert "<i>" not in one.html
    same = shown(Answers(SHEET, kept, now.rendered), Answers(SHEET, kept, now.rendered))
    assert not [one.id for one in same if one.changed]
    _printed(kept)


BODY = "\n\n".join(
    f"In a line {{{{ {one.id} }}}}.\n\n{{{{ {one.id} }}}}\n\n{{{{? {one.id} }}}}\nThere is one.\n{{{{/?}}}}"
    for one in SHEET.fields()
    if one.type != "reference"
)


def _printed(answers: dict[str, Any]) -> None:
    document = Document(slug="d", title="D", kind="sheet", body=BODY)
    html = documents.render(document, SHEET, answers)
    documents.unanswered(document, SHEET, answers)
    assert "<i>" not in html
    assert "{{" not in html.replace("{{ 1.A.1 }}", "")
    filled = Filled({one.id: one for one in SHEET.fields()}, answers, calculated(SHEET, answers))
    for one in SHEET.fields():
        answer_html.block(Placeholder(one.id), one, filled)
        answer_html.inline(Placeholder(one.id), one, filled)


NAMES = [
    name
    for one in SHEET.fields()
    for name in (
        one.id, f"{one.id}~row", f"{one.id}~r1~item", f"{one.id}~r1~amount", f"{one.id}~r2~note", f"{one.id}~price",
        f"{one.id}~text", f"{one.id}~deidentified", f"{one.id}~files", f"{one.id}~upload",
    )
] + ["rating~x", "request~1", "request~1~text", "~", "", "remove", "was"]  # fmt: skip
FORM = st.lists(st.tuples(st.sampled_from(NAMES), WORDS | st.text(max_size=20)), max_size=30).map(MultiDict)


@settings(max_examples=300, deadline=None)
@given(form=FORM, second=FORM, answers=ANSWERS, is_current=st.booleans())
def test_any_form_is_read_and_merged(form, second, answers, is_current):
    """What is posted is stored as posted, twice is once, and nothing a form holds becomes a file."""
    current = forms.stored(SHEET, None, answers, {}, {1: forms.request_answer("", "")})
    mine = forms.posted(form, SHEET, None, [1])
    assert set(mine) <= set(current)
    for one in SHEET.fields():
        if one.id in mine:
            assert fields.clean(one, mine[one.id])[0] == mine[one.id]
    merged = forms.merge(current, mine, merging.marks(current), is_current=is_current)
    assert merged.conflicts == []
    assert set(merged.same) == set(mine)
    again = forms.merge(merged.entries, mine, merging.marks(merged.entries), is_current=False)
    assert again.changed == []
    whole = forms.with_files(SHEET, merged.entries, answers)
    for one in SHEET.fields():
        if one.type == "file":
            assert merged.entries[one.id]["files"] == []
            assert whole[one.id]["files"] == fields.files_of(answers.get(one.id))

    theirs = forms.posted(second, SHEET, None, [1])
    clash = forms.merge(merged.entries, theirs, {}, is_current=False)
    kept = forms.merge(
        merged.entries, theirs, {}, is_current=False, keep=dict.fromkeys(clash.conflicts, "both")
    )
    for one in SHEET.fields():
        if one.takes_answer:
            value = fields.clean(one, kept.entries[one.id])[0]
            assert fields.clean(one, value)[0] == value
    actions.freeze(1, SHEET, None, forms.with_files(SHEET, kept.entries, answers), {})
    merging.received(form)
