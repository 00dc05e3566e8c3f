"""An application that was begun and left is forgotten after 90 days; its writer is told a week before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.admissions import draft_rules, messages, rules
from app.admissions.models import Application
from app.lib.database import begin_write, db
from app.lib.jobs import job


@job("forget-drafts", minutes=60)
def forget_drafts(now: datetime) -> None:
    old = now - draft_rules.KEPT + draft_rules.REMINDED_BEFORE
    query = select(Application.id).where(Application.status == "draft", Application.saved_at <= old)
    ids = db.session.scalars(query.order_by(Application.id)).all()
    db.session.rollback()
    for application_id in ids:
        _look_at(application_id, now)


def _look_at(application_id: int, now: datetime) -> None:
    """Each in a transaction of its own: whoever types at this moment is waited for, and then it is no old draft."""
    begin_write()
    query = select(Application).where(Application.id == application_id, Application.status == "draft")
    draft = db.session.scalar(query.with_for_update(of=Application))
    what = draft_rules.due(draft.saved_at, draft.reminded_at, now) if draft and draft.saved_at else None
    if draft is not None and what == "remind":
        cohort = draft.cohort
        messages.draft(draft, rules.takes_applications(cohort.status, cohort.apply_until, now), now)
        draft.reminded_at = now
    elif draft is not None and what == "forget":
        db.session.delete(draft)
    db.session.commit()
