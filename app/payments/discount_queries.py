"""Discount codes for the pages of staff: each with how often it was used and what it took off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, select

from app.accounts.models import User
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import db
from app.payments import discount_rules as rules
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.discounts import facts
from app.payments.models import Order

A_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One code in the list. `uses` and `cents` are those that count now."""

    code: DiscountCode
    cohort: str  # its title; '' for every cohort
    uses: int
    cents: int

    @property
    def words(self) -> str:
        return rules.words(facts(self.code))

    def state(self, now: datetime) -> str:
        """'archived', 'not yet', 'over', 'used up' or 'in use'."""
        if self.code.archived_at is not None:
            return "archived"
        if self.code.valid_from is not None and now < self.code.valid_from:
            return "not yet"
        if self.code.valid_until is not None and now >= self.code.valid_until:
            return "over"
        spent = self.code.budget_cents is not None and self.cents >= self.code.budget_cents
        full = self.code.max_uses is not None and self.uses >= self.code.max_uses
        return "used up" if spent or full else "in use"


def codes(archived: bool, before: int | None) -> tuple[list[Line], int | None]:
    """A page of codes, the newest first, and the key of the next page (None: there is none)."""
    query = _lines().where(
        DiscountCode.archived_at.is_not(None) if archived else DiscountCode.archived_at.is_(None)
    )
    if before is not None:
        query = query.where(DiscountCode.id < before)
    rows = db.session.execute(query.order_by(DiscountCode.id.desc()).limit(A_PAGE + 1)).all()
    lines = [Line(code, cohort, uses, cents) for code, cohort, uses, cents in rows]
    return lines[:A_PAGE], lines[A_PAGE - 1].code.id if len(lines) > A_PAGE else None


def line_of(code_id: int) -> Line | None:
    """One code with its sums."""
    row = db.session.execute(_lines().where(DiscountCode.id == code_id)).one_or_none()
    if row is None:
        return None
    code, cohort, uses, cents = row
    return Line(code, cohort, uses, cents)


@dataclass(frozen=True)
class Use:
    """Who used a code for which cohort, when, and what came of it."""

    name: str
    cohort: str
    cohort_slug: str
    amount_cents: int
    status: str
    at: datetime


def uses_of(code_id: int) -> list[Use]:
    """The uses of a code, the latest first; a hundred at most."""
    query = (
        select(
            User.name, Cohort.title, Cohort.slug, DiscountUse.amount_cents, DiscountUse.status, DiscountUse.at
        )
        .join(Order, Order.id == DiscountUse.order_id)
        .join(Enrollment, Enrollment.id == Order.enrollment_id)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(User, User.id == DiscountUse.user_id)
        .where(DiscountUse.code_id == code_id)
    )
    rows = db.session.execute(query.order_by(DiscountUse.id.desc()).limit(100))
    return [Use(*row) for row in rows]


def cohorts_for_codes() -> Sequence[Cohort]:
    """Cohorts a code may be for: those that are not over, the latest first."""
    query = select(Cohort).where(Cohort.status.not_in(("finished", "archived", "cancelled")))
    return db.session.scalars(query.order_by(Cohort.starts_on.desc())).all()


def _lines() -> Select[DiscountCode, str, int, int]:
    counted = and_(DiscountUse.code_id == DiscountCode.id, DiscountUse.status.in_(rules.COUNTED))
    uses = select(func.count()).where(counted).correlate(DiscountCode).scalar_subquery()
    cents = select(func.coalesce(func.sum(DiscountUse.amount_cents), 0)).where(counted)
    title = select(Cohort.title).where(Cohort.id == DiscountCode.cohort_id).correlate(DiscountCode)
    return select(
        DiscountCode,
        func.coalesce(title.scalar_subquery(), ""),
        uses,
        cents.correlate(DiscountCode).scalar_subquery(),
    )
