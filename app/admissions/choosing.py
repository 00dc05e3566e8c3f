"""What may be chosen at the checkout: the plans of an offer, with what a discount code takes off each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.admissions import rules
from app.admissions.models import Offer
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import times
from app.lib.imprint import imprint
from app.lib.refusal import Refused
from app.payments import queries as payments
from app.payments.discounts import Wanted

Plan = Mapping[str, Any]


def choices_of(
    offer: Offer, cohort: Cohort, now: datetime, wanted: Wanted | None = None
) -> list[rules.Choice]:
    """The offer's plans as they may be chosen today, pay in full first; lowered by the code where it says so.

    Refused, at the field `code`, when the code lowers none of them.
    """
    full = {"installments": 1, "label": "In full", "amount_cents": offer.amount_cents}
    plans: list[Plan] = [full, *(plan for plan in offer.plans if plan["installments"] != 1)]
    if wanted is not None:
        plans = _lowered(plans + _opened(plans, cohort, wanted, now), offer, cohort, wanted, now)
    today = times.local_date(now, cohort.time_zone)
    return rules.choices(plans, offer.currency, imprint().short_name, today, cohorts.ends_on(cohort))


def _opened(plans: Sequence[Plan], cohort: Cohort, wanted: Wanted, now: datetime) -> list[Plan]:
    """The plan that nobody is offered without this code."""
    parts = wanted.code.opens_plan
    if parts is None or any(plan["installments"] == parts for plan in plans):
        return []
    price = payments.hidden_plan(cohort, parts, now)
    if price is None:
        return []
    return [{"installments": parts, "label": price.label, "amount_cents": price.amount_cents}]


def _lowered(
    plans: Sequence[Plan], offer: Offer, cohort: Cohort, wanted: Wanted, now: datetime
) -> list[Plan]:
    found: list[Plan] = []
    refusals: list[Refused] = []
    for plan in plans:
        about = {"installments": plan["installments"], "total_cents": plan["amount_cents"]}
        try:
            off = wanted.takes_off(cohort_id=cohort.id, currency=offer.currency, now=now, **about)
        except Refused as refused:
            refusals.append(refused)
            found.append(plan)
        else:
            price = plan["amount_cents"] - off
            found.append({**plan, "amount_cents": price, "code": wanted.name, "off_cents": off})
    if len(refusals) == len(plans):
        raise refusals[-1]
    return found
