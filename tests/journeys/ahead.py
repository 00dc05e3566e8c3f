"""`python -m tests.journeys.ahead KEY`: this person of the demo, enrolled in Cora's cohort in its ninth week."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.curriculum.queries import current_release
from app.lib import clock, times
from app.lib.database import begin_write, db
from wsgi import app

WEEKS = 9


def cohort_in_its_ninth_week(slug: str, now: datetime) -> Cohort:
    """A new cohort that Cora coaches; all modules are open but for the last."""
    release = current_release()
    assert release is not None
    today = times.local_date(now, "America/New_York")
    saturday = today - timedelta(days=(today.weekday() - 5) % 7)
    cohort = cohorts.open_cohort(
        None,
        slug=slug,
        title="A cohort in its ninth week",
        starts_on=saturday - timedelta(weeks=WEEKS),
        capacity=2,
        release_id=release.id,
        now=now,
        status="running",
    )
    cora = db.session.scalars(select(User).where(User.email == "cora@example.com")).one()
    cohorts.assign_coach(None, cohort, cora, now)
    return cohort


def enroll(key: str) -> None:
    begin_write()
    now = clock.now()
    user = db.session.scalars(select(User).where(User.email == f"{key}@example.com")).one()
    # a cohort of its own each time: the newest is the one they work in
    of_key = select(func.count(Cohort.id)).where(Cohort.slug.like(f"ahead-{key}-%"))
    number = (db.session.scalar(of_key) or 0) + 1
    cohort = cohort_in_its_ninth_week(f"ahead-{key}-{number}", now)
    enrollment = cohorts.enroll(None, user, cohort, "Practice in Week Nine", now)
    cohorts.activate(None, enrollment, now)
    enrollment.onboarded_at = now
    db.session.commit()


if __name__ == "__main__":
    with app.app_context():
        enroll(sys.argv[1])
