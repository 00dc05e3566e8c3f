"""The letter to everybody whom a cancelled cohort touches: one for each person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template

from app.admissions.cancelling_models import CancellationCase
from app.admissions.cancelling_rules import Touched
from app.cohorts.models import Cohort
from app.lib import times
from app.mail.actions import post
from app.payments.cancellations import Returned
from app.payments.returns import Figures

KIND = "admissions/cancelled"


@dataclass(frozen=True)
class Letter:
    """What the letter says of one person's money, in cents; and how they stood."""

    standing: str
    currency: str = "usd"
    figures: Sequence[Figures] = ()  # of each order
    stops_cents: int = 0
    on_its_way: bool = False
    refunds: Sequence[tuple[int, str]] = ()  # cents and to what; to '' by check or transfer

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


def cancelled(case: CancellationCase, cohort: Cohort, made: Sequence[Returned], now: datetime) -> None:
    """'The cohort does not take place': why, what goes back by which clause and when, what stays theirs."""
    letter = _letter(case.standing, made)
    post(
        KIND,
        case.user,
        subject(cohort),
        key=f"cancelled:case:{case.id}",
        now=now,
        **_shown(case.user.first_name, cohort, case.cancellation.reason, letter, now),
    )


def subject(cohort: Cohort) -> str:
    return f"The {cohort.title} does not take place"


def preview(cohort: Cohort, reason: str, touched: Touched | None, currency: str, now: datetime) -> str:
    """The text of the letter as this person (or somebody who only applied) will get it."""
    letter = _expected(touched, currency) if touched else Letter("applied")
    name = touched.name.split()[0] if touched and touched.name.split() else "…"
    shown = _shown(name, cohort, reason, letter, now)
    shown |= {"base_url": current_app.config["BASE_URL"], "subject": subject(cohort), "name": name}
    return render_template(f"mail/{KIND}.txt", **shown).strip()


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


def _letter(standing: str, made: Sequence[Returned]) -> Letter:
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
    )
