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


@dataclass(frozen=True)
class Wanted:
    """A code somebody would like to use, and how it counts as used without their own open order."""

    id: int
    name: str
    code: rules.Code
    used: rules.Used

    def takes_off(self, **price: Any) -> int:
        """Cents, for a price as `discount_rules.check_use` describes it. Raises Refused."""
        return rules.check_use(self.code, self.used, **price)


def want(typed: str, user: User, order: Order | None, *, locked: bool = False) -> Wanted:
    """The code of this name. Nothing is held. Refused, at the field `code`, when there is none.

    `order` is the person's open one, whose own use of the code is no obstacle to using it. `locked`: until this
    transaction ends nobody else decides about the code.
    """
    query = select(DiscountCode).where(DiscountCode.code == rules.normal(typed))
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None:
        raise Refused(rules.UNKNOWN, "code")
    return Wanted(row.id, row.code, facts(row), used(row, user.id, order.id if order else None))


def use(order: Order, wanted: Wanted | None, off_cents: int, now: datetime) -> None:
    """Hold the use of this code for the open order, in place of what it held before; None: it uses none.

    The code must have been wanted `locked`, in this transaction. Twice is harmless.
    """
    held = _held(order)
    if wanted and [(row.code_id, row.amount_cents) for row in held] == [(wanted.id, off_cents)]:
        return
    for row in held:
        row.status, row.ended_at = "given back", now
    if wanted:
        about = {"order_id": order.id, "user_id": order.enrollment.user_id}
        db.session.add(DiscountUse(code_id=wanted.id, amount_cents=off_cents, status="held", at=now, **about))
    db.session.flush()


def confirm(order: Order) -> None:
    """Money has come, or none is needed: the use counts for good. Twice is harmless.

    So does one that was given back when the seat was let go, and whose money came all the same.
    """
    rows = _held(order)
    if not rows and order.discount_cents:
        latest = select(DiscountUse).where(DiscountUse.order_id == order.id).order_by(DiscountUse.id.desc())
        rows = list(db.session.scalars(latest.limit(1)))
    for row in rows:
        row.status, row.ended_at = "confirmed", None


def give_back(order: Order, now: datetime, *, also_confirmed: bool = False) -> None:
    """The order came to nothing: its use is free again, but for a scholarship's, which staff give anew by hand.

    `also_confirmed`: money had come for it, and goes back.
    """
    for row in _counted(order) if also_confirmed else _held(order):
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


def used(row: DiscountCode, user_id: int, but_order_id: int | None = None) -> rules.Used:
    """How often it counts as used, in all and by this person; one order may be left out."""
    mine = case((DiscountUse.user_id == user_id, 1))
    query = select(func.count(), func.count(mine), func.coalesce(func.sum(DiscountUse.amount_cents), 0))
    counted = query.where(DiscountUse.code_id == row.id, DiscountUse.status.in_(rules.COUNTED))
    if but_order_id is not None:
        counted = counted.where(DiscountUse.order_id != but_order_id)
    uses, by_person, cents = db.session.execute(counted).one()
    return rules.Used(uses, by_person, cents)


def _held(order: Order) -> list[DiscountUse]:
    query = select(DiscountUse).where(DiscountUse.order_id == order.id, DiscountUse.status == "held")
    return list(db.session.scalars(query))


def _counted(order: Order) -> list[DiscountUse]:
    counted = DiscountUse.status.in_(rules.COUNTED)
    return list(db.session.scalars(select(DiscountUse).where(DiscountUse.order_id == order.id, counted)))


def archive_of_cohort(actor: User, cohort_id: int, now: datetime) -> int:
    """Take the codes that only hold for this cohort out of use. Returns how many were in use."""
    query = select(DiscountCode).where(
        DiscountCode.cohort_id == cohort_id, DiscountCode.archived_at.is_(None)
    )
    rows = list(db.session.scalars(query.order_by(DiscountCode.id)))
    for row in rows:
        set_archived(actor, row, True, now)
    return len(rows)


def _write(row: DiscountCode, terms: Terms) -> None:
    code = rules.check_new(terms.code)
    rules.check_terms(terms.kind, terms.value, terms.valid_from, terms.valid_until, terms.opens_plan)
    same = select(DiscountCode.id).where(DiscountCode.code == code)
    found = db.session.scalar(same)
    if found is not None and found != row.id:
        raise Refused(TAKEN, "code")
    for name, value in vars(terms).items():
        setattr(row, name, value)
    row.code = code
