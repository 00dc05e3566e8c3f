"""Who in the demo has answered the self-assessment: Pat once, Uma before her cohort and at its end."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.assessment import actions
from app.curriculum.schema import SelfAssessment

# Steps of the scale by reason, statement by statement; an instrument with more of either begins again at the first.
PROSPECT = ("2 2 1", "3 3 1", "2 0 2", "1 1 1", "2 2 2", "2 1 1", "2 2 2", "2 2 1", "3 3 3", "1 1 1")
BEFORE = ("1 1 0", "2 2 1", "1 1 2", "1 2 0", "1 1 2", "1 0 2", "3 2 1", "2 2 1", "2 2 1", "1 0 1")
AFTER = ("4 4 3", "4 3 4", "3 4 4", "4 3 3", "3 2 3", "2 3 4", "4 3 3", "3 4 3", "4 3 3", "3 2 3")


def answered(user: User, release_id: int, text: SelfAssessment, steps: tuple[str, ...], at: datetime) -> None:
    """One finished set of this person, answered at that moment."""
    row, _secret = actions.begin(user, release_id, text, at)
    answers = {}
    for number, reason in enumerate(text.reasons):
        row_of_steps = steps[number % len(steps)].split()
        for place, statement in enumerate(reason.statements):
            step = int(row_of_steps[place % len(row_of_steps)])
            answers[statement.key] = text.scale[min(step, len(text.scale) - 1)].value
    actions.save(user, row, answers, {}, at)
    actions.finish(user, row, at)
