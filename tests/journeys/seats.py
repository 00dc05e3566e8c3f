"""`python -m tests.journeys.seats`: the open cohort of the demo with twenty seats more, so that no journey takes the
last one from another, whichever comes first.
"""

from __future__ import annotations

from sqlalchemy import select

from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.lib import clock
from app.lib.database import begin_write, db
from wsgi import app

MORE = 20


def add() -> None:
    begin_write()
    first = select(Cohort).where(Cohort.status == "open").order_by(Cohort.starts_on).limit(1)
    cohort = db.session.scalars(first).one()
    cohorts.set_capacity(None, cohort, cohort.capacity + MORE, clock.now())
    db.session.commit()


if __name__ == "__main__":
    with app.app_context():
        add()
