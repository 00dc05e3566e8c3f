"""Mail of this room to the participant."""

from __future__ import annotations

from datetime import datetime

from app.cohorts.models import Call, Enrollment, Extension
from app.cohorts.queries import dates_for, program
from app.cohorts.rules import days_words
from app.curriculum.schema import Module
from app.lib import times
from app.mail.actions import post


def extended(row: Extension, enrollment: Enrollment, module: Module | None, now: datetime) -> None:
    """Say how many days there are now, why, and when what comes next is due. Times are in the participant's zone."""
    user = enrollment.user
    coming = [module] if module else [one for one in program(enrollment.cohort).modules if one.worksheet]
    due = [(at, one) for one in coming if (at := dates_for(enrollment, one).due_at) > now]
    due.sort(key=lambda pair: (pair[0], pair[1].number))
    where = f"System {module.number}" if module else "every system"
    subject = (
        f"You have {days_words(row.days)} more for {where}"
        if row.days
        else f"The extra time for {where} has ended"
    )
    post(
        "cohorts/extended",
        user,
        subject,
        key=f"extension:{row.id}",
        now=now,
        first_name=user.first_name,
        days=row.days,
        words=days_words(row.days),
        where=where,
        reason=row.reason,
        by=row.by_name,
        due=times.moment(due[0][0], user.time_zone) if due else "",
        due_of=due[0][1] if due else None,
    )


def onboarding(enrollment: Enrollment, left: list[str], call: Call | None, now: datetime) -> None:
    """'Your place is not set up yet': what is left, in words, and the first call; once, whatever follows."""
    user = enrollment.user
    post(
        "cohorts/onboarding",
        user,
        f"Before the first call: {enrollment.cohort.title}",
        key=f"onboarding:enrollment:{enrollment.id}",
        now=now,
        first_name=user.first_name,
        cohort=enrollment.cohort,
        left=left,
        call=call,
        zone=user.time_zone,
    )
