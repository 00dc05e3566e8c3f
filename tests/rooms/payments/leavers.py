"""Somebody who leaves, to test with: what was confirmed, what the worker sent, and how the sums stand."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import leaving
from app.cohorts.models import Enrollment
from app.lib import times
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import queries, refunding, refunds, schedule, withdrawals
from app.payments.models import Order, Payment, Refund
from app.payments.standin import StandIn
from app.payments.withdrawals import Withdrawal
from tests.rooms.payments.plans import Plan


class Leaver(Plan):
    """Somebody on a plan (or paid in full) who leaves, and what became of the money."""

    def leave(
        self, actor_id: int, *, waived: bool = False, told_on: date | None = None, **wrong: int
    ) -> None:
        now = self.clock.now
        refunding.clear_the_way(self.order_id, now)
        begin_write()
        enrollment = db.session.get_one(Enrollment, self.enrollment_id)
        order = db.session.get_one(Order, self.order_id)
        day = told_on or times.local_date(now, self.zone)
        figures = withdrawals.account_of(order, day).figures
        shown = {"back_cents": figures.back_cents, "balance_cents": figures.balance_cents} | wrong
        what = Withdrawal(told_on=day, reason="time", waived=waived, **shown)
        try:
            leaving.withdraw(db.session.get_one(User, actor_id), enrollment, order, what, now)
        except Refused:
            db.session.rollback()
            raise
        db.session.commit()

    def send(self) -> list[str]:
        db.session.rollback()
        return refunding.run(self.clock.now)

    def approve(self, actor_id: int) -> None:
        begin_write()
        refunds.approve(db.session.get_one(User, actor_id), self.order_id, self.clock.now)
        db.session.commit()

    def refunds(self) -> list[tuple[str, int]]:
        db.session.rollback()
        query = select(Refund).join(Refund.payment).where(Payment.order_id == self.order_id)
        rows = db.session.scalars(query.order_by(Refund.id).execution_options(populate_existing=True))
        return [(one.status, one.amount_cents) for one in rows]

    def sums(self) -> tuple[int, int, int]:
        """What we have, what the place comes to, what is still to come."""
        db.session.rollback()
        order = db.session.get_one(Order, self.order_id, populate_existing=True)
        parts = queries.parts_of(order)
        return (
            queries.net_cents(order), schedule.owed_cents(order.price_cents, parts), schedule.pay_off_cents(parts)
        )  # fmt: skip


def returned(stripe: StandIn) -> int:
    """The sum that has gone back at Stripe, in cents."""
    return sum(one["amount"] for one in stripe.all("refund") if one["status"] != "failed")
