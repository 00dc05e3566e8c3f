"""The sums that reports are made of. Each function is one query; every row is of one currency, amounts are cents.

The definitions are those of the sentences on the pages (`reports`): whoever changes one here changes it there.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.accounts.models import User
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.lib.local_days import bounds, local_day
from app.payments import discount_rules, schedule
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Installment, Order, Payment, Refund
from app.payments.payout_models import UNKNOWN, BalanceLine, Payout
from app.payments.payout_rules import CAME_BACK
from app.payments.report_tables import Scope

GONE = ("sent", "succeeded")  # a refund that has left us
DUE_SOON = 30  # days
MOST_LISTED = 50
# Of an order in a query that `with_payers` has seen: who owes it, and for which cohort.
PAYER = func.coalesce(EmployerPurchase.employer, User.name)
COHORT_ID = func.coalesce(EmployerPurchase.cohort_id, Enrollment.cohort_id)


def total(cents: Any) -> ColumnElement[int]:
    """A sum that is a whole number on PostgreSQL too, which makes decimals of sums."""
    return cast(func.coalesce(func.sum(cents), 0), BigInteger)


def _when(moment: Any, scope: Scope) -> ColumnElement[bool]:
    since, until = bounds(scope.zone, scope.period.first, scope.period.last)
    return and_(moment >= since, moment < until)


def _day(moment: Any, scope: Scope) -> ColumnElement[int]:
    return local_day(moment, scope.zone, scope.period.first, scope.period.last)


def with_payers(query: Any) -> Any:
    """`query` knows the order, and from here on its payer: an enrollment with its user, or an employer."""
    query = query.outerjoin(Enrollment, Enrollment.id == Order.enrollment_id)
    query = query.outerjoin(User, User.id == Enrollment.user_id)
    return query.outerjoin(EmployerPurchase, EmployerPurchase.id == Order.employer_purchase_id)


def _of_cohort(query: Any, scope: Scope) -> Any:
    """`query` knows the order."""
    if scope.cohort_id is None:
        return query
    return with_payers(query).where(scope.cohort_id == COHORT_ID)


# --- cash -----------------------------------------------------------------------------------------------------------


def cash(scope: Scope) -> list[Row[Any]]:
    """day (a number, see `local_days.day_of`), currency, way, cents: what arrived ('stripe', 'check', 'transfer'), and
    what was sent back ('back stripe', 'back by hand')."""
    day = _day(Payment.received_at, scope).label("day")
    paid = select(
        day, Payment.currency, Payment.source.label("way"), total(Payment.amount_cents).label("cents")
    )
    paid = paid.where(Payment.status == "succeeded", _when(Payment.received_at, scope))
    paid = _of_cohort(paid.join(Order, Order.id == Payment.order_id), scope)
    day = _day(Refund.sent_at, scope).label("day")
    way = case((Refund.by_hand, "back by hand"), else_="back stripe").label("way")
    back = select(day, Payment.currency, way, total(Refund.amount_cents).label("cents"))
    back = back.join(Payment, Payment.id == Refund.payment_id).join(Order, Order.id == Payment.order_id)
    back = _of_cohort(back.where(Refund.status.in_(GONE), _when(Refund.sent_at, scope)), scope)
    both = union_all(
        paid.group_by("day", Payment.currency, "way"), back.group_by("day", Payment.currency, "way")
    )
    return list(db.session.execute(both))


# --- what is still to come ------------------------------------------------------------------------------------------


def _left() -> ColumnElement[int]:
    """`schedule.left_of` an open installment, for a sum in a query."""
    rest = Installment.amount_cents - Installment.covered_cents
    return case((rest > 0, rest), else_=0)


def _late(scope: Scope) -> ColumnElement[bool]:
    """`schedule.is_overdue`, for a sum in a query."""
    return and_(Installment.due_on < scope.today, Installment.status != "processing")


def _at_risk() -> ColumnElement[bool]:
    """`report_rules.risk`, for a sum in a query."""
    return or_(
        func.coalesce(Enrollment.status, "").in_(("suspended", "grace")),
        Installment.status == "failed",
        Installment.tries > 0,
        func.coalesce(Order.card_ends_on < Installment.due_on, false()),
    )


def _open_parts(*columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Installment).join(Order, Order.id == Installment.order_id)
    known: Select[Any] = with_payers(query).join(Cohort, Cohort.id == COHORT_ID)
    return known.where(Installment.status.in_(schedule.OPEN), Order.status.in_(("open", "part paid", "paid")))


def receivables(scope: Scope) -> list[Row[Any]]:
    """cohort, currency, due_on, and the cents that are late, due soon, later, and at risk among all of them; by cohort,
    the latest start first."""
    soon = scope.today.toordinal() + DUE_SOON
    late, due = _late(scope), Installment.due_on <= date.fromordinal(soon)
    left = _left()
    sums = (
        total(case((late, left), else_=0)),
        total(case((and_(~late, due), left), else_=0)),
        total(case((due, 0), else_=left)),
        total(case((_at_risk(), left), else_=0)),
    )
    named = zip(sums, ("late", "soon", "later", "risk"), strict=True)
    columns = (cents.label(name) for cents, name in named)
    query = _open_parts(Cohort.title.label("cohort"), Order.currency, Installment.due_on, *columns)
    if scope.cohort_id is not None:
        query = query.where(Cohort.id == scope.cohort_id)
    query = query.group_by(Cohort.id, Cohort.title, Cohort.starts_on, Order.currency, Installment.due_on)
    return list(db.session.execute(query.order_by(Cohort.starts_on.desc(), Cohort.id, Installment.due_on)))


def open_installments(scope: Scope, only_urgent: bool = False) -> list[Row[Any]]:
    """order_id, currency, due_on, name, cohort, number, what (a fee is for), installments, status, cents,
    enrollment_status, has_failed, card_ends_on; the earliest due first. `only_urgent`: overdue or at risk, MOST_LISTED
    and one of them."""
    left = _left()
    query = _open_parts(
        Order.id.label("order_id"),
        Order.currency,
        Installment.due_on,
        PAYER.label("name"),
        Cohort.title.label("cohort"),
        Installment.number,
        Installment.name.label("what"),
        Order.installments,
        Installment.status,
        left.label("cents"),
        func.coalesce(Enrollment.status, "").label("enrollment_status"),
        or_(Installment.status == "failed", Installment.tries > 0).label("has_failed"),
        Order.card_ends_on,
    )
    query = query.where(left > 0)
    if scope.cohort_id is not None:
        query = query.where(Cohort.id == scope.cohort_id)
    if only_urgent:
        query = query.where(or_(_late(scope), _at_risk())).limit(MOST_LISTED + 1)
    return list(db.session.execute(query.order_by(Installment.due_on, Installment.id)))


# --- revenue, discounts, refunds ------------------------------------------------------------------------------------


def _forgiven() -> Any:
    """Order id and what was waived or cancelled of it; see `schedule.owed_cents`."""
    rest = Installment.amount_cents - Installment.covered_cents
    query = select(Installment.order_id, func.sum(rest).label("cents"))
    return query.where(Installment.status.in_(schedule.FORGIVEN)).group_by(Installment.order_id).subquery()


def _agreed() -> ColumnElement[bool]:
    """An order that money came for, whatever became of it since, or that was paid without any; none that was let go.

    An order alone does not say so: it is open again while a bank has its money, and cancelled if nobody ever paid.
    """
    came = select(Payment.id).where(Payment.order_id == Order.id, Payment.status == "succeeded")
    return and_(Order.status != "expired", or_(Order.paid_at.is_not(None), came.correlate(Order).exists()))


def revenue(scope: Scope) -> list[Row[Any]]:
    """cohort, installments, by_employer, currency, orders, cents agreed, credited, waived or cancelled; the latest
    start first."""
    forgiven, by_employer = _forgiven(), Order.employer_purchase_id.is_not(None)
    query = (
        with_payers(
            select(
                Cohort.title.label("cohort"),
                Order.installments,
                by_employer.label("by_employer"),
                Order.currency,
                func.count().label("orders"),
                total(Order.amount_cents).label("agreed"),
                total(Order.credited_cents).label("credited"),
                total(func.coalesce(forgiven.c.cents, 0)).label("forgiven"),
            ).select_from(Order)
        )
        .join(Cohort, Cohort.id == COHORT_ID)
        .outerjoin(forgiven, forgiven.c.order_id == Order.id)
        .where(_agreed(), _when(Order.created_at, scope))
        .group_by(Cohort.id, Cohort.title, Cohort.starts_on, by_employer, Order.installments, Order.currency)
        .order_by(Cohort.starts_on.desc(), Cohort.id, by_employer, Order.installments)
    )
    if scope.cohort_id is not None:
        query = query.where(Cohort.id == scope.cohort_id)
    return list(db.session.execute(query))


def discounts(scope: Scope) -> list[Row[Any]]:
    """code, currency, uses, cents confirmed, cents held; the most given first."""
    confirmed = case((DiscountUse.status == "confirmed", DiscountUse.amount_cents), else_=0)
    held = case((DiscountUse.status == "held", DiscountUse.amount_cents), else_=0)
    query = select(
        DiscountCode.code,
        Order.currency,
        func.count().label("uses"),
        total(confirmed).label("confirmed"),
        total(held).label("held"),
    ).join_from(DiscountUse, DiscountCode, DiscountCode.id == DiscountUse.code_id)
    query = query.join(Order, Order.id == DiscountUse.order_id)
    query = query.where(DiscountUse.status.in_(discount_rules.COUNTED), _when(DiscountUse.at, scope))
    query = _of_cohort(query, scope).group_by(DiscountCode.id, DiscountCode.code, Order.currency)
    return list(db.session.execute(query.order_by(total(DiscountUse.amount_cents).desc(), DiscountCode.code)))


def refunds(scope: Scope) -> list[Row[Any]]:
    """reason, external, currency, refunds, cents through Stripe, cents by hand; the most first."""
    by_hand = case((Refund.by_hand, Refund.amount_cents), else_=0)
    query: Any = select(
        Refund.reason,
        Refund.external,
        Payment.currency,
        func.count().label("refunds"),
        total(Refund.amount_cents - by_hand).label("through_stripe"),
        total(by_hand).label("by_hand"),
    )
    query = query.join(Payment, Payment.id == Refund.payment_id).join(Order, Order.id == Payment.order_id)
    query = _of_cohort(query.where(Refund.status.in_(GONE), _when(Refund.sent_at, scope)), scope)
    query = query.group_by(Refund.reason, Refund.external, Payment.currency)
    return list(db.session.execute(query.order_by(total(Refund.amount_cents).desc(), Refund.reason)))


# --- all of them at a glance ----------------------------------------------------------------------------------------


def headlines(scope: Scope) -> list[Row[Any]]:
    """name of the report, currency, cents, and a number of rows or a second amount (`more`). One query."""
    left, late = _left(), _late(scope)
    arrived = (Payment.status == "succeeded", _when(Payment.received_at, scope))
    sent = (Refund.status.in_(GONE), _when(Refund.sent_at, scope))
    open_parts = _open_parts(
        literal("receivables"), Order.currency, total(left), total(case((late, left), else_=0))
    )
    agreed = select(literal("revenue"), Order.currency, total(_owed()), func.count()).where(
        _agreed(), _when(Order.created_at, scope)
    )
    used = select(literal("discounts"), Order.currency, total(DiscountUse.amount_cents), func.count())
    used = used.join_from(DiscountUse, Order, Order.id == DiscountUse.order_id).where(
        DiscountUse.status.in_(discount_rules.COUNTED), _when(DiscountUse.at, scope)
    )
    back = select(literal("refunds"), Payment.currency, total(Refund.amount_cents), func.count())
    paid_out = select(literal("payouts"), Payout.currency, total(Payout.amount_cents), func.count())
    found: tuple[Any, ...] = (
        select(
            literal("cash").label("name"),
            Payment.currency,
            total(Payment.amount_cents).label("cents"),
            cast(func.count(), BigInteger).label("more"),
        )
        .where(*arrived)
        .group_by(Payment.currency),
        back.join_from(Refund, Payment, Payment.id == Refund.payment_id)
        .where(*sent)
        .group_by(Payment.currency),
        open_parts.group_by(Order.currency),
        agreed.group_by(Order.currency),
        used.group_by(Order.currency),
        paid_out.where(
            Payout.arrives_on.between(scope.period.first, scope.period.last),
            Payout.status.not_in(CAME_BACK),
        ).group_by(Payout.currency),
        select(literal("unknown"), literal(""), func.count(), func.count())
        .select_from(BalanceLine)
        .where(UNKNOWN),
    )
    return list(db.session.execute(union_all(*found)))


def _owed() -> ColumnElement[int]:
    """What an order comes to: without what was credited, waived or cancelled."""
    rest = func.sum(Installment.amount_cents - Installment.covered_cents)
    forgiven = (Installment.order_id == Order.id, Installment.status.in_(schedule.FORGIVEN))
    waived = select(func.coalesce(rest, 0)).where(*forgiven).correlate(Order).scalar_subquery()
    return Order.amount_cents - Order.credited_cents - waived


def cohorts_to_choose() -> list[Row[Any]]:
    """id, slug and title of every cohort, the latest start first."""
    query = select(Cohort.id, Cohort.slug, Cohort.title).order_by(Cohort.starts_on.desc(), Cohort.id.desc())
    return list(db.session.execute(query))
