"""A second person's no to money on its way out, and asking once more after it. None of these verbs commits.

A refund that was declined has *failed* without ever having been approved: it is in no sum, and what the withdrawal did
besides stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.accounts.models import User
from app.audit.actions import record
from app.lib.database import db
from app.lib.money import money
from app.payments import actions, alerts, installments, messages, queries, refunds, returns, schedule
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment, Refund


def decline(actor: User, order_id: int, reason: str, now: datetime) -> int:
    """The second person's no to everything of an order that waits for one; the asker is told why. Returns the cents.

    Raises Refused without a reason, for the asker, and when nothing waits.
    """
    order = actions.lock_order(order_id)
    waiting = refunds.waiting_of(order)
    returns.check_reason_of_no(reason)
    for row in waiting:
        returns.check_second(row.asked_by_id, actor.id)
        row.status, row.failure, row.ended_at = "failed", reason, now
    db.session.flush()
    cents = sum(row.amount_cents for row in waiting)
    alerts.close(order, ("refund to approve",), now)
    amount, name = money(cents, order.currency), order.payer.name
    detail = f"{actor.name} declined that {amount} goes back to {name}: {reason}"
    alerts.raise_once("refund declined", f"refund-declined:{waiting[0].id}", order, detail, now)
    actions.settle_order(order, now)
    record(actor, f"Declined that {amount} goes back to {name}: {reason}", ("order", order.id), now=now)
    messages.refund_declined(waiting[0], cents, actor, now)
    return cents


def ask_again(actor: User, order_id: int, cents: int, now: datetime) -> list[Refund]:
    """Ask for another amount after a no; it takes a second person however small it is, or the first no meant nothing.

    Raises Refused when there was no such no, or for more than is still with us and not owed.
    """
    order = actions.lock_order(order_id)
    rows = refunds.lock_refunds(order)
    declined = [one for one in rows if one.is_declined]
    returns.check_again(bool(declined), any(one.status == "requested" for one in rows))
    most = left_to_return(order)
    returns.check_amount(cents, most, order.currency)
    payments = {one.id: one for one in refunds.arrived(order)}
    shares = [(payments[key], part) for key, part in returns.spread(list(payments.values()), cents)]
    last = declined[-1]
    made = refunds.ask(actor, shares, last.reason, last.clause, True, now)
    alerts.close(order, ("refund declined", "overpaid"), now)
    amount, name = money(cents, order.currency), order.payer.name
    amount += f" of {money(most, order.currency)}" if cents < most else ""
    decide_rest(actor, order, f"Asked for {amount} to go back", now)
    detail = (
        f"{amount} for {name}, asked for once more after a no: another member of staff has to approve it."
    )
    alerts.raise_once("refund to approve", f"refund-to-approve:{made[0].id}", order, detail, now)
    actions.settle_order(order, now)
    record(actor, f"Asked once more for {amount} to go back to {name}", ("order", order.id), now=now)
    return made


def close_task(actor: User, task: MoneyAlert, note: str, now: datetime) -> None:
    """As `alerts.close_by_hand`; whoever closes what says why money is still here decides that it stays. The order of
    the task is locked, and the task."""
    alerts.close_by_hand(actor, task, note, now)
    if task.order_id is not None and task.kind in actions.SAY_WHY:
        decide_rest(actor, actions.lock_order(task.order_id), note, now)


def decide_rest(actor: User, order: Order, note: str, now: datetime) -> None:
    """Somebody has seen how much more is with us than is owed, and decided what goes back: what stays is no task.

    Only this figure is decided; once it is another, nobody has. The order is locked.
    """
    db.session.flush()
    net, owed = queries.net_cents(order), schedule.owed_cents(order.price_cents, installments.lock(order))
    if net > owed and order.status != "expired":
        alerts.note_decided(actor, "overpaid", *actions.too_much(order, owed, net), note, now)


def left_to_return(order: Order) -> int:
    """`returns.left_to_return` of an order that is locked."""
    owed = schedule.owed_cents(order.price_cents, installments.lock(order))
    return returns.left_to_return(refunds.arrived(order), owed)


def may_ask_again(order: Order, payments: Iterable[Payment], refunded: Iterable[Refund]) -> int:
    """The same for a page that has read these payments and refunds of the order; 0 where nobody has said no."""
    if not any(one.is_declined for one in refunded):
        return 0
    arrived = [one for one in payments if one.status == "succeeded" and one.currency == order.currency]
    return returns.left_to_return(arrived, schedule.owed_cents(order.price_cents, queries.parts_of(order)))
