"""Sending money back. As in `checkout` and `charging`, Stripe is asked between transactions, never inside one.

What must hold: a refund is a committed row before Stripe hears of it; its key is always the same; one that may have
been asked for before is first looked for at Stripe by our mark. So whatever dies between two steps, the next run goes
on from the rows, and nothing goes back twice. A key that Stripe has answered with a fault stays so for a day, and so
long the refund waits: that is safe, and another key would not be.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import and_, select

from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import charging, checkout, queries, refunds, stepwise, stripe, stripe_out
from app.payments.models import Refund

LOOK_BACK = timedelta(
    days=3
)  # made within these, a webhook that never came is made good at once; else at night
UNASKED = (
    "Stripe did not answer, so we cannot tell whether a payment of theirs is on its way. Nobody has left, no money was "
    "moved, and what you filled in is kept: in a minute it can be confirmed again."
)


def run(now: datetime) -> list[str]:
    """Send what is approved, follow what is on its way, take in what was done in Stripe's dashboard.

    Each step by itself; safe to run twice and at once. Returns what could not be done, in sentences.
    """
    steps: list[Callable[[], object]] = [partial(send, one, now) for one in _approved()]
    steps += [partial(look, one, now) for one in _on_their_way()]
    steps.append(partial(take_in, now, now - LOOK_BACK))
    db.session.rollback()
    return stepwise.each(steps, "sending money back")


def send(refund_id: int, now: datetime) -> None:
    """Ask Stripe to send one approved refund. Commits. Raises Refused when Stripe is silent."""
    begin_write()
    begun = refunds.begin_sending(refund_id, now)
    if begun is None:
        db.session.commit()
        return
    row, asked_before = begun
    intent, cents = row.payment.stripe_payment_intent, row.amount_cents
    assert intent is not None
    db.session.commit()
    found = _find(intent, refund_id) if asked_before else None
    try:
        apply(found or stripe_out.refund(refund_id, intent, cents), now)
    except stripe.Unclear:
        found = _find(intent, refund_id)
        if found is None:
            raise
        apply(found, now)
    except (stripe.NotThere, stripe.NeverMade):
        begin_write()
        refunds.refuse(refund_id, now)
        db.session.commit()


def look(stripe_refund_id: str, now: datetime) -> None:
    """Find out what became of a refund that is on its way. Commits. Raises Refused, NotThere."""
    apply(stripe_out.retrieve_refund(stripe_refund_id), now)


def take_in(now: datetime, since: datetime) -> None:
    """Refunds and disputes made since then, whoever made them: what a lost webhook would have said. Commits."""
    for refund in stripe_out.refunds_since(since):
        apply(refund, now)
    for dispute in stripe_out.disputes_since(since):
        begin_write()
        refunds.apply_dispute(dispute, now)
        db.session.commit()


def apply(refund: Any, now: datetime) -> Refund | None:
    begin_write()
    row = refunds.apply_refund(refund, now)
    db.session.commit()
    return row


def clear_the_way(order_id: int, now: datetime) -> None:
    """Before somebody leaves: learn how charges ended, and end an open payment page, so that no money is on its way.

    Commits. Raises Refused when Stripe is silent.
    """
    try:
        charging.finish(order_id, now)
        page = queries.session_under_way(order_id)
        db.session.rollback()
        if page is not None:
            checkout.close(order_id, now)
    except stripe.NoAnswer:
        raise Refused(UNASKED) from None


def _find(payment_intent: str, refund_id: int) -> Any:
    """The refund that was made for our row, by our mark on it: for one whose answer never reached us."""
    made = stripe_out.refunds_of(payment_intent)
    return next((one for one in made if stripe.plain(one.metadata).get("refund") == str(refund_id)), None)


def _approved() -> list[int]:
    waiting = and_(Refund.status == "approved", Refund.by_hand.is_(False), Refund.external.is_(False))
    return list(db.session.scalars(select(Refund.id).where(waiting).order_by(Refund.id)))


def _on_their_way() -> list[str]:
    query = select(Refund.stripe_refund_id).where(Refund.status == "sent")
    found = db.session.scalars(query.where(Refund.stripe_refund_id.is_not(None)).order_by(Refund.id))
    return [one for one in found if one]
