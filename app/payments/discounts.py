"""Verbs on discount codes. None of them commits. A use is decided under the lock of its code, so that of two people
with its last use one gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from app.accounts.models import User
from app.audit.actions import record
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments import discount_rules as rules
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Order

TAKEN = "There is a code of this name already. Choose another, or edit that one."
STALE = "Somebody changed this code since you opened the page. Both are below; please look at what holds now."


@dataclass(frozen=True)
class Terms:
    """What staff say of a code, as read from the form."""

    code: str
    kind: str
    value: int
    currency: str
    cohort_id: int | None
    opens_plan: int | None
    max_uses: int | None
    per_person: int
    valid_from: datetime | None
    valid_until: datetime | None
    budget_cents: int | None
    is_scholarship: bool
    note: str


def create(actor: User, terms: Terms, now: datetime) -> DiscountCode:
    """A new code. Refused, at the field, for what cannot be or is there already."""
    row = DiscountCode(created_by_id=actor.id, created_at=now)
    _write(row, terms)
    db.session.add(row)
    db.session.flush()
    record(actor, f"Made the code {row.code}: {rules.words(facts(row))}", ("discount code", row.id), now=now)
    return row


def change(actor: User, row: DiscountCode, version: int, terms: Terms, now: datetime) -> None:
    """Other terms from now on; orders that used it keep what they got. Refused when somebody else was faster."""
    lock(row.id)
    if row.version != version:
        raise Refused(STALE)
    _write(row, terms)
    row.version += 1
    record(
        actor, f"Changed the code {row.code}: {rules.words(facts(row))}", ("discount code", row.id), now=now
    )


def set_archived(actor: User, row: DiscountCode, archived: bool, now: datetime) -> None:
    """Take a code out of use, or put it back. Twice is harmless; those who hold a use of it keep it."""
    lock(row.id)
    if (row.archived_at is not None) == archived:
        return
    row.archived_at = now if archived else None
    row.version += 1
    verb = "Archived" if archived else "Put back"
    record(actor, f"{verb} the code {row.code}", ("discount code", row.id), now=now)


def quote(typed: str, user: User, **price: Any) -> tuple[DiscountCode, int]:
    """The code and what it would take off now, in cents; nothing is held. `price`: see `discount_rules.check_use`.

    Refused, at the field `code`, when it cannot be used.
    """
    row = db.session.scalar(select(DiscountCode).where(DiscountCode.code == rules.normal(typed)))
    if row is None:
        raise Refused(rules.UNKNOWN, "code")
    return row, rules.check_use(facts(row), used(row, user.id), **price)


def hold(code_id: int, order: Order, off_cents: int, now: datetime) -> DiscountUse:
    """Count this use of a code that `quote` has just said yes to, in the same transaction and under the code's lock."""
    row = DiscountUse(
        code_id=code_id,
        order_id=order.id,
        user_id=order.enrollment.user_id,
        amount_cents=off_cents,
        status="held",
        at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def confirm(order: Order) -> None:
    """The order's first money has come: the use counts for good. Twice is harmless."""
    for row in _held(order):
        row.status = "confirmed"


def give_back(order: Order, now: datetime) -> None:
    """The order came to nothing: its use is free again, but for a scholarship's, which staff give anew by hand."""
    for row in _held(order):
        if not db.session.get_one(DiscountCode, row.code_id).is_scholarship:
            row.status, row.ended_at = "given back", now


def lock(code_id: int) -> DiscountCode:
    """The code as it is now, locked until this transaction ends."""
    query = select(DiscountCode).where(DiscountCode.id == code_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def facts(row: DiscountCode) -> rules.Code:
    """A row as the rules see it."""
    return rules.Code(
        row.kind, row.value, row.currency, row.cohort_id, row.opens_plan, row.max_uses, row.per_person,
        row.valid_from, row.valid_until, row.budget_cents, row.archived_at is not None,
    )  # fmt: skip


def used(row: DiscountCode, user_id: int) -> rules.Used:
    """How often it counts as used, in all and by this person."""
    mine = case((DiscountUse.user_id == user_id, 1))
    query = select(func.count(), func.count(mine), func.coalesce(func.sum(DiscountUse.amount_cents), 0))
    counted = query.where(DiscountUse.code_id == row.id, DiscountUse.status.in_(rules.COUNTED))
    uses, by_person, cents = db.session.execute(counted).one()
    return rules.Used(uses, by_person, cents)


def _held(order: Order) -> list[DiscountUse]:
    query = select(DiscountUse).where(DiscountUse.order_id == order.id, DiscountUse.status == "held")
    return list(db.session.scalars(query))


def _write(row: DiscountCode, terms: Terms) -> None:
    code = rules.check_new(terms.code)
    rules.check_terms(terms.kind, terms.value, terms.valid_from, terms.valid_until)
    same = select(DiscountCode.id).where(DiscountCode.code == code)
    found = db.session.scalar(same)
    if found is not None and found != row.id:
        raise Refused(TAKEN, "code")
    for name, value in vars(terms).items():
        setattr(row, name, value)
    row.code = code
