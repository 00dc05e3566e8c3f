"""The balance: every movement of money as a balance transaction, with what Stripe keeps of it. Amounts are integer
cents, instants epoch seconds. Every function runs inside ``State.changing()``.
"""

from typing import Any

import stripe

from .cards import BANK_DEBIT
from .objects import blank
from .state import Object, State

A_DAY = 24 * 3600
AVAILABLE_AFTER = 2  # whole days (UTC) until what a charge brought can be paid out
DISPUTE_FEE = 1500
MOST_FOR_DEBIT = 500
KIND = "balance_transaction"


def fee_of(charge: Object) -> int:
    """What Stripe keeps of a charge: 2.9 % and 30 cents of a card, 0.8 % of a bank debit up to five dollars."""
    amount: int = charge["amount"]
    if charge["payment_method_details"]["type"] == BANK_DEBIT:
        return min(MOST_FOR_DEBIT, round(amount * 8 / 1000))
    return round(amount * 29 / 1000) + 30


def charged(state: State, charge: Object) -> None:
    """The money of a charge has arrived."""
    kind = "payment" if charge["payment_method_details"]["type"] == BANK_DEBIT else "charge"
    days = AVAILABLE_AFTER
    made = _move(state, charge, charge["amount"], kind, "charge", fee=fee_of(charge), days=days)
    charge["balance_transaction"] = made["id"]


def refunded(state: State, refund: Object) -> None:
    """Money goes back; the fee of the charge stays with Stripe."""
    made = _move(state, refund, -refund["amount"], _kind_of_refund(state, refund), "refund")
    refund["balance_transaction"] = made["id"]


def refund_failed(state: State, refund: Object) -> None:
    """What had gone back is in the balance again."""
    made = _move(state, refund, refund["amount"], "refund_failure", "refund_failure")
    refund["failure_balance_transaction"] = made["id"]


def _kind_of_refund(state: State, refund: Object) -> str:
    charge = state.get("charge", refund["charge"])
    return "payment_refund" if charge["payment_method_details"]["type"] == BANK_DEBIT else "refund"


def withdrawn(state: State, dispute: Object) -> None:
    """The bank has taken the money of a disputed charge, and Stripe a fee for it."""
    made = _move(state, dispute, -dispute["amount"], "adjustment", "dispute", fee=DISPUTE_FEE)
    made["description"] = f"Chargeback withdrawal for {dispute['charge']}"
    dispute["balance_transactions"] = [*dispute["balance_transactions"], made]


def reinstated(state: State, dispute: Object) -> None:
    """A dispute is won: the money is back, the fee is not."""
    made = _move(state, dispute, dispute["amount"], "adjustment", "dispute_reversal")
    made["description"] = f"Chargeback reversal for {dispute['charge']}"
    dispute["balance_transactions"] = [*dispute["balance_transactions"], made]


def paid_out(state: State, payout: Object) -> None:
    """The payout itself leaves the balance."""
    made = _move(state, payout, -payout["amount"], "payout", "payout")
    payout["balance_transaction"] = made["id"]
    state.hidden[made["id"]] = {"payout": payout["id"]}


def _move(
    state: State, source: Object, amount: int, kind: str, category: str, fee: int = 0, days: int = 0
) -> Object:
    """One movement, available at once or at a midnight (UTC) so many days on."""
    now = state.now()
    available_on = (now // A_DAY + days) * A_DAY if days else now
    return state.add(
        blank(
            stripe.BalanceTransaction,
            id=state.new_id("txn"),
            amount=amount,
            available_on=available_on,
            balance_type="payments",
            created=now,
            currency=source["currency"],
            description=source.get("description"),
            fee=fee,
            fee_details=_fee_details(fee, source["currency"]),
            net=amount - fee,
            reporting_category=category,
            source=source["id"],
            status="available" if available_on <= now else "pending",
            type=kind,
        )
    )


def _fee_details(fee: int, currency: str) -> list[dict[str, Any]]:
    if fee == 0:
        return []
    detail = {"amount": fee, "application": None, "currency": currency, "type": "stripe_fee"}
    return [detail | {"description": "Stripe processing fees"}]
