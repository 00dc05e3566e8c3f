"""What a worksheet's form says, and how it is merged with what was saved meanwhile. Pure: no database.

A form changes *entries*: an answer (`1.A.1`), a self-rating (`rating~client-path`), the answer to a change request
(`request~12`), and what goes with a round (`plan~when`, `note~3f…`; see `sending`). Beside the values the form carries
`was`: a short mark of each entry as the page showed it. So a save changes only what was changed on this page, and a
conflict is exactly an entry that was changed on both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from types import MappingProxyType
from typing import Any

from werkzeug.datastructures import MultiDict

from app.coursework import rows, sending
from app.coursework.review_rules import LEVEL_WORDS
from app.curriculum import fields
from app.curriculum.field_types import Field, FileField, GroupField, TableField
from app.curriculum.scalars import Kind
from app.curriculum.scalars import clean as clean_scalar
from app.curriculum.schema import Rubric, Worksheet

Form = MultiDict[str, str]
Entries = dict[str, Any]
RATING, REQUEST = "rating~", "request~"
ANSWERS = ("changed", "disagree")
# what a form carries beside what was typed; autosave.js has the same list
OWN = ("csrf_token", "was", "version", "release", "seen", "lease", "showing", "do")


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


def read_marks(form: Form) -> dict[str, str]:
    """The marks the page carried; nothing when they are not there or not ours."""
    try:
        found = json.loads(form.get("was", ""))
    except (ValueError, RecursionError):
        return {}
    return {str(k): v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def read_int(form: Form, name: str) -> int:
    """A whole number of the form; 0 for anything that is none."""
    value = form.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


def received(form: Form) -> str:
    """SHA-256 (hex) of everything typed, in the order it came: proof for the page that all of it has arrived."""
    told = hashlib.sha256()
    for name, value in form.items(multi=True):
        if name not in OWN:
            told.update(f"{name}\x1f{value}\x1e".replace("\r\n", "\n").encode("utf-8", "replace"))
    return told.hexdigest()


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


def mark(value: Any) -> str:
    """Twelve digits that are equal for equal entries; blank rows and blank parts do not count."""
    text = json.dumps(_bare(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def marks(entries: Entries, keys: Iterable[str] | None = None) -> dict[str, str]:
    return {key: mark(entries[key]) for key in (entries if keys is None else keys)}


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: part for key, part in value.items() if part} or None
    if isinstance(value, list):
        kept = [_bare(row) for row in value]
        return [row for row in kept if row and (not isinstance(row, dict) or set(row) != {"id"})] or None
    return value or None


@dataclass(frozen=True)
class Clash:
    """One entry that was changed on both sides, as the page shows it that asks which text to keep."""

    key: str
    number: str  # '1.A.1' where it has one
    label: str
    mine: str
    theirs: str
    can_keep_both: bool
    names: list[tuple[str, str]]  # what the form held of it, carried through that page


# --- merging ---------------------------------------------------------------------------------------------------


@dataclass
class Merge:
    """What a save comes to: the entries afterwards, what changed, what clashes, and what was changed elsewhere.

    Where the person chose between two texts: `overruled` gave way to the form's, `given_up` are the form's own.
    """

    entries: Entries
    changed: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    overruled: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    mine: Entries = field(default_factory=dict)

    @property
    def same(self) -> list[str]:
        """Posted entries that are now stored exactly as posted."""
        return [key for key, value in self.mine.items() if mark(value) == mark(self.entries[key])]


def merge(
    current: Entries,
    mine: Entries,
    was: Mapping[str, str],
    *,
    is_current: bool,
    keep: Mapping[str, str] | None = None,
) -> Merge:
    """Put the posted entries into the stored ones.

    `was` says what the page had shown; an entry without a mark is taken when the page is of the current version
    (`is_current`) and clashes otherwise. `keep` holds what the person was asked: 'mine', 'theirs', 'both', or '' for
    no decision, which asks again.
    """
    notes = dict.fromkeys((key for key in mine if key.startswith(sending.NOTE)), "")
    current = notes | current  # nobody has to have drawn a note before: a finding is new while one types
    was = {key: mark("") for key in notes} | dict(was)
    result = Merge(dict(current), mine=mine)
    for key, value in mine.items():
        if key not in current or mark(value) == mark(current[key]):
            continue
        decision = (keep or {}).get(key, "mine")
        if decision == "theirs":
            result.given_up.append(key)
            continue
        if key in was and was[key] == mark(value):
            result.elsewhere.append(key)
            continue
        changed_there = was[key] != mark(current[key]) if key in was else not is_current
        if changed_there or decision not in ("mine", "both"):
            result.conflicts.append(key)
            continue
        if decision == "both":
            value = both(current[key], value)
        if decision == "mine" and key in (keep or {}):
            result.overruled.append(key)
        result.entries[key] = value
        result.changed.append(key)
    return result


def both(theirs: Any, mine: Any) -> Any:
    """One text below the other, beside files too; the rows of both tables, equal ones once."""
    if isinstance(theirs, str) and isinstance(mine, str):
        return f"{theirs}\n\n{mine}" if theirs and mine else theirs or mine
    if isinstance(theirs, list) and isinstance(mine, list):
        known = [_bare(row) for row in theirs]
        return theirs + _renamed(theirs, [row for row in mine if _bare(row) not in known])
    if isinstance(theirs, dict) and isinstance(mine, dict) and "text" in mine:
        return mine | {"text": both(theirs.get("text", ""), mine["text"])}
    return mine


def _renamed(theirs: list[Any], more: list[Any]) -> list[Any]:
    """Rows of a table get ids that are free among the others; keys of options stay as they are."""
    taken = {row["id"] for row in theirs if isinstance(row, dict)}
    free = (f"both{number}" for number in count(1) if f"both{number}" not in taken)
    return [dict(row, id=next(free)) if isinstance(row, dict) else row for row in more]


# --- rows ------------------------------------------------------------------------------------------------------


def padded(one: TableField, given: rows.Rows) -> rows.Rows:
    """The rows as the page shows them: with up to two blank ones while the table asks for more."""
    blank = sum(1 for row in given if not _bare({k: v for k, v in row.items() if k != "id"}))
    wanted = min(2, max(one.min_rows, 1) - (len(given) - blank))
    for _ in range(max(0, wanted - blank)):
        given = rows.add(one, given)
    return given
