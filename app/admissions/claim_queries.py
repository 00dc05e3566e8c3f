"""The seats of an employer: how many are given, to whom, and what is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.admissions.claim_models import EmployerLink, Invitation
from app.admissions.models import SeatHold
from app.admissions.seats import LIVE
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.lib.tokens import hash_token
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order


@dataclass(frozen=True)
class Invited:
    """One invitation as pages show it."""

    invitation: Invitation
    name: str  # of who claimed it; '' while nobody has
    enrollment_id: int | None


@dataclass(frozen=True)
class EmployerPage:
    """One employer's seats. Claimed and unclaimed ones are the live holds: together what is left of the purchase."""

    purchase: EmployerPurchase
    order: Order
    claimed: int
    unclaimed: int
    people: Sequence[Invited]  # the latest first

    @property
    def live(self) -> int:
        return self.claimed + self.unclaimed

    @property
    def open(self) -> list[Invited]:
        return [one for one in self.people if one.invitation.status == "open"]

    @property
    def left(self) -> int:
        """Seats that nobody has claimed or is invited to."""
        return max(0, self.unclaimed - len(self.open))

    @property
    def known(self) -> set[str]:
        """Addresses that have been invited, and not taken back."""
        live = (one.invitation for one in self.people)
        return {one.email for one in live if one.status in ("open", "claimed")}


def employer_page(order: Order) -> EmployerPage:
    """Everything about an employer's seats, from its order. One query, anchored on the purchase's row."""
    assert order.employer is not None
    purchase = order.employer
    live = (SeatHold.employer_purchase_id == EmployerPurchase.id, SeatHold.status.in_(LIVE))
    claimed = select(func.count(SeatHold.user_id)).where(*live).correlate(EmployerPurchase)
    held = select(func.count(SeatHold.id)).where(*live).correlate(EmployerPurchase)
    query = (
        select(claimed.scalar_subquery(), held.scalar_subquery(), Invitation, User.name, Enrollment.id)
        .select_from(EmployerPurchase)
        .outerjoin(Invitation, Invitation.purchase_id == EmployerPurchase.id)
        .outerjoin(User, User.id == Invitation.user_id)
        .outerjoin(
            Enrollment, and_(Enrollment.user_id == User.id, Enrollment.cohort_id == purchase.cohort_id)
        )
        .where(EmployerPurchase.id == purchase.id)
        .options(lazyload("*"))
        .order_by(Invitation.id.desc())
    )
    rows = db.session.execute(query).all()
    taken, live_seats = rows[0][:2]
    people = [Invited(row, name or "", enrollment) for _, _, row, name, enrollment in rows if row is not None]
    return EmployerPage(purchase, order, taken, live_seats - taken, people)


def stands(purchase_id: int) -> tuple[str, int]:
    """The status of an employer's order, and how many of the seats nobody has claimed. One query."""
    free = (SeatHold.employer_purchase_id == Order.employer_purchase_id, SeatHold.status.in_(LIVE))
    unclaimed = select(func.count(SeatHold.id)).where(*free, SeatHold.user_id.is_(None)).correlate(Order)
    query = select(Order.status, unclaimed.scalar_subquery())
    status, number = db.session.execute(query.where(Order.employer_purchase_id == purchase_id)).one()
    return status, number


def counts(purchase_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Purchase id → seats (claimed, unclaimed) that are live. One query."""
    query = select(SeatHold.employer_purchase_id, func.count(SeatHold.user_id), func.count(SeatHold.id))
    query = query.where(SeatHold.employer_purchase_id.in_(purchase_ids), SeatHold.status.in_(LIVE))
    found = dict.fromkeys(purchase_ids, (0, 0))
    for purchase_id, claimed, live in db.session.execute(query.group_by(SeatHold.employer_purchase_id)):
        if purchase_id is not None:
            found[purchase_id] = (claimed, live - claimed)
    return found


def order_of_link(token: str) -> Order | None:
    """The order behind the secret of an employer's page; None when it was revoked or never was."""
    good = (EmployerLink.token_hash == hash_token(token), EmployerLink.revoked_at.is_(None))
    query = select(Order).join(EmployerLink, EmployerLink.purchase_id == Order.employer_purchase_id)
    return db.session.scalar(query.where(*good))


def invitation_of(order: Order, invitation_id: int) -> Invitation | None:
    """One invitation to a seat of this employer's; None for any other."""
    mine = (Invitation.id == invitation_id, Invitation.purchase_id == order.employer_purchase_id)
    return db.session.scalar(select(Invitation).where(*mine))


def claimed_by(enrollment: Enrollment) -> Invitation | None:
    """The invitation by which this person sits in an employer's seat."""
    query = select(Invitation).join(Invitation.purchase)
    mine = (Invitation.user_id == enrollment.user_id, Invitation.status == "claimed")
    return db.session.scalar(query.where(*mine, EmployerPurchase.cohort_id == enrollment.cohort_id))


def employer_of(enrollment: Enrollment) -> EmployerPurchase | None:
    """The employer whose seat this person sits in."""
    query = select(EmployerPurchase).join(SeatHold, SeatHold.employer_purchase_id == EmployerPurchase.id)
    mine = (SeatHold.user_id == enrollment.user_id, SeatHold.cohort_id == enrollment.cohort_id)
    return db.session.scalar(query.where(*mine, SeatHold.status.in_(LIVE)))


def seats_given(user: User) -> list[tuple[str, Cohort]]:
    """The seats of employers in which this person sits: who paid, and in which cohort, the latest first. One query."""
    query = select(EmployerPurchase.employer, Cohort).join(Cohort, Cohort.id == EmployerPurchase.cohort_id)
    query = query.join(SeatHold, SeatHold.employer_purchase_id == EmployerPurchase.id)
    query = query.where(SeatHold.user_id == user.id, SeatHold.status.in_(LIVE))
    return [(employer, cohort) for employer, cohort in db.session.execute(query.order_by(SeatHold.id.desc()))]
