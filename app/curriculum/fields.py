"""What an answer to each type of field is: how it is cleaned, what is still missing, how it reads as text.

Pure. `field_kinds` has one entry per field type; the functions here are what other rooms call. Answers are in the
stored format: text, list of keys, dict of parts, list of rows with a stable `id`, or what `file_answers` says of files.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from markupsafe import Markup

from app.curriculum import scalars
from app.curriculum.calculation import Answers, ResultValue, calculated
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
    "long_text",
    "missing",
    "progress",
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
    """Everything that stands between this answer and handing the work in, as sentences; `problems` included."""
    kind = KINDS[field.type]
    value = kind.clean(field, value)
    if not kind.answered(field, value):
        return [kind.ask] if field.required and kind.ask else []
    return [*kind.problems(field, value), *kind.gaps(field, value)]


def is_answered(field: FieldBase, value: Any) -> bool:
    """Whether anything at all is entered; a table counts from its first row that is not blank."""
    kind = KINDS[field.type]
    return kind.answered(field, kind.clean(field, value))


def display(field: FieldBase, value: Any) -> str:
    """The answer as plain text, one line per row, item or part: for diffs, hashes, search and mail."""
    kind = KINDS[field.type]
    return kind.display(field, kind.clean(field, value))


def html(field: FieldBase, value: Any) -> Markup:
    """What people wrote in Markdown as safe HTML; empty for fields whose `display` says it all."""
    kind = KINDS[field.type]
    return kind.html(field, kind.clean(field, value))


def progress(worksheet: Worksheet, answers: Answers) -> dict[str, Progress]:
    """Per section id. Required fields always count; optional ones from the moment they are answered."""
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
    if field.type == "reference":
        return False, False
    if field.type == "calculated":
        return True, all(result.number is not None for result in results[field.id].values())
    value = answers.get(field.id)
    answered = is_answered(field, value)
    return field.required or answered, answered and not missing(field, value)
