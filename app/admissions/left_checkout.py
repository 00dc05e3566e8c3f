"""Somebody began to pay and stopped: two kind reminders while the seat is held, then a task for staff."""

from __future__ import annotations

from datetime import datetime

from app.admissions import messages, queries, rules
from app.lib.database import begin_write, db
from app.lib.jobs import job
from app.payments import actions as payments
from app.payments import alerts
from app.payments import queries as money
from app.payments.models import Order

KIND = "left checkout"


@job("remind-checkout", minutes=15)
def remind_checkout(now: datetime) -> None:
    """Remind, or put before staff, whoever stopped; what was paid since is no task any more."""
    left = money.left_unpaid(now - rules.LEFT_IS_OLD)
    paid = money.paid_with_alert(KIND)
    db.session.rollback()
    for order_id, began in left:
        _follow_up(order_id, began, now)
    for order_id in paid:
        begin_write()
        alerts.close(payments.lock_order(order_id), (KIND,), now)
        db.session.commit()


def _follow_up(order_id: int, began: datetime, now: datetime) -> None:
    step = rules.after_leaving(now - began)
    if step is None:
        return
    begin_write()
    order = payments.lock_order(order_id)
    if order.status not in ("open", "expired") or money.net_cents(order):
        db.session.rollback()  # paid while we looked
        return
    if step == "task":
        detail = f"{order.enrollment.user.name} began to pay and did not finish. A call may help; nothing was charged."
        alerts.raise_once(KIND, f"{KIND}:order:{order.id}", order, detail, now)
    else:
        _remind(order, step, now)
    db.session.commit()


def _remind(order: Order, step: rules.Reminder, now: datetime) -> None:
    """Only while the seat is held: whoever has lost it has had a mail about that."""
    found = queries.standing(order.enrollment.user, order.enrollment.cohort)
    held = found.hold is not None and found.hold.status == "active"
    if held and found.offer is not None and found.offer.status == "open" and found.offer.expires_at > now:
        messages.left_checkout(order, found.offer, step, now)
