"""One cohort of the demo asks its applicants something of its own, and one thing of the program's no more."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.admissions import question_rules as rules
from app.admissions import questions
from app.admissions.question_rules import Asked

PAYER = Asked(
    key="qpayer",
    question="Who pays for your seat?",
    hint="So that the receipt has the right name from the start.",
    kind="choice",
    options=("I do", "My employer", "We share it"),
)
TOWN = Asked(key="qtown", question="In which town do you work?", required=False, kind="short")


def of_its_own(staff: User, slug: str, now: datetime) -> None:
    cohort, found, row = questions.cohort_and_all(slug)
    asked = [*rules.in_use(found), PAYER, TOWN]
    fewer = rules.taken_out(asked, found[1].key) if len(found) > 1 else asked
    questions.change(staff, cohort, fewer, row.version if row else 0, now)
