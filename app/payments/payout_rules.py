"""What a movement of the balance at Stripe is, in our words. Pure. Amounts are integer cents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.lib.money import money
from app.lib.times import day_year
from app.lib.words import count

CATEGORIES = ("payment", "refund", "dispute", "fee", "unknown")
# Stripe's types of a balance transaction, by what of ours it must fit.
PAYMENTS = frozenset({"charge", "payment"})
REFUNDS = frozenset({"refund", "payment_refund", "refund_failure", "payment_failure_refund"})
FEES = frozenset({"stripe_fee", "stripe_fx_fee", "tax_fee", "fee_credit_funding"})
# The movement that is a payout, or undoes one: it is no part of what a payout is made of.
PAYOUTS = frozenset({"payout", "payout_cancel", "payout_failure"})
# A payout in these states never reached the bank: its money is with Stripe again.
CAME_BACK = ("failed", "canceled")
# What a dispute moves comes as an adjustment.
DISPUTES = frozenset({"adjustment"})


def category(kind: str, has_payment: bool, has_refund: bool, has_dispute: bool) -> str:
    """Our word for a movement of this type, given what of ours was found for it."""
    if kind in FEES:
        return "fee"
    if kind in PAYMENTS and has_payment:
        return "payment"
    if kind in REFUNDS and has_refund:
        return "refund"
    if kind in DISPUTES and has_dispute:
        return "dispute"
    return "unknown"


def is_part(transaction: Mapping[str, Any]) -> bool:
    """Is this movement one that a payout is made of?"""
    return transaction["type"] not in PAYOUTS


def unknown_words(movements: int, amount_cents: int, currency: str, arrives_on: date) -> str:
    """What staff read about a payout in which something fits nothing of ours."""
    said = count(movements, "movement fits", "movements fit")
    amount, day = money(amount_cents, currency), day_year(arrives_on)
    return f"In the payout of {day}, {said} nothing in our books: {amount} in all."


def sum_words(payout_id: str, amount_cents: int, sum_cents: int, currency: str) -> str:
    """What staff read about a payout that does not add up."""
    paid, found = money(amount_cents, currency), money(sum_cents, currency)
    return f"Payout {payout_id} is {paid}, and what it is made of comes to {found}."
