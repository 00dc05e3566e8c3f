"""The letters of this room. Dates are told in the cohort's zone first, then in the reader's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.audit.models import Entry
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import times
from app.lib.database import db
from app.lib.money import money
from app.mail.actions import post
from app.payments import employer_messages, queries, rules, schedule
from app.payments.models import CheckoutSession, Installment, Order, Payment, Refund
from app.payments.returns import Figures


def welcome(order: Order, now: datetime) -> None:
    """'Your seat is confirmed': once for each enrollment, whatever happens to its money afterwards."""
    enrollment = order.enrollment
    user, cohort = enrollment.user, enrollment.cohort
    post(
        "payments/welcome",
        user,
        f"Your seat is confirmed: {cohort.title}",
        key=f"welcome:enrollment:{enrollment.id}",
        now=now,
        first_name=user.first_name,
        reader_zone=user.time_zone,
        cohort=cohort,
        order=order,
        payments=queries.payments_of([order])[order.id],
        parts=queries.parts_of(order),
        refund=queries.refund_lines(cohort, order.amount_cents, order.currency),
        **_dates(cohort),
    )


def bank_deciding(row: CheckoutSession, now: datetime) -> None:
    subject = f"Your bank is confirming the payment: {row.order.cohort.title}"
    _post(
        "bank_deciding",
        row.order,
        subject,
        f"bank-deciding:checkout:{row.id}",
        now,
        amount_cents=row.amount_cents,
    )


def bank_refused(row: CheckoutSession, now: datetime) -> None:
    """The bank did not pay; `pay_path` leads to what can be paid another way."""
    subject = f"Your bank did not make the payment: {row.order.cohort.title}"
    path = f"/cohorts/{row.order.cohort.slug}/checkout"
    if row.order.status == "part paid":
        path = f"/payments/installments/{row.covers[0][0]}" if len(row.covers) == 1 else "/payments"
    _post(
        "bank_refused", row.order, subject, f"bank-refused:checkout:{row.id}", now,
        amount_cents=row.amount_cents, pay_path=path,
    )  # fmt: skip


def reminder(part: Installment, order: Order, now: datetime) -> None:
    """'Your card is charged in two days': what, when, which card, and how to pay another way.

    Where no card is charged (the first came by check, or they have left and owe a balance): what is due, and its page.
    """
    by_card = order.card_id is not None and order.enrollment.status in rules.CHARGED
    what = "will be charged" if by_card else "is due"
    subject = f"{_amount(part, order)} {what} on {times.day(part.due_on)}"
    _post(
        "reminder",
        order,
        subject,
        f"reminder:installment:{part.id}:{part.due_on.isoformat()}",
        now,
        part=part,
        by_card=by_card,
    )


def received(payment: Payment, now: datetime) -> None:
    """A receipt for money that came after the seat was somebody's, and what is still to come."""
    order = payment.order
    amount = money(payment.amount_cents, order.currency)
    parts = queries.parts_of(order)
    _post(
        "received", order, f"We received {amount}", f"receipt:payment:{payment.id}", now,
        payment=payment, parts=parts, coming=[one for one in parts if schedule.left_of(one)],
    )  # fmt: skip


def charge_failed(part: Installment, order: Order, now: datetime) -> None:
    """An installment could not be charged: why, what happens next, and the page that pays exactly this one."""
    again = times.local_date(part.next_try_at, order.cohort.time_zone) if part.next_try_at else None
    _post(
        "charge_failed", order, f"We could not charge {_amount(part, order)}",
        f"charge-failed:installment:{part.id}:{part.due_on.isoformat()}:{part.tries}", now,
        part=part, again=again, suspended=order.enrollment.status == "suspended",
    )  # fmt: skip


def plan_changed(order: Order, sentence: str, entry: Entry, now: datetime) -> None:
    """Staff changed something about what is to be paid: what, and the schedule as it is now. Once for each `entry`."""
    db.session.flush()
    subject = f"Your payments have changed: {order.cohort.title}"
    parts = queries.parts_of(order)
    _post(
        "plan_changed", order, subject, f"plan-changed:entry:{entry.id}", now,
        sentence=sentence, parts=parts,
    )  # fmt: skip


def suspended(order: Order, now: datetime) -> None:
    """What is closed now, what stays theirs, and the one press that opens it again."""
    open_parts = [one for one in queries.parts_of(order) if one.status == "failed"]
    subject = f"Your place is on hold until an installment is paid: {order.cohort.title}"
    _post(
        "suspended", order, subject, f"suspended:order:{order.id}:{order.grace_until}", now, parts=open_parts
    )


def withdrawn(order: Order, figures: Figures, waived: bool, refunds: list[Refund], now: datetime) -> None:
    """'You have left': the arithmetic with its clause, what goes back how, what is still owed, what stays theirs."""
    to_pay = next((one for one in queries.parts_of(order) if schedule.left_of(one)), None)
    _post(
        "withdrawn", order, f"You have left the {order.cohort.title}",
        f"withdrawn:enrollment:{order.enrollment_id}", now,
        figures=figures, waived=waived, refunds=refunds, to_pay=to_pay,
    )  # fmt: skip


def refunded(refund: Refund, now: datetime) -> None:
    """Money went back: how much, to what, and when it shows."""
    order = refund.payment.order
    amount = money(refund.amount_cents, order.currency)
    _post("refunded", order, f"{amount} went back to you", f"refunded:refund:{refund.id}", now, refund=refund)


def refund_declined(refund: Refund, cents: int, by: User, now: datetime) -> None:
    """To the member of staff who asked for it: a second person said no, and why."""
    order, asker = refund.payment.order, db.session.get(User, refund.asked_by_id)
    if asker is None:
        return
    amount, person = money(cents, order.currency), order.payer.name
    path = (
        f"/staff/employers/{order.employer.id}"
        if order.employer
        else (f"/staff/enrollments/{order.enrollment_id}/withdraw")
    )
    post(
        "payments/refund_declined", asker, f"{by.name} declined {amount} for {person}",
        key=f"refund-declined:refund:{refund.id}", now=now,
        first_name=asker.first_name, by=by.name, amount=amount, person=person, reason=refund.failure,
        path=path, employer=bool(order.employer),
    )  # fmt: skip


def _amount(part: Installment, order: Order) -> str:
    return money(schedule.left_of(part), order.currency)


def _post(kind: str, order: Order, subject: str, key: str, now: datetime, **context: Any) -> None:
    if order.employer:
        employer_messages.tell(kind, order, order.employer, subject, key, now, **context)
        return
    enrollment = order.enrollment
    known: dict[str, Any] = {"user": enrollment.user, "cohort": enrollment.cohort, "order": order}
    post(f"payments/{kind}", enrollment.user, subject, key=key, now=now, **known, **context)


def _dates(cohort: Cohort) -> dict[str, Any]:
    """The first call and the rhythm of a week, from the program this cohort reads."""
    calls = cohorts.calls_of(cohort)
    text = cohorts.program(cohort)
    first = next((module for module in text.modules if module.worksheet), None)
    dates: dict[str, Any] = {"zone": cohort.time_zone, "first_call": calls[0] if calls else None, "due": None}
    if first:
        due = cohorts.dates_of(cohort, first).due_at
        due_on = times.local_date(due, cohort.time_zone)
        dates |= {"due": due, "due_weekday": f"{due_on:%A}", "review_days": first.review_days}
    return dates
