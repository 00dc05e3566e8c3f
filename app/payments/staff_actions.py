"""Verbs of staff on an order: money entered by hand, a day moved, an installment waived, more days of grace.

None of them commits. Each is called with the order locked and with what the form showed compared with what is.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.rules import check_reason
from app.lib import times
from app.lib.database import db
from app.lib.imprint import imprint
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import actions, alerts, installments, messages, papers, queries, schedule, staff_rules
from app.payments.models import Allocation, Installment, Order, Payment
from app.payments.paper_models import Paper

WORDS = {"check": "Check", "transfer": "Bank transfer"}


def enter_payment(
    actor: User,
    order: Order,
    source: str,
    amount_cents: int,
    received_on: date,
    reference: str,
    note: str,
    is_more: bool,
    now: datetime,
) -> Payment:
    """Write down a paper check or a bank transfer: the same ledger, and the same step after it, as for a card.

    `reference`: the number of the check, or what the transfer is called; its payer reads it, and never the note.
    """
    today, zone = installments.today_of(order, now), order.cohort.time_zone
    rest = schedule.pay_off_cents(installments.lock(order))
    staff_rules.check_entry(amount_cents, rest, is_more, order.currency, received_on, today)
    payment = Payment(
        order_id=order.id,
        amount_cents=amount_cents,
        currency=order.currency,
        status="succeeded",
        method=source,
        paid_with=f"{WORDS[source]} {reference}".strip()[:60],
        source=source,
        note=note,
        received_at=now if received_on == today else times.on_both(received_on, zone, imprint().time_zone),
    )
    db.session.add(payment)
    db.session.flush()
    said = f"Entered {money(amount_cents, order.currency)} from {order.payer.name}: {payment.paid_with}"
    record(actor, said, ("order", order.id), now=now)
    actions.settle_order(order, now)
    return payment


def take_back_payment(actor: User, order: Order, payment: Payment, reason: str, now: datetime) -> None:
    """Undo of `enter_payment`: the check came back, or was never there. Its receipt gets a credit note."""
    db.session.refresh(payment, with_for_update={"of": Payment})
    paid = _installments_of(order, payment)
    first = any(part.number == 1 for part in paid)
    staff_rules.check_take_back(payment.source, payment.status, first, payment.returned_cents)
    check_reason(reason)
    db.session.execute(delete(Allocation).where(Allocation.payment_id == payment.id))
    payment.status = "failed"
    for part in installments.lock(order):
        if part.status == "paid" and part.covered_cents < part.amount_cents:
            _ask_for(order, part, now)
    actions.settle_order(order, now)
    order.paid_at = order.paid_at if order.status == "paid" else None
    amount = money(payment.amount_cents, order.currency)
    said = f"Took back the entry of {amount} ({payment.paid_with}): {reason.strip()}"
    entry = record(actor, said, ("order", order.id), now=now)
    sentence = f"{payment.paid_with} over {amount} did not reach us after all: {reason.strip()}"
    messages.plan_changed(order, sentence, entry, now)
    _credit(order, payment, now)


def _installments_of(order: Order, payment: Payment) -> list[Installment]:
    """What the money of this payment pays. The schedule is locked."""
    paid = set(
        db.session.scalars(select(Allocation.installment_id).where(Allocation.payment_id == payment.id))
    )
    return [part for part in installments.lock(order) if part.id in paid]


def _credit(order: Order, payment: Payment, now: datetime) -> None:
    receipt = db.session.scalars(select(Paper).where(Paper.payment_id == payment.id)).one()
    papers.credit(order, payment.amount_cents, f"Receipt {receipt.label} is void", payment.paid_with, now)


def move_installment(actor: User, order: Order, number: int, due_on: date, now: datetime) -> Installment:
    """Let an installment be due on another day: it is charged then, and what has failed of it counts no more."""
    part, today = _changeable(order, number), installments.today_of(order, now)
    staff_rules.check_move(due_on, part.due_on, today)
    before = part.due_on
    _schedule(order, part, due_on)
    said = f"Moved {_name(order, part)} from {times.day_year(before)} to {times.day_year(due_on)}"
    entry = record(actor, said, ("order", order.id), now=now)
    installments.follow_access(order, now)
    amount = money(schedule.left_of(part), order.currency)
    sentence = (
        f"{_name(order, part)}, {amount}, is now due on {times.day_year(due_on)} instead of "
        f"{times.day_year(before)}."
    )
    messages.plan_changed(order, sentence, entry, now)
    return part


def waive(actor: User, order: Order, number: int, reason: str, now: datetime) -> Installment:
    """What is still open of an installment need not be paid. Money that has come for it stays."""
    part = _changeable(order, number)
    check_reason(reason)
    amount = money(schedule.left_of(part), order.currency)
    part.status, part.next_try_at, part.failed_at, part.failure = "waived", None, None, ""
    said = f"Waived {amount} of {_name(order, part)}: {reason.strip()}"
    entry = record(actor, said, ("order", order.id), now=now)
    actions.settle_order(order, now)
    messages.plan_changed(
        order, f"{_name(order, part)} is waived: {amount} of it need not be paid.", entry, now
    )
    return part


def ask_for_again(actor: User, order: Order, number: int, now: datetime) -> Installment:
    """Undo of `waive`: it is to be paid after all, on its day, or in a week where that has passed."""
    part = _part(order, number)
    if part.status != "waived":
        raise Refused(f"This installment is {part.status}, so no waiver is to be taken back.")
    if order.status not in queries.LIVE:
        raise Refused("The seat was let go, so nothing is asked for any more.")
    _ask_for(order, part, now)
    actions.settle_order(order, now)
    order.paid_at = order.paid_at if order.status == "paid" else None
    due = times.day_year(part.due_on)
    said = f"Took back the waiver of {_name(order, part)}; it is due on {due}"
    entry = record(actor, said, ("order", order.id), now=now)
    amount = money(schedule.left_of(part), order.currency)
    messages.plan_changed(
        order, f"{_name(order, part)} is to be paid after all: {amount}, due on {due}.", entry, now
    )
    return part


def give_grace(actor: User, order: Order, until: date, now: datetime) -> None:
    """Let everything stay open until the end of this day although an installment was not paid."""
    today = installments.today_of(order, now)
    staff_rules.check_grace(order.grace_until, until, today)
    order.grace_until = until
    said = f"Let {order.payer.name} go on until {times.day_year(until)} although an installment failed"
    entry = record(actor, said, ("order", order.id), now=now)
    installments.follow_access(order, now)
    alerts.close(order, ("grace",), now)
    detail = f"{order.payer.name} has until {times.day_year(until)} to pay; {actor.name} agreed to it."
    alerts.raise_once("grace", f"grace:order:{order.id}:{until}:{now.isoformat()}", order, detail, now)
    sentence = f"Everything stays open to you until {times.day_year(until)}; please pay by then."
    messages.plan_changed(order, sentence, entry, now)


def _part(order: Order, number: int) -> Installment:
    return next(part for part in installments.lock(order) if part.number == number)


def _changeable(order: Order, number: int) -> Installment:
    part = _part(order, number)
    staff_rules.check_changeable(part.status, part.number, order.status)
    return part


def _ask_for(order: Order, part: Installment, now: datetime) -> None:
    _schedule(order, part, staff_rules.day_to_pay(part.due_on, installments.today_of(order, now)))


def _schedule(order: Order, part: Installment, due_on: date) -> None:
    """It begins again: due on this day, charged then, nothing failed."""
    part.status, part.due_on = "scheduled", due_on
    # No card is kept of an employer, and nobody agreed to have one charged for a fee.
    part.next_try_at = None if order.employer or part.name else installments.charge_at(order, due_on)
    part.tries, part.failed_at, part.failure, part.paid_at = 0, None, "", None
    db.session.flush()


def _name(order: Order, part: Installment) -> str:
    return part.name or f"Installment {part.number} of {order.installments}"
