"""A coach's form put into what was saved of the review meanwhile, entry by entry. Pure.

Entries: `strength`, `note`, `mark-<criterion>`, `settled-<request>` are texts; `comment-<id>` is a dict of kind, text
and quote, empty for one that was removed. A comment that is not stored yet is `comment-new-<field>`. The rule is the
worksheet's (`forms.merge`): only an entry that was changed on both sides is asked about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.coursework import forms
from app.coursework.review_form import NEW, Known, field_of, read
from app.coursework.review_rules import KIND_WORDS, LEVEL_WORDS, Remark, ReviewText
from app.lib import merging

COMMENT = "comment-"
PARTS = (
    "comment",
    "kind",
    "quote",
    "before",
    "after",
    "row",
    "first",
    "on",
)  # of one comment in the form; `on` names its field


def entries_of(text: ReviewText, known: Known | None = None) -> merging.Entries:
    """What a review says, as entries; with `known`, those that can be written and are not, too."""
    found: merging.Entries = {"strength": text.strength, "note": text.note}
    if known:
        found |= {f"mark-{key}": "" for key in known.criteria} | {
            f"settled-{key}": "" for key in known.requests
        }
    found |= {f"mark-{key}": level for key, level in text.marks.items()}
    found |= {f"settled-{key}": choice for key, choice in text.settled.items()}
    return found | {f"{COMMENT}{one.key}": _comment(one) for one in text.remarks}


def _comment(one: Remark) -> dict[str, str]:
    if not one.text:
        return {}
    return {
        "kind": one.kind,
        "text": one.text,
        "quote": one.quote,
        "before": one.prefix,
        "after": one.suffix,
        "row": one.row_id,
        "first": "yes" if one.comes_first else "",
    }


def text_of(entries: merging.Entries, on: Mapping[str, str]) -> ReviewText:
    """The entries as the text of a review. `on`: key of a comment → its field."""
    remarks = []
    for name, value in entries.items():
        key = name.removeprefix(COMMENT)
        if key != name:
            field_id = on.get(key) or field_of(key)
            remarks.append(
                Remark(
                    key,
                    field_id,
                    value.get("kind") or "suggested",
                    value.get("text", ""),
                    quote=value.get("quote", ""),
                    prefix=value.get("before", ""),
                    suffix=value.get("after", ""),
                    row_id=value.get("row", ""),
                    comes_first=bool(value.get("first")),
                )
            )
    return ReviewText(
        marks={key.removeprefix("mark-"): v for key, v in entries.items() if key.startswith("mark-") and v},
        strength=entries["strength"],
        note=entries["note"],
        settled={k.removeprefix("settled-"): v for k, v in entries.items() if k.startswith("settled-") and v},
        remarks=tuple(remarks),
    )


@dataclass
class ReviewMerge:
    """What a save comes to. `made`: comments of the form that had arrived already, by their key in it."""

    merge: merging.Merge
    on: Mapping[str, str]
    made: dict[str, int]

    @property
    def text(self) -> ReviewText:
        return text_of(self.merge.entries, self.on)


def merged(form: merging.Form, stored: ReviewText, known: Known, *, is_current: bool) -> ReviewMerge:
    """Put the form into `stored`."""
    known = _with_removed(form, known)
    text = read(form, known)
    made = _arrived(form, text, stored)
    mine = {
        key: value
        for key, value in entries_of(text).items()
        if key.removeprefix(COMMENT) not in made and (key not in ("strength", "note") or key in form)
    }
    current = entries_of(stored, known)
    current |= {key: {} for key in mine if key.startswith(COMMENT) and key not in current}
    was = merging.read_marks(form)
    for key in mine:
        if key.startswith(f"{COMMENT}{NEW}"):
            was.setdefault(key, merging.mark({}))
    keep = {key: form.get(f"keep~{key}", "") for key in form.get("asked", "").split()}
    found = forms.merge(current, mine, was, is_current=is_current, keep=keep)
    return ReviewMerge(found, known.stored, made)


def _with_removed(form: merging.Form, known: Known) -> Known:
    """A comment that was removed elsewhere is still in this form, which says what it is on."""
    gone = {}
    for name in form:
        key = name.removeprefix(COMMENT)
        is_id = key != name and key.isascii() and key.isdecimal()
        if is_id and key not in known.stored and form.get(f"on-{key}", "") in known.field_ids:
            gone[key] = form[f"on-{key}"]
    return replace(known, stored={**known.stored, **gone})


def _arrived(form: merging.Form, text: ReviewText, stored: ReviewText) -> dict[str, int]:
    """New comments that an earlier save brought, whose answer was lost: stored, and not in this form under their id."""
    free = [one for one in stored.remarks if f"{COMMENT}{one.key}" not in form]
    new = [one for one in text.remarks if one.key.startswith(NEW)]
    return {key: int(twin) for key, twin in twins(new, free).items()}


def twins(some: Iterable[Remark], others: Iterable[Remark]) -> dict[str, str]:
    """Key of a comment → key of one among the others that says the same; each of those stands for one."""
    free, found = list(others), {}
    for mine in some:
        twin = next((one for one in free if replace(one, key=mine.key) == mine), None)
        if twin:
            free.remove(twin)
            found[mine.key] = twin.key
    return found


def was_of(stored: ReviewText, known: Known) -> str:
    """The marks of what a page shows of `stored`, for its form."""
    return json.dumps(merging.marks(entries_of(stored, known)), separators=(",", ":"))


def new_marks(found: merging.Merge, made: Mapping[str, int]) -> dict[str, str]:
    """Marks of what was posted and is stored so now, new comments under their ids (`made`: form key → id)."""
    names = {f"{COMMENT}{key}": f"{COMMENT}{number}" for key, number in made.items()}
    return {names.get(key, key): mark for key, mark in merging.marks(found.entries, found.same).items()}


# --- in words ---------------------------------------------------------------------------------------------------


def label(key: str, titles: Mapping[str, str], on: Mapping[str, str], requests: Mapping[str, str]) -> str:
    """What an entry is called on the page. `titles`: criterion → title; `requests`: id → the text asked."""
    head, _, name = key.partition("-")
    match head:
        case "strength":
            return "One strength"
        case "note":
            return "A word to the participant"
        case "mark":
            return titles.get(name, name)
        case "settled":
            return f"Settled or open: {requests.get(name, 'an earlier request')}"
        case _:
            return f"Comment on {on.get(name) or field_of(name)}"


def described(key: str, value: Any) -> str:
    """An entry as plain text; '' for an empty one."""
    if isinstance(value, dict):
        quote = f" on “{value['quote']}”" if value.get("quote") else ""
        return f"{KIND_WORDS[value['kind']]}{quote}: {value['text']}" if value.get("text") else ""
    if key.startswith("mark-"):
        return LEVEL_WORDS.get(value, "")
    words = {"settled": "Settled", "open": "Still open"} if key.startswith("settled-") else {}
    return words.get(value, str(value))


def names_of(form: merging.Form, key: str) -> list[tuple[str, str]]:
    """What the form holds of one entry, to carry it through a page that asks about it."""
    comment = key.removeprefix(COMMENT)
    names = [key] if comment == key else [f"{part}-{comment}" for part in PARTS]
    return [(name, forms.clean_text(form[name])) for name in names if name in form]
