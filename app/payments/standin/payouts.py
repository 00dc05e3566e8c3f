"""Payouts: once a day, at midnight (UTC), everything available goes to the bank and arrives a day later.

Days pass by the clock of the books: whoever asks for a list, or lets the program run, sees every payout that is due.
"""

from typing import Any

import stripe

from . import balance, reads
from .balance import A_DAY
from .objects import blank
from .state import Object, State

SMALLEST = 1  # cents; a balance below zero waits for better days
BANK = "ba_standin"


def pay_out(state: State) -> bool:
    """Make the payouts of every day that is over, and let those arrive whose day has come. True when any was."""
    today = state.now() // A_DAY
    waiting = [one for one in state.all(balance.KIND)[::-1] if one["id"] not in state.hidden]
    for one in waiting:
        if one["available_on"] <= state.now():
            one["status"] = "available"
    moved = False
    for day in sorted({_payable(one) for one in waiting}):
        if day <= today:
            moved = _pay_out_on(state, day) or moved
    for payout in state.all("payout")[::-1]:
        if payout["status"] == "in_transit" and payout["arrival_date"] <= state.now():
            payout["status"], moved = "paid", True
            state.emit("payout.paid", payout)
    return moved


def _payable(transaction: Object) -> int:
    """The first day (since 1970) at whose beginning it is paid out: money is there by then, and a day is whole."""
    made, available = transaction["created"] // A_DAY + 1, -(-transaction["available_on"] // A_DAY)
    return int(max(made, available))


def _pay_out_on(state: State, day: int) -> bool:
    waiting = [one for one in state.all(balance.KIND)[::-1] if one["id"] not in state.hidden]
    ready = [one for one in waiting if _payable(one) <= day]
    moved = False
    for currency in sorted({one["currency"] for one in ready}):
        parts = [one for one in ready if one["currency"] == currency]
        amount = sum(one["net"] for one in parts)
        if amount >= SMALLEST:
            payout = state.add(_payout(state, amount, currency, day))
            for one in parts:
                state.hidden[one["id"]] = {"payout": payout["id"]}
            balance.paid_out(state, payout)
            state.emit("payout.created", payout)
            moved = True
    return moved


def _payout(state: State, amount: int, currency: str, day: int) -> Object:
    return blank(
        stripe.Payout,
        id=state.new_id("po"),
        amount=amount,
        arrival_date=(day + 1) * A_DAY,
        automatic=True,
        created=day * A_DAY,
        currency=currency,
        description="STRIPE PAYOUT",
        destination=BANK,
        livemode=False,
        metadata={},
        method="standard",
        reconciliation_status="completed",
        source_type="card",
        status="in_transit",
        type="bank_account",
    )


def list_payouts(state: State, given: dict[str, Any], url: str) -> Object:
    """A page of payouts, the newest first."""
    pay_out(state)
    return reads.many(state, "payout", url, given)


def retrieve(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    """One payout."""
    pay_out(state)
    return reads.one(state, "payout", id)


def list_transactions(state: State, given: dict[str, Any], url: str) -> Object:
    """A page of movements, the newest first; with ``payout`` those that this one is made of, itself included."""
    pay_out(state)
    payout = given.pop("payout", None)
    if payout is None:
        return reads.many(state, balance.KIND, url, given)
    state.get("payout", payout, "payout")
    inside = {one for one, hidden in state.hidden.items() if hidden.get("payout") == payout}
    return reads.many(state, balance.KIND, url, given, only=inside)


def retrieve_transaction(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    """One movement."""
    pay_out(state)
    return reads.one(state, balance.KIND, id)
