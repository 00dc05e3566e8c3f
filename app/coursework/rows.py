"""What the buttons of a table do to its rows, for a page without scripts. Pure.

A button says `verb=1.B.1` or `verb=1.B.1~r3`, and `move` besides where to: `1.B.1~r3~up`. Rows that are not there, and
moves past an end, change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.curriculum import fields
from app.curriculum.field_types import TABLE_ROW_LIMIT, TableField

Row = dict[str, str]
Rows = list[Row]


def changed_by(form: Mapping[str, str], table: TableField, rows: Rows) -> Rows:
    """The rows after the button of the form that is about this table; as they are when none is."""
    for verb, change in _VERBS.items():
        field_id, _, rest = form.get(verb, "").partition("~")
        if field_id == table.id:
            row_id, _, way = rest.partition("~")
            return change(table, rows, row_id, way)
    return rows


def place_of(form: Mapping[str, str]) -> str:
    """The id of the table whose button was pressed; '' when none was."""
    pressed = (form.get(verb, "") for verb in _VERBS)
    return next((value.partition("~")[0] for value in pressed if value), "")


def add(table: TableField, rows: Rows, row_id: str = "", way: str = "") -> Rows:
    """The rows and one blank row below them, up to the most a table holds."""
    return _with_ids(table, [*rows, {}]) if len(rows) < most(table) else rows


def most(table: TableField) -> int:
    return table.max_rows or TABLE_ROW_LIMIT


def _remove(table: TableField, rows: Rows, row_id: str, way: str) -> Rows:
    return [row for row in rows if row["id"] != row_id]


def _duplicate(table: TableField, rows: Rows, row_id: str, way: str) -> Rows:
    at = _index(rows, row_id)
    if at is None or len(rows) >= most(table):
        return rows
    taken = {row["id"] for row in rows}
    number = next(n for n in range(1, len(rows) + 2) if f"copy{n}" not in taken)
    return [*rows[: at + 1], rows[at] | {"id": f"copy{number}"}, *rows[at + 1 :]]


def _move(table: TableField, rows: Rows, row_id: str, way: str) -> Rows:
    at = _index(rows, row_id)
    to = {"up": -1, "down": 1}.get(way, 0) + (at or 0)
    if at is None or not 0 <= to < len(rows):
        return rows
    moved = rows.copy()
    moved.insert(to, moved.pop(at))
    return moved


def _index(rows: Rows, row_id: str) -> int | None:
    return next((at for at, row in enumerate(rows) if row["id"] == row_id), None)


def _with_ids(table: TableField, rows: Rows) -> Rows:
    cleaned: Rows = fields.clean(table, rows)[0]
    return cleaned


_VERBS: dict[str, Callable[[TableField, Rows, str, str], Rows]] = {
    "add": add,
    "remove": _remove,
    "duplicate": _duplicate,
    "move": _move,
}
