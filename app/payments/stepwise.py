"""Steps of a job that must not stand in each other's way: what fails is noted, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask import current_app

from app.lib.database import db
from app.lib.refusal import Refused


def each(steps: Iterable[Callable[[], object]], what: str) -> list[str]:
    """Take every step by itself. Returns what could not be done, in sentences; `what` names the job in the log."""
    return [said for said in (_one(step, what) for step in steps) if said]


def _one(step: Callable[[], object], what: str) -> str | None:
    try:
        step()
    except Refused as refused:  # Stripe is silent: the rows stay, and the next run goes on
        db.session.rollback()
        return refused.sentence
    except Exception as error:
        db.session.rollback()
        current_app.logger.exception("%s failed at one step", what)
        return type(error).__name__
    return None
