"""The letters of the waitlist."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.accounts import links
from app.admissions.models import Offer
from app.admissions.waitlist_models import WaitlistEntry
from app.admissions.waitlist_queries import terms_of
from app.mail.actions import post
from app.payments.queries import refund_lines

BACK = timedelta(days=7)  # for so long the link of a lapse signs in; after that the usual way does


def listed(entry: WaitlistEntry, now: datetime) -> None:
    """'You are on the waitlist': what that means, and that nothing is to be done."""
    terms = terms_of(entry.application.cohort)
    _post("listed", entry, "You are on the waitlist", now, terms=terms, back=False)


def kept(entry: WaitlistEntry, now: datetime) -> None:
    """'You are still on the waitlist', after an offer that passed."""
    terms = terms_of(entry.application.cohort)
    _post("listed", entry, "You are still on the waitlist", now, terms=terms, back=True)


def seat_free(entry: WaitlistEntry, offer: Offer, now: datetime) -> None:
    """'A seat came free': until when, the price, the refund rule, and one link that leads to the checkout."""
    cohort = entry.application.cohort
    _post(
        "seat_free",
        entry,
        "A seat came free for you",
        now,
        offer=offer,
        refund=refund_lines(cohort, offer.amount_cents, offer.currency),
        url=_sign_in(entry, now, offer.expires_at, "checkout"),
    )


def passed(entry: WaitlistEntry, now: datetime) -> None:
    """'The seat went on': kindly, with one link back to the old place in line."""
    url = _sign_in(entry, now, now + BACK, "apply")
    _post("passed", entry, "The seat went on to the next in line", now, url=url)


def _post(kind: str, entry: WaitlistEntry, subject: str, now: datetime, **more: Any) -> None:
    user, cohort = entry.application.user, entry.application.cohort
    post(
        f"waitlist/{kind}",
        user,
        f"{subject}: {cohort.title}",
        key=f"waitlist:{entry.id}:{entry.version}:{kind}",
        now=now,
        user=user,
        cohort=cohort,
        zone=user.time_zone,
        **more,
    )


def _sign_in(entry: WaitlistEntry, now: datetime, expires_at: datetime, page: str) -> str:
    path = f"/cohorts/{entry.application.cohort.slug}/{page}"
    return links.make(entry.application.user, "sign-in", now=now, expires_at=expires_at, next_path=path)
