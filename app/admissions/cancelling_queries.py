"""The cancellation of a cohort, and how far it has been carried out; whom it touches: `cancelling_touched`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from sqlalchemy import Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, lazyload

from app.accounts.models import User
from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.admissions.models import Application, Offer, SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments.discount_models import DiscountCode
from app.payments.employer_models import EmployerPurchase
from app.payments.event_models import MoneyAlert
from app.payments.models import Order, Payment, Refund
from app.payments.price_models import RefundTier
from app.payments.report_queries import total
from app.payments.returns import CANCELLED

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


# --- how far it is ------------------------------------------------------------------------------------------


def cases_of(cancellation_id: int, cohort_id: int) -> Sequence[Row[Any]]:
    """Each case with its name, and what went back, is on its way and came back of that money. One query."""
    money = (
        select(
            Order.enrollment_id,
            Order.employer_purchase_id.label("purchase_id"),
            total(case((Refund.status == "succeeded", Refund.amount_cents), else_=0)).label("sent"),
            total(case((Refund.status.in_(("approved", "sent")), Refund.amount_cents), else_=0)).label(
                "going"
            ),
            total(case((Refund.by_hand & (Refund.status == "approved"), Refund.amount_cents), else_=0)).label(
                "by_hand"
            ),
            func.max(Order.currency).label("currency"),
        )
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Order, Order.id == Payment.order_id)
        .where(Refund.reason == CANCELLED)
        .group_by(Order.enrollment_id, Order.employer_purchase_id)
        .subquery("back")
    )
    name = func.coalesce(EmployerPurchase.employer, User.name).label("name")
    of_payer = or_(
        money.c.enrollment_id == Enrollment.id,
        money.c.purchase_id == CancellationCase.employer_purchase_id,
    )
    query = (
        select(
            CancellationCase,
            name,
            Enrollment.id.label("enrollment_id"),
            *(money.c[one] for one in ("sent", "going", "by_hand", "currency")),
            _came_back().label("came_back"),
        )
        .outerjoin(User, User.id == CancellationCase.user_id)
        .outerjoin(EmployerPurchase, EmployerPurchase.id == CancellationCase.employer_purchase_id)
        .outerjoin(Enrollment, and_(Enrollment.user_id == User.id, Enrollment.cohort_id == cohort_id))
        .outerjoin(money, of_payer)
        .where(CancellationCase.cancellation_id == cancellation_id)
        .options(lazyload("*"))
        .order_by(
            CancellationCase.status != "waiting", CancellationCase.tries.desc(), name, CancellationCase.id
        )
    )
    return db.session.execute(query).all()


def _came_back() -> Any:
    """Whether a refund of the case in the query around it came back, and waits for a person."""
    of_case = or_(
        Order.enrollment_id == Enrollment.id,
        Order.employer_purchase_id == CancellationCase.employer_purchase_id,
    )
    return exists().where(
        MoneyAlert.order_id == Order.id,
        of_case,
        MoneyAlert.kind == "refund failed",
        MoneyAlert.closed_at.is_(None),
    ).correlate(Enrollment, CancellationCase)  # fmt: skip


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


def seen_to(cancellation_id: int) -> Select[int | None]:
    """Ids of the people who were seen to, for a query around it."""
    return _done(CancellationCase.user_id, cancellation_id)


def purchases_seen_to(cancellation_id: int) -> Select[int | None]:
    """Ids of what employers bought that was seen to, for a query around it."""
    return _done(CancellationCase.employer_purchase_id, cancellation_id)


def _done(column: Any, cancellation_id: int) -> Select[int | None]:
    done = (CancellationCase.cancellation_id == cancellation_id, CancellationCase.status == "done")
    return select(column).where(*done, column.is_not(None))


def enrollment_of(case: CancellationCase, cohort_id: int) -> Enrollment | None:
    """The place in the cohort of the person whom a case is about."""
    mine = (Enrollment.user_id == case.user_id, Enrollment.cohort_id == cohort_id)
    return db.session.scalar(select(Enrollment).where(*mine))


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


def unpaid_purchases(cohort_id: int) -> list[EmployerPurchase]:
    """What employers bought in a cohort and may still pay for: their seats are held until a moment."""
    unpaid = (SeatHold.cohort_id == cohort_id, SeatHold.status == "active", SeatHold.until.is_not(None))
    held = select(SeatHold.employer_purchase_id).where(*unpaid)
    return list(db.session.scalars(select(EmployerPurchase).where(EmployerPurchase.id.in_(held))))
