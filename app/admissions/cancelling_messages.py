"""The letter to everybody whom a cancelled cohort touches: one for each person, and for each employer's contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template

from app.accounts.models import User
from app.admissions.cancelling_models import CancellationCase
from app.admissions.cancelling_rules import Touched
from app.cohorts.models import Cohort
from app.lib import times
from app.lib.words import count
from app.mail.actions import post
from app.payments.cancellations import Returned
from app.payments.employer_messages import contact_of
from app.payments.employer_models import EmployerPurchase
from app.payments.returns import Figures

KIND, TO_EMPLOYER = "admissions/cancelled", "admissions/cancelled_employer"


@dataclass(frozen=True)
class Letter:
    """What the letter says of one person's money, in cents; and how they stood."""

    standing: str
    currency: str = "usd"
    figures: Sequence[Figures] = ()  # of each order
    stops_cents: int = 0
    on_its_way: bool = False
    refunds: Sequence[tuple[int, str]] = ()  # cents and to what; to '' by check or transfer
    paid_by: str = ""  # the employer whose seat it was: then the letter is not about money

    @property
    def paid_cents(self) -> int:
        return sum(one.paid_cents for one in self.figures)

    @property
    def back_cents(self) -> int:
        return sum(one.back_cents for one in self.figures)

    @property
    def disputed_cents(self) -> int:
        return sum(one.disputed_cents for one in self.figures)

    @property
    def clause(self) -> str:
        return next((one.clause for one in self.figures if one.paid_cents), "")


def cancelled(
    case: CancellationCase,
    user: User,
    cohort: Cohort,
    made: Sequence[Returned],
    paid_by: EmployerPurchase | None,
    now: datetime,
) -> None:
    """'The cohort does not take place': why, what goes back by which clause and when, what stays theirs."""
    letter = _letter(case.standing, made, paid_by.employer if paid_by else "")
    post(
        KIND,
        user,
        subject(cohort),
        key=f"cancelled:case:{case.id}",
        now=now,
        **_shown(user.first_name, cohort, case.cancellation.reason, letter, now),
    )


def cancelled_employer(
    case: CancellationCase, purchase: EmployerPurchase, made: Sequence[Returned], now: datetime
) -> None:
    """The same to the contact of an employer: what was paid for all seats goes back, the claimed ones included."""
    cohort, letter = purchase.cohort, _letter(case.standing, made)
    post(
        TO_EMPLOYER,
        contact_of(purchase),
        subject(cohort),
        key=f"cancelled:case:{case.id}",
        now=now,
        seats=count(purchase.seats, "seat", "seats"),
        **_shown(purchase.first_name, cohort, case.cancellation.reason, letter, now),
    )


def subject(cohort: Cohort) -> str:
    return f"The {cohort.title} does not take place"


def preview(cohort: Cohort, reason: str, touched: Touched | None, currency: str, now: datetime) -> str:
    """The text of the letter as this person (or somebody who only applied) will get it."""
    letter = _expected(touched, currency) if touched else Letter("applied")
    full = (touched.contact or touched.name) if touched else ""
    name = full.split()[0] if full.split() else "…"
    shown = _shown(name, cohort, reason, letter, now)
    kind = TO_EMPLOYER if touched and touched.purchase_id else KIND
    if touched:
        shown["seats"] = count(touched.seats, "seat", "seats")
    shown |= {"base_url": current_app.config["BASE_URL"], "subject": subject(cohort), "name": name}
    return render_template(f"mail/{kind}.txt", **shown).strip()


def _shown(first_name: str, cohort: Cohort, reason: str, letter: Letter, now: datetime) -> dict[str, Any]:
    first = cohort.starts_on + timedelta(days=cohort.shift_days)
    return {
        "first_name": first_name,
        "cohort": cohort,
        "reason": reason,
        "letter": letter,
        "first_day": first,
        "begun": first <= times.local_date(now, cohort.time_zone),
    }


def _letter(standing: str, made: Sequence[Returned], paid_by: str = "") -> Letter:
    refunds = [refund for one in made for refund in one.refunds]
    return Letter(
        standing,
        currency=made[0].order.currency if made else "usd",
        figures=[one.figures for one in made],
        stops_cents=sum(one.stopped_cents for one in made),
        on_its_way=any(one.on_its_way for one in made),
        refunds=[
            (one.amount_cents, "" if one.by_hand else one.payment.paid_with or "the card you paid with")
            for one in refunds
        ],
        paid_by="" if made else paid_by,
    )


def _expected(touched: Touched, currency: str) -> Letter:
    by_hand = touched.by_hand_cents
    lines = [(touched.back_cents - by_hand, "the card you paid with"), (by_hand, "")]
    return Letter(
        touched.standing,
        currency=currency,
        figures=[touched.figures] if touched.figures else [],
        stops_cents=touched.stops_cents,
        on_its_way=touched.on_its_way,
        refunds=[(cents, to) for cents, to in lines if cents],
        paid_by=touched.paid_by,
    )
