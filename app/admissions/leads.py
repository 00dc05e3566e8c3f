"""Verbs on leads. None of them commits; none says whether an address was known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.admissions import lead_messages, lead_rules
from app.admissions.lead_models import Lead, LeadLink, LeadTold
from app.audit.actions import record
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib.database import db
from app.lib.tokens import hash_token, new_token

LIFE = {"confirm": lead_rules.CONFIRM_LIFE, "unsubscribe": lead_rules.UNSUBSCRIBE_LIFE}
PATHS = {"confirm": "/subscribe/", "unsubscribe": "/unsubscribe/"}


@dataclass(frozen=True)
class Wish:
    """What somebody typed. It lies with the link until the address has answered: a stranger changes nothing."""

    name: str
    updates: bool
    cohorts: bool
    source: str
    consent: str
    version: str = lead_rules.CONSENT_VERSION


def ask(email: str, wish: Wish, now: datetime) -> Lead:
    """Mail this address a link to confirm with. The same for an address that is known, confirmed, or unsubscribed."""
    lead = _find_or_create(email.strip().lower(), now)
    confirm = make_link(lead, "confirm", now, wish)
    lead_messages.confirm(lead, confirm, make_link(lead, "unsubscribe", now), now)
    return lead


def _find_or_create(email: str, now: datetime) -> Lead:
    query = select(Lead).where(Lead.email == email).with_for_update()
    found = db.session.scalar(query)
    if found:
        if found.confirmed_at is None:
            found.asked_at = now  # it is kept for as long again
        return found
    lead = Lead(email=email, status="asked", asked_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(lead)
    except IntegrityError:  # two forms at once, each the first to see this address
        return db.session.scalars(query).one()
    return lead


def make_link(lead: Lead, purpose: str, now: datetime, wish: Wish | None = None) -> str:
    """A new secret for one purpose ('confirm', 'unsubscribe'); returns the whole address. Only the hash is kept."""
    token = new_token()
    db.session.add(
        LeadLink(
            lead_id=lead.id,
            purpose=purpose,
            token_hash=hash_token(token),
            wish=asdict(wish) if wish else {},
            created_at=now,
            expires_at=now + LIFE[purpose],
        )
    )
    return f"{current_app.config['BASE_URL']}{PATHS[purpose]}{token}"


def find_link(token: str, purpose: str, now: datetime, lock: bool = False) -> LeadLink | None:
    """The link behind this secret, for this purpose, while it lives and was not used; None for anything else.

    `lock`: whoever writes holds the lead, not the link, so that two links of one lead never wait for each other.
    """
    good = (
        LeadLink.token_hash == hash_token(token),
        LeadLink.purpose == purpose,
        LeadLink.used_at.is_(None),
        LeadLink.expires_at > now,
    )
    if lock:
        held = select(Lead).join(LeadLink, LeadLink.lead_id == Lead.id).where(*good)
        db.session.scalar(held.with_for_update(of=Lead))
    return db.session.scalar(select(LeadLink).where(*good))


def confirm(link: LeadLink, now: datetime) -> Lead:
    """The address has answered: what was asked with this link is so from now on. Cohorts open now count as told."""
    lead, wish = link.lead, Wish(**link.wish)
    lead.name = wish.name or lead.name
    lead.wants_updates, lead.wants_cohorts = wish.updates, wish.cohorts
    lead.source = lead.source or wish.source
    lead.consent_text, lead.consent_version, lead.consented_at = wish.consent, wish.version, link.created_at
    lead.status, lead.confirmed_at, lead.unsubscribed_at = "confirmed", lead.confirmed_at or now, None
    _use_up_confirmations(lead, now)
    for cohort in cohorts.open_cohorts(now):  # the page that answers shows them
        _note_told(lead, cohort, now)
    record(None, "Somebody interested confirmed their address", ("lead", lead.id), now=now)
    return lead


def unsubscribe(lead: Lead, now: datetime, actor: User | None = None) -> None:
    """No more mail to this address, until it asks and confirms anew. Twice is harmless. `actor`: of staff."""
    if lead.status == "unsubscribed":
        return
    lead.status, lead.unsubscribed_at = "unsubscribed", now
    _use_up_confirmations(lead, now)
    sentence = "Took somebody interested off the list" if actor else "Somebody interested unsubscribed"
    record(actor, sentence, ("lead", lead.id), now=now)


def _use_up_confirmations(lead: Lead, now: datetime) -> None:
    """A link that was mailed earlier must not undo what was decided since."""
    unused = update(LeadLink).where(
        LeadLink.lead_id == lead.id, LeadLink.purpose == "confirm", LeadLink.used_at.is_(None)
    )
    db.session.execute(unused.values(used_at=now))


def tell(lead: Lead, cohort: Cohort, now: datetime) -> None:
    """Tell this lead that the cohort takes applications; once, whatever happens."""
    if _note_told(lead, cohort, now):
        lead_messages.cohort_open(lead, cohort, make_link(lead, "unsubscribe", now), now)


def _note_told(lead: Lead, cohort: Cohort, now: datetime) -> bool:
    """Whether it was news."""
    known = select(LeadTold.id).where(LeadTold.lead_id == lead.id, LeadTold.cohort_id == cohort.id)
    if db.session.scalar(known) is not None:
        return False
    db.session.add(LeadTold(lead_id=lead.id, cohort_id=cohort.id, told_at=now))
    return True
