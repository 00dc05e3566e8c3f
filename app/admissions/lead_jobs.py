"""The interest list is told of a cohort, and what nobody confirmed is forgotten. Safe to run twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from app.admissions import lead_messages, lead_rules, leads
from app.admissions.lead_models import Lead, LeadLink, LeadTold
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.jobs import job
from app.mail.models import Message

BATCH = 50  # leads told in one transaction


@job("tell-leads", minutes=5)
def tell_leads(now: datetime) -> int:
    """Tell every confirmed lead of the interest list of each cohort that takes applications. Returns how many."""
    told = 0
    for cohort_id in [one.id for one in cohorts.open_cohorts(now)]:
        while more := _tell_some(cohort_id, now):
            told += more
    db.session.rollback()
    return told


def _tell_some(cohort_id: int, now: datetime) -> int:
    known = select(LeadTold.id).where(LeadTold.lead_id == Lead.id, LeadTold.cohort_id == cohort_id)
    waiting = select(Lead).where(Lead.status == "confirmed", Lead.wants_cohorts.is_(True), ~known.exists())
    begin_write()
    cohort = db.session.get_one(Cohort, cohort_id)
    found = db.session.scalars(waiting.order_by(Lead.id).limit(BATCH).with_for_update(skip_locked=True)).all()
    for lead in found:
        leads.tell(lead, cohort, now)
    db.session.commit()
    return len(found)


@job("erase-leads", minutes=60)
def erase_leads(now: datetime) -> None:
    """Erase addresses that never confirmed, links that are over, and the mails that carried them."""
    begin_write()
    old = delete(Lead).where(
        Lead.status.in_(("asked", "unsubscribed")),
        Lead.confirmed_at.is_(None),
        Lead.asked_at <= now - lead_rules.KEPT_UNCONFIRMED,
    )
    mails = delete(Message).where(
        Message.kind.in_((lead_messages.CONFIRM, lead_messages.COHORT_OPEN)),
        Message.status != "waiting",
        Message.created_at <= now - lead_rules.MAIL_FORGOTTEN,
    )
    for query in (old, delete(LeadLink).where(LeadLink.expires_at <= now), mails):
        db.session.execute(query.execution_options(synchronize_session=False))
    db.session.commit()
