"""Setup intents: a card is saved on the payment page and nothing is paid. All run inside ``State.changing()``."""

from typing import Any

from . import objects
from .cards import Decline
from .errors import ApiError
from .state import Object, State


def begin(state: State, session: Object, given: dict[str, Any]) -> None:
    """The intent of a session in setup mode, made with it."""
    intent = state.add(objects.setup_intent(state, session["customer"], given))
    intent["payment_method_types"] = list(session["payment_method_types"])
    session["setup_intent"] = intent["id"]
    state.emit("setup_intent.created", intent)


def save(state: State, intent_id: str, method: Object, why: Decline | None) -> None:
    """Keep the payment method on the customer, or raise ApiError 402 where the bank refuses it."""
    intent = state.get("setup_intent", intent_id)
    if why:
        error = {
            "code": why.code,
            "decline_code": why.decline_code,
            "message": why.sentence,
            "type": "card_error",
        }
        intent.update(status="requires_payment_method", last_setup_error=error | {"payment_method": method})
        state.emit("setup_intent.setup_failed", intent)
        extra = {"decline_code": why.decline_code, "setup_intent": intent, "payment_method": method}
        raise ApiError(why.sentence, status=402, kind="card_error", code=why.code, extra=extra)
    method["customer"] = intent["customer"]
    intent.update(status="succeeded", payment_method=method["id"], last_setup_error=None)
    state.emit("payment_method.attached", method)
    state.emit("setup_intent.succeeded", intent)


def cancel(state: State, intent_id: str) -> None:
    """The session is over; nothing was saved."""
    intent = state.get("setup_intent", intent_id)
    intent.update(status="canceled", cancellation_reason="abandoned")
    state.emit("setup_intent.canceled", intent)
