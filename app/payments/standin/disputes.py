"""Disputes: a bank takes the money back until the matter is decided. Runs inside ``State.changing()``.

Amounts are integers in the currency's smallest unit.
"""

import stripe

from . import balance
from .errors import too_late
from .objects import blank
from .state import Object, State

DAYS_TO_ANSWER = 14


def open_dispute(state: State, intent_id: str, reason: str) -> Object:
    """The cardholder contests the whole charge. Raises ApiError when nothing was paid, or it is contested already."""
    charge = state.get("charge", state.get("payment_intent", intent_id)["latest_charge"] or "")
    if not charge["paid"]:
        raise too_late("Nothing was paid here that could be disputed.")
    if charge["disputed"]:
        raise too_late("This charge is disputed already.", "charge_disputed")
    charge["disputed"] = True
    dispute = state.add(_dispute(state, charge, reason))
    balance.withdrawn(state, dispute)
    state.emit("charge.dispute.created", dispute)
    state.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def _dispute(state: State, charge: Object, reason: str) -> Object:
    return blank(
        stripe.Dispute,
        id=state.new_id("du"),
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        created=state.now(),
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=dict.fromkeys(stripe.Dispute.Evidence.__annotations__) | {"enhanced_evidence": {}},
        evidence_details={
            "due_by": state.now() + DAYS_TO_ANSWER * 24 * 3600,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=False,
        livemode=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
    )


def close_dispute(state: State, dispute_id: str, won: bool) -> Object:
    """The bank has decided; won means that the money is ours again. Raises ApiError when it had decided before."""
    dispute = state.get("dispute", dispute_id)
    if dispute["status"] in ("won", "lost"):
        raise too_late(f"This dispute is {dispute['status']} already.")
    dispute["status"] = "won" if won else "lost"
    dispute["is_charge_refundable"] = won
    if won:
        balance.reinstated(state, dispute)
    state.emit("charge.dispute.closed", dispute)
    if won:
        state.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def blocks_refund(state: State, charge: Object) -> bool:
    """Money that a bank has taken back must not leave a second time."""
    return any(d["charge"] == charge["id"] and not d["is_charge_refundable"] for d in state.all("dispute"))
