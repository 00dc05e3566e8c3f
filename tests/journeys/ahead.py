"""`python -m tests.journeys.ahead KEY`: this person of the demo, enrolled in Cora's cohort in its ninth week."""

from __future__ import annotations

import sys
from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.curriculum.queries import current_release
from app.lib import clock, times
from app.lib.database import begin_write, db
from wsgi import app

WEEKS = 9


def enroll(key: str) -> None:
    begin_write()
    now, release = clock.now(), current_release()
    user = db.session.scalar(select(User).where(User.email == f"{key}@example.com"))
    assert user is not None and release is not None
    # a cohort of its own each time: the newest is the one they work in
    of_key = select(func.count(Cohort.id)).where(Cohort.slug.like(f"ahead-{key}-%"))
    number = (db.session.scalar(of_key) or 0) + 1
    cohort = cohorts.open_cohort(
        None,
        slug=f"ahead-{key}-{number}",
        title="A cohort in its ninth week",
        starts_on=times.local_date(now, "America/New_York") - timedelta(weeks=WEEKS),
        capacity=2,
        release_id=release.id,
        now=now,
        status="running",
    )
    cora = db.session.scalars(select(User).where(User.email == "cora@example.com")).one()
    cohorts.assign_coach(None, cohort, cora, now)
    enrollment = cohorts.enroll(None, user, cohort, "Practice in Week Nine", now)
    cohorts.activate(None, enrollment, now)
    db.session.commit()


if __name__ == "__main__":
    with app.app_context():
        enroll(sys.argv[1])
