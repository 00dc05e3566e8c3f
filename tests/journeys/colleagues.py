"""`python -m tests.journeys.colleagues`: a cohort of its own with two coaches, and one first round that waits for them.

The coaches are Cora and somebody new. Prints that coach's name, and the name of the participant.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.curriculum.queries import program_of
from app.lib import clock
from app.lib.database import begin_write, db
from app.site.demo import work
from tests.factories import participant, second_coach, submitted_system
from tests.journeys.ahead import cohort_in_its_ninth_week
from wsgi import app


def prepare() -> tuple[str, str]:
    begin_write()
    now = clock.now()
    number = 900 + (db.session.scalar(select(func.count(User.id))) or 0)
    cohort = cohort_in_its_ninth_week(f"two-coaches-{number}", now)
    colleague = second_coach(cohort.id, f"Robin{number} Hale", now)
    enrollment = participant(cohort.id, number, now)
    module = program_of(cohort.release_id).modules[0]
    submitted_system(
        enrollment.id,
        answers=work.answers_of(module, enrollment.practice_name, enrollment.user.name, "Rosa"),
        module_slug=module.slug,
        self_rating=work.rating(module),
        now=now,
        promised_at=now + timedelta(minutes=number),
    )
    db.session.commit()
    return colleague.name, enrollment.user.name


if __name__ == "__main__":
    with app.app_context():
        print(*prepare(), sep="\n")
