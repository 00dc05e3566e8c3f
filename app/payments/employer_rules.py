"""When an employer may buy seats, and what comes back of those that nobody claimed. Pure.

Amounts are integer cents. Days are dates of the cohort's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.times import day_year
from app.payments import returns, rules, schedule, staff_rules

MOST_SEATS = 200
DAYS_TO_PAY = 14  # what the form proposes
LONGEST_OFFER = timedelta(days=90)  # unpaid seats are nobody else's so long

CHANGED = "Something has changed since you opened this page. Here are the figures as they are now."
NOT_OPEN = "The seats of this employer are {state}, so there is nothing to pay."
BY_HAND = "This employer pays by check or transfer. Enter it on the order once it is there."

# What became of the seats, as staff and the employer read it.
State = Literal["to pay", "part paid", "paid", "let go", "cancelled"]
_STATES: dict[str, State] = {
    "open": "to pay",
    "part paid": "part paid",
    "paid": "paid",
    "expired": "let go",
    "cancelled": "cancelled",
}


def state(order_status: str) -> State:
    """How the seats stand, from the status of their order."""
    return _STATES[order_status]


def check_terms(
    seats: int, price_cents: int, pay_until: date, claim_until: date, today: date, last_day: date
) -> None:
    """Raise Refused, at its field, unless seats may be sold to an employer on these terms.

    `last_day` is the cohort's: who claims later would find nothing to join.
    """
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(f"Enter a number of seats from 1 to {MOST_SEATS}.", field="seats")
    if price_cents < schedule.SMALLEST_CHARGE:
        raise Refused("Enter what one seat costs, such as 2400 or 2400.50.", field="price")
    if seats * price_cents > staff_rules.LARGEST_CENTS:
        most = money(staff_rules.LARGEST_CENTS, "usd")
        raise Refused(
            f"Together that is more than {most}. Please open two purchases, or check the price.",
            field="price",
        )
    if not today <= pay_until <= today + LONGEST_OFFER:
        raise Refused(
            f"Choose a day from today to {day_year(today + LONGEST_OFFER)}: so long the seats are held unpaid.",
            field="pay_until",
        )
    check_claim_until(claim_until, max(today, pay_until), last_day)


def check_claim_until(claim_until: date, first: date, last_day: date) -> None:
    """Raise Refused for a day until which no seat can be claimed."""
    if not first <= claim_until <= last_day:
        raise Refused(f"Choose a day from {day_year(first)} to {day_year(last_day)}.", field="claim_until")


def consent_words(seats: int, amount_cents: int, currency: str, employer: str) -> str:
    """What the contact of an employer agrees to before paying: kept with the order, word by word."""
    word = "seat" if seats == 1 else "seats"
    return (
        "I have read what comes back for seats that nobody claims, and I agree to pay "
        f"{money(amount_cents, currency)} for {seats} {word} on behalf of {employer}."
    )


@dataclass(frozen=True)
class Unclaimed:
    """The arithmetic of handing back the seats that nobody claimed."""

    seats: int
    price_cents: int  # of one
    figures: returns.Figures
    by_hand_cents: int = 0  # of what goes back, by check or transfer

    @property
    def back_cents(self) -> int:
        return self.figures.back_cents


def unclaimed(
    tiers: Iterable[rules.Tier],
    told_on: date,
    seats: int,
    price_cents: int,
    paid_cents: int,
    disputed_cents: int,
    currency: str,
) -> Unclaimed:
    """What the cohort's refund rule makes of so many unclaimed seats, handed back on this day.

    `paid_cents` arrived for the whole order and was not sent back; `disputed_cents` of it lie with a bank that decides.
    """
    worth = seats * price_cents
    paid = min(worth, paid_cents)
    return Unclaimed(
        seats,
        price_cents,
        returns.figures(tiers, told_on, worth, paid, min(paid, disputed_cents), currency),
    )
