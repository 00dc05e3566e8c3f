"""Placeholders of documents: `{{ 1.A.1 }}`, `{{ 1.D.1 | event, first_action }}`, `{{? 1.A.5 }} … {{/?}}`.

What a field `shows` of another module is written in the same way, without the braces.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.curriculum.field_types import (
    CalculatedField,
    Field,
    FieldBase,
    GroupField,
    ReferenceField,
    TableField,
)

# Not one that begins inside another, and short: a text full of “{{” is then searched once and not once for each.
BRACES = re.compile(r"\{\{((?:(?!\{\{|\}\}).){0,300})\}\}", re.DOTALL)
_INSIDE = re.compile(
    r"\s*([1-9][0-9]?\.[A-Z]{1,2}\.[1-9][0-9]?)(?:\.([a-z0-9_-]+))?\s*(?:\|\s*([a-z0-9_, -]+?)\s*)?"
)


@dataclass(frozen=True)
class Placeholder:
    """What stands between the braces: a field, perhaps one part or result of it, perhaps some of its columns."""

    field: str
    member: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def is_total(self) -> bool:
        return self.columns == ("total",)


def parse(inside: str) -> Placeholder | None:
    """From the text between the braces; None if it is not a placeholder."""
    found = _INSIDE.fullmatch(inside)
    if not found:
        return None
    columns = tuple(name.strip() for name in found[3].split(",")) if found[3] else ()
    return Placeholder(found[1], found[2], columns)


def shown_by(field: FieldBase) -> Placeholder | None:
    """Which answer of another module this field shows; None: none, or it cannot be read."""
    if isinstance(field, ReferenceField):
        return Placeholder(field.to, None, field.columns)
    return parse(field.shows) if field.shows else None


def problem(placeholder: Placeholder, fields: Mapping[str, Field]) -> str | None:
    """Why this placeholder cannot be filled, as a sentence, or None."""
    field, member = fields.get(placeholder.field), placeholder.member
    if field is None:
        return f"no worksheet has a field {placeholder.field}."
    if isinstance(field, ReferenceField):
        return f"the field {field.id} only shows {field.to}; name that one."
    if placeholder.columns:
        return _columns_problem(placeholder, field)
    if member is None:
        return None
    match field:
        case GroupField():
            known = [part.key for part in field.parts]
        case CalculatedField():
            known = [result.key for result in field.results]
        case _:
            return f"the field {field.id} ({field.type}) has no part “{member}”."
    return None if member in known else f"the field {field.id} has no “{member}”; it has {', '.join(known)}."


def _columns_problem(placeholder: Placeholder, field: Field) -> str | None:
    if not isinstance(field, TableField) or placeholder.member:
        return f"only a table has columns; the field {field.id} is {field.type}."
    if placeholder.is_total:
        return None if field.total else f"the table {field.id} has no “total” in its worksheet."
    unknown = [name for name in placeholder.columns if not field.column(name)]
    if not unknown:
        return None
    known = ", ".join(column.key for column in field.columns)
    return f"the table {field.id} has no column “{unknown[0]}”; it has {known}."
