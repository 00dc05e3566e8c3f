"""Faults on order: what a network and a distant service do to us sooner or later."""

from dataclasses import dataclass

from .errors import ApiError

KINDS = ("500", "429", "409", "timeout_before", "timeout_after")


@dataclass
class _Order:
    kind: str
    times: int
    on: str


class Faults:
    """The next calls fail as ordered; then all is well again."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def order(self, kind: str, times: int, on: str) -> None:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of {KINDS}")
        self._orders.append(_Order(kind, times, on))

    def clear(self) -> None:
        """No call fails any more."""
        self._orders.clear()

    def take(self, call: str) -> str | None:
        """The fault for this call, such as "POST /v1/refunds", if one is ordered."""
        for order in self._orders:
            if order.times > 0 and order.on in call:
                order.times -= 1
                return order.kind
        return None

    @staticmethod
    def refuse(kind: str | None) -> None:
        """The faults that are answered before any work is done and not remembered for the idempotency key."""
        if kind == "429":
            raise ApiError("Too many requests hit the API too quickly.", status=429, code="rate_limit")
        if kind == "409":
            sentence = "Another request with this idempotency key is under way."
            raise ApiError(sentence, status=409, kind="idempotency_error", code="idempotency_key_in_use")
