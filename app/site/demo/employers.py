"""An employer in the demo: three seats paid by transfer, one claimed, one person invited, one seat still to give."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import claims, employers
from app.admissions.claim_models import Invitation
from app.cohorts.models import Cohort
from app.lib import times
from app.lib.database import db
from app.payments import employers as money
from app.payments import staff_actions
from app.payments.models import Order

SEATS = 3
PRICE = 240_000  # cents of one; invented, as everything here


def bought(staff: User, cohort: Cohort, colleague: User, practice: str, now: datetime) -> None:
    """`colleague` has claimed a seat of it."""
    opened = now - timedelta(days=16)
    terms = money.Terms(
        employer="Harbor Point Orthopedics",
        contact_name="Dana Ortiz",
        contact_email="dana.ortiz@example.com",
        seats=SEATS,
        price_cents=PRICE,
        currency="usd",
        pays_by="by hand",
        pay_until=times.local_date(opened, cohort.time_zone) + timedelta(days=14),
        claim_until=cohort.starts_on - timedelta(days=1),
    )
    purchase = employers.open_purchase(staff, cohort, terms, opened)
    order = money.order_of(purchase.id)
    paid = opened + timedelta(days=5)
    arrived = times.local_date(paid, cohort.time_zone)
    staff_actions.enter_payment(
        staff, order, "transfer", order.amount_cents, arrived, "HPO-2291", "", False, paid
    )
    employers.keep_paid(order, paid)
    _invite(order, colleague.email, paid + timedelta(hours=3))
    row = db.session.scalars(select(Invitation).where(Invitation.email == colleague.email)).one()
    claims.claim(colleague, row, practice, paid + timedelta(days=1))
    _invite(order, "luis.ferrer@example.com", now - timedelta(days=2))


def _invite(order: Order, email: str, at: datetime) -> None:
    claims.invite(claims.page_of(order), [email], at)
