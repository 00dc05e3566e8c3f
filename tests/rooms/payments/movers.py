"""Somebody who moves to another cohort, to test with: the seat they have, what was confirmed, and where they are."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import deferring, deferring_queries, seats
from app.admissions.deferring import Deferring
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import refunding
from app.payments.models import Installment, Order
from app.payments.standin import StandIn
from tests.rooms.payments.leavers import Leaver

WINTER = date(2027, 1, 2)  # a Saturday, 30 weeks after the summer cohort's


def another_cohort(cast: Any, starts_on: date = WINTER, *, capacity: int = 3, **more: Any) -> int:
    """One more cohort that somebody could go on in; use it in `write()`."""
    summer = db.session.get_one(Cohort, cast.summer)
    given = {"status": "open", "release_id": summer.release_id, "time_zone": summer.time_zone} | more
    row = Cohort(
        slug=f"cohort-{starts_on.isoformat()}", title=f"Cohort of {starts_on:%B} {starts_on.day}, {starts_on.year}",
        starts_on=starts_on, capacity=capacity, created_at=summer.created_at, **given,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


class Mover(Leaver):
    """Somebody on a plan with a seat, who moves; `new_id` is their new place."""

    new_id = 0

    def seated(self, stripe: StandIn, **card: str) -> Mover:
        """The first installment is paid and the seat is theirs."""
        self.begun(stripe, **card)
        begin_write()
        cohort_id = db.session.get_one(Enrollment, self.enrollment_id).cohort_id
        hold = seats.take(
            db.session.get_one(Cohort, cohort_id), self.user_id, "enrolled", None, self.clock.now
        )
        assert hold is not None
        seats.keep(hold)
        db.session.commit()
        return self

    def move(self, actor_id: int, target_id: int, **more: Any) -> int:
        """What the screen does; commits, or raises Refused with nothing changed."""
        now = self.clock.now
        refunding.clear_the_way(self.order_id, now)
        begin_write()
        place = deferring_queries.place_of(self.new_id or self.enrollment_id)
        assert place is not None
        day = times.local_date(now, self.zone)
        what = Deferring(**({"told_on": day, "reason": "time"} | more))
        actor, target = db.session.get_one(User, actor_id), db.session.get_one(Cohort, target_id)
        try:
            new = deferring.defer(actor, place.enrollment, place.order, target, what, now)
        except Refused:
            db.session.rollback()
            raise
        self.new_id = new.id
        db.session.commit()
        return self.new_id

    def places(self) -> tuple[str, str]:
        """How the old and the new place are."""
        db.session.rollback()
        ids = (self.enrollment_id, self.new_id)
        old, new = (db.session.get_one(Enrollment, one, populate_existing=True).status for one in ids)
        return old, new

    def days(self) -> list[tuple[str, date]]:
        db.session.rollback()
        query = select(Installment.status, Installment.due_on).where(Installment.order_id == self.order_id)
        return [tuple(row) for row in db.session.execute(query.order_by(Installment.number))]

    def order(self) -> Order:
        db.session.rollback()
        return db.session.get_one(Order, self.order_id, populate_existing=True)
