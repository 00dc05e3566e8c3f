"""Discount codes, and each use of one. A use is a fact: it is given back, never deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.columns import one_of
from app.lib.database import Base
from app.payments.discount_rules import KINDS


class DiscountCode(Base):
    """What a code takes off, for whom and how long. Edited and archived, never deleted: its uses refer to it."""

    __tablename__ = "discount_code"
    __table_args__ = (
        one_of("kind", *KINDS),
        CheckConstraint("value >= 0", name="value_positive"),
        CheckConstraint("per_person >= 1", name="per_person_possible"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)  # capitals: 'SPRING-20'
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[int]  # percent, or cents
    currency: Mapped[str] = mapped_column(String(3), default="usd")
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    opens_plan: Mapped[int | None]  # this number of installments, hidden from everybody else
    max_uses: Mapped[int | None]
    per_person: Mapped[int] = mapped_column(default=1)
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    budget_cents: Mapped[int | None]
    is_scholarship: Mapped[bool] = mapped_column(default=False)  # its use stays used when the seat is let go
    note: Mapped[str] = mapped_column(String(500), default="")  # for staff alone
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class DiscountUse(Base):
    """One code on one order. Held while the order is open, confirmed by its first money, or given back."""

    __tablename__ = "discount_use"
    __table_args__ = (
        one_of("status", "held", "confirmed", "given back"),
        CheckConstraint("amount_cents >= 0", name="amount_positive"),
        Index("ix_discount_use_code_id_status", "code_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("discount_code.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    amount_cents: Mapped[int]  # what came off
    status: Mapped[str] = mapped_column(String(20), default="held")
    at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
