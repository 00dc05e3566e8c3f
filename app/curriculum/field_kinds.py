"""One entry per field type: how an answer is cleaned, what is wrong with it, what it lacks, how it reads as text.

`fields` gives these the names other rooms use. Answers are in the stored format: text, list of keys, dict of
parts, list of rows with a stable `id`, or what `file_answers` says of files.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.curriculum import file_answers, scalars
from app.curriculum.field_types import (
    TABLE_ROW_LIMIT,
    ChecklistField,
    Column,
    FieldBase,
    GroupField,
    Part,
    TableField,
)
from app.curriculum.scalars import Kind
from app.lib.markdown import user_html

Row = dict[str, str]
_ROW_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


# --- one value -------------------------------------------------------------------------------------------------


def _clean_scalar(field: FieldBase, raw: Any) -> str:
    if isinstance(raw, list) and len(raw) == 1:  # a form sends even single choices as lists
        raw = raw[0]
    return scalars.clean(Kind.of(field), raw)


def _scalar_problems(field: FieldBase, value: str) -> list[str]:
    found = scalars.problem(Kind.of(field), value)
    return [found] if found else []


def _scalar_display(field: FieldBase, value: str) -> str:
    return scalars.show(Kind.of(field), value)


def _long_text_answered(field: FieldBase | Part, value: str) -> bool:
    return bool(file_answers.without_headings(field, value).strip())


def _long_text_html(field: FieldBase, value: str) -> Markup:
    return user_html(value)


# --- keys of options --------------------------------------------------------------------------------------------


def _labels(field: FieldBase) -> dict[str, str]:
    options = field.items if isinstance(field, ChecklistField) else getattr(field, "options", ())
    return {option.key: option.label for option in options}


def _clean_keys(field: FieldBase, raw: Any) -> list[str]:
    chosen = [raw] if isinstance(raw, str) else raw if isinstance(raw, list | tuple) else []
    kind = Kind("choice", options=_labels(field))
    keys = dict.fromkeys(key for one in chosen if (key := scalars.clean(kind, one)))
    known = [key for key in kind.options if key in keys]
    return known + [key for key in keys if key not in kind.options]


def _keys_problems(field: FieldBase, value: list[str]) -> list[str]:
    labels = _labels(field)
    return [
        f"“{scalars.clean(Kind('short_text'), key)[:40]}” is not one of the options here; choose again."
        for key in value
        if key not in labels
    ]


def _checklist_gaps(field: FieldBase, value: list[str]) -> list[str]:
    open_items = [label for key, label in _labels(field).items() if key not in value]
    return [f"Not ticked yet: {'; '.join(open_items)}."] if field.required and open_items else []


def _choices_display(field: FieldBase, value: list[str]) -> str:
    labels = _labels(field)
    return "\n".join(labels.get(key, key) for key in value)


def _checklist_display(field: FieldBase, value: list[str]) -> str:
    return "\n".join(f"[{'x' if key in value else ' '}] {label}" for key, label in _labels(field).items())


# --- groups -----------------------------------------------------------------------------------------------------


def _clean_group(field: FieldBase, raw: Any) -> dict[str, str]:
    given = raw if isinstance(raw, Mapping) else {}
    return {part.key: scalars.clean(Kind.of(part), given.get(part.key)) for part in _group(field).parts}


def _group_problems(field: FieldBase, value: dict[str, str]) -> list[str]:
    found = [(part.label, scalars.problem(Kind.of(part), value[part.key])) for part in _group(field).parts]
    return [f"{label}: {sentence}" for label, sentence in found if sentence]


def _group_gaps(field: FieldBase, value: dict[str, str]) -> list[str]:
    parts = _group(field).parts
    answered = [part for part in parts if _long_text_answered(part, value[part.key])]
    empty = [part.label for part in parts if part.required and part not in answered]
    sentences = [f"Still empty: {', '.join(empty)}."] if empty else []
    short = [
        (part.label, sentence)
        for part in answered
        for sentence in file_answers.words_missing(part, value[part.key])
    ]
    return [*sentences, *(f"{label}: {sentence}" for label, sentence in short)]


def _group_answered(field: FieldBase, value: dict[str, str]) -> bool:
    return any(_long_text_answered(part, value[part.key]) for part in _group(field).parts)


def _group_display(field: FieldBase, value: dict[str, str]) -> str:
    return "\n".join(
        f"{part.label}: {scalars.show(Kind.of(part), value[part.key])}"
        for part in _group(field).parts
        if value[part.key]
    )


def _group_html(field: FieldBase, value: dict[str, str]) -> Markup:
    """Its long texts each under a heading, what is short in a line; nothing where no part is a long text."""
    group = _group(field)
    if not any(part.type == "long_text" for part in group.parts):
        return Markup("")
    return Markup("").join(_part_html(part, value[part.key]) for part in group.parts if value[part.key])


def _part_html(part: Part, value: str) -> Markup:
    if part.type == "long_text":
        return Markup("<h3>{}</h3>{}").format(part.label, user_html(value))
    return Markup("<p><strong>{}:</strong> {}</p>").format(part.label, scalars.show(Kind.of(part), value))


def _group(field: FieldBase) -> GroupField:
    assert isinstance(field, GroupField)
    return field


# --- tables -----------------------------------------------------------------------------------------------------


def _clean_table(field: FieldBase, raw: Any) -> list[Row]:
    """Every row with the known columns and a stable id; blank rows stay until the work is handed in."""
    given = [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list | tuple) else []
    taken = [str(row.get("id", "")) for row in given]
    kinds = [(column.key, Kind.of(column)) for column in _table(field).columns]
    rows: list[Row] = []
    used: set[str] = set()
    for name, row in zip(taken, given, strict=True):
        if not _ROW_ID.fullmatch(name) or name in used:
            name = _next_row_id(used.union(taken))
        used.add(name)
        rows.append({"id": name} | {key: scalars.clean(kind, row.get(key)) for key, kind in kinds})
    return rows


def filled_rows(field: TableField, value: Any) -> list[Row]:
    """The rows in which anything is entered."""
    rows = _clean_table(field, value)
    return [row for row in rows if any(row.get(column.key) for column in field.columns)]


def _next_row_id(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"r{number}" in taken:
        number += 1
    return f"r{number}"


def _table_problems(field: FieldBase, value: list[Row]) -> list[str]:
    found = []
    for number, row in enumerate(filled_rows(_table(field), value), start=1):
        for column in _table(field).columns:
            sentence = scalars.problem(Kind.of(column), row[column.key])
            if sentence:
                found.append(f"Row {number}, {column.label}: {sentence}")
    return found


def _table_gaps(field: FieldBase, value: list[Row]) -> list[str]:
    table, rows = _table(field), filled_rows(_table(field), value)
    most = table.max_rows or TABLE_ROW_LIMIT
    sentences = []
    if len(rows) < table.min_rows:
        sentences.append(f"{_rows(len(rows))} so far; this needs at least {table.min_rows}.")
    if len(rows) > most:
        sentences.append(f"{_rows(len(rows))}; keep the {most} that matter most.")
    for number, row in enumerate(rows, start=1):
        empty = [column.label for column in table.columns if column.required and not row[column.key]]
        if empty:
            sentences.append(f"Row {number}: still empty: {', '.join(empty)}.")
    return sentences


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _table_display(field: FieldBase, value: list[Row]) -> str:
    return "\n".join(_row_display(_table(field).columns, row) for row in filled_rows(_table(field), value))


def _row_display(columns: Sequence[Column], row: Row) -> str:
    cells = [(column.label, scalars.show(Kind.of(column), row[column.key])) for column in columns]
    return " | ".join(f"{label}: {' '.join(text.split())}" for label, text in cells if text)


def _table(field: FieldBase) -> TableField:
    assert isinstance(field, TableField)
    return field


# --- the registry -----------------------------------------------------------------------------------------------


def _no_problems(field: FieldBase, value: Any) -> list[str]:
    return []


def _anything(field: FieldBase, value: Any) -> bool:
    return bool(value)


def _no_html(field: FieldBase, value: Any) -> Markup:
    return Markup("")


def _as_it_is(field: FieldBase, value: Any) -> Any:
    return value


@dataclass(frozen=True)
class FieldKind:
    """The verbs of one field type; `ask` is said when a required field has no answer.

    `html` is for what people write in Markdown: safe, and empty where the text of `display` says it all.
    `hand_in` makes of an answer what a round keeps of it.
    """

    clean: Callable[[FieldBase, Any], Any]
    display: Callable[[FieldBase, Any], str]
    ask: str
    problems: Callable[[FieldBase, Any], list[str]] = _no_problems
    gaps: Callable[[FieldBase, Any], list[str]] = _no_problems
    answered: Callable[[FieldBase, Any], bool] = _anything
    html: Callable[[FieldBase, Any], Markup] = _no_html
    hand_in: Callable[[FieldBase, Any], Any] = _as_it_is


def _scalar(ask: str) -> FieldKind:
    return FieldKind(_clean_scalar, _scalar_display, ask, problems=_scalar_problems)


_NOTHING_TYPED = FieldKind(
    lambda field, raw: None, lambda field, value: "", "", answered=lambda field, value: False
)

KINDS: dict[str, FieldKind] = {
    "short_text": _scalar("Nothing is written here yet."),
    "long_text": FieldKind(
        _clean_scalar,
        _scalar_display,
        "Nothing is written here yet.",
        problems=_scalar_problems,
        gaps=file_answers.words_missing,
        answered=_long_text_answered,
        html=_long_text_html,
    ),
    "number": _scalar("The number is still missing."),
    "currency": _scalar("The amount is still missing."),
    "percent": _scalar("The percentage is still missing."),
    "date": _scalar("The date is still missing."),
    "choice": _scalar("Choose one of the options."),
    "multi_choice": FieldKind(
        _clean_keys, _choices_display, "Choose at least one of the options.", problems=_keys_problems
    ),
    "checklist": FieldKind(
        _clean_keys,
        _checklist_display,
        "Nothing is ticked yet; every line is needed.",
        problems=_keys_problems,
        gaps=_checklist_gaps,
    ),
    "group": FieldKind(
        _clean_group,
        _group_display,
        "Nothing is entered here yet.",
        problems=_group_problems,
        gaps=_group_gaps,
        answered=_group_answered,
        html=_group_html,
    ),
    "table": FieldKind(
        _clean_table,
        _table_display,
        "No row is filled in yet.",
        problems=_table_problems,
        gaps=_table_gaps,
        answered=lambda field, value: bool(filled_rows(_table(field), value)),
        hand_in=lambda field, value: filled_rows(_table(field), value),
    ),
    "file": FieldKind(
        file_answers.clean,
        file_answers.display,
        "Nothing is here yet. Tick the sentence first, then add what is asked.",
        problems=file_answers.problems,
        gaps=file_answers.gaps,
        answered=file_answers.answered,
        html=lambda field, value: user_html(value["text"]),
        hand_in=file_answers.hand_in,
    ),
    "calculated": _NOTHING_TYPED,
    "reference": _NOTHING_TYPED,
}
