"""The test cards of the payment page, with the numbers Stripe publishes for its own test mode.

Each card answers twice: now, while the person is on the page, and later, when a saved card is charged off-session.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decline:
    """Why a card was not charged. ``sentence`` is shown to the person and sent as the error's message."""

    code: str
    decline_code: str
    sentence: str


@dataclass(frozen=True)
class Card:
    number: str
    brand: str
    label: str
    now: Decline | None = None
    later: Decline | None = None

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number in groups of four, as it is printed on a card."""
        return " ".join(self.number[i : i + 4] for i in range(0, 16, 4))


REFUSED = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_MONEY = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
CONFIRM = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This payment needs your bank's confirmation.",
)

VISA = "4242424242424242"
DECLINED = "4000000000000002"
CONFIRM_LATER = "4000002760003184"
DECLINED_LATER = "4000008260003178"
# Not a card: a debit from a bank account, whose answer comes days later.
BANK_DEBIT = "us_bank_account"

_ALL = (
    Card(VISA, "visa", "pays"),
    Card("5555555555554444", "mastercard", "pays"),
    Card(CONFIRM_LATER, "visa", "pays now; a later installment needs the bank's confirmation", later=CONFIRM),
    Card(DECLINED_LATER, "visa", "pays now; a later installment is declined", later=NO_MONEY),
    Card(DECLINED, "visa", "declined", now=REFUSED, later=REFUSED),
    Card("4000000000009995", "visa", "declined: not enough money", now=NO_MONEY, later=NO_MONEY),
    Card("4000000000000069", "visa", "declined: the card has expired", now=EXPIRED, later=EXPIRED),
)
CARDS = {card.number: card for card in _ALL}
