"""Who may apply, decide, and take a seat. Pure; sentences are for the person they are shown to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from app.lib import times
from app.lib.refusal import Refused
from app.lib.words import clean_text
from app.payments import schedule

ANSWER_DAYS = 2  # business days until an applicant has an answer
OFFER_LIFE = timedelta(hours=72)
# The payment page lives 33 minutes; the seat outlives it, so that a payment in the last second finds its seat.
PAY_LIFE = timedelta(minutes=45)

# After the last try to pay: when a reminder goes out, when a person takes over, when it is too late for either.
FIRST_REMINDER, SECOND_REMINDER, TASK = timedelta(hours=4), timedelta(hours=24), timedelta(hours=48)
LEFT_IS_OLD = timedelta(days=14)
Reminder = Literal["first", "second"]

WAITING = frozenset({"submitted", "in review"})
DECIDABLE = WAITING | {"waitlisted"}
# A cohort in which a seat that is held may still be paid for, and in which one may be offered.
SEATING = frozenset({"open", "closed", "running"})
# An enrollment in one of these keeps its seat; in the others the seat is free for somebody else.
SEATED = frozenset({"active", "grace", "suspended", "paused", "completed"})
LEFT = frozenset({"withdrawn", "removed", "deferred"})


@dataclass(frozen=True)
class Seats:
    """How the seats of a cohort stand. `held`: somebody is paying; `offered`: kept for an open offer.

    `waiting`: people in line; what is free is theirs before it is anybody else's.
    """

    capacity: int
    sold: int
    held: int
    offered: int
    waiting: int = 0

    @property
    def taken(self) -> int:
        return self.sold + self.held + self.offered

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.taken)

    @property
    def public(self) -> int:
        """Seats for whoever does not stand in line: nobody overtakes those who wait."""
        return max(0, self.free - self.waiting)

    @property
    def over(self) -> int:
        """Seats given above the capacity, or left over when it was lowered."""
        return max(0, self.taken - self.capacity)


def takes_applications(cohort_status: str, apply_until: datetime | None, now: datetime) -> bool:
    """Is the cohort open, and the last moment to apply not over?"""
    return cohort_status == "open" and (apply_until is None or now < apply_until)


def answer_by(submitted_at: datetime, zone: str, holidays: Collection[date] = ()) -> date:
    """The day by which an applicant has an answer; days are counted in the cohort's zone."""
    return times.add_business_days(times.local_date(submitted_at, zone), ANSWER_DAYS, holidays)


def check_decidable(status: str, name: str, decided_by: str | None) -> None:
    """Refused when the application has its answer already."""
    if status not in DECIDABLE:
        who = f" by {decided_by}" if decided_by else ""
        raise Refused(f"{name}'s application is {status} already{who}. Nothing was changed.")


def check_seating(cohort_status: str) -> None:
    """Refused when the cohort is not one that people can still be given a seat in."""
    if cohort_status not in SEATING:
        raise Refused(f"This cohort is {cohort_status}, so no seat in it can be offered.")


def check_reason(reason: str) -> str:
    """The reason of a no, as the applicant will read it. Refused when it is missing or too long."""
    reason = clean_text(reason)
    if len(reason) < 20:
        raise Refused("Please give the reason in a sentence or two: the applicant reads it.", "reason")
    if len(reason) > 2000:
        raise Refused("Please use at most 2,000 characters.", "reason")
    return reason


@dataclass(frozen=True)
class Choice:
    """One plan of an offer as the checkout shows it: every amount with its day, and the words one agrees to."""

    installments: int
    label: str
    amount_cents: int
    parts: tuple[schedule.Due, ...]
    consent: str
    code: str = ""  # the discount code that lowered it
    off_cents: int = 0

    @property
    def now_cents(self) -> int:
        """What is paid today."""
        return self.parts[0].amount_cents


