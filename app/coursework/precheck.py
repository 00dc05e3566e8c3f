"""The look over a worksheet before it is sent: what is missing, what is odd, what is done. Pure.

Looking at a field means cleaning all of it, which is most of what a save costs; and a save changes one field of
thirty. So what was seen in a field is remembered by its value, for as long as the process has room for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.coursework import spotted
from app.coursework.spotted import Asked, Context
from app.curriculum import fields, scalars
from app.curriculum.calculation import Results
from app.curriculum.field_types import Field, TableField
from app.curriculum.fields import Progress
from app.curriculum.schema import Worksheet

REMEMBERED = 4096  # fields, a few hundred bytes each


@dataclass(frozen=True)
class Seen:
    """What was seen in one answer; sentences for the person."""

    answered: bool
    problems: tuple[str, ...]  # of what is entered
    missing: tuple[str, ...]  # all that keeps a required field from being complete, problems included
    total: str  # of a table's summed column
    rows: str  # '1 of 2 rows complete'


def seen(field: Field, value: Any) -> Seen:
    """What stands in this answer."""
    return _seen(Asked(field, value))


@lru_cache(maxsize=REMEMBERED)
def _seen(asked: Asked) -> Seen:
    field, value = asked.field, asked.value
    asked.value = None  # what is remembered is what was seen, not what was written
    if not field.takes_answer:
        return Seen(False, (), (), "", "")
    total, rows = (_total(field, value), _rows(field, value)) if isinstance(field, TableField) else ("", "")
    return Seen(
        answered=fields.is_answered(field, value),
        problems=tuple(fields.clean(field, value)[1]),
        missing=tuple(fields.missing(field, value)),
        total=total,
        rows=rows,
    )


def _total(field: TableField, value: Any) -> str:
    column = field.column(field.total or "")
    total = fields.table_total(field, value) if column else None
    return scalars.format_number(total, column.type) if total is not None and column else ""


def _rows(field: TableField, value: Any) -> str:
    if not field.min_rows:
        return ""
    required = [column.key for column in field.columns if column.required]
    complete = sum(all(row.get(key) for key in required) for row in fields.filled_rows(field, value))
    return f"{complete} of {max(field.min_rows, complete)} rows complete"


# --- findings -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One line of the check: kind 'todo' (keeps the work from being sent), 'look' (for the person to judge) or 'done'.

    A 'look' is gone once it is mended, or answered by a note under its `key`: a short digest of topic, field and
    passages, so that a note counts for exactly what it was written about.
    """

    kind: str
    sentence: str
    anchor: str = ""  # the id of the field or section it speaks of
    topic: str = ""  # of a look: a key of `spotted.TOPICS`
    why: str = ""
    passages: tuple[str, ...] = ()  # as they stand in the answer
    key: str = ""


def look(field: Field, topic: str, sentence: str, passages: tuple[str, ...], why: str) -> Finding:
    """Something for the person to judge. This is how another check adds its own: call it, and put it into the list."""
    text = json.dumps([topic, field.id, sorted(passages)], ensure_ascii=False)
    key = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return Finding("look", f"{field.id} {field.label}: {sentence}", field.id, topic, why, passages, key)


def to_do(worksheet: Worksheet, answers: Mapping[str, Any]) -> list[Finding]:
    """What is missing in required fields; two or more empty ones of a section are named in one line."""
    found = []
    for section in worksheet.sections:
        needed = [one for one in section.fields if one.required and one.takes_answer and not one.retired]
        empty = [one for one in needed if not seen(one, answers.get(one.id)).answered]
        if len(empty) > 1:
            ids = f"{', '.join(one.id for one in empty[:-1])} and {empty[-1].id}"
            found.append(
                Finding("todo", f"{section.id} {section.title}: {ids} are still empty.", empty[0].id)
            )
        found += [
            Finding("todo", f"{one.id} {one.label}: {sentence}", one.id)
            for one in needed
            if len(empty) < 2 or one not in empty
            for sentence in seen(one, answers.get(one.id)).missing[:3]
        ]
    return found


def to_look_at(
    worksheet: Worksheet,
    answers: Mapping[str, Any],
    results: Results,
    context: Context = spotted.NOTHING_KNOWN,
) -> list[Finding]:
    """What is for the person to judge: what is odd in optional fields, results without a number, possible client data,
    words of care and words of a template. Each is mended or answered by a note before the work is sent."""
    found = []
    unfinished = bool(to_do(worksheet, answers))
    for one in worksheet.fields():
        if one.retired:  # there is nothing to be done about it here
            continue
        if unfinished and one.type == "calculated":  # its number comes with what is still to do
            continue
        if odd := _odd(one, answers.get(one.id), results):
            found.append(look(one, "odd", " ".join(odd[:3]), tuple(odd), WHY_ODD))
        if one.takes_answer:
            found += [
                look(one, spot.topic, spot.sentence, spot.passages, spot.why)
                for spot in spotted.in_answer(one, answers.get(one.id), context)
            ]
    return found


WHY_ODD = "It may stay so. Say in a few words that you meant it."


def _odd(field: Field, value: Any, results: Results) -> list[str]:
    if field.type == "calculated":
        return list(dict.fromkeys(one.missing for one in results[field.id].values() if one.missing))
    return [] if field.required else list(seen(field, value).missing)


def done(worksheet: Worksheet, progress: Mapping[str, Progress]) -> list[Finding]:
    """The sections in which nothing is left."""
    return [
        Finding(
            "done", f"{section.id} {section.title}: {count.answered} of {count.total} complete.", section.id
        )
        for section in worksheet.sections
        if (count := progress[section.id]).total and count.answered == count.total
    ]
