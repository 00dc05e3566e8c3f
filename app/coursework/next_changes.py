"""How many changes a person can take on at once. Pure. A hint, never a refusal."""

from __future__ import annotations

from app.lib.words import count

MOST = 3


def many(required: int, first: int) -> str:
    """What the review says about more than three required changes; '' while there are no more.

    `first` is how many of them are marked to come first.
    """
    if required <= MOST:
        return ""
    said = count(required, "required change", "required changes").capitalize()
    if not first:
        return f"{said}. Three next changes are good practice: mark the three that come first."
    if first <= MOST:
        return f"{said}, {count(first, 'is', 'are')} marked to come first."
    return f"{said}, {count(first, 'is', 'are')} marked to come first. Three at a time are good practice."
