"""What money means: which price holds, what an order's payments make of it, what Stripe's words say. Pure.

Amounts are integer cents of the order's currency. Days of the refund rule are days of the cohort's time zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

from app.lib.money import money
from app.payments import schedule

# What one look at a session at Stripe tells us.
Outcome = Literal["open", "processing", "complete", "expired", "failed"]

# Nothing follows these but `complete`: money that did arrive is never ignored, whatever we believed before.
FINAL = frozenset({"complete", "expired", "failed"})
_ORDER = ("created", "open", "processing")
# Disputes in these states have taken the money; a warning has not, and a dispute that was won gives it back.
TAKEN_BACK = ("needs_response", "under_review", "lost")
DECIDED = frozenset({"won", "lost", "warning_closed", "prevented"})


class Tier(Protocol):
    """Who stops by the end of this day gets this share back; without a day: when the cohort itself is cancelled."""

    @property
    def until(self) -> date | None: ...

    @property
    def share_percent(self) -> int: ...


class Priced(Protocol):
    amount_cents: int
    installments: int
    hidden: bool
    valid_from: datetime | None
    valid_until: datetime | None


class Sold(Priced, Protocol):
    currency: str


P = TypeVar("P", bound=Priced)


def valid_now(prices: Iterable[P], now: datetime) -> list[P]:
    """The prices that are valid at this instant (`valid_until` itself is already too late)."""
    return [
        price
        for price in prices
        if (price.valid_from is None or price.valid_from <= now)
        and (price.valid_until is None or now < price.valid_until)
    ]


def plans_now(prices: Iterable[P], now: datetime) -> list[P]:
    """The plans one may choose from at this instant: for each number of installments its lowest valid price."""
    return schedule.cheapest(valid_now(prices, now))


def price_now(prices: Iterable[P], now: datetime) -> P | None:
    """What pay in full costs at this instant: the lowest valid price that is one payment and not hidden."""
    return next((plan for plan in plans_now(prices, now) if plan.installments == 1), None)


@dataclass(frozen=True)
class OnSale:
    """One plan as everybody may know it before applying: whole cents of its currency."""

    installments: int
    amount_cents: int
    currency: str
    each_cents: int
    last_cents: int  # takes what is left of the division
    more_cents: int  # than in full
    until: datetime | None  # when this amount ends; empty while no other follows
    later_cents: int | None  # what it is from then on; None where the plan is not to be had any more


def on_sale(prices: Collection[Sold], now: datetime, today: date, last_day: date) -> list[OnSale]:
    """What may be chosen at this instant, pay in full first; nothing while there is no price in full.

    Left out is what only a code opens, what is in another currency than the price in full, and what would be due
    after the cohort's last day if its first installment were paid today (days of the cohort's zone).
    """
    plans = plans_now(prices, now)
    if not plans or plans[0].installments != 1:
        return []
    full = plans[0]
    return [
        _on_sale(plan, full.amount_cents, prices)
        for plan in plans
        if plan.currency == full.currency and schedule.fits(plan.installments, today, last_day)
    ]


def _on_sale(plan: Sold, full_cents: int, prices: Collection[Sold]) -> OnSale:
    amounts = schedule.split(plan.amount_cents, plan.installments)
    until, later_cents = plan.valid_until, None
    if until is not None:
        later = (one for one in plans_now(prices, until) if one.installments == plan.installments)
        later_cents = next((one.amount_cents for one in later), None)
        until = None if later_cents == plan.amount_cents else until
    return OnSale(
        installments=plan.installments,
        amount_cents=plan.amount_cents,
        currency=plan.currency,
        each_cents=amounts[0],
        last_cents=amounts[-1],
        more_cents=plan.amount_cents - full_cents,
        until=until,
        later_cents=later_cents,
    )


def order_status(current: str, amount_cents: int, received_cents: int) -> str:
    """What the sum of what we have of its payments makes of an order that comes to this amount.

    An order that was let go (expired, cancelled) stays so: the money is kept and a person is told.
    """
    if current in ("expired", "cancelled"):
        return current
    if received_cents >= amount_cents:
        return "paid"
    return "part paid" if received_cents > 0 else "open"


def outcome(status: str | None, payment_status: str | None, intent_status: str | None) -> Outcome:
    """A Checkout session's `status` and `payment_status`, and its payment intent's status, as one word.

    `complete` and unpaid is a delayed method (a bank debit): the bank is deciding until its intent says it declined.
    """
    if status == "complete":
        if payment_status in ("paid", "no_payment_required"):
            return "complete"
        return "failed" if intent_status in ("requires_payment_method", "canceled") else "processing"
    return "expired" if status == "expired" else "open"


def intent_outcome(status: str | None) -> Literal["open", "processing", "succeeded", "failed"]:
    """A payment intent's `status` as one word, for a charge that was confirmed in the call that made it."""
    if status == "succeeded":
        return "succeeded"
    if status == "processing":
        return "processing"
    return "failed" if status in ("requires_payment_method", "requires_action", "canceled") else "open"


