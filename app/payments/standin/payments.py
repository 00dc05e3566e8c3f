"""Payment intents, charges and refunds. Every function runs inside ``State.changing()``.

Amounts are integers in the currency's smallest unit.
"""

from typing import Any, NoReturn

from . import balance, objects, rules
from .cards import BANK_DEBIT, CARDS, Decline
from .disputes import blocks_refund
from .errors import ApiError, not_played, too_late, wrong
from .state import Object, State


def create(state: State, given: dict[str, Any]) -> Object:
    """Charge a saved card while its owner is away. Raises ApiError 402 with the intent in it when that fails."""
    rules.check_intent(given)
    customer = state.get("customer", given["customer"], "customer")
    method = state.get("payment_method", given["payment_method"], "payment_method")
    if method["customer"] != customer["id"]:
        raise wrong("The payment method does not belong to this customer.", "payment_method")
    intent = objects.payment_intent(state, given["amount"], given["currency"].lower(), given)
    intent["automatic_payment_methods"] = {"allow_redirects": "always", "enabled": True}
    intent["payment_method_types"] = ["card", BANK_DEBIT]
    state.emit("payment_intent.created", state.add(intent))
    number = state.hidden[method["id"]]["number"]
    if number == BANK_DEBIT:
        begin_debit(state, intent, method)
        return intent
    later = CARDS[number].later
    if later:
        decline(state, intent, method, later)
    succeed(state, intent, method)
    return intent


def succeed(state: State, intent: Object, method: Object) -> None:
    """The money arrives at once."""
    paid = state.add(objects.charge(state, intent, method, "succeeded"))
    balance.charged(state, paid)
    intent.update(latest_charge=paid["id"], payment_method=method["id"])
    intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)
    state.emit("charge.succeeded", paid)
    state.emit("payment_intent.succeeded", intent)


def decline(state: State, intent: Object, method: Object, why: Decline) -> NoReturn:
    """The bank says no. Always raises ApiError 402; the intent waits for another payment method."""
    tried = state.add(objects.charge(state, intent, method, "failed", why))
    intent.update(latest_charge=tried["id"], payment_method=None, status="requires_payment_method")
    error = {
        "code": why.code,
        "decline_code": why.decline_code,
        "message": why.sentence,
        "type": "card_error",
    }
    intent["last_payment_error"] = error | {"charge": tried["id"], "payment_method": method}
    state.emit("charge.failed", tried)
    state.emit("payment_intent.payment_failed", intent)
    extra = {
        "decline_code": why.decline_code,
        "charge": tried["id"],
        "payment_intent": intent,
        "payment_method": method,
    }
    raise ApiError(why.sentence, status=402, kind="card_error", code=why.code, extra=extra)


def begin_debit(state: State, intent: Object, method: Object) -> None:
    """A debit has been sent to the bank; its answer comes later."""
    pending = state.add(objects.charge(state, intent, method, "pending"))
    intent.update(latest_charge=pending["id"], payment_method=method["id"], status="processing")
    state.emit("charge.pending", pending)
    state.emit("payment_intent.processing", intent)


def finish_debit(state: State, intent: Object, paid: bool) -> None:
    """The bank has answered."""
    charge = state.get("charge", intent["latest_charge"])
    if paid:
        charge.update(status="succeeded", paid=True, captured=True, amount_captured=charge["amount"])
        charge["receipt_url"] = f"{state.public_url}/receipts/{charge['id']}"
        intent.update(status="succeeded", amount_received=intent["amount"])
        balance.charged(state, charge)
    else:
        sentence = "The bank could not debit the account."
        charge.update(status="failed", failure_code="bank_account_declined", failure_message=sentence)
        method = state.get("payment_method", intent["payment_method"])
        error = {
            "code": "payment_intent_payment_attempt_failed",
            "message": sentence,
            "type": "invalid_request_error",
        }
        intent.update(status="requires_payment_method", payment_method=None)
        intent["last_payment_error"] = error | {"charge": charge["id"], "payment_method": method}
    state.emit(f"charge.{charge['status']}", charge)
    state.emit("payment_intent.succeeded" if paid else "payment_intent.payment_failed", intent)


def cancel(state: State, intent_id: str, given: dict[str, Any]) -> Object:
    """Give up an intent that has not been paid. Raises ApiError when it has, or is on its way."""
    intent = state.get("payment_intent", intent_id)
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        code = "payment_intent_unexpected_state"
        raise too_late(f"A payment intent that is {intent['status']} cannot be canceled.", code)
    intent.update(status="canceled", canceled_at=state.now())
    intent["cancellation_reason"] = given.get("cancellation_reason")
    state.emit("payment_intent.canceled", intent)
    return intent


def detach(state: State, method_id: str) -> Object:
    """Keep this payment method no longer. Raises ApiError when it belongs to nobody."""
    method = state.get("payment_method", method_id)
    if method["customer"] is None:
        raise too_late(
            "The payment method you provided is not attached to a customer.", "payment_method_unactivated"
        )
    method["customer"] = None
    state.emit("payment_method.detached", method)
    return method


def create_refund(state: State, given: dict[str, Any]) -> Object:
    """Send money back. Raises ApiError when nothing (or not that much) is left of the charge."""
    for name in given:
        if name not in ("amount", "charge", "expand", "metadata", "payment_intent", "reason"):
            raise not_played(name, name)
    rules.check_metadata(given.get("metadata"), "metadata")
    charge = _charge_to_refund(state, given)
    left = charge["amount"] - charge["amount_refunded"]
    if blocks_refund(state, charge):
        raise too_late("This charge is disputed; its money cannot be refunded.", "charge_disputed")
    if left == 0:
        raise too_late(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
    amount = given.get("amount", left)
    if amount <= 0:
        raise wrong("A refund is a positive whole number of cents.", "amount", "parameter_invalid_integer")
    if amount > left:
        raise too_late(
            f"Refund amount ({amount}) is greater than what is left of the charge ({left}).", param="amount"
        )
    refund = state.add(objects.refund(state, charge, amount, given))
    refund["status"] = "pending" if charge["payment_method_details"]["type"] == BANK_DEBIT else "succeeded"
    _count_refund(charge, amount)
    balance.refunded(state, refund)
    state.emit("refund.created", refund)
    state.emit("charge.refunded", charge)
    return refund


def _charge_to_refund(state: State, given: dict[str, Any]) -> Object:
    if ("charge" in given) == ("payment_intent" in given):
        raise wrong("Give charge or payment_intent.", "payment_intent", "parameter_missing")
    charge_id = given.get("charge")
    if charge_id is None:
        intent = state.get("payment_intent", given["payment_intent"], "payment_intent")
        charge_id = intent["latest_charge"] or ""
    charge = state.get("charge", charge_id, "charge")
    if not charge["paid"]:
        raise too_late("This payment has no successful charge to refund.", "charge_not_refundable")
    return charge


def _count_refund(charge: Object, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def finish_refund(state: State, refund_id: str, arrived: bool) -> Object:
    """The bank's later word on a refund: it arrived, or the money came back to us."""
    refund = state.get("refund", refund_id)
    if refund["status"] == "failed" or (arrived and refund["status"] == "succeeded"):
        raise too_late(f"This refund is {refund['status']} already.")
    refund["status"] = "succeeded" if arrived else "failed"
    if not arrived:
        refund["failure_reason"] = "lost_or_stolen_card"
        _count_refund(state.get("charge", refund["charge"]), -refund["amount"])
        balance.refund_failed(state, refund)
        state.emit("refund.failed", refund)
    state.emit("refund.updated", refund)
    return refund
