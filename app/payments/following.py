"""The order follows its person to another cohort: how its money stands there, and the one verb that takes it along.

The order itself moves, with its installments, payments and card, so everything that is done to it later (charges,
refunds, grace, suspension, a withdrawal) acts on the new place. The verb does not commit and does not ask Stripe; call
`refunding.clear_the_way` first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.queries import ends_on
from app.lib import times
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import actions, alerts, installments, queries, rebasing, rules, schedule, withdrawals
from app.payments.models import Installment, Order
from app.payments.price_models import RefundTier
from app.payments.rebasing import Moved

FEE = "Fee for moving"
DAYS_TO_PAY = 14  # for the fee, which no card is charged for by itself
PAYING_THERE = (
    "They have begun to pay for a seat in that cohort. Let that order end first, or they would pay twice."
)


@dataclass(frozen=True)
class Account:
    """How the money of somebody who moves stands in the new cohort. The agreed price never changes by moving."""

    currency: str
    price_cents: int  # what the seat comes to, as agreed
    paid_cents: int  # what we have of it
    moved: tuple[Moved, ...]  # what is still to come of the plan, with its new days
    fee_cents: int
    refund: tuple[rules.RefundLine, ...]  # the refund rule that counts from then on

    @property
    def rest_cents(self) -> int:
        return sum(one.cents for one in self.moved)


def account_of(
    order: Order,
    parts: list[Installment],
    net_cents: int,
    target: Cohort,
    tiers: Iterable[RefundTier],
    fee_cents: int,
) -> Account:
    """What moving would make of this order, of which we have `net_cents`. `tiers`: the refund rule of the target.

    Raises Refused where the plan does not fit the cohort.
    """
    owed = schedule.owed_cents(order.price_cents, parts)
    return Account(
        currency=order.currency,
        price_cents=owed,
        paid_cents=net_cents,
        moved=tuple(_rebased(order, parts, target)),
        fee_cents=fee_cents,
        refund=tuple(rules.refund_lines(tiers, owed, order.currency)),
    )


def _rebased(order: Order, parts: list[Installment], target: Cohort) -> list[Moved]:
    return rebasing.rebased(parts, first_day(order.enrollment.cohort), first_day(target), ends_on(target))


def first_day(cohort: Cohort) -> date:
    """The first day of the cohort's first week."""
    return cohort.starts_on + timedelta(days=cohort.shift_days)


def follow(actor: User, order: Order, enrollment: Enrollment, fee_cents: int, now: datetime) -> None:
    """Take the order along to this new place: what is open gets its new days, and the access follows from it there.

    Nothing else of what was agreed changes; a fee is a line of its own, paid on a page. Raises Refused when money is on
    its way. The cohorts are locked by the caller.
    """
    order = actions.lock_order(order.id)
    if withdrawals.is_on_its_way(order):
        raise Refused(withdrawals.ON_ITS_WAY)
    there = queries.order_of(enrollment)
    if there is not None and there.status in queries.LIVE:
        raise Refused(PAYING_THERE)
    before, parts = order.enrollment.cohort.title, installments.lock(order)
    moved = _rebased(order, parts, enrollment.cohort)
    order.enrollment = enrollment
    order.description = f"A seat in the {enrollment.cohort.title}"[:200]
    db.session.flush()
    _set_days(order, parts, moved, now)
    if fee_cents:
        _add_fee(order, parts, fee_cents, now)
    if not any(one.status == "failed" for one in parts):
        order.grace_until = None
        alerts.close(order, ("grace", "suspended"), now)
    actions.settle_order(order, now)
    order.paid_at = order.paid_at if order.status == "paid" else None
    said = f"Took {enrollment.user.name}'s order along from the {before} to the {enrollment.cohort.title}"
    if fee_cents:
        said += f", with a fee of {money(fee_cents, order.currency)}"
    record(actor, said, ("order", order.id), now=now)


def _set_days(order: Order, parts: list[Installment], moved: list[Moved], now: datetime) -> None:
    """What is due later than today begins again on its new day; what is overdue even so stays as it is."""
    today, found = installments.today_of(order, now), {one.number: one.due_on for one in moved}
    for part in parts:
        due_on = found.get(part.number)
        if due_on is not None and due_on > today and part.status in schedule.CHARGEABLE:
            part.status, part.due_on, part.next_try_at = (
                "scheduled", due_on, installments.charge_at(order, due_on)
            )  # fmt: skip
            part.tries, part.failed_at, part.failure = 0, None, ""
    db.session.flush()


def _add_fee(order: Order, parts: list[Installment], fee_cents: int, now: datetime) -> None:
    """One more line that is due in two weeks; nobody agreed to have a card charged for it."""
    order.amount_cents += fee_cents
    fee = Installment(
        order_id=order.id,
        number=max(part.number for part in parts) + 1,
        due_on=times.local_date(now, order.enrollment.cohort.time_zone) + timedelta(days=DAYS_TO_PAY),
        amount_cents=fee_cents,
        status="due",
        name=FEE,
    )
    db.session.add(fee)
    db.session.flush()
