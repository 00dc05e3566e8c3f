"""An entry of a worksheet by its key, in words.

For the page that shows both texts, where an entry stands apart from its place on the worksheet: an answer, an own
rating, what goes with a round, an answer to a request.
"""

from __future__ import annotations

from typing import Any

from app.coursework import forms, sending
from app.coursework.queries import Sheet
from app.coursework.review_rules import LEVEL_WORDS
from app.curriculum import fields

_BESIDE = {sending.WHEN: "When you will use it first", sending.WILL: "What you will do then"}


def number(sheet: Sheet, key: str) -> str:
    return key if sheet.worksheet.field(key) else ""


def label(sheet: Sheet, key: str) -> str:
    if field := sheet.worksheet.field(key):
        return field.label
    head, _, name = key.partition("~")
    if f"{head}~" == forms.RATING:
        criterion = sheet.rubric.criterion(name) if sheet.rubric else None
        return f"Your own rating: {criterion.title if criterion else name}"
    if sending.is_name(key):
        return _BESIDE.get(key, "Your note to a point of the check")
    asked = next((one.text for one in sheet.open_requests if str(one.id) == name), "")
    return f"Your answer to: {asked}"


def described(sheet: Sheet, key: str, value: Any) -> str:
    """An entry as plain text."""
    if field := sheet.worksheet.field(key):
        return fields.display(field, value)
    if isinstance(value, dict):
        said = {"changed": "Changed here.", "disagree": "I disagree."}.get(value["answer"], "")
        return f"{said} {value['text']}".strip()
    return value if sending.is_name(key) else LEVEL_WORDS.get(value, "")


def can_keep_both(sheet: Sheet, key: str) -> bool:
    field = sheet.worksheet.field(key)
    return field is not None and field.type in ("long_text", "table", "file")
