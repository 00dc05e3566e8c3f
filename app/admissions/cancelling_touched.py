"""Whom the cancellation of a cohort would touch, person by person and employer by employer, with the arithmetic."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    select,
    type_coerce,
    union,
)

from app.accounts.models import User
from app.admissions import cancelling_rules as rules
from app.admissions.cancelling_queries import LIVE_APPLICATION
from app.admissions.cancelling_rules import Overview, Touched
from app.admissions.claim_models import Invitation
from app.admissions.models import Application, SeatHold
from app.admissions.seats import LIVE as LIVE_SEAT
from app.admissions.waitlist_models import WaitlistEntry
from app.admissions.waitlist_rules import LIVE as IN_LINE
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.payments import queries as payments
from app.payments.employer_models import EmployerPurchase
from app.payments.models import ChargeTry, CheckoutSession, Installment, Order, Payment
from app.payments.report_queries import total
from app.payments.returns import figures_if_cancelled
from app.payments.schedule import OPEN

Payer = type[Enrollment] | type[EmployerPurchase]


def overview(cohort_id: int, percent: int) -> Overview:
    """Everybody whom it touches, by name, with what of their money goes back. Two queries."""
    rows, bought = (db.session.execute(query).all() for query in (_people(cohort_id), _employers(cohort_id)))
    people = [found for row in rows if (found := _touched(row, percent)) is not None]
    people += [found for row in bought if (found := _employer(row, percent)) is not None]
    order = list(rules.STANDINGS)
    people.sort(
        key=lambda one: (order.index(one.standing), one.name.casefold(), one.user_id or one.purchase_id)
    )
    return Overview(tuple(people), next((row.currency for row in [*rows, *bought] if row.currency), "usd"))


def _touched(row: Row[Any], percent: int) -> Touched | None:
    paid, returned = int(row.paid or 0), int(row.returned or 0)
    standing = rules.standing(
        row.enrollment,
        row.application,
        paying=paid > returned or bool(row.page_open) or bool(row.on_its_way),
        offered=bool(row.holds_seat),
        in_line=row.entry_id is not None,
    )
    if standing is None:
        return None
    currency, disputed = row.currency or "usd", int(row.disputed or 0)
    figures = figures_if_cancelled(percent, paid, paid - returned, disputed, currency)
    return Touched(
        user_id=row.user_id,
        name=row.name,
        standing=standing,
        enrollment_id=row.enrollment_id,
        paid_cents=paid,
        returned_cents=returned,
        figures=figures if row.enrollment_id else None,
        by_hand_cents=min(figures.back_cents, int(row.by_hand or 0)),
        stops=int(row.stops or 0),
        stops_cents=int(row.stops_cents or 0),
        page_open=bool(row.page_open),
        on_its_way=bool(row.on_its_way),
        holds_seat=bool(row.holds_seat),
        paid_by=row.paid_by or "",
    )


def _employer(row: Row[Any], percent: int) -> Touched | None:
    """What an employer bought; None where it was let go, taken back or handed back before, and that is settled."""
    paid, returned = int(row.paid or 0), int(row.returned or 0)
    late = row.order_status == "expired" and paid > returned
    if not (row.seats or row.page_open or row.on_its_way or row.order_status == "part paid" or late):
        return None
    figures = figures_if_cancelled(percent, paid, paid - returned, int(row.disputed or 0), row.currency)
    return Touched(
        user_id=None,
        name=row.name,
        standing="employer",
        paid_cents=paid,
        returned_cents=returned,
        figures=figures,
        by_hand_cents=min(figures.back_cents, int(row.by_hand or 0)),
        stops=int(row.stops or 0),
        stops_cents=int(row.stops_cents or 0),
        page_open=bool(row.page_open),
        on_its_way=bool(row.on_its_way),
        holds_seat=bool(row.seats),
        purchase_id=row.purchase_id,
        contact=row.contact,
        seats=row.seats,
        claimed=row.claimed,
        invited=row.invited,
    )


def _employers(cohort_id: int) -> Select[Any]:
    """One row for each purchase of an employer in the cohort."""
    money, plans = _money(EmployerPurchase, cohort_id), _plans(EmployerPurchase, cohort_id)
    live = (SeatHold.employer_purchase_id == EmployerPurchase.id, SeatHold.status.in_(LIVE_SEAT))
    open_ones = (Invitation.purchase_id == EmployerPurchase.id, Invitation.status == "open")

    def number(column: Any, *where: Any) -> Any:
        return select(func.count(column)).where(*where).correlate(EmployerPurchase).scalar_subquery()

    return (
        select(
            EmployerPurchase.id.label("purchase_id"),
            EmployerPurchase.employer.label("name"),
            EmployerPurchase.contact_name.label("contact"),
            Order.status.label("order_status"),
            Order.currency,
            number(SeatHold.id, *live).label("seats"),
            number(SeatHold.user_id, *live).label("claimed"),
            number(Invitation.id, *open_ones).label("invited"),
            *(money.c[one] for one in ("paid", "returned", "disputed", "by_hand")),
            plans.c.stops,
            plans.c.stops_cents,
            _page(EmployerPurchase, "created", "open").label("page_open"),
            _page(EmployerPurchase, "processing").label("on_its_way"),
        )
        .join(Order, Order.employer_purchase_id == EmployerPurchase.id)
        .outerjoin(money, money.c.payer_id == EmployerPurchase.id)
        .outerjoin(plans, plans.c.payer_id == EmployerPurchase.id)
        .where(EmployerPurchase.cohort_id == cohort_id)
    )


def _people(cohort_id: int) -> Select[Any]:
    """One row for each person with a place, an application, a seat or a place in line in the cohort."""
    users = union(
        select(Enrollment.user_id).where(Enrollment.cohort_id == cohort_id),
        select(Application.user_id).where(
            Application.cohort_id == cohort_id, Application.status.in_(LIVE_APPLICATION)
        ),
        select(SeatHold.user_id).where(SeatHold.cohort_id == cohort_id, SeatHold.status.in_(LIVE_SEAT)),
        select(WaitlistEntry.user_id).where(
            WaitlistEntry.cohort_id == cohort_id, WaitlistEntry.status.in_(IN_LINE)
        ),
    ).subquery("touched")
    money, plans = _money(Enrollment, cohort_id), _plans(Enrollment, cohort_id)
    asks = and_(
        Application.user_id == User.id,
        Application.cohort_id == cohort_id,
        Application.status.in_(LIVE_APPLICATION),
    )
    seated = and_(
        SeatHold.user_id == User.id, SeatHold.cohort_id == cohort_id, SeatHold.status.in_(LIVE_SEAT)
    )
    waits = and_(
        WaitlistEntry.user_id == User.id,
        WaitlistEntry.cohort_id == cohort_id,
        WaitlistEntry.status.in_(IN_LINE),
    )
    return (
        select(
            User.id.label("user_id"),
            User.name,
            Enrollment.id.label("enrollment_id"),
            Enrollment.status.label("enrollment"),
            Application.status.label("application"),
            SeatHold.id.label("holds_seat"),
            EmployerPurchase.employer.label("paid_by"),
            WaitlistEntry.id.label("entry_id"),
            money.c.paid,
            money.c.returned,
            money.c.disputed,
            money.c.by_hand,
            money.c.currency,
            plans.c.stops,
            plans.c.stops_cents,
            _page(Enrollment, "created", "open").label("page_open"),
            (_page(Enrollment, "processing") | _charge_on_its_way()).label("on_its_way"),
        )
        .select_from(users)
        .join(User, User.id == users.c.user_id)
        .outerjoin(Enrollment, and_(Enrollment.user_id == User.id, Enrollment.cohort_id == cohort_id))
        .outerjoin(Application, asks)
        .outerjoin(SeatHold, seated)
        .outerjoin(EmployerPurchase, EmployerPurchase.id == SeatHold.employer_purchase_id)
        .outerjoin(WaitlistEntry, waits)
        .outerjoin(money, money.c.payer_id == Enrollment.id)
        .outerjoin(plans, plans.c.payer_id == Enrollment.id)
    )


def _key(payer: Payer) -> Any:
    """Which column of an order leads to its payer."""
    return Order.enrollment_id if payer is Enrollment else Order.employer_purchase_id


def _money(payer: Payer, cohort_id: int) -> Subquery:
    """For each such payer in the cohort: what arrived, what went back of it, what a bank has, what came by hand."""
    here = Payment.amount_cents - Payment.returned_cents
    query = (
        select(
            _key(payer).label("payer_id"),
            total(Payment.amount_cents).label("paid"),
            total(Payment.returned_cents).label("returned"),
            total(case((type_coerce(Payment.disputed_cents, Integer) > 0, here), else_=0)).label("disputed"),
            total(case((Payment.stripe_payment_intent.is_(None), here), else_=0)).label("by_hand"),
            func.max(Order.currency).label("currency"),
        )
        .join(Order, Order.id == Payment.order_id)
        .join(payer, payer.id == _key(payer))
        .where(payer.cohort_id == cohort_id, Payment.status == "succeeded")
        .where(Payment.currency == Order.currency)
    )
    return query.group_by(_key(payer)).subquery("money")


def _plans(payer: Payer, cohort_id: int) -> Subquery:
    """For each such payer in the cohort: the installments that would still be charged."""
    left = Installment.amount_cents - Installment.covered_cents
    query = (
        select(
            _key(payer).label("payer_id"),
            func.count(Installment.id).label("stops"),
            total(case((left > 0, left), else_=0)).label("stops_cents"),
        )
        .join(Order, Order.id == Installment.order_id)
        .join(payer, payer.id == _key(payer))
        .where(payer.cohort_id == cohort_id, Order.status.in_(payments.LIVE))
        .where(Installment.status.in_(OPEN))
    )
    return query.group_by(_key(payer)).subquery("plans")


def _page(payer: Payer, *statuses: str) -> Any:
    """Whether a payment page of the payer in the query around it stands so."""
    return exists().where(
        CheckoutSession.order_id == Order.id,
        _key(payer) == payer.id,
        CheckoutSession.status.in_(statuses),
    ).correlate(payer)  # fmt: skip


def _charge_on_its_way() -> Any:
    return exists().where(
        ChargeTry.installment_id == Installment.id,
        Installment.order_id == Order.id,
        Order.enrollment_id == Enrollment.id,
        ChargeTry.status.in_(("created", "processing")),
    ).correlate(Enrollment)  # fmt: skip
