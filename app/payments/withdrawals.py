"""Somebody leaves: what the refund rule makes of it, and the one verb that does all of it in money and access.

The verb does not commit and does not ask Stripe; call `refunding.clear_the_way` first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts import queries as cohort_queries
from app.cohorts.models import Enrollment
from app.lib import times
from app.lib.database import db
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import actions, alerts, installments, messages, papers, queries, refunds, returns, schedule
from app.payments.models import Installment, Order, Payment, Refund
from app.payments.price_models import RefundTier
from app.payments.returns import Figures

ON_ITS_WAY = (
    "A payment of theirs is on its way at this moment, so the figures may still change. "
    "Please try again in a few minutes; nothing was changed."
)


@dataclass(frozen=True)
class Withdrawal:
    """What was confirmed: the day on which they told us, why, whether a balance is let go, and the figures shown."""

    told_on: date
    reason: str  # a key of `returns.REASONS`
    waived: bool
    back_cents: int
    balance_cents: int


@dataclass(frozen=True)
class Account:
    """How the money of somebody who leaves stands."""

    order: Order
    parts: list[Installment]
    payments: list[Payment]  # that arrived, oldest first
    refunds: list[Refund]  # oldest first
    figures: Figures

    @property
    def cancelled_cents(self) -> int:
        """What would have come and does not any more."""
        return max(0, schedule.pay_off_cents(self.parts) - self.figures.balance_cents)

    @property
    def by_hand_cents(self) -> int:
        """What of the money that goes back goes by check or transfer."""
        return returns.by_hand_cents(self.payments, self.figures.back_cents)

    @property
    def again_cents(self) -> int:
        """What may be asked for once more after a second person has said no; 0 where nobody has."""
        if not any(one.is_declined for one in self.refunds):
            return 0
        owed = schedule.owed_cents(self.order.price_cents, self.parts)
        return returns.left_to_return(self.payments, owed)


def first_day(enrollment: Enrollment) -> date:
    """The first day on which somebody can have told us that they leave."""
    return times.local_date(enrollment.created_at, enrollment.cohort.time_zone)


def account_of(order: Order, told_on: date) -> Account:
    """The arithmetic of leaving, had they told us on this day (cohort's zone). Two queries."""
    (parts, rule), (arrived, refunded) = _parts_and_rule(order), queries.money_of([order])
    payments = [
        one for one in arrived[order.id] if one.status == "succeeded" and one.currency == order.currency
    ]
    return Account(
        order, parts, payments, refunded[order.id], _figures(order, rule, parts, payments, told_on)
    )


def _parts_and_rule(order: Order) -> tuple[list[Installment], list[RefundTier]]:
    """The schedule and the cohort's refund rule, in one query: every order has an installment."""
    query = select(Installment, RefundTier).where(Installment.order_id == order.id)
    query = query.outerjoin(RefundTier, RefundTier.cohort_id == order.enrollment.cohort_id)
    query = query.order_by(Installment.number, RefundTier.until).options(lazyload(Installment.order))
    rows = db.session.execute(query).all()
    return list(dict.fromkeys(part for part, _tier in rows)), list(
        dict.fromkeys(tier for _part, tier in rows if tier is not None)
    )


def _figures(
    order: Order,
    rule: Sequence[RefundTier],
    parts: Sequence[Installment],
    payments: Sequence[Payment],
    day: date,
) -> Figures:
    return returns.figures(
        rule,
        day,
        schedule.owed_cents(order.price_cents, parts),
        sum(one.amount_cents - one.returned_cents for one in payments),
        sum(one.amount_cents - one.returned_cents for one in payments if one.disputed_cents),
        order.currency,
    )


def withdraw(
    actor: User, enrollment: Enrollment, order: Order | None, what: Withdrawal, now: datetime
) -> None:
    """End somebody's place: access, what would still have been charged, and the money that goes back.

    Raises Refused when it cannot be, when money is on its way, or when the figures are not those that were shown.
    The cohort is locked by the caller, who frees the seat.
    """
    today = times.local_date(now, enrollment.cohort.time_zone)
    name = enrollment.user.name
    returns.check(enrollment.status, name, what.told_on, first_day(enrollment), today, what.reason)
    why = returns.REASONS[what.reason]
    if order is not None:
        order = actions.lock_order(order.id)
        if is_on_its_way(order):
            raise Refused(ON_ITS_WAY)
        figures = _shown(order, what)
        cohorts.withdraw(actor, enrollment, why.lower(), now)
        limit = cohort_queries.program(enrollment.cohort).two_people_above
        second = returns.needs_two(figures.back_cents, limit)
        made = end_order(actor, order, figures, what.reason, now, waived=what.waived, second_person=second)
        _say(actor, order, figures, what, made, now)
    else:
        cohorts.withdraw(actor, enrollment, why.lower(), now)


def is_on_its_way(order: Order) -> bool:
    """Is money of this order moving at this moment? The order is locked."""
    pending = select(Payment.id).where(Payment.order_id == order.id, Payment.status == "processing").limit(1)
    busy = queries.session_under_way(order.id) or queries.tries_in_flight(order.id)
    return bool(busy) or db.session.scalar(pending) is not None


def _shown(order: Order, what: Withdrawal) -> Figures:
    """The figures under the lock. Refused when they are not the ones that were confirmed."""
    parts, payments = installments.lock(order), refunds.arrived(order)
    rule = queries.refund_tiers(order.enrollment.cohort)
    figures = _figures(order, rule, parts, payments, what.told_on)
    if (figures.back_cents, figures.balance_cents) != (what.back_cents, what.balance_cents):
        raise Refused(returns.CHANGED)
    return figures


def end_order(
    actor: User,
    order: Order,
    figures: Figures,
    reason: str,
    now: datetime,
    *,
    waived: bool = False,
    second_person: bool = False,
    approved_by_id: int | None = None,
) -> list[Refund]:
    """Nothing more is charged than a balance that is owed (and not `waived`), and what is not kept goes back.

    The order is locked. Returns the refunds, see `refunds.ask`.
    """
    installments.cut_back(order, 0 if waived else figures.balance_cents)
    parts, owed = installments.lock(order), figures.owed_cents(waived)
    credit = max(0, schedule.owed_cents(order.price_cents, parts) - owed)
    order.credited_cents += credit
    payments = {one.id: one for one in refunds.arrived(order)}
    shares = returns.spread(list(payments.values()), figures.back_cents)
    made = refunds.ask(
        actor,
        [(payments[payment_id], cents) for payment_id, cents in shares],
        reason,
        figures.clause,
        second_person,
        now,
        approved_by_id,
    )
    if owed == 0:
        order.status = "cancelled"
    order.grace_until = None
    alerts.close(order, ("grace", "suspended", "external refund"), now)
    actions.settle_order(order, now)
    if credit:
        papers.credit(order, credit, figures.clause or "Leaving the cohort", "", now)
    return made


def _say(
    actor: User, order: Order, figures: Figures, what: Withdrawal, made: list[Refund], now: datetime
) -> None:
    name, back = order.payer.name, money(figures.back_cents, order.currency)
    said = [f"{back} goes back" if figures.back_cents else "nothing goes back"]
    if figures.balance_cents:
        balance = money(figures.balance_cents, order.currency)
        said.append(f"{balance} still owed {'was waived' if what.waived else 'stays due'}")
    record(actor, f"Worked out {name}'s withdrawal: {', '.join(said)}", ("order", order.id), now=now)
    if any(one.status == "requested" for one in made):
        detail = (
            f"{back} for {name} is above the limit for one person: another member of staff has to approve it."
        )
        alerts.raise_once("refund to approve", f"refund-to-approve:{made[0].id}", order, detail, now)
    messages.withdrawn(order, figures, what.waived, made, now)
