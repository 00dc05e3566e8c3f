"""An employer's seats to test with: opened by staff, paid through the stand-in, given away and claimed."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import claims, employers
from app.admissions.claim_models import Invitation
from app.admissions.jobs import sweep_seats
from app.admissions.models import SeatHold
from app.admissions.seats import LIVE
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments import checkout
from app.payments import employers as money
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order
from app.payments.standin import StandIn

PRICE = 240000
CONTACT = "dana@harbor.example"
BACK = "http://localhost:8000/employers/return"


def terms(**changed: Any) -> money.Terms:
    known: dict[str, Any] = {
        "employer": "Harbor Health",
        "contact_name": "Dana Ortiz",
        "contact_email": CONTACT,
        "seats": 2,
        "price_cents": PRICE,
        "currency": "usd",
        "pays_by": "link",
        "pay_until": date(2026, 4, 8),
        "claim_until": date(2026, 6, 5),
    }
    return money.Terms(**(known | changed))


class Bought:
    """The seats of one employer, and what became of them."""

    def __init__(
        self, actor_id: int, cohort_id: int, clock: Any, *, forced: str = "", **changed: Any
    ) -> None:
        self.clock, self.cohort_id = clock, cohort_id
        begin_write()
        actor, cohort = db.session.get_one(User, actor_id), db.session.get_one(Cohort, cohort_id)
        purchase = employers.open_purchase(actor, cohort, terms(**changed), clock.now, forced)
        self.id, self.order_id, self.email = (
            purchase.id,
            money.order_of(purchase.id).id,
            purchase.contact_email,
        )
        db.session.commit()

    @property
    def token(self) -> str:
        """The secret in the last mail to the contact that has one."""
        db.session.rollback()
        mails = db.session.scalars(
            select(Message.text).where(Message.to_address == self.email).order_by(Message.id.desc())
        )
        found = [re.search(r"/employers/([\w-]{20,})", text) for text in mails]
        return next(one[1] for one in found if one)

    @property
    def page(self) -> str:
        return f"/employers/{self.token}"

    def go_to_pay(self) -> str:
        """Press the button; returns Stripe's id of the page one lands on."""
        begin_write()
        employers.begin_pay(db.session.get_one(Order, self.order_id), "I agree.", self.clock.now)
        db.session.commit()
        back = f"{BACK}?session_id={{CHECKOUT_SESSION_ID}}"
        return checkout.pay(self.order_id, back, BACK, self.clock.now).rsplit("/", 1)[1]

    def paid(self, stripe: StandIn) -> Bought:
        stripe.pay(self.go_to_pay())
        self.sweep()
        return self

    def sweep(self) -> int:
        db.session.rollback()
        return sweep_seats(self.clock.now)

    def invite(self, *emails: str) -> list[str]:
        """Invite these addresses; returns the secrets that were mailed, in this order."""
        begin_write()
        claims.invite(claims.page_of(db.session.get_one(Order, self.order_id)), emails, self.clock.now)
        db.session.commit()
        return [invited(one) for one in emails]

    def claim(self, user_id: int, email: str) -> None:
        begin_write()
        row = db.session.scalars(
            select(Invitation).where(Invitation.purchase_id == self.id, Invitation.email == email)
        ).one()
        claims.claim(db.session.get_one(User, user_id), row, "Practice", self.clock.now)
        db.session.commit()

    def holds(self) -> list[tuple[str, str, bool]]:
        """Of each live seat: status, because of what, and whether somebody sits in it."""
        db.session.rollback()
        query = select(SeatHold).where(SeatHold.employer_purchase_id == self.id, SeatHold.status.in_(LIVE))
        rows = db.session.scalars(query.order_by(SeatHold.seat).execution_options(populate_existing=True))
        return [(one.status, one.because, one.user_id is not None) for one in rows]

    def order(self) -> Order:
        db.session.rollback()
        return db.session.get_one(Order, self.order_id, populate_existing=True)

    def purchase(self) -> EmployerPurchase:
        db.session.rollback()
        return db.session.get_one(EmployerPurchase, self.id, populate_existing=True)

    def invitations(self) -> dict[str, str]:
        db.session.rollback()
        rows = db.session.scalars(
            select(Invitation).where(Invitation.purchase_id == self.id).order_by(Invitation.id)
        )
        return {one.email: one.status for one in rows}


def invited(email: str) -> str:
    """The secret in the last invitation that was mailed to this address."""
    db.session.rollback()
    mails = select(Message.text).where(Message.to_address == email, Message.kind == "admissions/invited")
    text = db.session.scalars(mails.order_by(Message.id.desc())).first()
    found = re.search(r"/claims/([\w-]{20,})", text or "")
    assert found
    return found[1]


def mails(address: str) -> list[str]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Message.kind).where(Message.to_address == address).order_by(Message.id))
    )


def status_of(user_id: int, cohort_id: int) -> str | None:
    """Of this person's enrollment in the cohort; None where there is none."""
    db.session.rollback()
    query = select(Enrollment.status).where(Enrollment.user_id == user_id, Enrollment.cohort_id == cohort_id)
    return db.session.scalar(query)


def taken(cohort_id: int) -> int:
    db.session.rollback()
    live = select(func.count(SeatHold.id)).where(SeatHold.cohort_id == cohort_id, SeatHold.status.in_(LIVE))
    return db.session.scalar(live) or 0
