"""Who in the demo has set up: whoever is at work, and most of those whose cohort is coming."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.cohorts import feed, onboarding
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.onboarding_rules import AGREEMENT_VERSION, Profile
from app.cohorts.queries import program
from app.cohorts.rules import may_work
from app.lib.database import db
from app.lib.imprint import imprint
from app.site.demo.people import NEWCOMER

SETTINGS = ("rented", "own", "clinic", "employed", "homes")
CERTIFIED = ("MES, ACSM-CEP", "MES", "", "MES, licensed athletic trainer", "MES, NSCA-CSCS")
HALF = 4  # every so manieth of a cohort that is coming has only begun


def set_up(now: datetime) -> None:
    """Each by the verbs a participant uses, an hour after their place was opened."""
    people = select(Enrollment).join(Enrollment.cohort).order_by(Enrollment.id)
    for number, enrollment in enumerate(db.session.scalars(people).unique().all()):
        coming = enrollment.cohort.status == "open"
        if not may_work(enrollment.status) or enrollment.user.email == NEWCOMER.email:
            continue
        at = min(now, (enrollment.onboarding_since or now) + timedelta(hours=1))
        _tell(enrollment, number, at)
        if coming and number % HALF == 0:
            continue
        _finish(enrollment, number, at)


def _tell(enrollment: Enrollment, number: int, at: datetime) -> None:
    user, modules = enrollment.user, _modules(enrollment.cohort)
    onboarding.set_zone(user, enrollment, user.time_zone, at)
    told = Profile(
        practice_name=enrollment.practice_name,
        setting=SETTINGS[number % len(SETTINGS)],
        years=3 + number % 15,
        certifications=CERTIFIED[number % len(CERTIFIED)],
        hardest=modules[number % len(modules)],
    )
    onboarding.set_profile(user, enrollment, told, at)


def _finish(enrollment: Enrollment, number: int, at: datetime) -> None:
    user = enrollment.user
    onboarding.agree(user, enrollment, AGREEMENT_VERSION, imprint().short_name, at)
    feed.make(user, enrollment, at)
    onboarding.note_calendar(user, enrollment, at)
    onboarding.answer_call(user, enrollment, number % 5 != 3, at)


def _modules(cohort: Cohort) -> list[str]:
    return [one.slug for one in program(cohort).modules]
