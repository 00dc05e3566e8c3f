"""The letters about an employer's seats: to its contact, and to the people who are invited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.admissions.claim_models import Invitation
from app.cohorts import queries as cohorts
from app.cohorts.models import Enrollment
from app.mail.actions import post
from app.payments.employer_messages import Address, contact_of
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order


def opened(order: Order, purchase: EmployerPurchase, url: str, link_id: int, now: datetime) -> None:
    """'Seats are held for you': how many, until when, what they cost, and the page that pays and invites."""
    subject = f"Seats are held for {purchase.employer}: {purchase.cohort.title}"
    _tell("employer_opened", purchase, subject, f"employer-link:{link_id}", now, order=order, url=url)


def ready(purchase: EmployerPurchase, url: str, link_id: int, now: datetime) -> None:
    """'Invite your people': the seats are paid, and this page gives them away."""
    subject = f"Invite your people: {purchase.cohort.title}"
    _tell("employer_ready", purchase, subject, f"employer-link:{link_id}", now, url=url)


def new_link(purchase: EmployerPurchase, url: str, link_id: int, now: datetime) -> None:
    subject = f"A new link to your seats: {purchase.cohort.title}"
    _tell("employer_link", purchase, subject, f"employer-link:{link_id}", now, url=url)


def let_go(purchase: EmployerPurchase, now: datetime, *, taken_back: bool = False) -> None:
    """'We let your seats go': nobody paid in time, or staff have taken the offer back."""
    subject = f"We let your seats go: {purchase.cohort.title}"
    key = f"employer-let-go:{purchase.id}"
    _tell("employer_let_go", purchase, subject, key, now, taken_back=taken_back)


def paid_too_late(order: Order, purchase: EmployerPurchase, now: datetime) -> None:
    subject = f"Your payment arrived after the seats were gone: {purchase.cohort.title}"
    _tell("employer_late", purchase, subject, f"paid-too-late:order:{order.id}", now, order=order)


def seat_back(purchase: EmployerPurchase, email: str, enrollment: Enrollment, now: datetime) -> None:
    """Somebody who had claimed a seat has left: it can be given to somebody else. `email`: as they were invited."""
    subject = f"A seat is yours to give again: {purchase.cohort.title}"
    key = f"seat-back:enrollment:{enrollment.id}"
    _tell("employer_seat_back", purchase, subject, key, now, email=email)


def _tell(
    kind: str, purchase: EmployerPurchase, subject: str, key: str, now: datetime, **context: Any
) -> None:
    post(
        f"admissions/{kind}",
        contact_of(purchase),
        subject,
        key=key,
        now=now,
        purchase=purchase,
        cohort=purchase.cohort,
        **context,
    )


def invited(invitation: Invitation, url: str, now: datetime) -> None:
    """'A seat is paid for you': by whom, when it starts, until when it can be claimed. No amount."""
    purchase = invitation.purchase
    post(
        "admissions/invited",
        Address(invitation.email, ""),
        f"{purchase.employer} has paid a seat for you: {purchase.cohort.title}",
        key=f"invitation:{invitation.id}:{invitation.mails}",
        now=now,
        purchase=purchase,
        cohort=purchase.cohort,
        url=url,
    )


def claimed(enrollment: Enrollment, purchase: EmployerPurchase, now: datetime) -> None:
    """'Your seat is confirmed': the welcome of somebody who pays nothing. Once for each enrollment."""
    user, cohort = enrollment.user, enrollment.cohort
    calls = cohorts.calls_of(cohort)
    post(
        "admissions/claimed",
        user,
        f"Your seat is confirmed: {cohort.title}",
        key=f"welcome:enrollment:{enrollment.id}",
        now=now,
        user=user,
        cohort=cohort,
        purchase=purchase,
        first_call=calls[0] if calls else None,
    )


def left(enrollment: Enrollment, purchase: EmployerPurchase, now: datetime) -> None:
    """'You have left': what stays theirs. Money is between the employer and us."""
    post(
        "admissions/left_employer",
        enrollment.user,
        f"You have left the {enrollment.cohort.title}",
        key=f"withdrawn:enrollment:{enrollment.id}",
        now=now,
        user=enrollment.user,
        cohort=enrollment.cohort,
        purchase=purchase,
    )
