"""What the buttons of a table do to its rows."""

from __future__ import annotations

import pytest

from app.coursework import rows
from app.curriculum.field_types import TableField

COLUMNS = [{"key": "step", "label": "Step", "type": "short_text"}]
TABLE = TableField.model_validate(
    {"id": "1.B.1", "label": "Steps", "type": "table", "columns": COLUMNS, "max_rows": 4}
)
A, B, C = ({"id": name, "step": name.upper()} for name in ("a", "b", "c"))


@pytest.mark.parametrize(
    ("form", "after"),
    [
        ({"move": "1.B.1~b~up"}, "bac"),
        ({"move": "1.B.1~b~down"}, "acb"),
        ({"move": "1.B.1~a~up"}, "abc"),
        ({"move": "1.B.1~c~down"}, "abc"),
        ({"move": "1.B.1~b~sideways"}, "abc"),
        ({"move": "1.B.1~b"}, "abc"),
        ({"move": "1.B.1~nobody~up"}, "abc"),
        ({"move": "1.B.2~b~up"}, "abc"),
        ({"remove": "1.B.1~b"}, "ac"),
        ({"remove": "1.B.1~nobody"}, "abc"),
        ({"duplicate": "1.B.1~nobody"}, "abc"),
        ({"duplicate": ""}, "abc"),
        ({}, "abc"),
        ({"move": "1.B.1~~~~up", "remove": "~", "duplicate": "\x00", "add": "1.B.1~x\u202e"}, "abc+"),
    ],
)
def test_rows_after_a_button(form, after):
    found = rows.changed_by(form, TABLE, [A, B, C])
    assert "".join(row["id"] if row["step"] else "+" for row in found) == after


def test_a_copy_stands_below_its_row_with_an_id_of_its_own():
    once = rows.changed_by({"duplicate": "1.B.1~a"}, TABLE, [A, B])
    twice = rows.changed_by({"duplicate": "1.B.1~a"}, TABLE, once)
    assert [row["step"] for row in twice] == ["A", "A", "A", "B"]
    assert len({row["id"] for row in twice}) == 4
    assert rows.changed_by({"duplicate": "1.B.1~a"}, TABLE, twice) == twice  # the most it holds
    assert rows.changed_by({"add": "1.B.1"}, TABLE, twice) == twice


def test_nothing_given_is_changed():
    given = [A, B, C]
    for form in ({"move": "1.B.1~c~up"}, {"remove": "1.B.1~a"}, {"duplicate": "1.B.1~a"}, {"add": "1.B.1"}):
        rows.changed_by(form, TABLE, given)
    assert given == [A, B, C]
    assert A == {"id": "a", "step": "A"}


@pytest.mark.parametrize(
    ("form", "place"),
    [({"move": "1.B.1~b~up"}, "1.B.1"), ({"add": "1.B.1"}, "1.B.1"), ({"remove": ""}, ""), ({}, "")],
)
def test_where_the_person_was(form, place):
    assert rows.place_of(form) == place
