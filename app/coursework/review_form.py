"""What a coach's form sends, as a `ReviewText`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from app.coursework.anchors import CONTEXT, Anchor, FieldText, place, tidy
from app.coursework.review_rules import KIND_WORDS, LEVEL_WORDS, QUOTE_LIMIT, Remark, ReviewText
from app.curriculum.scalars import Kind, clean

_LONG = Kind("long_text")
NEW = "new-"


@dataclass(frozen=True)
class Known:
    """What a form may speak of: criteria and fields by key, stored comments (id → field id), open requests by id,
    and of each field the text its comments are anchored in."""

    criteria: Collection[str]
    field_ids: Collection[str]
    stored: Mapping[str, str]
    requests: Collection[str]
    texts: Mapping[str, FieldText] = field(default_factory=dict)


def field_of(key: str) -> str:
    """The field of a comment that is not stored yet: of 'new-1.C.1', or of the second one there, 'new-1.C.1~2'."""
    return key.removeprefix(NEW).partition("~")[0]


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
        field_id = known.stored.get(key) or field_of(key)
        if key == name or (
            key not in known.stored and not (key.startswith(NEW) and field_id in known.field_ids)
        ):
            continue
        text = "" if key == remove else clean(_LONG, value).strip()
        if text or key in known.stored:
            remarks.append(_remark(form, key, field_id, text, known.texts.get(field_id)))
    return ReviewText(
        marks=marks,
        strength=clean(_LONG, form.get("strength")),
        note=clean(_LONG, form.get("note")),
        settled=settled,
        remarks=tuple(remarks),
    )


def _remark(
    form: Mapping[str, str], key: str, field_id: str, text: str, answer: FieldText | None = None
) -> Remark:
    kind = form.get(f"kind-{key}", "")
    anchor = _anchor(form, key, answer or FieldText(""))
    return Remark(
        key,
        field_id,
        kind if kind in KIND_WORDS else "suggested",
        text,
        anchor.quote,
        anchor.prefix,
        anchor.suffix,
        anchor.row_id,
        f"first-{key}" in form,
    )


def _anchor(form: Mapping[str, str], key: str, answer: FieldText) -> Anchor:
    """What the comment is about. A row is quoted whole where nothing of it was chosen; what stands around a quote is
    looked up where the browser did not say it."""

    def words(name: str, most: int) -> str:
        return tidy(clean(_LONG, form.get(f"{name}-{key}")))[:most]

    row_id = words("row", CONTEXT)
    row_id = row_id if row_id in answer.rows else ""
    quote = words("quote", QUOTE_LIMIT) or tidy(answer.rows.get(row_id, ""))[:QUOTE_LIMIT]
    anchor = Anchor(quote, words("before", CONTEXT), words("after", CONTEXT), row_id)
    if quote and not (anchor.prefix or anchor.suffix):
        found = place(anchor, answer)
        if found.state == "here":
            return Anchor(quote, found.prefix, found.suffix, row_id)
    return anchor


def number(value: str | None) -> int:
    """A version or other small number from a form; 0 for anything else."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 9 else 0
