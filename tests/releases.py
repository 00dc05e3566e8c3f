"""Further versions of the small program, as an author would make them, and cohorts that move from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.cohorts.models import Cohort
from app.coursework.move_rules import Plan
from app.coursework.moves import move, plans
from app.curriculum.actions import publish
from app.curriculum.queries import program_of
from app.curriculum.schema import Program
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from tests.cast import NOW
from tests.programs import small_program

Edit = Callable[[dict[str, Any]], None]


def edited(*edits: Edit, program: Program | None = None) -> Program:
    """The small program, or another one, after these edits of its plain data."""
    data = (program or small_program()).model_dump(mode="json")
    for edit in edits:
        edit(data)
    return Program.model_validate(data)


def published(*edits: Edit, program: Program | None = None, note: str = "", now: datetime = NOW) -> int:
    """The id of a release of the small program after these edits. Commits."""
    begin_write()
    release_id = publish(None, edited(*edits, program=program), now, note).id
    db.session.commit()
    return release_id


# --- edits ------------------------------------------------------------------------------------------------------


def module_of(data: dict[str, Any], slug: str = "systems") -> dict[str, Any]:
    return next(one for one in data["modules"] if one["slug"] == slug)


def field_of(data: dict[str, Any], field_id: str) -> dict[str, Any]:
    sections = module_of(data)["worksheet"]["sections"]
    return next(field for section in sections for field in section["fields"] if field["id"] == field_id)


def set_field(field_id: str, **values: Any) -> Edit:
    """Change these properties of a field."""
    return lambda data: field_of(data, field_id).update(values)


def replace_field(field_id: str, **values: Any) -> Edit:
    """Another field under the same id and label."""

    def edit(data: dict[str, Any]) -> None:
        field = field_of(data, field_id)
        kept = {key: field[key] for key in ("id", "label")}
        field.clear()
        field.update(kept | values)

    return edit


def set_module(slug: str = "systems", **values: Any) -> Edit:
    return lambda data: module_of(data, slug).update(values)


def reword(data: dict[str, Any], words: str = "in other words") -> None:
    """Only text: a label, a lesson, a level of the rubric, a document, a chapter, the hedge."""
    field_of(data, "1.C.1")["label"] = f"Cancellation rule {words}"
    module = module_of(data)
    module["lessons"][0] |= {"body": f"Lesson {words}.", "html": f"<p>Lesson {words}.</p>"}
    module["rubric"]["criteria"][1]["levels"]["meets"] = f"Meets {words}."
    module["documents"][0]["body"] += f"\n\nEnds {words}."
    module |= {"chapter": f"Operations {words}", "title": f"Title {words}"}
    data["hedges"] = [f"Education {words}."]


def add_field(field_id: str = "1.B.2", **values: Any) -> Edit:
    """One more question, required, in section B."""
    field = {"id": field_id, "label": f"Question {field_id}", "type": "short_text", "required": True} | values

    def edit(data: dict[str, Any]) -> None:
        module_of(data)["worksheet"]["sections"][1]["fields"].append(field)

    return edit


def drop_field(field_id: str) -> Edit:
    """Take a field out of the worksheet, and whatever document or lesson used it."""

    def edit(data: dict[str, Any]) -> None:
        module = module_of(data)
        for section in module["worksheet"]["sections"]:
            section["fields"] = [one for one in section["fields"] if one["id"] != field_id]
        module["documents"] = [one for one in module["documents"] if field_id not in one["body"]]

    return edit


def retire(field_id: str) -> Edit:
    return set_field(field_id, retired=True, required=False)


def drop_criterion(key: str) -> Edit:
    def edit(data: dict[str, Any]) -> None:
        module = module_of(data)
        criteria = module["rubric"]["criteria"]
        module["rubric"]["criteria"] = [one for one in criteria if one["key"] != key]
        for section in module["worksheet"]["sections"]:
            for field in section["fields"]:
                field["criteria"] = [one for one in field["criteria"] if one != key]

    return edit


def drop_module(slug: str) -> Edit:
    def edit(data: dict[str, Any]) -> None:
        data["modules"] = [one for one in data["modules"] if one["slug"] != slug]

    return edit


# --- moving -----------------------------------------------------------------------------------------------------


def moved(cohort_id: int, release_id: int, staff_id: int, now: datetime = NOW) -> Plan:
    """Read the plan of moving the cohort to this release, confirm it, do it. Commits; raises Refused."""
    found = plan_of(cohort_id, release_id)
    begin_write()
    try:
        cohort = db.session.get_one(Cohort, cohort_id)
        move(db.session.get_one(User, staff_id), cohort, release_id, found.mark, now)
    except Refused:
        db.session.rollback()
        raise
    db.session.commit()
    return found


def plan_of(cohort_id: int, release_id: int) -> Plan:
    """What moving the cohort to this release would come to now."""
    db.session.rollback()
    return plans([db.session.get_one(Cohort, cohort_id)], program_of(release_id))[cohort_id]
