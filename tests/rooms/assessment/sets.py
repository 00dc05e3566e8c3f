"""Steps that the tests of this room share: answering through the pages, and rows in one step."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.assessment.models import Assessment
from app.lib.database import db
from tests.client import Client

SYSTEMS, FOCUS, SCOPE = (
    f"/assessment/reasons/{slug}" for slug in ("lack-of-systems", "lack-of-focus", "blurred-scope")
)


def finishes(browser: Client, value: int = 1) -> str:
    """Answer everything the same; returns the address of the result."""
    browser.post("/assessment")
    for page, keys in ((SYSTEMS, ("1a", "1b")), (FOCUS, ("2a", "2b")), (SCOPE, ("3a", "3b"))):
        response = browser.post(page, data={f"answer-{key}": str(value) for key in keys})
        assert response.status_code == 303, response.text
    return str(response.location)


def rows() -> list[Assessment]:
    found = list(db.session.scalars(select(Assessment).order_by(Assessment.id)))
    db.session.rollback()
    return found


def answers() -> dict[str, int]:
    """What the one set in the database holds."""
    (row,) = db.session.scalars(select(Assessment))
    found = dict(row.answers)
    db.session.rollback()
    return found


def words(html: str) -> str:
    """The words of the page alone, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())
