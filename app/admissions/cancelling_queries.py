"""Whom the cancellation of a cohort touches, and how far it has been carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import (
    BigInteger,
    Integer,
    Row,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    select,
    type_coerce,
    union,
)
from sqlalchemy.orm import aliased, contains_eager, lazyload

from app.accounts.models import User
from app.admissions import cancelling_rules as rules
from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.admissions.cancelling_rules import Overview, Touched
from app.admissions.models import Application, Offer, SeatHold
from app.admissions.seats import LIVE as LIVE_SEAT
from app.admissions.waitlist_models import WaitlistEntry
from app.admissions.waitlist_rules import LIVE as IN_LINE
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments import queries as payments
from app.payments.discount_models import DiscountCode
from app.payments.models import (
    ChargeTry,
    CheckoutSession,
    Installment,
    MoneyAlert,
    Order,
    Payment,
    Refund,
    RefundTier,
)
from app.payments.returns import CANCELLED, figures_if_cancelled
from app.payments.schedule import OPEN

LIVE_APPLICATION = ("draft", "submitted", "in review", "accepted", "waitlisted")
LIVE = ("requested", "confirmed")


@dataclass(frozen=True)
class Stand:
    """A cohort, the cancellation of it that counts, and what the screen says besides."""

    cohort: Cohort
    cancellation: Cancellation | None  # the live one; else the latest that came to nothing
    asked_by: str
    decided_by: str
    percent: int  # of what was paid goes back
    codes: int  # discount codes in use that hold for this cohort alone

    @property
    def status(self) -> str:
        return self.cancellation.status if self.cancellation else ""


def stand_of(slug: str) -> Stand:
    """A cohort by its address; 404 where there is none. One query."""
    asked, decided, inner = aliased(User), aliased(User), aliased(Cancellation)
    latest = select(inner.id).where(inner.cohort_id == Cohort.id).correlate(Cohort)
    latest = latest.order_by(inner.status.in_(LIVE).desc(), inner.id.desc()).limit(1)
    share = select(RefundTier.share_percent).where(
        RefundTier.cohort_id == Cohort.id, RefundTier.until.is_(None)
    )
    codes = select(func.count(DiscountCode.id)).where(
        DiscountCode.cohort_id == Cohort.id, DiscountCode.archived_at.is_(None)
    )
    query = (
        select(
            Cohort, Cancellation, asked.name, decided.name, share.scalar_subquery(), codes.scalar_subquery()
        )
        .select_from(Cohort)
        .outerjoin(Cancellation, Cancellation.id == latest.scalar_subquery())
        .outerjoin(asked, asked.id == Cancellation.asked_by_id)
        .outerjoin(decided, decided.id == Cancellation.decided_by_id)
        .where(Cohort.slug == slug)
    )
    row = db.session.execute(query.options(lazyload("*"))).one_or_none() or abort(404)
    return Stand(row[0], row[1], row[2] or "", row[3] or "", 100 if row[4] is None else row[4], row[5])


def live_of(cohort_id: int) -> Cancellation | None:
    """The cancellation of this cohort that is requested or confirmed, as it is now."""
    query = select(Cancellation).where(Cancellation.cohort_id == cohort_id, Cancellation.status.in_(LIVE))
    return db.session.scalar(query.execution_options(populate_existing=True))


# --- whom it touches ----------------------------------------------------------------------------------------


def overview(cohort_id: int, percent: int) -> Overview:
    """Everybody whom it touches, by name, with what of their money goes back. One query."""
    rows = db.session.execute(_people(cohort_id)).all()
    people = [found for row in rows if (found := _touched(row, percent)) is not None]
    order = list(rules.STANDINGS)
    people.sort(key=lambda one: (order.index(one.standing), one.name.casefold(), one.user_id))
    return Overview(tuple(people), next((row.currency for row in rows if row.currency), "usd"))


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
    money, plans = _money(cohort_id), _plans(cohort_id)
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
            WaitlistEntry.id.label("entry_id"),
            money.c.paid,
            money.c.returned,
            money.c.disputed,
            money.c.by_hand,
            money.c.currency,
            plans.c.stops,
            plans.c.stops_cents,
            _page("created", "open").label("page_open"),
            (_page("processing") | _charge_on_its_way()).label("on_its_way"),
        )
        .select_from(users)
        .join(User, User.id == users.c.user_id)
        .outerjoin(Enrollment, and_(Enrollment.user_id == User.id, Enrollment.cohort_id == cohort_id))
        .outerjoin(Application, asks)
        .outerjoin(SeatHold, seated)
        .outerjoin(WaitlistEntry, waits)
        .outerjoin(money, money.c.enrollment_id == Enrollment.id)
        .outerjoin(plans, plans.c.enrollment_id == Enrollment.id)
    )


def _sum(cents: Any) -> Any:
    return cast(func.coalesce(func.sum(cents), 0), BigInteger)


def _money(cohort_id: int) -> Subquery:
    """For each enrollment of the cohort: what arrived, what went back of it, what a bank has, what came by hand."""
    here = Payment.amount_cents - Payment.returned_cents
    query = (
        select(
            Order.enrollment_id,
            _sum(Payment.amount_cents).label("paid"),
            _sum(Payment.returned_cents).label("returned"),
            _sum(case((type_coerce(Payment.disputed_cents, Integer) > 0, here), else_=0)).label("disputed"),
            _sum(case((Payment.stripe_payment_intent.is_(None), here), else_=0)).label("by_hand"),
            func.max(Order.currency).label("currency"),
        )
        .join(Order, Order.id == Payment.order_id)
        .join(Enrollment, Enrollment.id == Order.enrollment_id)
        .where(Enrollment.cohort_id == cohort_id, Payment.status == "succeeded")
        .where(Payment.currency == Order.currency)
    )
    return query.group_by(Order.enrollment_id).subquery("money")


def _plans(cohort_id: int) -> Subquery:
    """For each enrollment of the cohort: the installments that would still be charged."""
    left = Installment.amount_cents - Installment.covered_cents
    query = (
        select(
            Order.enrollment_id,
            func.count(Installment.id).label("stops"),
            _sum(case((left > 0, left), else_=0)).label("stops_cents"),
        )
        .join(Order, Order.id == Installment.order_id)
        .join(Enrollment, Enrollment.id == Order.enrollment_id)
        .where(Enrollment.cohort_id == cohort_id, Order.status.in_(payments.LIVE))
        .where(Installment.status.in_(OPEN))
    )
    return query.group_by(Order.enrollment_id).subquery("plans")


def _page(*statuses: str) -> Any:
    """Whether a payment page of the enrollment in the query around it stands so."""
    return exists().where(
        CheckoutSession.order_id == Order.id,
        Order.enrollment_id == Enrollment.id,
        CheckoutSession.status.in_(statuses),
    ).correlate(Enrollment)  # fmt: skip


def _charge_on_its_way() -> Any:
    return exists().where(
        ChargeTry.installment_id == Installment.id,
        Installment.order_id == Order.id,
        Order.enrollment_id == Enrollment.id,
        ChargeTry.status.in_(("created", "processing")),
    ).correlate(Enrollment)  # fmt: skip


# --- how far it is ------------------------------------------------------------------------------------------


def cases_of(cancellation_id: int, cohort_id: int) -> Sequence[Row[Any]]:
    """Each person with their case, and what went back, is on its way and came back of their money. One query."""
    money = (
        select(
            Order.enrollment_id,
            _sum(case((Refund.status == "succeeded", Refund.amount_cents), else_=0)).label("sent"),
            _sum(case((Refund.status.in_(("approved", "sent")), Refund.amount_cents), else_=0)).label(
                "going"
            ),
            _sum(case((Refund.by_hand & (Refund.status == "approved"), Refund.amount_cents), else_=0)).label(
                "by_hand"
            ),
            func.max(Order.currency).label("currency"),
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.id == Payment.order_id)
        .where(Refund.reason == CANCELLED)
        .group_by(Order.enrollment_id)
        .subquery("back")
    )
    query = (
        select(
            CancellationCase,
            User.name,
            Enrollment.id.label("enrollment_id"),
            money,
            _came_back().label("came_back"),
        )
        .join(User, User.id == CancellationCase.user_id)
        .outerjoin(Enrollment, and_(Enrollment.user_id == User.id, Enrollment.cohort_id == cohort_id))
        .outerjoin(money, money.c.enrollment_id == Enrollment.id)
        .where(CancellationCase.cancellation_id == cancellation_id)
        .options(lazyload("*"))
        .order_by(CancellationCase.status != "waiting", CancellationCase.tries.desc(), User.name, User.id)
    )
    return db.session.execute(query).all()


def _came_back() -> Any:
    """Whether a refund of the enrollment in the query around it came back, and waits for a person."""
    return exists().where(
        MoneyAlert.order_id == Order.id,
        Order.enrollment_id == Enrollment.id,
        MoneyAlert.kind == "refund failed",
        MoneyAlert.closed_at.is_(None),
    ).correlate(Enrollment)  # fmt: skip


def waiting_cases() -> list[int]:
    """Ids of the cases that wait, those that failed least first."""
    query = select(CancellationCase.id).where(CancellationCase.status == "waiting")
    return list(db.session.scalars(query.order_by(CancellationCase.tries, CancellationCase.id)))


def confirmed() -> list[tuple[int, int]]:
    """Cohorts that were cancelled with somebody who was seen to: pairs of cancellation and cohort id."""
    seen_to = exists().where(
        CancellationCase.cancellation_id == Cancellation.id, CancellationCase.status == "done"
    )
    query = select(Cancellation.id, Cancellation.cohort_id).where(Cancellation.status == "confirmed", seen_to)
    return [(one, cohort_id) for one, cohort_id in db.session.execute(query)]


def seen_to(cancellation_id: int) -> Select[int]:
    """Ids of the people who were seen to, for a query around it."""
    return select(CancellationCase.user_id).where(
        CancellationCase.cancellation_id == cancellation_id, CancellationCase.status == "done"
    )


def case_under_lock(case_id: int) -> CancellationCase:
    """A case with its cancellation, as they are now; the cohort is locked by the caller."""
    query = select(CancellationCase).join(CancellationCase.cancellation)
    query = query.where(CancellationCase.id == case_id).options(contains_eager(CancellationCase.cancellation))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def offers_of(cohort_id: int, user_id: int) -> list[Offer]:
    """This person's open offers in the cohort."""
    query = select(Offer).join(Offer.application).where(
        Application.user_id == user_id, Application.cohort_id == cohort_id, Offer.status == "open"
    )  # fmt: skip
    return list(db.session.scalars(query))


def held_seats(cohort_id: int) -> list[SeatHold]:
    """The seats of a cohort that are held until a moment."""
    query = select(SeatHold).where(SeatHold.cohort_id == cohort_id, SeatHold.status == "active")
    return list(db.session.scalars(query.where(SeatHold.until.is_not(None))))
