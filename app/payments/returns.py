"""What comes back to somebody who leaves, out of which payments, and what becomes of a refund at Stripe. Pure.

Amounts are integer cents of the order's currency. Days are dates of the cohort's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.lib.money import money
from app.lib.refusal import Refused
from app.lib.times import day_year
from app.payments import rules, schedule

# Why somebody leaves, as the reports count it.
REASONS = {
    "health": "Health or family",
    "time": "Not enough time",
    "money": "Money",
    "fit": "Not what they expected",
    "other": "Something else",
}
CANCELLED = "cohort cancelled"  # nobody left: METI cancelled the cohort
NO_RULE = "This cohort has no refund rule: what was paid is kept, and nothing more is owed."
CHANGED = "Something has changed since you opened this page. Here are the figures as they are now."
SAME_PERSON = (
    "You asked for this refund yourself, and it is above the limit for one person. "
    "Another member of staff has to approve it."
)
# Who has a place to leave.
WITHDRAWABLE = frozenset({"active", "grace", "suspended", "paused"})

# A refund's status here, in the order in which it can only go on: a bank may send money back that had arrived.
_STEPS = ("requested", "approved", "sent", "succeeded", "failed")
_AT_STRIPE = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}


class Held(Protocol):
    """A payment that arrived, with what is left of it."""

    @property
    def id(self) -> int: ...
    @property
    def kept_cents(self) -> int: ...
    @property
    def disputed_cents(self) -> int: ...


class Paid(Held, Protocol):
    """The same, with the way it came."""

    @property
    def stripe_payment_intent(self) -> str | None: ...


@dataclass(frozen=True)
class Figures:
    """The arithmetic of one withdrawal. What comes back and what is still owed: one of the two is 0."""

    price_cents: int  # what the seat comes to
    paid_cents: int  # what arrived and was not sent back before
    kept_cents: int  # what stays with us by the rule
    clause: str  # the line of the rule that says so
    disputed_cents: int = 0  # of what is paid, the payments that a bank is deciding on, or has taken back

    @property
    def back_cents(self) -> int:
        """What goes back now; what a bank has taken back already must not leave a second time."""
        return max(0, min(self.paid_cents - self.kept_cents, self.paid_cents - self.disputed_cents))

    @property
    def balance_cents(self) -> int:
        """What is still owed although they leave."""
        return max(0, self.kept_cents - self.paid_cents)

    def owed_cents(self, waived: bool) -> int:
        """What the seat comes to once they have left."""
        return min(self.kept_cents, self.paid_cents) if waived else self.kept_cents


def figures(
    tiers: Iterable[rules.Tier],
    told_on: date,
    price_cents: int,
    paid_cents: int,
    disputed_cents: int,
    currency: str,
) -> Figures:
    """What the rule makes of a withdrawal that was told on this day. The share is of the whole price."""
    lines = rules.refund_lines(tiers, price_cents, currency)
    if not lines:
        return Figures(price_cents, paid_cents, paid_cents, NO_RULE, disputed_cents)
    line = next(one for one in lines if one.until is None or told_on <= one.until)
    return Figures(price_cents, paid_cents, price_cents - line.amount_cents, _clause(line), disputed_cents)


def figures_if_cancelled(
    share_percent: int, price_cents: int, paid_cents: int, disputed_cents: int, currency: str
) -> Figures:
    """What comes back when METI cancels the cohort: this share of what was paid. Nothing is owed after that."""
    back = rules.share_of(paid_cents, share_percent)
    words = rules.arithmetic(paid_cents, share_percent, back, currency)
    clause = f"Who paid for a cohort that is cancelled gets back {words}."
    return Figures(price_cents, paid_cents, paid_cents - back, clause, disputed_cents)


def share_if_cancelled(tiers: Iterable[rules.Tier]) -> int:
    """Percent of what was paid that goes back when METI cancels the cohort: by the row of the refund rule that has no
    day; everything where there is none."""
    return next((one.share_percent for one in tiers if one.until is None), 100)


def _clause(line: rules.RefundLine) -> str:
    if line.until is None:
        assert line.since is not None
        return f"Who tells us from {day_year(line.since)} on gets nothing back."
    return f"Who tells us by {day_year(line.until)} gets back {line.words}."


def check(enrollment_status: str, name: str, told_on: date, since: date, today: date, reason: str) -> None:
    """Raise Refused unless this person can be withdrawn, as told on this day, for this reason."""
    check_place(enrollment_status, name)
    check_day(told_on, since, today)
    if reason not in REASONS:
        raise Refused("Choose the reason that fits best.", field="reason")


def check_place(enrollment_status: str, name: str) -> None:
    """Raise Refused for somebody who has no place to leave."""
    if enrollment_status not in WITHDRAWABLE:
        raise Refused(f"{name}'s place is {enrollment_status}, so there is nothing to withdraw from.")


def check_day(told_on: date, since: date, today: date) -> None:
    """Raise Refused for a day on which they cannot have told us."""
    if not since <= told_on <= today:
        raise Refused(f"Give a day from {day_year(since)} to {day_year(today)}.", field="told_on")


def spread(payments: Sequence[Held], cents: int) -> list[tuple[int, int]]:
    """Which payments so much goes back of: pairs of payment id and cents, the newest first.

    `payments` are oldest first. Nothing of one that a bank is deciding on, and never more than is left of each.
    """
    found = []
    for payment in reversed(payments):
        share = min(cents, 0 if payment.disputed_cents else payment.kept_cents)
        if share > 0:
            found.append((payment.id, share))
            cents -= share
    return found


def by_hand_cents(payments: Sequence[Paid], cents: int) -> int:
    """How much of what goes back a person has to send: what came by check or transfer cannot go back by itself."""
    by_hand = {one.id for one in payments if one.stripe_payment_intent is None}
    return sum(share for payment_id, share in spread(payments, cents) if payment_id in by_hand)


def cut_back(parts: Iterable[schedule.Part], keep_cents: int) -> list[int]:
    """What stays due of each of these installments, oldest first, when only so much in all is still to be paid."""
    stays = []
    for part in parts:
        share = min(schedule.left_of(part), keep_cents)
        stays.append(share)
        keep_cents -= share
    return stays


def needs_two(back_cents: int, limit: int) -> bool:
    """Is this more than one person may send back alone? `limit` is in whole units of the currency."""
    return back_cents > limit * 100


def check_second(asked_by_id: int | None, actor_id: int) -> None:
    """Raise Refused when the one who approves is the one who asked."""
    if asked_by_id == actor_id:
        raise Refused(SAME_PERSON)


def left_to_return(payments: Sequence[Held], owed_cents: int) -> int:
    """What is with us of these payments and not owed to us, without what a bank is deciding on; in cents."""
    sure = sum(one.kept_cents for one in payments if not one.disputed_cents)
    return max(0, min(sure, sum(one.kept_cents for one in payments) - owed_cents))


LONGEST_NO = 300  # characters


def check_reason_of_no(reason: str) -> None:
    """Raise Refused for a no without its reason: the one who asked reads it."""
    if not reason:
        raise Refused("Say in a sentence why; the person who asked reads it.", field="why_not")
    if len(reason) > LONGEST_NO:
        raise Refused(f"Keep the reason to {LONGEST_NO} characters.", field="why_not")


def check_again(was_declined: bool, waits: bool) -> None:
    """Raise Refused unless somebody said no and nothing has been asked for since."""
    if waits:
        raise Refused(
            "An amount has been asked for since, and waits for a second person. Nothing was changed."
        )
    if not was_declined:
        raise Refused("Nobody has declined a refund here, so there is nothing to ask for once more.")


def check_amount(cents: int | None, most: int, currency: str) -> None:
    """Raise Refused for an amount that cannot go back."""
    if cents is None or not 0 < cents <= most:
        raise Refused(f"Give an amount up to {money(most, currency)}, for example 850.", field="amount")


def at_stripe(status: str | None) -> str:
    """Stripe's word for a refund as one of ours."""
    return _AT_STRIPE.get(status or "", "sent")


def advance(known: str, seen: str) -> str:
    """A refund's next status here. A late or repeated look never takes it back."""
    return max(known, seen, key=_STEPS.index)


def credit_of(
    amount_cents: int, owed_cents: int, net_cents: int, to_come_cents: int, credited_cents: int, failed: bool
) -> int:
    """By how much what was credited changes after a refund that was made without us: by what it leaves unpaid, and
    not by what had been too much. Negative when the refund `failed`, so that the money is with us again.

    `net_cents` is what we have now, `to_come_cents` what is open.
    """
    missing = owed_cents - net_cents - to_come_cents
    if failed:
        return -min(amount_cents, credited_cents, max(0, -missing))
    return min(amount_cents, max(0, missing))


def external_detail(name: str, amount_cents: int, currency: str, nothing_left: bool) -> str:
    """What staff read about a refund that was made in Stripe's dashboard."""
    amount = money(amount_cents, currency)
    if nothing_left:
        return f"All that {name} paid went back from Stripe's dashboard ({amount}). If they leave, withdraw them."
    return f"{amount} went back to {name} from Stripe's dashboard. It is no longer owed; their place stays as it is."