# Who is charged for an installment: not who left, and nobody before the seat is theirs.
CHARGED = frozenset({"active", "grace", "suspended", "paused", "completed"})


def may_charge(
    order_status: str, enrollment_status: str, part_status: str, next_try_at: datetime | None, now: datetime
) -> bool:
    """Is this the time to charge the saved card for an installment?"""
    due = next_try_at is not None and next_try_at <= now and part_status in schedule.CHARGEABLE
    return due and order_status == "part paid" and enrollment_status in CHARGED


AT_ONCE = frozenset({"card", "link"})  # what has taken the money when it answers


def arrived_at(method: str, charged_at: int | None, now: datetime) -> datetime:
    """When money arrived that we learn of now: at the charge (epoch second), though its news may have been lost for
    days; of a debit, whose bank has answered since, the charge does not say.
    """
    if method not in AT_ONCE or charged_at is None:
        return now
    return min(datetime.fromtimestamp(charged_at, UTC), now)


def card_ends(method: Mapping[str, Any]) -> date | None:
    """The last day of the month that is printed on a card, from Stripe's words for it; None for what is no card."""
    card = method.get("card") or {}
    month, year = card.get("exp_month"), card.get("exp_year")
    if not (isinstance(month, int) and isinstance(year, int) and 1 <= month <= 12 and 2000 <= year <= 2200):
        return None
    return schedule.add_months(date(year, month, 1), 1) - timedelta(days=1)


def advance(known: str, seen: Outcome) -> str:
    """The session's next status here. A late or repeated look never takes it back."""
    if seen == "complete" or known == "complete":
        return "complete"
    if known in FINAL:
        return known
    if seen in FINAL:
        return seen
    return max(known, seen, key=_ORDER.index)


@dataclass(frozen=True)
class RefundLine:
    """One line of the refund rule: who stops within these days gets this back. `since` None: from the beginning;
    `until` None: from `since` on, for good."""

    since: date | None
    until: date | None
    share_percent: int
    amount_cents: int
    words: str  # the arithmetic: '50% of $2,400 = $1,200'


def refund_lines(tiers: Iterable[Tier], amount_cents: int, currency: str = "usd") -> list[RefundLine]:
    """The refund rule worked out for an amount in cents, ending with the days when nothing is returned."""
    lines: list[RefundLine] = []
    since: date | None = None
    for until, share in sorted((one.until, one.share_percent) for one in tiers if one.until is not None):
        back = share_of(amount_cents, share)
        lines.append(RefundLine(since, until, share, back, arithmetic(amount_cents, share, back, currency)))
        since = until + timedelta(days=1)
    if lines:
        lines.append(RefundLine(since, None, 0, 0, "nothing"))
    return lines


def share_of(amount_cents: int, share_percent: int) -> int:
    """The share in cents; half a cent goes to the person."""
    return -(-amount_cents * share_percent // 100)


def arithmetic(amount: int, share: int, back: int, currency: str) -> str:
    """'50% of $2,400 = $1,200'"""
    if share == 100:
        return f"all of it, {money(back, currency)}"
    if share == 0:
        return "nothing"
    return f"{share}% of {money(amount, currency)} = {money(back, currency)}"


def signature_fresh(signed_at: int, now: datetime, tolerance: timedelta = timedelta(minutes=5)) -> bool:
    """Is a webhook signed at this epoch second recent enough? An old one may be a recording played again."""
    return signed_at >= (now - tolerance).timestamp()
