"""How an amount is split into installments, when each is due, and what follows when one fails. Pure.

Amounts are integer cents of the order's currency. Days are dates of the cohort's time zone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

from app.lib.money import money
from app.lib.times import day_year

CHARGE_AT = "09:00"  # the wall clock in the cohort's zone when a card is charged on its day
REMIND_DAYS = 2  # before each debit
GRACE_DAYS = 14  # from the day of the first failure until the enrollment is suspended
SMALLEST_CHARGE = 50  # cents; Stripe takes nothing smaller
RETRY_GAPS = (3, 4, 7)  # days after the first, second, third failure: day 0, 3, 7, 14

OPEN = frozenset({"scheduled", "due", "processing", "failed"})
CHARGEABLE = frozenset({"scheduled", "due", "failed"})
FORGIVEN = frozenset({"waived", "cancelled"})

NO_CARD = "no_card"
# The bank has said no for good: asking again does not help, and networks fine those who do. The person must act.
FINAL_DECLINES = frozenset(
    {
        NO_CARD,
        "authentication_required",
        "card_not_supported",
        "currency_not_supported",
        "expired_card",
        "fraudulent",
        "highest_risk_level",
        "incorrect_number",
        "invalid_account",
        "invalid_number",
        "lost_card",
        "merchant_blacklist",
        "new_account_information_available",
        "pickup_card",
        "restricted_card",
        "resource_missing",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
        "transaction_not_allowed",
    }
)
_WHY = {
    NO_CARD: "There is no card on file to charge.",
    "authentication_required": "Your bank wants you to confirm this payment yourself.",
    "expired_card": "The card has expired.",
    "insufficient_funds": "The bank says there was not enough money on the account that day.",
    "resource_missing": "The card on file can no longer be used.",
}
_DECLINED = "The bank declined the card and did not say why; a limit on the card is a common reason."


class Plan(Protocol):
    amount_cents: int
    installments: int
    hidden: bool


P = TypeVar("P", bound=Plan)


class Part(Protocol):
    """One installment with what has been allocated to it."""

    @property
    def due_on(self) -> date: ...
    @property
    def amount_cents(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def covered_cents(self) -> int: ...


@dataclass(frozen=True)
class Due:
    """One part of a schedule that is not in the books yet."""

    number: int
    due_on: date
    amount_cents: int


def split(total_cents: int, parts: int) -> list[int]:
    """The total in equal whole cents; what is left of the division is on the last."""
    each = total_cents // parts
    return [each] * (parts - 1) + [total_cents - each * (parts - 1)]


def add_months(first: date, months: int) -> date:
    """The same day so many months later, or the last of that month: 31 Jan → 28 Feb → 31 Mar."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def cut(total_cents: int, parts: int, first: date) -> list[Due]:
    """The schedule of a plan whose first installment is due on this day."""
    amounts = split(total_cents, parts)
    return [Due(number + 1, add_months(first, number), amount) for number, amount in enumerate(amounts)]


def fits(parts: int, first: date, last_day: date) -> bool:
    """Is the last installment due on or before the cohort's last day? Pay in full always fits."""
    return parts == 1 or add_months(first, parts - 1) <= last_day


def cheapest(plans: Iterable[P]) -> list[P]:
    """For each number of installments the lowest of these, fewest installments first; hidden ones are left out."""
    found: dict[int, P] = {}
    for plan in plans:
        known = found.get(plan.installments)
        if not plan.hidden and (known is None or plan.amount_cents < known.amount_cents):
            found[plan.installments] = plan
    return [found[number] for number in sorted(found)]


def in_installments(parts: Sequence[Due], currency: str) -> str:
    """'$850 today, $850 on Sat, Apr 25, 2026 and $850 on Mon, May 25, 2026'"""
    words = [f"{money(parts[0].amount_cents, currency)} today"]
    words += [f"{money(one.amount_cents, currency)} on {day_year(one.due_on)}" for one in parts[1:]]
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def consent_words(
    parts: Sequence[Due], currency: str, institute: str, code: str = "", off_cents: int = 0
) -> str:
    """What somebody agrees to before paying: kept with the order, word by word, as it was shown.

    `code` is the discount code that took `off_cents` off the price.
    """
    cents = sum(one.amount_cents for one in parts)
    if cents == 0:
        return f"I take this seat. With the code {code} it costs me nothing." if code else "I take this seat."
    total = money(cents, currency)
    read = "I have read what I get back if I stop"
    lowered = f", {money(off_cents, currency)} less with the code {code}" if off_cents else ""
    if len(parts) == 1:
        return f"{read}, and I agree to pay {total}{lowered}."
    return (
        f"{read}. I agree to pay {total}{lowered + ',' if lowered else ''} in {len(parts)} installments: "
        f"{in_installments(parts, currency)}. "
        f"{institute[:1].upper()}{institute[1:]} may keep the card I pay with today and charge it on those days "
        "without asking me again, and again on later days where the bank has declined."
    )


# --- sums ---------------------------------------------------------------------------------------------------


def left_of(part: Part) -> int:
    """What is still to be paid of one installment, in cents; nothing of one that was waived or cancelled."""
    return max(0, part.amount_cents - part.covered_cents) if part.status in OPEN else 0


def owed_cents(order_cents: int, parts: Iterable[Part]) -> int:
    """What the order comes to in all: its amount without what was waived or cancelled."""
    forgiven = sum(max(0, one.amount_cents - one.covered_cents) for one in parts if one.status in FORGIVEN)
    return order_cents - forgiven


def pay_off_cents(parts: Iterable[Part]) -> int:
    """What pays everything that is open, today."""
    return sum(left_of(one) for one in parts)


def is_overdue(due_on: date, status: str, today: date) -> bool:
    """Should an open installment have been paid before today? One that the bank is deciding on is not overdue."""
    return due_on < today and status != "processing"


# --- when a charge fails ------------------------------------------------------------------------------------


def is_final(decline_code: str | None) -> bool:
    """Is it useless to try the same card again?"""
    return decline_code in FINAL_DECLINES


def why_declined(decline_code: str | None) -> str:
    """The bank's reason as a sentence for the person."""
    return _WHY.get(decline_code or "", _DECLINED)


def next_try(failed_on: date, tries: int, decline_code: str | None) -> date | None:
    """The day of the next try after so many have failed, the last of them on this day; None: no more by itself."""
    if is_final(decline_code) or not 1 <= tries <= len(RETRY_GAPS):
        return None
    return failed_on + timedelta(days=RETRY_GAPS[tries - 1])


def grace_until(first_failed_on: date) -> date:
    """The last day on which everything is still open although an installment has failed."""
    return first_failed_on + timedelta(days=GRACE_DAYS)


def access(statuses: Iterable[str], until: date | None, today: date) -> str | None:
    """What the schedule makes of an enrollment: 'active', 'grace' or 'suspended'; None: as it is.

    `until` is the last day of grace, None while nothing has failed. A bank that is deciding on what had failed
    neither ends the grace nor opens anything before it has answered.
    """
    known = set(statuses)
    if "failed" not in known:
        return None if until is not None and "processing" in known else "active"
    return "suspended" if until is not None and today > until else "grace"
