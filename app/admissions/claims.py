"""Giving an employer's seats to people, and claiming one. None of these commits; each locks the cohort first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import claim_messages, claim_queries, claim_rules, line, seats
from app.admissions.claim_models import Invitation
from app.admissions.models import Application, Offer, SeatHold
from app.admissions.rules import WAITING
from app.audit.actions import record
from app.cohorts import actions as cohorts
from app.cohorts.models import Enrollment
from app.lib import times
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.tokens import hash_token, new_token
from app.lib.words import count
from app.payments import actions as payments
from app.payments import employers as money
from app.payments import queries as money_queries
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order


def page_of(order: Order) -> claim_queries.EmployerPage:
    """The employer's seats under the lock of the cohort: what is decided on them holds until the transaction ends."""
    assert order.employer is not None
    seats.lock(order.employer.cohort_id)
    money.lock(order.employer.id)
    db.session.refresh(order)
    return claim_queries.employer_page(order)


def check_open(page: claim_queries.EmployerPage, now: datetime) -> None:
    """Raise Refused unless these seats can be given away and claimed today."""
    cohort = page.purchase.cohort
    today = times.local_date(now, cohort.time_zone)
    claim_rules.check_open(page.order.status, cohort.sales, page.purchase.claim_until, today)


def invite(page: claim_queries.EmployerPage, emails: Iterable[str], now: datetime) -> int:
    """Invite these addresses, each to one seat. Returns how many. `page` is under the lock. Raises Refused."""
    check_open(page, now)
    wanted = list(emails)
    if len(wanted) > page.left or page.known & set(wanted):
        raise Refused(claim_rules.NO_SEAT, field="people")
    for email in wanted:
        token = new_token()
        row = Invitation(
            purchase=page.purchase, email=email, token_hash=hash_token(token), invited_at=now, sent_at=now
        )
        db.session.add(row)
        db.session.flush()
        claim_messages.invited(row, address_of(token), now)
    invited = count(len(wanted), "person", "people")
    _record(page.purchase, f"{page.purchase.contact_name} invited {invited}", now)
    return len(wanted)


def address_of(token: str) -> str:
    return f"{current_app.config['BASE_URL']}/claims/{token}"


def send_again(page: claim_queries.EmployerPage, invitation: Invitation, now: datetime) -> None:
    """Mail the invitation once more, with another secret: the one mailed before is worthless. Raises Refused."""
    check_open(page, now)
    _check_open(invitation)
    token = new_token()
    invitation.token_hash, invitation.sent_at = hash_token(token), now
    invitation.mails += 1
    claim_messages.invited(invitation, address_of(token), now)
    said = f"{page.purchase.contact_name} sent the invitation of {invitation.email} again"
    _record(page.purchase, said, now)


def take_back(page: claim_queries.EmployerPage, invitation: Invitation, now: datetime) -> None:
    """The seat is somebody else's to be invited to. Raises Refused once it was claimed."""
    _check_open(invitation)
    invitation.status, invitation.ended_at = "taken back", now
    said = f"{page.purchase.contact_name} took the invitation of {invitation.email} back"
    _record(page.purchase, said, now)


def _check_open(invitation: Invitation) -> None:
    db.session.refresh(invitation)
    if invitation.status != "open":
        raise Refused(claim_rules.NOT_OPEN.format(status=invitation.status))


def _record(purchase: EmployerPurchase, sentence: str, now: datetime) -> None:
    record(None, sentence, ("employer purchase", purchase.id), now=now)


def find(token: str) -> Invitation | None:
    """The invitation behind this secret, unless it was taken back; None for anything else."""
    query = select(Invitation).where(
        Invitation.token_hash == hash_token(token), Invitation.status != "taken back"
    )
    return db.session.scalar(query)


def claim(user: User, invitation: Invitation, practice_name: str, now: datetime) -> Enrollment:
    """Take the seat: the place opens at once, nothing is owed. Twice is harmless; of two at the last seat one gets it.

    What was begun by this person alone (an offer, an order that nobody paid, a place in line) ends here. Raises
    Refused.
    """
    order = money.order_of(invitation.purchase_id)
    page = page_of(order)
    db.session.refresh(invitation)
    cohort = page.purchase.cohort
    if user.email.lower() != invitation.email:
        raise Refused("This invitation is for another address.")
    enrollment = cohorts.enroll(user, user, cohort, practice_name, now)
    if invitation.status == "claimed" and invitation.user_id == user.id:
        return enrollment
    _check_open(invitation)
    check_open(page, now)
    claim_rules.check_no_place(enrollment.status)
    _end_own_way_in(user, enrollment, now)
    hold = _unclaimed(page.purchase)
    hold.user_id, hold.status, hold.because, hold.until = user.id, "converted", "enrolled", None
    db.session.flush()
    line.take(hold)
    invitation.status, invitation.user_id, invitation.ended_at = "claimed", user.id, now
    cohorts.activate(user, enrollment, now)
    said = f"{user.name} claimed seat {hold.seat}, paid by {page.purchase.employer}"
    record(user, said, ("enrollment", enrollment.id), now=now)
    _record(page.purchase, said, now)
    claim_messages.claimed(enrollment, page.purchase, now)
    return enrollment


def _unclaimed(purchase: EmployerPurchase) -> SeatHold:
    query = select(SeatHold).where(
        SeatHold.employer_purchase_id == purchase.id,
        SeatHold.user_id.is_(None),
        SeatHold.status.in_(seats.LIVE),
    )
    query = query.order_by(SeatHold.seat).limit(1).with_for_update(of=SeatHold)
    hold = db.session.scalar(query.execution_options(populate_existing=True))
    if hold is None:
        raise Refused(claim_rules.GONE)
    return hold


def _end_own_way_in(user: User, enrollment: Enrollment, now: datetime) -> None:
    """A seat of their own that this person holds unpaid is free for others. Raises Refused while it is being paid."""
    order = money_queries.order_of(enrollment)
    if order is not None:
        order = payments.lock_order(order.id)
        if order.status != "open" and order.status in money_queries.LIVE:
            raise Refused("You have paid for a seat in this cohort yourself, so you need no other.")
        if money_queries.session_under_way(order.id) is not None:
            raise Refused(claim_rules.PAYING)
        payments.expire_order(order, now)
    own = seats.hold_of(enrollment.cohort_id, user.id)
    if own is not None:
        seats.release(own, now)
        db.session.flush()
    query = select(Offer).join(Offer.application).where(
        Application.user_id == user.id, Application.cohort_id == enrollment.cohort_id, Offer.status == "open"
    )  # fmt: skip
    offer = db.session.scalar(query)
    if offer is not None:
        offer.status = "withdrawn"
    asked = select(Application).where(
        Application.user_id == user.id, Application.cohort_id == enrollment.cohort_id, Application.status.in_(WAITING)
    )  # fmt: skip
    for application in db.session.scalars(asked):  # nobody is to be asked to decide about who is in
        application.status = "accepted"
        application.version += 1
