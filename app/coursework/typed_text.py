"""What a person typed into an answer, piece by piece: no labels, no options, no numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.curriculum import fields
from app.curriculum.field_types import Field, FileField, GroupField, TableField

TYPED = ("short_text", "long_text")


def pieces(field: Field, value: Any) -> Iterator[str]:
    """Every text of the answer that is words of the person's own, as it was typed."""
    kept: Any = fields.clean(field, value)[0] if field.takes_answer else None
    match field:
        case TableField():
            typed = [column.key for column in field.columns if column.type in TYPED]
            yield from (row[key] for row in fields.filled_rows(field, kept) for key in typed if row[key])
        case GroupField():
            yield from (kept[part.key] for part in field.parts if part.type in TYPED and kept[part.key])
        case FileField():
            if kept["text"]:
                yield kept["text"]
        case _ if field.type in TYPED and kept:
            yield kept


def file_names(field: Field, value: Any) -> list[str]:
    """The names and inner titles of its files: where a client's name is forgotten most easily."""
    files = fields.files_of(value) if isinstance(field, FileField) else []
    return [words for file in files for words in (file["name"], *file.get("titles", ()))]


def rows(field: Field, value: Any) -> list[str]:
    """Each row of a table as one text, to compare with an example."""
    if not isinstance(field, TableField):
        return []
    return [" ".join(row[one.key] for one in field.columns) for row in fields.filled_rows(field, value)]
