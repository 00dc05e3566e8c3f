"""What a coach's form sends, as a `ReviewText`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.coursework.review_rules import KIND_WORDS, LEVEL_WORDS, QUOTE_LIMIT, Remark, ReviewText
from app.curriculum.scalars import Kind, clean

_LONG = Kind("long_text")
NEW = "new-"


@dataclass(frozen=True)
class Known:
    """What a form may speak of: criteria and fields by key, stored comments (id → field id), open requests by id."""

    criteria: Collection[str]
    field_ids: Collection[str]
    stored: Mapping[str, str]
    requests: Collection[str]


def read(form: Mapping[str, str], known: Known) -> ReviewText:
    """The text in the form; criteria, fields and comments nobody knows are left out.

    A comment whose Remove button was pressed, or whose text is empty, comes back with an empty text.
    """
    remove = form.get("do", "").removeprefix("remove-") if form.get("do", "").startswith("remove-") else None
    marks = {key: form[f"mark-{key}"] for key in known.criteria if form.get(f"mark-{key}") in LEVEL_WORDS}
    settled = {
        key: form[f"settled-{key}"]
        for key in known.requests
        if form.get(f"settled-{key}") in ("settled", "open")
    }
    remarks = []
    for name, value in form.items():
        key = name.removeprefix("comment-")
        field_id = known.stored.get(key) or key.removeprefix(NEW)
        if key == name or (
            key not in known.stored and not (key.startswith(NEW) and field_id in known.field_ids)
        ):
            continue
        text = "" if key == remove else clean(_LONG, value).strip()
        if text or key in known.stored:
            remarks.append(_remark(form, key, field_id, text))
    return ReviewText(
        marks=marks,
        strength=clean(_LONG, form.get("strength")),
        note=clean(_LONG, form.get("note")),
        settled=settled,
        remarks=tuple(remarks),
    )


def _remark(form: Mapping[str, str], key: str, field_id: str, text: str) -> Remark:
    kind = form.get(f"kind-{key}", "")
    quote = " ".join(clean(_LONG, form.get(f"quote-{key}")).split())[:QUOTE_LIMIT]
    return Remark(key, field_id, kind if kind in KIND_WORDS else "suggested", text, quote)


def number(value: str | None) -> int:
    """A version or other small number from a form; 0 for anything else."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 9 else 0
