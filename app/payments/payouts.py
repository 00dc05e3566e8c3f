"""Payouts taken in from Stripe and matched to our payments, refunds and disputes. As in `reconciling`, Stripe is asked
between transactions, never inside one; what fits nothing becomes a task, and closes by itself when it fits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, or_, select

from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import alerts, payout_rules, stepwise, stripe, stripe_out
from app.payments.models import Dispute, Order, Payment, Refund
from app.payments.payout_models import UNKNOWN, BalanceLine, Payout

KIND = "payout"
OVER = "It adds up, and all of it fits."
FINAL = ("paid", "canceled", "failed")
LOOK_BACK = timedelta(days=14)  # so long after it was made a payout that arrived may still come back
FIRST_LOOK_BACK = timedelta(days=60)


def run(now: datetime) -> list[str]:
    """Take in what is new, match what did not fit before, and let the tasks be what is left. Commits.

    Each payout by itself; safe to run twice. Returns what could not be done, in sentences.
    """
    since = _since(now)
    db.session.rollback()
    try:
        made = stripe_out.payouts_since(since)
    except Refused as refused:
        return [refused.sentence]
    failed = stepwise.each([partial(take_in, stripe.plain(one), now) for one in made], "fetching payouts")
    begin_write()
    _match(db.session.scalars(select(BalanceLine).where(UNKNOWN)).all())
    db.session.flush()
    alerts.keep_to(KIND, tasks(), OVER, now)
    db.session.commit()
    return failed


def _since(now: datetime) -> datetime:
    """From when on payouts may be new to us, or have changed."""
    unsettled = or_(
        Payout.status.not_in(FINAL),
        Payout.listed_at.is_(None) & Payout.automatic & (Payout.status != "failed"),
    )
    last = db.session.scalar(select(func.max(Payout.made_at)))
    if last is not None:
        oldest = db.session.scalar(select(func.min(Payout.made_at)).where(unsettled))
        begun: datetime = min(last, oldest or last)
        return begun - LOOK_BACK
    first = select(func.min(Payment.received_at)).where(Payment.stripe_payment_intent.is_not(None))
    return min(db.session.scalar(first) or now, now - FIRST_LOOK_BACK)


def take_in(seen: dict[str, Any], now: datetime) -> None:
    """One payout as it is at Stripe now, and what it is made of once Stripe knows. Commits. Raises Refused."""
    known = select(Payout.listed_at).where(Payout.stripe_payout_id == seen["id"])
    listed = db.session.scalar(known) is not None
    db.session.rollback()
    complete = seen["automatic"] and seen["reconciliation_status"] == "completed" and not listed
    movements = [stripe.plain(one) for one in stripe_out.movements_of(seen["id"])] if complete else []
    begin_write()
    row = db.session.scalar(select(Payout).where(Payout.stripe_payout_id == seen["id"]).with_for_update())
    if row is None:
        row = Payout(stripe_payout_id=seen["id"], automatic=seen["automatic"])
        db.session.add(row)
    row.amount_cents, row.currency, row.status = seen["amount"], seen["currency"], str(seen["status"])[:20]
    row.made_at, row.arrives_on = _moment(seen["created"]), _moment(seen["arrival_date"]).date()
    row.looked_at = now
    db.session.flush()
    if complete and row.listed_at is None:
        row.listed_at = now
        _keep(row, [one for one in movements if payout_rules.is_part(one)])
    db.session.commit()


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _keep(row: Payout, movements: Sequence[dict[str, Any]]) -> None:
    """Write down what the payout is made of, matched to what we have; the oldest first, which Stripe lists last."""
    lines = [_line(row, one) for one in reversed(movements)]
    db.session.add_all(lines)
    _match(lines)


def _line(row: Payout, seen: dict[str, Any]) -> BalanceLine:
    source = stripe.plain(seen.get("source"))
    return BalanceLine(
        payout_id=row.id,
        stripe_transaction_id=seen["id"],
        kind=str(seen["type"])[:60],
        category="unknown",
        amount_cents=seen["amount"],
        fee_cents=seen["fee"],
        net_cents=seen["net"],
        currency=seen["currency"],
        description=str(seen.get("description") or "")[:200],
        source_id=str(source.get("id") or "")[:120],
        intent_id=str(stripe.plain(source.get("payment_intent")).get("id") or "")[:120],
        made_at=_moment(seen["created"]),
    )


def _match(lines: Sequence[BalanceLine]) -> None:
    """Say of each line what of ours it is; one that fits nothing stays unknown. Three queries."""
    sources, intents = {one.source_id for one in lines}, {one.intent_id for one in lines}
    paid = select(Payment.stripe_payment_intent, Payment.id).where(Payment.stripe_payment_intent.in_(intents))
    back = select(Refund.stripe_refund_id, Refund.id).where(Refund.stripe_refund_id.in_(sources))
    contested = select(Dispute.stripe_dispute_id, Dispute.payment_id)
    contested = contested.where(Dispute.stripe_dispute_id.in_(sources))
    payments, refunds, disputes = (
        {row[0]: row[1] for row in db.session.execute(query)} for query in (paid, back, contested)
    )
    for line in lines:
        payment, refund = payments.get(line.intent_id), refunds.get(line.source_id)
        dispute = disputes.get(line.source_id)
        line.category = payout_rules.category(
            line.kind, payment is not None, refund is not None, dispute is not None
        )
        line.payment_id = {"payment": payment, "dispute": dispute}.get(line.category)
        line.refund_id = refund if line.category == "refund" else None


# --- tasks ----------------------------------------------------------------------------------------------------------


def tasks() -> dict[str, tuple[Order | None, str]]:
    """Key and sentence of everything about payouts that a person must look at."""
    return _unknown() | _wrong_sums()


def _unknown() -> dict[str, tuple[Order | None, str]]:
    query = select(BalanceLine, Payout).join(Payout, Payout.id == BalanceLine.payout_id)
    query = query.where(UNKNOWN).order_by(BalanceLine.id)
    lines: dict[tuple[str, str, date], list[BalanceLine]] = {}
    for line, payout in db.session.execute(query):
        lines.setdefault((payout.stripe_payout_id, payout.currency, payout.arrives_on), []).append(line)
    found: dict[str, tuple[Order | None, str]] = {}
    for (payout_id, currency, arrives_on), ones in lines.items():
        names = " ".join(one.stripe_transaction_id for one in ones)
        mark = hashlib.sha256(names.encode()).hexdigest()[:12]
        cents = sum(one.amount_cents for one in ones)
        said = payout_rules.unknown_words(len(ones), cents, currency, arrives_on)
        found[f"payout:{payout_id}:{mark}"[:160]] = (None, said)
    return found


def _wrong_sums() -> dict[str, tuple[Order | None, str]]:
    net = func.coalesce(func.sum(BalanceLine.net_cents), 0)
    query = select(Payout.stripe_payout_id, Payout.amount_cents, net, Payout.currency)
    query = query.outerjoin(BalanceLine, BalanceLine.payout_id == Payout.id)
    query = query.where(Payout.listed_at.is_not(None))
    query = query.group_by(Payout.id, Payout.stripe_payout_id, Payout.amount_cents, Payout.currency)
    found: dict[str, tuple[Order | None, str]] = {}
    for payout_id, cents, net_cents, currency in db.session.execute(query.having(net != Payout.amount_cents)):
        said = payout_rules.sum_words(payout_id, cents, int(net_cents), currency)
        found[f"payout-sum:{payout_id}"[:160]] = (None, said)
    return found
