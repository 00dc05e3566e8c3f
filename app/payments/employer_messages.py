"""The letters about money to the contact of an employer, who has no account: what happened, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.lib.money import money
from app.mail.actions import post
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order, Payment, Refund


@dataclass
class Address:
    """Where a letter goes."""

    email: str
    name: str


def contact_of(purchase: EmployerPurchase) -> Address:
    return Address(purchase.contact_email, purchase.contact_name)


def tell(
    kind: str,
    order: Order,
    purchase: EmployerPurchase,
    subject: str,
    key: str,
    now: datetime,
    **context: Any,
) -> None:
    """The employer's letter in the place of a person's of this kind; see `messages`."""
    post(
        "payments/employer",
        contact_of(purchase),
        subject,
        key=key,
        now=now,
        purchase=purchase,
        said=_LINES[kind](order, **context),
    )


def _received(order: Order, payment: Payment, **_context: Any) -> list[str]:
    amount = money(payment.amount_cents, order.currency)
    said = [f"We received {amount} ({payment.paid_with or 'card'}) for: {order.description}."]
    if order.cohort.status == "cancelled":
        said.append("The cohort does not take place, so it goes back to you; another mail says how.")
    elif order.status == "paid":
        said.append(
            "Everything is paid. Within minutes another mail brings the link to the page on which you "
            "invite people to their seats; the receipt, in the name of the employer, is on it as a PDF."
        )
    return said


def _refunded(order: Order, refund: Refund, **_context: Any) -> list[str]:
    amount = money(refund.amount_cents, order.currency)
    way = (
        "by check or transfer" if refund.by_hand else "the way it came; banks show it within five to ten days"
    )
    return [f"{amount} of what was paid for {order.description} went back to you {way}.", refund.clause]


def _bank_deciding(order: Order, amount_cents: int, **_context: Any) -> list[str]:
    amount = money(amount_cents, order.currency)
    return [
        f"The payment of {amount} comes from a bank account, and the bank takes a few business days to confirm it.",
        "The seats stay held all that time. Please do not pay a second time; we write as soon as we know.",
    ]


def _bank_refused(order: Order, amount_cents: int, **_context: Any) -> list[str]:
    return [
        f"The bank did not make the payment of {money(amount_cents, order.currency)}. Nothing was charged.",
        "The page whose link we mailed to you lets you pay another way while the seats are held.",
    ]


def _changed(_order: Order, sentence: str, **_context: Any) -> list[str]:
    return [sentence]


_LINES: dict[str, Callable[..., list[str]]] = {
    "received": _received,
    "refunded": _refunded,
    "bank_deciding": _bank_deciding,
    "bank_refused": _bank_refused,
    "plan_changed": _changed,
}
