"""The letters of this room. Dates are told in the cohort's zone first, then in the reader's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import times
from app.mail.actions import post
from app.payments import queries
from app.payments.models import CheckoutSession, Order


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
        refund=queries.refund_lines(cohort, order.amount_cents, order.currency),
        **_dates(cohort),
    )


def bank_deciding(row: CheckoutSession, now: datetime) -> None:
    user, cohort = row.order.enrollment.user, row.order.enrollment.cohort
    subject = f"Your bank is confirming the payment: {cohort.title}"
    key = f"bank-deciding:checkout:{row.id}"
    post("payments/bank_deciding", user, subject, key=key, now=now, order=row.order, cohort=cohort, user=user)


def bank_refused(row: CheckoutSession, now: datetime) -> None:
    user, cohort = row.order.enrollment.user, row.order.enrollment.cohort
    subject = f"Your bank did not make the payment: {cohort.title}"
    key = f"bank-refused:checkout:{row.id}"
    post("payments/bank_refused", user, subject, key=key, now=now, order=row.order, cohort=cohort, user=user)


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
