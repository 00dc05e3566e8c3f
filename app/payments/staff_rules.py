"""What staff may do with an order by hand, and what they must have seen of it. Pure.

Amounts are integer cents of the order's currency. Days are dates of the cohort's time zone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, timedelta

from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.times import day_year
from app.payments import schedule

LARGEST_CENTS = 10_000_000  # $100,000: more than any seat costs, so a slip of the finger
LONGEST_MOVE = timedelta(days=366)
LONGEST_GRACE = timedelta(days=90)  # from today
DAYS_TO_PAY = 7  # for what is to be paid after all and whose day has passed

STALE = (
    "This order has changed since you opened the page, so nothing was done. Look at it as it is now; "
    "if it is still right, do it once more."
)
CHARGING = "Money for this installment is on its way at this moment. Wait until the bank has answered."
FIRST = (
    "The first installment is what the seat is taken with: it is paid on the payment page, "
    "or by a check or transfer that you enter."
)
_AMOUNT = re.compile(r"\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{1,2}))?")


class Stale(Refused):
    """Somebody else, or an earlier press, has changed the order meanwhile."""


def fingerprint(facts: Iterable[object]) -> str:
    """What a page showed of an order, as a short word that its forms carry."""
    return hashlib.sha256(repr(list(facts)).encode()).hexdigest()[:16]


def check_seen(now: str, then: str) -> None:
    """Two who press at once, or one who presses twice, do it once. Raises Stale."""
    if now != then:
        raise Stale(STALE)


def read_cents(typed: str) -> int | None:
    """'850', '$1,250.50' or '850.5' in cents; None for what is no amount."""
    found = _AMOUNT.fullmatch(typed.strip())
    if found is None or not found[0].isascii():
        return None
    return int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))


def check_entry(
    amount_cents: int, rest_cents: int, is_more: bool, currency: str, received_on: date, today: date
) -> None:
    """May this money be entered? `is_more`: it was said that it is meant to be more than what is still to pay."""
    if not 0 < amount_cents <= LARGEST_CENTS:
        raise Refused("Enter what arrived, such as 850 or 850.50.", field="amount")
    if received_on > today:
        raise Refused("That day has not come yet. Enter money once it is there.", field="received_on")
    if received_on < today - LONGEST_MOVE:
        raise Refused("That is more than a year ago. Please check the year.", field="received_on")
    if amount_cents > rest_cents and not is_more:
        what = f"Only {money(rest_cents, currency)} is" if rest_cents else "Nothing is"
        raise Refused(
            f"{what} still to pay. If {money(amount_cents, currency)} is what really arrived, tick the box "
            "under the amount: all of it is entered, and the rest becomes a task for you.",
            field="amount",
        )


def check_changeable(status: str, number: int, order_status: str) -> None:
    """May this installment be moved or waived?"""
    if status == "processing":
        raise Refused(CHARGING)
    if status not in schedule.CHARGEABLE:
        raise Refused(f"This installment is {status}, so there is nothing to change.")
    if order_status == "open" and number == 1:
        raise Refused(FIRST)


def check_move(due_on: date, before: date, today: date) -> None:
    """May an installment be due on this day instead? From tomorrow on, so that its payer hears of it first."""
    if due_on <= today:
        raise Refused("Choose a day from tomorrow on.", field="due_on")
    if due_on > today + LONGEST_MOVE:
        raise Refused("That is more than a year away. Please check the year.", field="due_on")
    if due_on == before:
        raise Refused(f"It is due on {day_year(due_on)} already.", field="due_on")


def check_grace(before: date | None, until: date, today: date) -> None:
    """May the days of grace end on this day instead?"""
    if before is None:
        raise Refused("Nothing has failed here, so there are no days of grace to change.")
    if until < today:
        raise Refused("Choose today or a later day.", field="until")
    if until > today + LONGEST_GRACE:
        days = LONGEST_GRACE.days
        raise Refused(f"Choose a day within {days} days; move the installment for longer.", field="until")
    if until == before:
        raise Refused(f"The grace ends on {day_year(until)} already.", field="until")


def day_to_pay(due_on: date, today: date) -> date:
    """When something is due that is to be paid after all: on its day, or in a week where that has passed."""
    return max(due_on, today + timedelta(days=DAYS_TO_PAY))


def check_take_back(source: str, status: str, paid_the_first: bool, returned_cents: int) -> None:
    """May money that was entered by hand be taken out of the books again?"""
    if source == "stripe":
        raise Refused("This money came through Stripe. Send it back there or with a refund.")
    if status != "succeeded":
        raise Refused("This entry has been taken back already.")
    if returned_cents:
        raise Refused("Some of this money has gone back to its payer already, so the entry has to stay.")
    if paid_the_first:
        raise Refused(
            "It paid the first installment, which the seat was taken with. Enter the money that replaces it first, "
            "or let the person withdraw."
        )
