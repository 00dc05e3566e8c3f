"""The one letter of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.assessment import rules
from app.assessment.models import Assessment
from app.mail.actions import post

RESULT_LINK = "assessment/result_link"


@dataclass
class Reader:
    """An address without an account; nobody has asked for a name."""

    email: str
    name: str = ""


def result_link(row: Assessment, url: str, email: str, now: datetime) -> None:
    """The private link, to the address that was typed for this and nothing else."""
    assert row.finished_at is not None
    post(
        RESULT_LINK,
        Reader(email),
        "The result of your self-assessment",
        key=f"assessment:{row.id}:link:{now.isoformat()}",
        now=now,
        url=url,
        answered_at=row.finished_at,
        until=rules.kept_until(row.finished_at),
    )
