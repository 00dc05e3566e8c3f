"""The discount codes of the demo: one for everybody, one of a cohort with a budget, one scholarship, one out of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.accounts.models import User
from app.cohorts.models import Cohort
from app.payments import discounts

ALUMNI = discounts.Terms(
    code="ALUMNI-10", kind="percent", value=10, currency="usd", cohort_id=None, opens_plan=None, max_uses=None,
    per_person=1, valid_from=None, valid_until=None, budget_cents=None, is_scholarship=False,
    note="For people whom graduates of the program send to us.",
)  # fmt: skip


def made(staff: User, cohort: Cohort, now: datetime) -> None:
    """`cohort` is the one that takes applications."""
    discounts.create(staff, ALUMNI, now - timedelta(days=40))
    podcast = replace(
        ALUMNI, code="PODCAST", kind="amount", value=30_000, cohort_id=cohort.id, max_uses=10,
        budget_cents=300_000, valid_until=now + timedelta(days=20), note="Read out in the interview of last month.",
    )  # fmt: skip
    discounts.create(staff, podcast, now - timedelta(days=12))
    grant = replace(
        ALUMNI,
        code="GRANT-2026",
        value=100,
        max_uses=2,
        is_scholarship=True,
        note="Two seats a year, by letter.",
    )
    discounts.create(staff, grant, now - timedelta(days=30))
    spring = replace(ALUMNI, code="EARLY-SPRING", value=15, note="Of the founding cohort.")
    discounts.set_archived(
        staff, discounts.create(staff, spring, now - timedelta(days=200)), True, now - timedelta(days=150)
    )
