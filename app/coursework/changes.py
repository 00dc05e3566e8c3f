"""What to change first in one system, from where its requests are at hand: a worksheet, a round, a row of many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.coursework import change_rules, rules
from app.curriculum.schema import Rubric, Worksheet
from app.lib.json_rows import instant


def changes_of_row(row: Any, worksheet: Worksheet, rubric: Rubric | None) -> change_rules.Changes:
    """The same from a row of `systems_of`, for pages that show many systems."""
    asked = [
        change_rules.Asked(
            one["id"],
            one["field_id"],
            one["kind"],
            rules.is_answer(one["answer"] or "", one["answer_text"])
            and change_rules.answer_counts(instant(one["answered_at"]), row.reviewed_at),
            [key for key, level in one["marks"].items() if level == "not_yet"],
        )
        for one in row.open_requests
    ]
    return changes_of(asked, worksheet, rubric)


def changes_of(
    asked: Iterable[change_rules.Asked], worksheet: Worksheet, rubric: Rubric | None
) -> change_rules.Changes:
    """The open requests in the order in which to take them, on the worksheet and rubric they were asked on."""
    places = {
        one.id: change_rules.Place(at, one.label, tuple(one.criteria))
        for at, one in enumerate(worksheet.fields())
    }
    critical = [one.key for one in (rubric.criteria if rubric else ()) if one.critical]
    return change_rules.to_change(asked, places, critical)
