"""The letter to somebody who has moved to another cohort."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.admissions.deferring_models import Deferral
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.mail.actions import post
from app.payments import queries, schedule
from app.payments.models import Order

if TYPE_CHECKING:
    from app.admissions.deferring import Plan


def deferred(row: Deferral, old: Enrollment, order: Order | None, plan: Plan, now: datetime) -> None:
    """'You have moved': the dates before and after, the money with its new days, what came along, what to do next."""
    new, user = row.enrollment, old.user
    calls = cohorts.calls_of(new.cohort)
    parts = queries.parts_of(order) if order else []
    post(
        "admissions/deferred",
        user,
        f"You have moved to the {new.cohort.title}",
        key=f"deferred:enrollment:{new.id}",
        now=now,
        user=user,
        zone=user.time_zone,
        before=_days(old.cohort),
        after=_days(new.cohort),
        cohort=new.cohort,
        first_call=calls[0] if calls else None,
        account=plan.account,
        coming=[one for one in parts if schedule.left_of(one) and not one.name],
        fee=next((one for one in parts if schedule.left_of(one) and one.name), None),
        card=order.card_words if order else "",
        came=[one for one in plan.pieces if not one.why_not],
        left_out=row.left_out,
    )


def _days(cohort: Cohort) -> dict[str, object]:
    first = cohort.starts_on + timedelta(days=cohort.shift_days)
    return {"title": cohort.title, "first": first, "last": cohorts.ends_on(cohort)}
