"""Every payment here against every payment at Stripe. Repairs go only through the settle steps that the webhook and the
return page take; what they cannot repair becomes a task for a person, and closes by itself when it is over.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import lazyload

from app.lib.database import begin_write, db
from app.lib.money import money
from app.payments import alerts, charges, checkout, refunding, stripe
from app.payments.event_models import MoneyAlert
from app.payments.models import CheckoutSession, Order, Payment, Refund

KIND = "difference"
AGREED = "Stripe and we agree again."
CLOCKS = timedelta(
    days=1
)  # Stripe's intent is older than our payment: a bank may take days, its clock is not ours
LOOK_BACK = timedelta(days=60)
SETTLED = ("succeeded", "processing")


@dataclass(frozen=True)
class Known:
    """What we know of one payment that came through Stripe."""

    order_id: int
    amount_cents: int
    currency: str
    status: str
    back_cents: int = 0  # what went back the way it came
    leaving_cents: int = 0  # what is about to


def compare(now: datetime) -> list[str]:
    """Repair what can be repaired, and make the rest tasks. Commits. Returns every difference, in sentences.

    Raises Refused when Stripe does not answer: then nothing is said about any payment.
    """
    since = _oldest(now) - CLOCKS
    db.session.rollback()
    refunding.take_in(now, since)  # one may fail, or a dispute end, weeks after it was made
    known = _known()
    db.session.rollback()
    seen = {intent.id: stripe.plain(intent) for intent in stripe.intents_since(since)}
    for intent_id in known.keys() - seen.keys():
        seen |= _fetched(intent_id)
    if any(_repair(seen[one], known.get(one), now) for one in seen):
        known = _known()
        db.session.rollback()
    found = {one: _differences(one, seen.get(one), known.get(one)) for one in known.keys() | seen.keys()}
    return _note({one: said for one, said in found.items() if said}, known, now)


def open_tasks() -> list[str]:
    """What waits for a person, in sentences, the oldest first."""
    query = select(MoneyAlert).options(lazyload("*")).where(MoneyAlert.closed_at.is_(None))
    found = [
        f"task {row.id}, {row.kind}: {row.detail}"
        for row in db.session.scalars(query.order_by(MoneyAlert.id))
    ]
    db.session.rollback()
    return found


def _known() -> dict[str, Known]:
    """Stripe's id → what we know of it, for every payment that came through Stripe and was not refused."""
    columns = (Payment.stripe_payment_intent, Payment.order_id, Payment.amount_cents, Payment.currency)
    query = select(*columns, Payment.status, _back("succeeded"), _back("approved", "sent")).where(
        Payment.stripe_payment_intent.is_not(None), Payment.status.in_(SETTLED)
    )
    found = {}
    for intent_id, order_id, cents, currency, status, back, leaving in db.session.execute(query):
        assert intent_id is not None
        found[intent_id] = Known(order_id, cents, currency, status, back, leaving)
    return found


def _back(*statuses: str) -> ScalarSelect[int]:
    """The sum of a payment's refunds in these states that go through Stripe."""
    total = select(func.coalesce(func.sum(Refund.amount_cents), 0))
    of_payment = (Refund.payment_id == Payment.id, Refund.status.in_(statuses), Refund.by_hand.is_(False))
    return total.where(*of_payment).correlate(Payment).scalar_subquery()


def _oldest(now: datetime) -> datetime:
    """Since when there has been anything to compare; at least LOOK_BACK, for money that never reached us."""
    first = db.session.scalar(
        select(func.min(Payment.received_at)).where(Payment.stripe_payment_intent.is_not(None))
    )
    return min(first or now, now - LOOK_BACK)


def _fetched(intent_id: str) -> dict[str, dict[str, Any]]:
    try:
        return {intent_id: stripe.plain(stripe.retrieve_intent(intent_id))}
    except stripe.NotThere:
        return {}


def _repair(intent: dict[str, Any], known: Known | None, now: datetime) -> bool:
    """Settle what a lost event has left behind; True when a settle step ran. What it came to is compared afterwards."""
    if intent["status"] != "succeeded" or (known and known.status == "succeeded"):
        return False
    marks = stripe.plain(intent.get("metadata"))
    if "try" in marks:
        begin_write()
        found = charges.apply_intent(intent, now)
        db.session.commit()
        return found is not None
    page = _page(str(marks.get("checkout", "")))
    try:
        return page is not None and checkout.settle(page, now) is not None
    except stripe.NotThere:
        return False


def _page(mark: str) -> str | None:
    """Stripe's id of the payment page with our mark, if we know it."""
    if not (mark.isascii() and mark.isdigit() and len(mark) < 10):
        return None
    found = db.session.scalar(select(CheckoutSession.stripe_id).where(CheckoutSession.id == int(mark)))
    db.session.rollback()
    return found


def _differences(intent_id: str, intent: dict[str, Any] | None, known: Known | None) -> list[str]:
    """One payment at Stripe against ours, in sentences."""
    if intent is None:
        assert known is not None
        paid = money(known.amount_cents, known.currency)
        return [f"{intent_id}: {paid} is in the books here, and Stripe does not know it"]
    if intent["livemode"] != stripe.is_live():
        return [f"{intent_id} and our key are not of the same mode"]
    arrived, paid = intent["status"] == "succeeded", money(intent["amount"], intent["currency"])
    if known is None:
        return [f"{intent_id}: {paid} arrived at Stripe and is in no order here"] if arrived else []
    if arrived != (known.status == "succeeded"):
        return [f"{intent_id} is {intent['status'].replace('_', ' ')} at Stripe, {known.status} here"]
    said = []
    if (intent["amount"], intent["currency"]) != (known.amount_cents, known.currency):
        said.append(f"{intent_id}: {paid} at Stripe, {money(known.amount_cents, known.currency)} here")
    back = stripe.plain(intent.get("latest_charge")).get("amount_refunded", 0)
    if not known.back_cents <= back <= known.back_cents + known.leaving_cents:
        ours, theirs = money(known.back_cents, known.currency), money(back, intent["currency"])
        said.append(f"{intent_id}: {theirs} of it went back at Stripe, {ours} here")
    return said


def _note(found: dict[str, list[str]], known: dict[str, Known], now: datetime) -> list[str]:
    """Let the tasks be what was found."""
    tasks: dict[str, tuple[Order | None, str]] = {}
    begin_write()
    for intent_id, said in sorted(found.items()):
        payment = known.get(intent_id)
        order = db.session.get(Order, payment.order_id) if payment else None
        for sentence in said:
            mark = hashlib.sha256(sentence.encode()).hexdigest()[:12]
            tasks[f"difference:{intent_id}:{mark}"[:160]] = (order, sentence)
    alerts.keep_to(KIND, tasks, AGREED, now)
    db.session.commit()
    return [sentence for _order, sentence in tasks.values()]
