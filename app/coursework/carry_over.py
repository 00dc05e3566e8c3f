"""Which marks of the last review may be offered again in the next round. Pure.

Offered, not given: a mark is the coach's own only once they keep it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.coursework.review_rules import LEVEL_WORDS


@dataclass(frozen=True)
class Judged:
    """A criterion, and the fields it is judged by (none: it is about the whole worksheet)."""

    key: str
    critical: bool
    fields: tuple[str, ...] = ()


def offered(
    criteria: Sequence[Judged],
    before: Mapping[str, str],
    changed: Collection[str],
    answered: Collection[str] = (),
    *,
    same_rubric: bool = True,
) -> dict[str, str]:
    """Criterion key → its mark of the last review, for those that stand as they stood.

    `changed` are the fields whose answer differs since then; `answered` those where a requested change was answered
    without changing the field. A critical criterion at Not yet is always judged anew, and so is one whose fields
    somebody touched or answered; another rubric carries nothing.
    """
    if not same_rubric:
        return {}
    touched = {*changed, *answered}
    return {
        one.key: before[one.key]
        for one in criteria
        if before.get(one.key) in LEVEL_WORDS
        and not (one.critical and before[one.key] == "not_yet")
        and not (touched.intersection(one.fields) if one.fields else touched)
    }
