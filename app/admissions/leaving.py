"""Somebody leaves their place. The verbs do not commit; whoever frees a seat locks the cohort first, then the order."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.admissions import claim_messages, claim_queries, seats
from app.admissions.claim_models import Invitation
from app.admissions.models import SeatHold
from app.audit.actions import record
from app.cohorts.models import Enrollment
from app.lib.database import db
from app.payments import withdrawals
from app.payments.models import Order
from app.payments.withdrawals import Withdrawal


def withdraw(
    actor: User, enrollment: Enrollment, order: Order | None, what: Withdrawal, now: datetime
) -> None:
    """Somebody leaves: money, access and what was to come by `payments.withdrawals`, and their seat is free at once.

    A seat that their employer has paid is the employer's again, and no money moves by itself.

    Raises Refused, with nothing changed, when the place or the figures are not what was confirmed.
    """
    seats.lock(enrollment.cohort_id)
    db.session.refresh(enrollment)
    withdrawals.withdraw(actor, enrollment, order, what, now)
    claimed = give_up_seat(actor, enrollment, now)
    if claimed is not None:
        claim_messages.left(enrollment, claimed.purchase, now)


def give_up_seat(actor: User, enrollment: Enrollment, now: datetime) -> Invitation | None:
    """Somebody whose place has ended leaves their seat: it is free at once, or their employer's again, who hears of it.

    Returns the invitation by which they had it. The cohort is locked.
    """
    claimed = claim_queries.claimed_by(enrollment)
    hold = seats.hold_of(enrollment.cohort_id, enrollment.user_id)
    if hold is not None:
        leave(actor, hold, now)
    if claimed is not None:
        claim_messages.seat_back(claimed.purchase, claimed.email, enrollment, now)
    return claimed


def leave(actor: User | None, hold: SeatHold, now: datetime) -> None:
    """Free a seat whose owner has left, or give it back to the employer who paid it."""
    said = (
        f"Freed seat {hold.seat}" if seats.leave(hold, now) else f"Gave seat {hold.seat} back to its employer"
    )
    record(actor, said, ("cohort", hold.cohort_id), now=now)
