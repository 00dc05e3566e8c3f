"""The payment page as Stripe's own command line drives it: two calls that no documentation and no SDK type names.

They are answered under ``/v1/payment_pages/<session>`` like the rest of the API. What is read of a request: the id of
a payment method, and the amount the caller expects, in cents.
"""

from typing import Any

from . import checkout, reads
from .errors import too_late, wrong
from .state import Object, State


def show(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    """The session behind the page."""
    return reads.one(state, "checkout.session", id)


def confirm(state: State, given: dict[str, Any], url: str, id: str) -> Object:
    """Press the button. Raises ApiError when another amount was expected, the card is declined, or it is too late."""
    unknown = sorted(given.keys() - {"payment_method", "expected_amount"})
    if unknown:
        raise wrong(f"Received unknown parameter: {unknown[0]}", unknown[0], "parameter_unknown")
    session = checkout.payable(state, id)
    if given.get("expected_amount") != str(session["amount_total"]):
        raise too_late("The amount is not the one expected. Nothing was charged.", param="expected_amount")
    method = state.get("payment_method", str(given.get("payment_method")), "payment_method")
    number = state.hidden[method["id"]]["number"]
    return checkout.pay(state, id, number, method["billing_details"]["email"])
