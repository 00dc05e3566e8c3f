"""What is not final is looked up at Stripe, so that a lost webhook costs minutes and never a payment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.lib.database import db
from app.lib.jobs import job
from app.lib.money import money
from app.lib.refusal import Refused
from app.payments import charging, checkout, events, queries, refunding, stripe
from app.payments.models import CheckoutSession, MoneyAlert, Payment, StripeEvent

LOOK_BACK = timedelta(days=30)
TRY_UNMATCHED_FOR = timedelta(days=3)


@job("reconcile", minutes=5)
def reconcile(now: datetime) -> list[str]:
    """Settle every session that is not final, and events that matched nothing. Returns what changed, in sentences."""
    waiting = select(
        CheckoutSession.id, CheckoutSession.stripe_id, CheckoutSession.status, CheckoutSession.created_at
    )
    rows = db.session.execute(waiting.where(CheckoutSession.status.in_(queries.UNDER_WAY))).all()
    changes = [_each(partial(_look, *row, now), f"payment page {row.id}") for row in rows]
    unmatched = select(StripeEvent.id, StripeEvent.type, StripeEvent.object_id).where(
        StripeEvent.processed_at.is_(None), StripeEvent.received_at > now - TRY_UNMATCHED_FOR
    )
    for event in db.session.execute(unmatched).all():
        changes.append(_each(partial(_again, *event, now), f"event {event.id}"))
    return [change for change in changes if change]


@job("charge-installments", minutes=10)
def charge_installments(now: datetime) -> list[str]:
    """Everything that happens to a plan by itself: see `charging.run`."""
    return charging.run(now)


@job("send-refunds", minutes=10)
def send_refunds(now: datetime) -> list[str]:
    """Everything that happens to money on its way out by itself: see `refunding.run`."""
    return refunding.run(now)


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


def _again(event_id: str, kind: str, object_id: str, now: datetime) -> str | None:
    taken = events.take({"id": event_id, "type": kind, "data": {"object": {"id": object_id}}}, now)
    return f"event {event_id} ({kind}): {taken}" if taken == "applied" else None


def differences(now: datetime) -> list[str]:
    """What Stripe and we do not agree on, and what waits for a person. Empty: all is well."""
    found = []
    for session in stripe.sessions_since(now - LOOK_BACK):
        found += _compare(stripe.plain(session))
    for row in db.session.scalars(
        select(MoneyAlert).where(MoneyAlert.closed_at.is_(None)).order_by(MoneyAlert.id)
    ):
        found.append(f"alert {row.id}, {row.kind}: {row.detail}")
    db.session.rollback()
    return found


def _compare(session: dict[str, Any]) -> list[str]:
    """One paid session at Stripe against our payment of it."""
    if session.get("payment_status") != "paid":
        return []
    intent = stripe.plain(session.get("payment_intent")).get("id")
    row = db.session.scalar(select(Payment).where(Payment.stripe_payment_intent == intent))
    paid = money(session["amount_total"], session["currency"])
    if row is None or row.status != "succeeded":
        return [f"{session['id']}: {paid} arrived at Stripe and is in no order here"]
    if row.amount_cents != session["amount_total"] or row.currency != session["currency"]:
        return [f"{session['id']}: {paid} at Stripe, {money(row.amount_cents, row.currency)} here"]
    return []
