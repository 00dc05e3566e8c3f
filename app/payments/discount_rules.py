"""What a discount code takes off a price, and who may use it when. Pure.

Amounts are integer cents of the code's currency; moments are instants (UTC). A code is written in capitals here and
read without regard to capitals, spaces and dashes at the ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.lib.money import money
from app.lib.refusal import Refused
from app.payments.schedule import SMALLEST_CHARGE

KINDS = ("percent", "amount", "price")
# A held or confirmed use counts; one given back does not.
COUNTED = ("held", "confirmed")
SHORTEST, LONGEST = 3, 40

_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
UNKNOWN = "We do not know this code. Please check its letters, or ask whoever gave it to you."


@dataclass(frozen=True)
class Code:
    """The facts of a code that decide about one use of it."""

    kind: str
    value: int  # percent, or cents
    currency: str
    cohort_id: int | None = None  # None: every cohort
    opens_plan: int | None = None  # this number of installments, which nobody else is offered
    max_uses: int | None = None
    per_person: int = 1
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    budget_cents: int | None = None  # of all discounts together
    archived: bool = False


@dataclass(frozen=True)
class Used:
    """How often a code counts as used so far, in all and by this person, and what it has taken off."""

    uses: int = 0
    by_person: int = 0
    cents: int = 0


def normal(typed: str) -> str:
    """The code as it is kept: capitals, no spaces. Whatever cannot be a code stays what it is, and is not found."""
    return re.sub(r"\s+", "", typed).strip("-").upper()


def check_new(typed: str) -> str:
    """The code as it will be kept. Refused, at the field, when people could not type it reliably."""
    code = normal(typed)
    if not SHORTEST <= len(code) <= LONGEST or not _CODE.fullmatch(code):
        raise Refused(
            f"Use {SHORTEST} to {LONGEST} letters A to Z and digits; dashes may stand between them.", "code"
        )
    return code


def check_terms(
    kind: str,
    value: int,
    valid_from: datetime | None,
    valid_until: datetime | None,
    opens_plan: int | None = None,
) -> None:
    """Refused, at the field, where a code could not mean anything. One that opens a plan may take nothing off."""
    if kind == "percent" and not 1 <= value <= 100:
        raise Refused("Give a percentage from 1 to 100.", "value")
    if kind == "amount" and value < 1 and opens_plan is None:
        raise Refused("Give the amount that is taken off, above zero.", "value")
    if kind == "price" and value < 0:
        raise Refused("Give the price that is paid with this code; 0 is a free seat.", "value")
    if valid_from and valid_until and valid_until <= valid_from:
        raise Refused("The last moment lies before the first one.", "valid_until")


def discount(kind: str, value: int, total_cents: int) -> int:
    """What comes off a total, in cents: never more than all of it. Half a cent goes to the person; a rest that is
    too small to be charged comes off as well."""
    if kind == "percent":
        off = -(-total_cents * value // 100)
    elif kind == "amount":
        off = min(value, total_cents)
    else:
        off = max(0, total_cents - value)
    rest = total_cents - off
    return total_cents if rest < SMALLEST_CHARGE else off


def check_use(
    code: Code,
    used: Used,
    *,
    cohort_id: int,
    installments: int,
    total_cents: int,
    currency: str,
    now: datetime,
) -> int:
    """What this use takes off `total_cents`. Refused, at the field `code`, with the sentence that says why not."""
    _check_open(code, used, now)
    if code.cohort_id not in (None, cohort_id):
        raise Refused("This code is for another cohort.", "code")
    if code.opens_plan not in (None, installments):
        raise Refused(f"This code goes with {_plan(code.opens_plan)}. Please choose that above.", "code")
    if code.kind != "percent" and code.currency != currency:
        raise Refused(f"This code is for prices in {code.currency.upper()}.", "code")
    off = discount(code.kind, code.value, total_cents)
    if off == 0 and code.opens_plan is None:
        raise Refused("The price is as low as this code would make it already.", "code")
    if code.budget_cents is not None and used.cents + off > code.budget_cents:
        raise Refused("What was set aside for this code is used up.", "code")
    return off


def _check_open(code: Code, used: Used, now: datetime) -> None:
    if code.archived:
        raise Refused("This code is not in use any more.", "code")
    if code.valid_from is not None and now < code.valid_from:
        raise Refused("This code is not valid yet.", "code")
    if code.valid_until is not None and now >= code.valid_until:
        raise Refused("This code was valid until a day that has passed.", "code")
    if used.by_person >= code.per_person:
        raise Refused("You have used this code already.", "code")
    if code.max_uses is not None and used.uses >= code.max_uses:
        raise Refused("This code has been used as often as it may be.", "code")


def _plan(installments: int | None) -> str:
    return "paying in full" if installments == 1 else f"the plan of {installments} installments"


def words(code: Code) -> str:
    """'20% off', '$300 off', 'the seat for $900', 'a free seat', 'the price as it is' (it only opens a plan)."""
    if code.kind == "percent":
        return "a free seat" if code.value == 100 else f"{code.value}% off"
    amount = money(code.value, code.currency)
    if code.kind == "amount" and code.value == 0:
        return "the price as it is"
    if code.kind == "amount":
        return f"{amount} off"
    return f"the seat for {amount}" if code.value else "a free seat"