def choices(
    plans: Iterable[Mapping[str, Any]], currency: str, institute: str, first: date, last_day: date
) -> list[Choice]:
    """The plans of an offer whose last installment is due by the cohort's last day, if the first is paid on `first`.

    A plan may say which `code` took how many `off_cents` off. One cut into parts too small to charge is left out.
    """
    found = []
    for plan in plans:
        number, amount = int(plan["installments"]), int(plan["amount_cents"])
        code, off = str(plan.get("code", "")), int(plan.get("off_cents", 0))
        chargeable = number == 1 or amount // number >= schedule.SMALLEST_CHARGE
        if chargeable and schedule.fits(number, first, last_day):
            parts = tuple(schedule.cut(amount, number, first))
            consent = schedule.consent_words(parts, currency, institute, code, off)
            found.append(Choice(number, str(plan["label"]), amount, parts, consent, code, off))
    return found


# What the checkout page is for one person at one moment.
Checkout = Literal["in", "deciding", "pay", "gone", "late money", "left", "not yet", "on hold", "cancelled"]


def checkout_state(
    *,
    application: str | None,
    enrollment: str | None,
    order: str | None,
    bank_deciding: bool,
    received_cents: int,
    holds_seat: bool,
    free_seats: int,
    open_cohort: bool,
) -> Checkout:
    """What somebody finds at the checkout, by how they stand.

    in: the seat is theirs. deciding: their bank has not answered. pay: they may pay now. gone: no seat is left.
    late money: they paid after the seat was let go. left: they left this cohort. not yet: there is no offer.
    """
    if enrollment in SEATED:
        return "in"
    if enrollment in LEFT:
        return "left"
    if bank_deciding:
        return "deciding"
    if order in ("expired", "cancelled") and received_cents > 0:
        return "late money"
    if application != "accepted":
        return "not yet"
    if holds_seat or (free_seats > 0 and open_cohort):
        return "pay"
    return "gone"


def if_stopped(state: Checkout, sales: str) -> Checkout:
    """The same for a cohort that does not take place, or that somebody has asked to cancel.

    cancelled: what was paid goes back. on hold: nothing can be paid until that is decided.
    """
    if sales == "cancelled" and state != "not yet":
        return "cancelled"
    return "on hold" if sales == "on hold" and state in ("pay", "gone") else state


def after_leaving(since: timedelta) -> Reminder | Literal["task"] | None:
    """What is due this long after somebody stopped paying; what was missed meanwhile is not made up for."""
    if since < FIRST_REMINDER:
        return None
    if since < SECOND_REMINDER:
        return "first"
    return "second" if since < TASK else "task"


STEPS = {
    "asked": "Asked to hear from us",
    "confirmed": "Confirmed the address",
    "applied": "Applied",
    "offered": "Was offered a seat",
    "checkout": "Began to pay",
    "paid": "Paid",
    "onboarded": "Set up their practice",
    "begun": "Saved the first work",
}


@dataclass(frozen=True)
class Step:
    """One step of the way in: persons, the length of its bar in percent of the longest, percent of the step before."""

    label: str
    persons: int
    bar: int
    of_before: int | None  # None for the first, and where the step before counts other people


def funnel_lines(counted: Mapping[str, int], all_asked: bool = True) -> list[Step]:
    """The steps that were counted, in order. Applicants need not have been leads: there the comparison begins anew.

    `all_asked`: everybody who asked is still known, so that those who confirmed can be compared with them.
    """
    most, before = max(counted.values(), default=0), 0
    lines: list[Step] = []
    for key, label in STEPS.items():
        if key not in counted:
            continue
        persons = counted[key]
        anew = key == "applied" or (key == "confirmed" and not all_asked)
        others = anew or persons > before  # more than before: they came another way, by hand say
        compared = None if others or not before else round(100 * persons / before)
        lines.append(Step(label, persons, round(100 * persons / most) if most else 0, compared))
        before = persons
    return lines
