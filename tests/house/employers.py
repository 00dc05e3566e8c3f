"""Two employers in the world: one whose page everybody with its link may see, one whose every word is staff's alone.

In a seat of the first sits Uma: nothing of hers may be on its page, and nothing of the second employer's.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import employers, seats
from app.admissions.claim_models import EmployerLink, Invitation
from app.cohorts.models import Cohort
from app.lib.database import db
from app.lib.tokens import hash_token
from app.payments import employers as money
from app.payments import staff_actions
from app.payments.employer_models import EmployerPurchase
from app.payments.paper_models import Paper

if TYPE_CHECKING:
    from tests.house.world import World

HARBOR_LINK, TIDE_LINK, INVITED = "link-of-an-employer", "link-of-another-employer", "link-of-an-invitation"
PRICE = 240000
TIDE_CONTACT = "xqtide"  # has no account, and may read in mails what is about these seats


def fill(world: World, now: datetime) -> None:
    sam, cohort = (
        db.session.get_one(User, world.cast.sam),
        db.session.get_one(Cohort, world.cast.autumn),
    )
    harbor = _purchase(sam, cohort, now, "Harbor Health", "Dana Ortiz", "dana@harbor.example", "link")
    order = money.order_of(harbor.id)
    staff_actions.enter_payment(
        sam, order, "check", order.amount_cents, date(2026, 3, 24), "1042", "", False, now
    )
    employers.keep_paid(order, now)
    _link(harbor, HARBOR_LINK, now)
    _claimed(world, harbor, now)
    invited = _invitation(harbor, "invited@example.com", INVITED, now)
    plant = world.canaries.plant
    tide = _purchase(sam, cohort, now, "Tide", "Lee", "lee@example.com", "by hand")
    readers = f"sam {TIDE_CONTACT}"
    tide.employer = plant("xqtideworks", readers, "sam")
    tide.contact_name = plant("xqtidecontact", readers, "sam")
    tide.contact_email = plant(f"{TIDE_CONTACT}@example.com", readers, "sam")
    _link(tide, TIDE_LINK, now)
    _invitation(tide, plant("xqtideinvited@example.com", "sam", "sam"), "link-of-no-seat", now)
    receipt = db.session.scalars(select(Paper.id).where(Paper.order_id == order.id)).one()
    world.ids |= {"harbor": harbor.id, "tide": tide.id, "harbor_open": invited.id, "harbor_paper": receipt}


def _purchase(
    sam: User, cohort: Cohort, now: datetime, employer: str, contact: str, email: str, pays_by: str
) -> EmployerPurchase:
    terms = money.Terms(
        employer, contact, email, 2, PRICE, "usd", pays_by, date(2026, 4, 8), date(2026, 9, 4)
    )
    return employers.open_purchase(sam, cohort, terms, now)


def _link(purchase: EmployerPurchase, token: str, now: datetime) -> None:
    db.session.add(
        EmployerLink(purchase=purchase, token_hash=hash_token(token), because="asked", created_at=now)
    )


def _claimed(world: World, harbor: EmployerPurchase, now: datetime) -> None:
    """Uma came by an invitation to an address that is not the one she signs in with."""
    spare = employers.holds_of(harbor.id)[0]
    seats.release(spare, now)
    db.session.flush()
    own = seats.hold_of(world.cast.autumn, world.cast.uma)
    assert own is not None
    own.employer_purchase_id = harbor.id
    row = _invitation(harbor, "claimed@example.com", "link-that-was-used", now)
    row.status, row.user_id, row.ended_at = "claimed", world.cast.uma, now


def _invitation(purchase: EmployerPurchase, email: str, token: str, now: datetime) -> Invitation:
    row = Invitation(
        purchase=purchase, email=email, token_hash=hash_token(token), invited_at=now, sent_at=now
    )
    db.session.add(row)
    db.session.flush()
    return row
