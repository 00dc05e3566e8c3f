"""What an answer to each type of field is: how it is cleaned, what is still missing, how it reads as text.

Pure. `field_kinds` has one entry per field type; the functions here are what other rooms call. Answers are in the
stored format: text, list of keys, dict of parts, list of rows with a stable `id`, or what `file_answers` says of files.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from app.curriculum import scalars
from app.curriculum.calculation import Answers, Results, ResultValue, calculated
from app.curriculum.field_kinds import KINDS, Row, filled_rows
from app.curriculum.field_types import FieldBase, TableField
from app.curriculum.file_answers import FileFacts, files_of
from app.curriculum.schema import Worksheet

__all__ = [
    "Answers",
    "FileFacts",
    "Progress",
    "ResultValue",
    "Row",
    "calculated",
    "clean",
    "display",
    "filled_rows",
    "files_of",
    "html",
    "is_answered",
    "is_shown",
    "long_text",
    "missing",
    "progress",
    "survives",
    "table_total",
    "tidy",
]


class Progress(NamedTuple):
    """Of `total` fields that count, `answered` are complete."""

    answered: int
    total: int


def clean(field: FieldBase, raw: Any) -> tuple[Any, list[str]]:
    """The answer as it is stored, and what is wrong with it. Whatever was typed stays in the answer."""
    value = KINDS[field.type].clean(field, raw)
    return value, KINDS[field.type].problems(field, value)


def missing(field: FieldBase, value: Any) -> list[str]:
    """Everything that stands between this answer and handing the work in, as sentences; `problems` included.

    Nothing does in a retired field, which nobody can fill in any more.
    """
    if field.retired:
        return []
    kind = KINDS[field.type]
    value = kind.clean(field, value)
    if not kind.answered(field, value):
        return [kind.ask] if field.required and kind.ask else []
    return [*kind.problems(field, value), *kind.gaps(field, value)]


def is_answered(field: FieldBase, value: Any) -> bool:
    """Whether anything at all is entered; a table counts from its first row that is not blank."""
    kind = KINDS[field.type]
    return kind.answered(field, kind.clean(field, value))


def is_shown(field: FieldBase, answers: Answers, results: Results) -> bool:
    """Whether the field has a place on a page: a retired one only where something stands in it.

    `results` are those of `calculated`.
    """
    if not field.retired:
        return True
    if field.type == "calculated":
        return any(one.number is not None for one in results.get(field.id, {}).values())
    return is_answered(field, answers.get(field.id))


def display(field: FieldBase, value: Any) -> str:
    """The answer as plain text, one line per row, item or part: for diffs, hashes, search and mail."""
    kind = KINDS[field.type]
    return kind.display(field, kind.clean(field, value))


def html(field: FieldBase, value: Any) -> Markup:
    """What people wrote in Markdown as safe HTML; empty for fields whose `display` says it all."""
    kind = KINDS[field.type]
    return kind.html(field, kind.clean(field, value))


def rendered(worksheet: Worksheet, answers: Answers) -> dict[str, str]:
    """Field id → cleaned HTML of every answer written in Markdown."""
    written = {one.id: str(html(one, answers[one.id])) for one in worksheet.fields() if one.id in answers}
    return {field_id: text for field_id, text in written.items() if text}


def survives(old: FieldBase, new: FieldBase, value: Any) -> bool:
    """Whether an answer to the old field stands whole and readable in the new one.

    A tighter limit, a column more or another `required` only asks for more. A type that reads the value otherwise, or
    an option, column or part that is no longer there, would take words away.
    """
    if old.structure() == new.structure() or not is_answered(old, value):
        return True
    before = clean(_without_limits(old), value)
    after = clean(_without_limits(new), before[0])
    return _filled(before[0]) == _filled(after[0]) and len(after[1]) <= len(before[1])


def _without_limits(field: FieldBase) -> FieldBase:
    """The same field without least and most: made anew, since a copy would keep what is remembered of the old one."""
    plain = field.model_dump()
    bounded = [plain, *(plain.get("parts") or ())]
    for one in bounded:
        one |= {name: None for name in ("min", "max") if name in one}
    return type(field).model_validate(plain)


def _filled(value: Any) -> Any:
    """A stored answer without blank cells, parts and rows."""
    if isinstance(value, Mapping):
        return {key: one for key, one in value.items() if one}
    if isinstance(value, list):
        rows = [_filled(one) for one in value]
        return [one for one in rows if not isinstance(one, dict) or one.keys() - {"id"}]
    return value


def progress(worksheet: Worksheet, answers: Answers) -> dict[str, Progress]:
    """Per section id. Required fields always count; optional ones once they are answered; retired ones never."""
    results = calculated(worksheet, answers)
    done: dict[str, Progress] = {}
    for section in worksheet.sections:
        states = [_state(field, answers, results) for field in section.fields]
        counted = [complete for counts, complete in states if counts]
        done[section.id] = Progress(sum(counted), len(counted))
    return done


def tidy(worksheet: Worksheet, answers: Answers) -> dict[str, Any]:
    """The answers as they are handed in: cleaned, without blank rows, without fields that do not exist."""
    kept: dict[str, Any] = {}
    for field in worksheet.fields():
        kind = KINDS[field.type]
        value = kind.hand_in(field, kind.clean(field, answers.get(field.id)))
        if kind.answered(field, value):
            kept[field.id] = value
    return kept


def long_text(field: FieldBase, value: Any) -> str:
    """The Markdown text of an answer that has one; empty for every other type."""
    if field.type == "file":
        value = KINDS[field.type].clean(field, value)["text"]
    return value if field.type in ("long_text", "file") and isinstance(value, str) else ""


def table_total(field: TableField, value: Any, column: str | None = None) -> Decimal | None:
    """The sum of a column (default: the one the field totals); None without any readable number."""
    key = column or field.total
    numbers = [scalars.as_decimal(row.get(key or "")) for row in filled_rows(field, value)]
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None


def _state(
    field: FieldBase, answers: Answers, results: Mapping[str, Mapping[str, ResultValue]]
) -> tuple[bool, bool]:
    if field.type == "reference" or field.retired:
        return False, False
    if field.type == "calculated":
        return True, all(result.number is not None for result in results[field.id].values())
    value = answers.get(field.id)
    answered = is_answered(field, value)
    return field.required or answered, answered and not missing(field, value)
