"""What is not final is looked up at Stripe, so that a lost webhook costs minutes and never a payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from flask import current_app
from sqlalchemy import select

from app.lib.database import db
from app.lib.jobs import job
from app.lib.refusal import Refused
from app.payments import charging, checkout, events, payouts, queries, reconciling, refunding, stripe
from app.payments.event_models import StripeEvent
from app.payments.models import CheckoutSession

TRY_UNMATCHED_FOR = timedelta(days=3)


@job("reconcile", minutes=5)
def reconcile(now: datetime) -> list[str]:
    """Settle every session that is not final, and events that matched nothing. Returns what changed, in sentences."""
    waiting = select(
        CheckoutSession.id, CheckoutSession.stripe_id, CheckoutSession.status, CheckoutSession.created_at
    )
    rows = db.session.execute(waiting.where(CheckoutSession.status.in_(queries.UNDER_WAY))).all()
    changes = [_each(partial(_look, *row, now), f"payment page {row.id}") for row in rows]
    unmatched = select(StripeEvent.id, StripeEvent.type).where(
        StripeEvent.processed_at.is_(None), StripeEvent.received_at > now - TRY_UNMATCHED_FOR
    )
    for event in db.session.execute(unmatched).all():
        changes.append(_each(partial(_again, *event, now), f"event {event.id}"))
    return [change for change in changes if change]


@job("compare-with-stripe", hour=8)
def compare_with_stripe(now: datetime) -> list[str]:
    """Every night: settle what can be settled, then compare every payment; differences become tasks of METI's."""
    return [*reconcile(now), *reconciling.compare(now)]


@job("charge-installments", minutes=10)
def charge_installments(now: datetime) -> list[str]:
    """Everything that happens to a plan by itself: see `charging.run`."""
    return charging.run(now)


@job("send-refunds", minutes=10)
def send_refunds(now: datetime) -> list[str]:
    """Everything that happens to money on its way out by itself: see `refunding.run`."""
    return refunding.run(now)


@job("fetch-payouts", hour=9)
def fetch_payouts(now: datetime) -> list[str]:
    """Every night, after the comparison: what Stripe paid out, and what of ours it is made of: see `payouts.run`."""
    return payouts.run(now)


def _each(step: Callable[[], str | None], what: str) -> str | None:
    """One step by itself: what fails is noted, and the others go on."""
    try:
        return step()
    except Refused as refused:
        db.session.rollback()
        return f"{what}: {refused.sentence}"
    except Exception as error:
        db.session.rollback()
        current_app.logger.exception("reconciling %s failed", what)
        return f"{what}: {type(error).__name__}"


def _look(row_id: int, stripe_id: str | None, status: str, created_at: datetime, now: datetime) -> str | None:
    if stripe_id is not None:
        row = checkout.settle(stripe_id, now)
    elif now - created_at > stripe.IN_FLIGHT:
        row = checkout.recover(row_id, now)
    else:
        return None
    after = row.status if row else db.session.get_one(CheckoutSession, row_id).status
    db.session.rollback()
    return f"payment page {row_id}: {status} → {after}" if after != status else None


def _again(event_id: str, kind: str, now: datetime) -> str | None:
    taken = events.again(event_id, now)
    return f"event {event_id} ({kind}): {taken}" if taken == "applied" else None
