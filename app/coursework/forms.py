"""What a worksheet's form says, and how it is merged with what was saved meanwhile. Pure: no database.

A form changes *entries*: an answer (`1.A.1`), a self-rating (`rating~client-path`), the answer to a change request
(`request~12`), and what goes with a round (`plan~when`, `note~3f…`; see `sending`). Beside the values the form carries
`was`, by which a save is merged with what was saved meanwhile (app/lib/merging.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from app.coursework import rows, sending
from app.coursework.review_rules import LEVEL_WORDS
from app.curriculum import fields
from app.curriculum.field_types import Field, FileField, GroupField, TableField
from app.curriculum.scalars import Kind
from app.curriculum.scalars import clean as clean_scalar
from app.curriculum.schema import Rubric, Worksheet
from app.lib import merging
from app.lib.merging import Entries, Form, Merge

RATING, REQUEST = "rating~", "request~"
ANSWERS = ("changed", "disagree")


# --- names ---------------------------------------------------------------------------------------------------


def request_key(comment_id: int) -> str:
    return f"{REQUEST}{comment_id}"


def rating_key(criterion: str) -> str:
    return f"{RATING}{criterion}"


def names_of(form: Form, key: str, value: Any) -> list[tuple[str, str]]:
    """What carries one entry through a page that asks about it: the names of the form, in its order.

    Of a table it is `value`, its rows after the button that was pressed.
    """
    if f"{key}~row" in form:
        return [(f"{key}~row", ""), *_names_of_rows(key, value)]
    mine = [name for name in form if name == key or name.startswith(f"{key}~")]
    return [(clean_text(name), clean_text(value)) for name in mine for value in form.getlist(name)]


def _names_of_rows(key: str, given: rows.Rows) -> Iterator[tuple[str, str]]:
    for row in given:
        yield f"{key}~row", row["id"]
        for column, text in row.items():
            if column != "id":
                yield f"{key}~{row['id']}~{column}", text


def clean_text(text: str) -> str:
    return clean_scalar(Kind("long_text"), text)


# --- reading ---------------------------------------------------------------------------------------------------


def posted(form: Form, worksheet: Worksheet, rubric: Rubric | None, requests: Collection[int]) -> Entries:
    """The entries this form holds, cleaned. Names nobody drew are passed over; what is not there stays as it is."""
    found: Entries = {}
    groups = _grouped(form)
    for one in worksheet.fields():
        if one.id in groups and one.takes_answer:
            found[one.id] = fields.clean(one, _raw(form, one))[0]
    for criterion in rubric.criteria if rubric else ():
        level = form.get(rating_key(criterion.key), "")
        if level in LEVEL_WORDS:
            found[rating_key(criterion.key)] = level
    for comment_id in requests:
        key = request_key(comment_id)
        if key in groups:
            found[key] = request_answer(_last(form, key), form.get(f"{key}~text", ""))
    names = [name for name in form if sending.is_name(name)][: sending.MOST_NOTES]
    return found | {name: clean_text(form[name])[: sending.KEPT] for name in names}


def request_answer(answer: str, text: str) -> dict[str, str]:
    return {"answer": answer if answer in ANSWERS else "", "text": clean_text(text)}


def _grouped(form: Form) -> set[str]:
    """The entries that any name of the form belongs to."""
    found = set()
    for name in form:
        head, _, rest = name.partition("~")
        found.add(head if not head.startswith("request") else f"{head}~{rest.partition('~')[0]}")
    return found


def _raw(form: Form, one: Field) -> Any:
    match one:
        case TableField():
            ids = [row for row in dict.fromkeys(form.getlist(f"{one.id}~row")) if row]
            keys = [column.key for column in one.columns]
            return [{"id": row} | {key: form.get(f"{one.id}~{row}~{key}", "") for key in keys} for row in ids]
        case GroupField():
            return {part.key: form.get(f"{one.id}~{part.key}", "") for part in one.parts}
        case FileField():
            return {
                "deidentified": _last(form, f"{one.id}~deidentified"),
                "text": form.get(f"{one.id}~text", ""),
            }
        case _ if one.type in ("multi_choice", "checklist"):
            return [key for key in form.getlist(one.id) if key]
        case _:
            return _last(form, one.id)


def _last(form: Form, name: str) -> str:
    """Radio buttons have a hidden blank before them, so that the form says something when none is pressed."""
    return form.getlist(name)[-1] if name in form else ""


def unplaced(form: Form, shown: Worksheet, today: Worksheet) -> list[tuple[Field, str]]:
    """What was typed on a page that showed another worksheet and has no place in today's: the field, and the text."""
    found: list[tuple[Field, str]] = []
    groups = _grouped(form)
    for one in shown.fields():
        if one.id not in groups or not one.takes_answer:
            continue
        value = fields.clean(one, _raw(form, one))[0]
        now = today.field(one.id)
        if fields.is_answered(one, value) and not (now and fields.survives(one, now, value)):
            found.append((one, fields.display(one, value)))
    return found


# --- stored ----------------------------------------------------------------------------------------------------


def stored(
    worksheet: Worksheet,
    rubric: Rubric | None,
    answers: Mapping[str, Any],
    rating: Mapping[str, str],
    requests: Mapping[int, dict[str, str]],
    beside: Mapping[str, str] = MappingProxyType({}),
) -> Entries:
    """The entries as they are saved; every entry the page can show is there.

    Files are no part of them: they come and go by verbs of their own, and `with_files` adds them.
    """
    found: Entries = {
        one.id: fields.clean(one, answers.get(one.id))[0] for one in worksheet.fields() if one.takes_answer
    }
    found |= {one.id: found[one.id] | {"files": []} for one in _for_files(worksheet)}
    found |= {rating_key(c.key): rating.get(c.key, "") for c in (rubric.criteria if rubric else ())}
    found |= {sending.WHEN: "", sending.WILL: "", **beside}
    return found | {request_key(comment_id): dict(answer) for comment_id, answer in requests.items()}


def with_files(worksheet: Worksheet, entries: Entries, answers: Mapping[str, Any]) -> Entries:
    """The entries, and in each answer the files that the stored one holds."""
    return entries | {
        one.id: entries[one.id] | {"files": fields.files_of(answers.get(one.id))}
        for one in _for_files(worksheet)
        if one.id in entries
    }


def _for_files(worksheet: Worksheet) -> list[FileField]:
    return [one for one in worksheet.fields() if isinstance(one, FileField)]


# --- merging ---------------------------------------------------------------------------------------------------


def merge(
    current: Entries,
    mine: Entries,
    was: Mapping[str, str],
    *,
    is_current: bool,
    keep: Mapping[str, str] | None = None,
) -> Merge:
    """As `merging.merge`. Nobody has to have drawn a note before: a finding is new while one types."""
    notes = [key for key in mine if key.startswith(sending.NOTE)]
    return merging.merge(current, mine, was, is_current=is_current, keep=keep, may_be_new=notes)


# --- rows ------------------------------------------------------------------------------------------------------


def padded(one: TableField, given: rows.Rows) -> rows.Rows:
    """The rows as the page shows them: with up to two blank ones while the table asks for more."""
    blank = sum(1 for row in given if not any(v for k, v in row.items() if k != "id"))
    wanted = min(2, max(one.min_rows, 1) - (len(given) - blank))
    for _ in range(max(0, wanted - blank)):
        given = rows.add(one, given)
    return given
