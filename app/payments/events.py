"""Webhook events: each kept by Stripe's id, in the transaction of its effect, and applied once.

An event is only a hint which object to fetch: what it says may be old by the time it arrives, in any order.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.audit.actions import Actor, record
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import actions, alerts, charges, refunds, stripe, stripe_out
from app.payments.event_models import StripeEvent

SESSION = "checkout.session."
INTENT = "payment_intent."
REFUND = "refund."
CHARGE_REFUNDED = "charge.refunded"  # says nothing about the refund itself
DISPUTE = "charge.dispute."
UNMATCHED = "unmatched: this payment is not one of ours (yet)"


def take(event: dict[str, Any], now: datetime) -> str:
    """Keep one event and apply it. Commits. Returns 'applied', 'known' (a repetition) or 'unmatched'.

    Whatever goes wrong is written to the event's row after the rollback and raised again: Stripe sends it once more.
    """
    known = db.session.get(StripeEvent, event["id"])
    if known is not None and known.processed_at is not None:
        db.session.rollback()
        return "known"
    db.session.rollback()
    try:
        found = _fetch(event)  # before the write lock is taken
        begin_write()
        return _keep_and_apply(event, found, now)
    except Exception as error:
        db.session.rollback()
        if _note_error(event, error, now):
            return "known"
        raise


def note_replay(actor: Actor, row: StripeEvent, now: datetime) -> None:
    """Write down who asks for a kept event to be taken again."""
    record(actor, f"Asked for Stripe's event {row.id} ({row.type}) to be taken again", now=now)


def again(event_id: str, now: datetime) -> str:
    """Take a kept event again, as Stripe has it or, where it is too old for that, as it was kept. Commits.

    Returns what `take` returns. Raises Refused with a sentence when it failed again; the row says why.
    """
    row = db.session.get_one(StripeEvent, event_id)
    kept = {"id": row.id, "type": row.type, "livemode": row.livemode, "api_version": row.api_version}
    kept |= {"data": {"object": {"id": row.object_id}}}
    db.session.rollback()
    try:
        return take(stripe.retrieve_event(event_id) or kept, now)
    except Refused:
        raise
    except Exception as error:
        current_app.logger.exception("webhook event %s failed again", event_id)
        raise Refused(
            f"It failed again: {type(error).__name__}. Your operator finds more in the log."
        ) from error


def _fetch(event: dict[str, Any]) -> Any:
    """What the event is about, as it is now; None for one that tells us nothing, or is not there."""
    seen, kind = _object(event), event["type"]
    object_id = seen.get("id", "")
    try:
        if kind.startswith(SESSION):
            return stripe.retrieve_session(object_id)
        if kind.startswith(REFUND):
            return [stripe_out.retrieve_refund(object_id)]
        if kind.startswith(DISPUTE):
            return stripe_out.retrieve_dispute(object_id)
        if kind == CHARGE_REFUNDED:
            return stripe_out.refunds_of_charge(object_id)
        return stripe.retrieve_intent(object_id) if _is_charge(event) else None
    except stripe.NotThere:
        return None


def _is_charge(event: dict[str, Any]) -> bool:
    """Is it about a charge of a saved card? Those that pay a page are told by the session's own events."""
    return event["type"].startswith(INTENT) and "try" in stripe.plain(_object(event).get("metadata"))


def _keep_and_apply(event: dict[str, Any], found: Any, now: datetime) -> str:
    row = _row(event, now)
    if row.processed_at is not None:  # the same event, arriving twice at once
        db.session.rollback()
        return "known"
    row.attempts += 1
    if row.livemode != stripe.is_live():
        # Real money told to a trial, or play money to the real site: somebody mixed up keys and secrets.
        row.processed_at, row.error = now, "the event and our key are not of the same mode"
        alerts.raise_once("wrong mode", f"wrong-mode:{row.id}", None, f"Event {row.id}: {row.error}.", now)
        db.session.commit()
        return "unmatched"
    matched = _apply(event, found, now)
    row.processed_at, row.error = (now, None) if matched else (None, UNMATCHED)
    db.session.commit()
    return "applied" if matched else "unmatched"


def _apply(event: dict[str, Any], found: Any, now: datetime) -> bool:
    """Do what the event is about. False: it is about nothing of ours (yet)."""
    kind = event["type"]
    if kind.startswith(SESSION):
        return found is not None and actions.apply_session(found, now) is not None
    if kind.startswith(REFUND) or kind == CHARGE_REFUNDED:
        applied = [refunds.apply_refund(one, now) for one in found or ()]
        return bool(applied) and None not in applied
    if kind.startswith(DISPUTE):
        return found is not None and refunds.apply_dispute(found, now) is not None
    return not _is_charge(event) or (found is not None and charges.apply_intent(found, now) is not None)


def _row(event: dict[str, Any], now: datetime) -> StripeEvent:
    lock = select(StripeEvent).where(StripeEvent.id == event["id"]).with_for_update()
    row = db.session.scalar(lock)
    if row is None:
        row = StripeEvent(
            id=event["id"],
            type=event["type"][:80],
            object_id=str(_object(event).get("id", ""))[:120],
            api_version=event.get("api_version"),
            livemode=bool(event.get("livemode")),
            received_at=now,
            attempts=0,
        )
        db.session.add(row)
        db.session.flush()
        if row.api_version != stripe.API_VERSION:
            version = row.api_version or "none"
            current_app.logger.warning("Stripe's endpoint sends API version %s", version)
            detail = f"Stripe's endpoint sends API version {version}; this site speaks {stripe.API_VERSION}."
            alerts.raise_once("wrong version", f"wrong-version:{version[:40]}", None, detail, now)
    return row


def _object(event: dict[str, Any]) -> dict[str, Any]:
    data = event.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _note_error(event: dict[str, Any], error: Exception, now: datetime) -> bool:
    """Write the error to the event's row, in a transaction of its own. True: another process has done the work."""
    begin_write()
    row = _row(event, now)
    done = row.processed_at is not None
    if not done:
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:500]
    db.session.commit()
    return done
