"""A plan of three to test with: chosen, its first installment paid through the stand-in, the worker at hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.lib import times
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import actions, charging, checkout, schedule
from app.payments.event_models import MoneyAlert
from app.payments.models import ChargeTry, Installment, Order, Payment
from app.payments.standin import StandIn
from tests.rooms.payments.purchases import CANCEL, SUCCESS

TOTAL, EACH = 255000, 85000


class Plan:
    """One person who pays in three installments, and what became of it."""

    def __init__(self, user_id: int, cohort_id: int, clock: Any, parts: int = 3, total: int = TOTAL) -> None:
        self.clock, self.user_id = clock, user_id
        begin_write()
        user, cohort = db.session.get_one(User, user_id), db.session.get_one(Cohort, cohort_id)
        enrollment = cohorts.enroll(user, user, cohort, "Practice", clock.now)
        order = actions.open_order(user, enrollment, total, "usd", "A seat", clock.now)
        due = schedule.cut(total, parts, times.local_date(clock.now, cohort.time_zone))
        actions.agree(user, order, total, due, schedule.consent_words(due, "usd", "METI"), clock.now)
        self.order_id, self.enrollment_id, self.zone = order.id, enrollment.id, cohort.time_zone
        db.session.commit()

    def go_to_pay(self, *numbers: int) -> str:
        """Open a payment page for the installments with these numbers (none: the first); returns Stripe's id of it."""
        ids = self.ids()
        wanted = [ids[number - 1] for number in numbers] or None
        db.session.rollback()
        return checkout.pay(self.order_id, SUCCESS, CANCEL, self.clock.now, wanted).rsplit("/", 1)[1]

    def begun(self, stripe: StandIn, **card: str) -> Plan:
        stripe.pay(self.go_to_pay(), **card)
        return self

    def ids(self) -> list[int]:
        query = select(Installment.id).where(Installment.order_id == self.order_id)
        return list(db.session.scalars(query.order_by(Installment.number)))

    def part(self, number: int) -> Installment:
        db.session.rollback()
        return db.session.get_one(Installment, self.ids()[number - 1], populate_existing=True)

    def wait_until(self, day: date, at: str = "10:00") -> datetime:
        self.clock.now = times.at(day, at, self.zone)
        return self.clock.now

    def wait_until_due(self, number: int) -> datetime:
        return self.wait_until(self.part(number).due_on)

    def work(self) -> list[str]:
        """One run of the worker, now."""
        db.session.rollback()
        return charging.run(self.clock.now)

    def state(self) -> dict[str, Any]:
        db.session.rollback()
        order = db.session.get_one(Order, self.order_id, populate_existing=True)
        parts = db.session.scalars(
            select(Installment).where(Installment.order_id == order.id).order_by(Installment.number)
        )
        payments = db.session.scalars(
            select(Payment).where(Payment.order_id == order.id).order_by(Payment.id)
        ).all()
        return {
            "order": order.status,
            "enrollment": db.session.get_one(Enrollment, self.enrollment_id, populate_existing=True).status,
            "parts": [part.status for part in parts.all()],
            "payments": [(one.status, one.amount_cents) for one in payments],
        }

    def tries(self) -> list[tuple[int, str]]:
        db.session.rollback()
        query = select(ChargeTry.number, ChargeTry.status).where(ChargeTry.installment_id.in_(self.ids()))
        return [tuple(row) for row in db.session.execute(query.order_by(ChargeTry.id))]

    def mails(self) -> list[str]:
        db.session.rollback()
        query = select(Message.kind).join(User, User.email == Message.to_address)
        return list(db.session.scalars(query.where(User.id == self.user_id).order_by(Message.id)))

    def alerts(self) -> list[str]:
        db.session.rollback()
        query = select(MoneyAlert.kind).where(
            MoneyAlert.order_id == self.order_id, MoneyAlert.closed_at.is_(None)
        )
        return list(db.session.scalars(query.order_by(MoneyAlert.id)))


def charged(stripe: StandIn) -> int:
    """The sum Stripe has taken, in cents."""
    return sum(one["amount"] for one in stripe.all("charge") if one["status"] == "succeeded")
