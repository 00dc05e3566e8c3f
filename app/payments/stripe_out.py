"""What is said to Stripe about money on its way out: refunds, disputes, payouts. As in `stripe`, each is one call."""

from __future__ import annotations

from datetime import datetime

import stripe

from app.payments.stripe import asking, client


def refund(refund_id: int, payment_intent: str, amount_cents: int) -> stripe.Refund:
    """Send money of one payment back to what it was paid with. The same key, the same refund: asking twice is safe.

    Raises NeverMade (nothing went back and will not by this call), NotThere, Unclear, Refused (it may have).
    """
    with asking():
        return client().v1.refunds.create(
            {
                "payment_intent": payment_intent,
                "amount": amount_cents,
                "reason": "requested_by_customer",  # Stripe has three; ours is in our row
                "metadata": {"refund": str(refund_id)},
            },
            {"idempotency_key": f"refund:{refund_id}"},
        )


def retrieve_refund(stripe_id: str) -> stripe.Refund:
    """The refund as it is now. Raises NotThere, Refused."""
    with asking():
        return client().v1.refunds.retrieve(stripe_id)


def refunds_of(payment_intent: str) -> list[stripe.Refund]:
    """Every refund of one payment, the newest first, whoever made it. Raises Refused."""
    with asking():
        found = client().v1.refunds.list({"payment_intent": payment_intent, "limit": 100})
        return list(found.auto_paging_iter())


def refunds_of_charge(charge: str) -> list[stripe.Refund]:
    """Every refund of one charge, the newest first, whoever made it. Raises Refused."""
    with asking():
        found = client().v1.refunds.list({"charge": charge, "limit": 100})
        return list(found.auto_paging_iter())


def refunds_since(since: datetime) -> list[stripe.Refund]:
    """Every refund made since this instant, the newest first, whoever made it. Raises Refused."""
    with asking():
        found = client().v1.refunds.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        return list(found.auto_paging_iter())


def retrieve_dispute(stripe_id: str) -> stripe.Dispute:
    """The dispute as it is now. Raises NotThere, Refused."""
    with asking():
        return client().v1.disputes.retrieve(stripe_id)


def disputes_since(since: datetime) -> list[stripe.Dispute]:
    """Every dispute opened since this instant, the newest first. Raises Refused."""
    with asking():
        found = client().v1.disputes.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        return list(found.auto_paging_iter())


def payouts_since(since: datetime) -> list[stripe.Payout]:
    """Every payout made since this instant, the newest first. Raises Refused."""
    with asking():
        found = client().v1.payouts.list({"created": {"gte": int(since.timestamp())}, "limit": 100})
        return list(found.auto_paging_iter())


def movements_of(payout_id: str) -> list[stripe.BalanceTransaction]:
    """What an automatic payout is made of, itself included, each with its charge, refund or dispute. Raises Refused."""
    with asking():
        found = client().v1.balance_transactions.list(
            {"payout": payout_id, "limit": 100, "expand": ["data.source"]}
        )
        return list(found.auto_paging_iter())
