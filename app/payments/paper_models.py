"""Receipts and credit notes as they were given. Amounts are integer cents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib.columns import one_of
from app.lib.database import Base
from app.payments.models import Order


class PaperCounter(Base):
    """The last number given to a kind of paper in a year; whoever gives the next one locks this row."""

    __tablename__ = "paper_counter"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Paper(Base):
    """A receipt or a credit note as it was given: its words are frozen, and its number belongs to nothing else."""

    __tablename__ = "paper"
    __table_args__ = (one_of("kind", "receipt", "credit note"), UniqueConstraint("kind", "year", "number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]  # of the institute's calendar when it was given
    number: Mapped[int]  # 1, 2, 3 … of this kind in this year, without a gap
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), unique=True)  # of a receipt
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    issued_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # what is printed: see `papers.Content`

    order: Mapped[Order] = relationship()

    @property
    def label(self) -> str:
        """'R-2026-0042', as it is printed and searched for."""
        return f"{'R' if self.kind == 'receipt' else 'C'}-{self.year}-{self.number:04d}"
