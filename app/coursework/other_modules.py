"""What a worksheet shows of other modules: the answer as it was accepted, or else as it stands in the draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select

from app.cohorts.queries import program
from app.coursework.frozen import NOTHING, Reference, lines
from app.coursework.models import Draft, Submission, System
from app.coursework.queries import Sheet
from app.coursework.withheld_rules import unsafe_fields
from app.curriculum import answer_html
from app.curriculum.answer_html import Filled
from app.curriculum.calculation import calculated
from app.curriculum.fields import long_text
from app.curriculum.placeholders import Placeholder, shown_by
from app.curriculum.schema import Module, Worksheet
from app.lib.database import db


def references_of(sheet: Sheet) -> dict[str, Reference]:
    """Field id → the answer that stands with it; one query, and none where the worksheet shows nothing."""
    wanted = {one.id: shown for one in sheet.worksheet.fields() if (shown := shown_by(one))}
    if not wanted:
        return {}
    enrollment = sheet.system.enrollment
    modules = {
        one.field: module
        for one in wanted.values()
        for module in program(enrollment.cohort).modules
        if module.worksheet and module.worksheet.field(one.field)
    }
    begun = _systems(enrollment.id, (m.worksheet.key for m in modules.values() if m.worksheet))
    found = {}
    for field_id, shown in wanted.items():
        if (module := modules.get(shown.field)) and module.worksheet:
            found[field_id] = _reference(shown, module, module.worksheet, begun.get(module.worksheet.key))
    return found


Begun = Row[Any]


def _systems(enrollment_id: int, keys: Iterable[str]) -> dict[str, Begun]:
    accepted = (Submission.system_id == System.id) & (Submission.number == System.accepted_round)
    rows = (
        select(
            System.assignment_key,
            System.id,
            System.accepted_at,
            System.accepted_round,
            Submission.answers.label("accepted"),
            Submission.rendered,
            Draft.answers,
            Draft.saved_at,
            System.withheld,
            System.round,
        )
        .join(Draft, Draft.system_id == System.id)
        .outerjoin(Submission, accepted)
        .where(System.enrollment_id == enrollment_id, System.assignment_key.in_(set(keys)))
    )
    return {row.assignment_key: row for row in db.session.execute(rows)}


def _reference(shown: Placeholder, module: Module, worksheet: Worksheet, begun: Begun | None) -> Reference:
    field = worksheet.field(shown.field)
    assert field is not None
    named = (shown.field, field.label, f"Module {module.number}, {module.system}")
    if begun is None:
        return Reference(*named, "not begun", href=f"/modules/{module.slug}")
    href = f"/systems/{begun.id}#{shown.field}"
    accepted = begun.accepted is not None
    answers = begun.accepted if accepted else begun.answers
    if shown.field in unsafe_fields(begun.withheld, begun.round, answers):
        answers = {key: value for key, value in answers.items() if key != shown.field}
    # A draft changes with every save, so its texts are shown as they are typed; those of a round are rendered.
    rendered = begun.rendered if accepted else _plain(worksheet, answers, shown.field)
    by_id = {one.id: one for one in worksheet.fields()}
    results = calculated(worksheet, answers) if field.type == "calculated" else {}
    filled = Filled(by_id, answers, results, rendered)
    if not answer_html.has_answer(shown, field, filled):
        return Reference(*named, "empty", at=begun.saved_at, href=href)
    html = answer_html.block(shown, field, filled)
    if accepted:
        return Reference(*named, "accepted", html, begun.accepted_at, begun.accepted_round, href)
    return Reference(*named, "draft", html, begun.saved_at, href=href)


def _plain(worksheet: Worksheet, answers: dict[str, Any], field_id: str) -> dict[str, str]:
    field = worksheet.field(field_id)
    text = long_text(field, answers.get(field_id)) if field else ""
    return {field_id: str(lines(text) or NOTHING)}
