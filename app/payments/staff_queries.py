"""What staff see of money: one order whole, the tasks, the events from Stripe."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort
from sqlalchemy import ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import joinedload, lazyload

from app.accounts.models import User
from app.audit.models import Entry
from app.audit.queries import entries_about
from app.lib.database import db
from app.payments import queries, schedule, staff_rules
from app.payments.event_models import MoneyAlert, StripeEvent
from app.payments.models import ChargeTry, Installment, Order, Payment, Refund
from app.payments.paper_models import Paper

SHOWN = 100  # open tasks or failed events; more are said to be there
SHOWN_CLOSED = 30


@dataclass
class OrderPage:
    """One order with everything that happened to its money."""

    order: Order
    parts: list[Installment]
    tries: list[ChargeTry]  # charges of the saved card, the latest first
    alerts: list[MoneyAlert]  # open ones
    credit_notes: list[Paper]
    payments: list[Payment]  # oldest first
    refunds: list[Refund]  # oldest first

    @property
    def received_cents(self) -> int:
        """What we have of it: without what went back."""
        arrived = (one for one in self.payments if one.status == "succeeded")
        return sum(one.kept_cents for one in arrived if one.currency == self.order.currency)

    @property
    def owed_cents(self) -> int:
        """What it comes to in all: without what was waived or credited."""
        return schedule.owed_cents(self.order.price_cents, self.parts)

    @property
    def rest_cents(self) -> int:
        return schedule.pay_off_cents(self.parts)

    @property
    def seen(self) -> str:
        """What a form carries, to be compared under the lock: see `staff_rules.check_seen`."""
        parts = [(one.id, one.status, one.due_on, one.covered_cents) for one in self.parts]
        payments = [(one.id, one.status) for one in self.payments]
        return staff_rules.fingerprint((self.order.status, self.order.grace_until, parts, payments))

    def payment(self, payment_id: int) -> Payment:
        return next((one for one in self.payments if one.id == payment_id), None) or abort(404)

    def part(self, number: int) -> Installment:
        return next((one for one in self.parts if one.number == number), None) or abort(404)


def order_page_for(user: User, order_id: int) -> OrderPage:
    """One order, for staff; 404 for everybody else and for what is not there. Two queries."""
    if not user.is_staff:
        abort(404)
    noticed = and_(MoneyAlert.order_id == Order.id, MoneyAlert.closed_at.is_(None))
    credited = and_(Paper.order_id == Order.id, Paper.kind == "credit note")
    query = (
        select(Order, Installment, ChargeTry, MoneyAlert, Paper)
        .outerjoin(Installment, Installment.order_id == Order.id)
        .outerjoin(ChargeTry, ChargeTry.installment_id == Installment.id)
        .outerjoin(MoneyAlert, noticed)
        .outerjoin(Paper, credited)
        .where(Order.id == order_id)
        .options(lazyload(Installment.order), lazyload(ChargeTry.installment))
        .order_by(Installment.number, ChargeTry.made_at.desc(), MoneyAlert.id, Paper.id)
    )
    rows = db.session.execute(query).all() or abort(404)
    order: Order = rows[0][0]
    columns = [dict.fromkeys(column) for column in zip(*rows, strict=True)]
    parts, tries, alerts, credit_notes = ([one for one in column if one] for column in columns[1:])
    payments, refunds = queries.money_of([order])
    return OrderPage(
        order=order,
        parts=parts,
        tries=sorted(tries, key=lambda one: one.made_at, reverse=True),
        alerts=alerts,
        credit_notes=credit_notes,
        payments=payments[order.id],
        refunds=refunds[order.id],
    )


def history_of(order: Order) -> list[Entry]:
    """What happened to the order and to the enrollment or the employer's seats it is for, the latest first."""
    if order.employer:
        return entries_about(("order", order.id), ("employer purchase", order.employer.id))
    return entries_about(("order", order.id), ("enrollment", order.enrollment.id))


def open_tasks() -> ScalarSelect[int]:
    """How many tasks about money are open. For a query around it."""
    return select(func.count(MoneyAlert.id)).where(MoneyAlert.closed_at.is_(None)).scalar_subquery()


def tasks() -> tuple[list[MoneyAlert], list[MoneyAlert]]:
    """The open tasks, oldest first (one more than SHOWN when there are more), and the latest closed. Two queries."""
    query = select(MoneyAlert).options(joinedload(MoneyAlert.order), joinedload(MoneyAlert.closed_by))
    waiting = query.where(MoneyAlert.closed_at.is_(None)).order_by(MoneyAlert.id).limit(SHOWN + 1)
    closed = query.where(MoneyAlert.closed_at.is_not(None)).order_by(
        MoneyAlert.closed_at.desc(), MoneyAlert.id.desc()
    )
    return list(db.session.scalars(waiting)), list(db.session.scalars(closed.limit(SHOWN_CLOSED)))


def task_for(user: User, task_id: int) -> MoneyAlert:
    """A task, for staff, locked after its order; 404 for everybody else and for what is not there."""
    about = select(MoneyAlert.order_id).where(MoneyAlert.id == task_id).scalar_subquery()
    db.session.execute(select(Order.id).where(Order.id == about).with_for_update())
    lock = select(MoneyAlert).where(MoneyAlert.id == task_id).with_for_update(of=MoneyAlert)
    found = db.session.scalar(lock) if user.is_staff else None
    return found or abort(404)


def failed_events() -> list[StripeEvent]:
    """Events not applied, or with what went wrong; the latest first, one more than SHOWN when there are more."""
    failed = or_(StripeEvent.processed_at.is_(None), StripeEvent.error.is_not(None))
    query = select(StripeEvent).where(failed).order_by(StripeEvent.received_at.desc(), StripeEvent.id)
    return list(db.session.scalars(query.limit(SHOWN + 1)))


def latest_events() -> list[StripeEvent]:
    """What Stripe told us last and went well."""
    well = (StripeEvent.processed_at.is_not(None), StripeEvent.error.is_(None))
    query = select(StripeEvent).where(*well).order_by(StripeEvent.received_at.desc(), StripeEvent.id)
    return list(db.session.scalars(query.limit(SHOWN_CLOSED)))


def event_for(user: User, event_id: str) -> StripeEvent:
    """An event, for staff; 404 for everybody else and for what is not there."""
    found = db.session.get(StripeEvent, event_id[:121]) if user.is_staff else None
    return found or abort(404)
