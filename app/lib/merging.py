"""What a form says put into what was saved meanwhile. Pure: knows of no form in particular.

A form changes *entries*, each under a key. Beside the values it carries `was`: a short mark of each entry as the page
showed it. So a save changes only what was changed on this page, and a conflict is exactly an entry that was changed on
both. The page is told a digest of what arrived, and keeps its own copy until it is the same (`autosave.js`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from werkzeug.datastructures import MultiDict

Form = MultiDict[str, str]
Entries = dict[str, Any]
# what a form carries beside what was typed; autosave.js has the same list
OWN = ("csrf_token", "was", "version", "release", "seen", "lease", "showing", "do")


# --- reading ---------------------------------------------------------------------------------------------------


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
    may_be_new: Collection[str] = (),
) -> Merge:
    """Put the posted entries into the stored ones.

    `was` says what the page had shown; an entry without a mark is taken when the page is of the current version
    (`is_current`) and clashes otherwise. `keep` holds what the person was asked: 'mine', 'theirs', 'both', or '' for
    no decision, which asks again. `may_be_new` are entries that nobody has to have drawn before.
    """
    current = dict.fromkeys(may_be_new, "") | current
    was = {key: mark("") for key in may_be_new} | dict(was)
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
