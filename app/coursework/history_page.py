"""What the pages of a draft's history show: kept states in order, and one of them against today. Pure reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from app.coursework import forms, history_rules, review_merge
from app.coursework.assignments import Assignment
from app.coursework.models import KeptState
from app.coursework.queries import Sheet
from app.coursework.review_form import Known
from app.coursework.review_rules import LEVEL_WORDS, Remark, ReviewText
from app.curriculum import fields
from app.lib import diff, times


@dataclass(frozen=True)
class Part:
    """One part of a draft as text: a field, a rating, a comment. `number` is a field's own ('1.A.1') or ''."""

    key: str
    number: str
    label: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.number} {self.label}".strip()


Parts = Mapping[str, Part]


def parts_of_draft(sheet: Sheet, content: Mapping[str, Any]) -> Parts:
    """The parts of a worksheet's draft, in the order of the worksheet as it is today."""
    found = {}
    for one in sheet.worksheet.fields():
        if one.takes_answer or content["answers"].get(one.id):
            value = fields.clean(one, content["answers"].get(one.id))[0]
            found[one.id] = Part(one.id, one.id, one.label, fields.display(one, value))
    for criterion in sheet.rubric.criteria if sheet.rubric else ():
        key = forms.rating_key(criterion.key)
        level = LEVEL_WORDS.get(content["self_rating"].get(criterion.key, ""), "")
        found[key] = Part(key, "", f"Your own rating: {criterion.title}", level)
    return found


def parts_of_review(task: Assignment, content: Mapping[str, Any], requests: Mapping[str, str]) -> Parts:
    """The parts of a coach's draft. `requests`: id → what an earlier round asked for."""
    text = review_text(content)
    titles = {one.key: one.title for one in task.criteria}
    on = {one.key: one.field_id for one in text.remarks}
    known = Known(list(titles), set(task.order), {}, list(requests))
    return {
        key: Part(key, "", review_merge.label(key, titles, on, requests), review_merge.described(key, value))
        for key, value in review_merge.entries_of(text, known).items()
    }


def review_text(content: Mapping[str, Any]) -> ReviewText:
    """A kept state of a review as its text."""
    remarks = tuple(Remark(**one) for one in content["comments"])
    return ReviewText(content["marks"], content["strength"], content["note"], content["settled"], remarks)


# --- the list ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One kept state in the list; `changed` names what is different in the state after it."""

    id: int
    day: date
    saved_at: datetime
    words: int
    why: str
    changed: tuple[str, ...]
    put_back_at: datetime | None


def lines_of(states: Sequence[KeptState], parts: Sequence[Parts], after: Parts) -> list[Line]:
    """The states, newest first, each against the state after it; `after` is what follows the first of them."""
    found = []
    for state, mine in zip(states, parts, strict=True):
        changed = tuple(
            after[key].name if key in after else mine[key].name for key in _differing(mine, after)
        )
        found.append(
            Line(
                id=state.id,
                day=times.local_date(state.saved_at),
                saved_at=state.saved_at,
                words=state.words,
                why=history_rules.WORDS[state.why],
                changed=changed,
                put_back_at=state.put_back_at,
            )
        )
        after = mine
    return found


def _differing(one: Parts, other: Parts) -> list[str]:
    keys = list(dict.fromkeys([*other, *one]))
    return [key for key in keys if _text(one, key) != _text(other, key)]


def _text(parts: Parts, key: str) -> str:
    return parts[key].text if key in parts else ""


# --- one state --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A part that is different today: `html` is today's text, with what stood there then in <del>."""

    part: Part
    then: str
    html: Markup


def differences(then: Parts, today: Parts) -> list[Difference]:
    found = []
    for key in _differing(then, today):
        old, new = _text(then, key), _text(today, key)
        html = Markup("<p>{}</p>").format(diff.lines(old, new))
        found.append(Difference(then.get(key) or today[key], old, html))
    return found
