"""More days for one person: granted, changed, ended. The history is rows; what holds now lies beside it, in one place.

An extension is days added and no date, so that a cohort that moves takes the people with more time along.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import messages, rules
from app.cohorts.models import Enrollment, Extension
from app.curriculum.schema import Module
from app.lib.database import db


def lock(enrollment: Enrollment) -> None:
    """Hold this enrollment, and see it as it is now."""
    db.session.refresh(enrollment, with_for_update={"of": Enrollment})


def set_days(
    actor: User,
    enrollment: Enrollment,
    module: Module | None,
    days: int,
    reason: str,
    *,
    any_length: bool,
    now: datetime,
) -> Extension | None:
    """Add so many days to what is due of this module (None: of all). 0 ends it. The same once more changes nothing.

    `any_length`: staff may grant more than a coach may at a time. Raises Refused.
    """
    lock(enrollment)
    slug = module.slug if module else ""
    held = rules.held_extension(enrollment.extensions, slug)
    reason = reason.strip()
    if days == held.days and (reason == held.reason or not days):
        return None
    rules.check_not_over(enrollment.status, enrollment.cohort.status, "there is nothing to extend")
    rules.check_extension(held.days, days, reason, any_length=any_length)
    change = "ended" if not days else "changed" if held.days else "granted"
    row = Extension(
        enrollment_id=enrollment.id, module_slug=slug, change=change, days=days, reason=reason,
        by_id=actor.id, by_name=actor.name, at=now,
    )  # fmt: skip
    db.session.add(row)
    others = {key: one for key, one in enrollment.extensions.items() if key != slug}
    enrollment.extensions = others | (
        {slug: {"days": days, "reason": reason, "by": actor.name}} if days else {}
    )
    db.session.flush()
    what = f"Module {module.number}" if module else "every module"
    said = f"{change.capitalize()} {enrollment.user.name}'s extension for {what}: {rules.days_words(days)}"
    record(actor, said, ("enrollment", enrollment.id), now=now)
    messages.extended(row, enrollment, module, now)
    return row


def history_of(enrollment_id: int) -> Sequence[Extension]:
    """Every line of it, the newest first."""
    rows = select(Extension).where(Extension.enrollment_id == enrollment_id).order_by(Extension.id.desc())
    return db.session.scalars(rows).all()
