"""When an employer's seats may be held and paid. Pure."""

from __future__ import annotations

from datetime import datetime

from app.admissions import rules
from app.lib.refusal import Refused
from app.lib.words import clean_text
from app.payments import employer_rules as money

check_seating = rules.check_seating
CHANGED = money.CHANGED


def too_few(held: int) -> str:
    """Why so many seats cannot be held."""
    if held == 0:
        return "No seat is free at the moment. Choose another cohort, or give the reason to overbook below."
    free = "one more seat is" if held == 1 else f"{held} more seats are"
    return f"Only {free} free at the moment. Enter fewer, or give the reason to overbook below."


def check_forced(reason: str) -> str:
    """The reason to give more seats than there are, or ''. Refused when it says nothing."""
    reason = clean_text(reason).strip()
    if reason and len(reason) < 10:
        raise Refused("Give the reason in a few words: it stands at each seat from now on.", field="why_over")
    if len(reason) > 500:
        raise Refused("Please use at most 500 characters.", field="why_over")
    return reason


def check_pay(order_status: str, pays_by: str, cohort_status: str, held: int, seats: int) -> None:
    """Raise Refused unless the contact of an employer may pay now."""
    if order_status != "open":
        raise Refused(money.NOT_OPEN.format(state=money.state(order_status)))
    if pays_by != "link":
        raise Refused("These seats are paid by check or bank transfer, as agreed. Nothing was charged.")
    if cohort_status not in rules.SEATING or held < seats:
        raise Refused(
            "The seats are not held any more. Please write to us before you pay. Nothing was charged."
        )


def pay_until(known: datetime, now: datetime) -> datetime:
    """Until when the seats are held once a payment page is opened: never less than the page lives."""
    return max(known, now + rules.PAY_LIFE)
