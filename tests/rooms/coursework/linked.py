"""A release whose worksheets show answers of each other, and the spring cohort put on it."""

from __future__ import annotations

from typing import Any

from app.cohorts.models import Cohort
from app.curriculum.models import Release
from app.curriculum.schema import Program
from app.lib.database import db
from tests.cast import NOW, Cast
from tests.programs import LEVELS, small_program

FOCUS: dict[str, Any] = {
    "key": "focus-plan",
    "title": "Focus plan",
    "sections": [
        {
            "id": "A",
            "title": "Focus",
            "fields": [
                {"id": "2.A.1", "label": "Focus", "type": "short_text", "required": True},
                {
                    "id": "2.A.2",
                    "label": "The steps so far",
                    "type": "reference",
                    "to": "1.B.1",
                    "columns": ["step"],
                },
                {"id": "2.A.3", "label": "Its price", "type": "short_text", "shows": "1.E.5"},
                {"id": "2.A.4", "label": "Its rule", "type": "long_text", "shows": "1.C.1"},
                {"id": "2.A.5", "label": "Its wall", "type": "short_text", "shows": "1.C.2"},
            ],
        }
    ],
}


def linked_program() -> Program:
    """Module 2 shows answers of module 1, and the first field of module 1 shows one of module 2."""
    data = small_program().model_dump(mode="json")
    systems, focus, _scope = data["modules"]
    systems["worksheet"]["sections"][0]["fields"][0]["shows"] = "2.A.1"
    focus["worksheet"] = FOCUS
    focus["rubric"] = {"criteria": [{"key": "focus", "title": "Focus", "levels": LEVELS}]}
    return Program.model_validate(data)


def on_linked_release(cast: Cast) -> None:
    """Put the spring cohort on it; to be called inside `write()`."""
    program = linked_program()
    release = Release(hash=program.content_hash(), content=program.canonical_json(), created_at=NOW)
    db.session.add(release)
    db.session.flush()
    db.session.get_one(Cohort, cast.spring).release_id = release.id
