"""The letters to leads. Each carries a link that ends them, in its text and in its header (RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.admissions.lead_models import Lead
from app.cohorts.models import Cohort
from app.lib.imprint import imprint
from app.lib.tokens import hash_token
from app.mail.actions import post
from app.payments import queries as payments

CONFIRM, COHORT_OPEN = "admissions/lead_confirm", "admissions/lead_cohort_open"


@dataclass
class Address:
    """Where a mail goes. Before an address is confirmed nobody vouches for the name that was typed with it."""

    email: str
    name: str = ""


def confirm(lead: Lead, url: str, unsubscribe: str, now: datetime) -> None:
    """'Is this your address?' No word that a stranger typed is in it."""
    post(
        CONFIRM,
        Address(lead.email),
        f"Please confirm: mail from {imprint().title}",
        key=f"lead:{lead.id}:confirm:{hash_token(url)[:20]}",
        now=now,
        unsubscribe=unsubscribe,
        url=url,
    )


def cohort_open(lead: Lead, cohort: Cohort, unsubscribe: str, now: datetime) -> None:
    """'You asked to hear of the next cohort': when it starts, what it costs, until when one applies."""
    post(
        COHORT_OPEN,
        Address(lead.email, lead.name),
        f"Applications are open: {cohort.title}",
        key=f"cohort-open:{cohort.id}:lead:{lead.id}",
        now=now,
        unsubscribe=unsubscribe,
        cohort=cohort,
        price=payments.price_of(cohort, now),
    )
