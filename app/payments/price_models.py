"""What a seat costs under which plan, and what share of it goes back until when. Amounts are integer cents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class Price(Base):
    """What a seat in a cohort costs in all under one plan, from and until when."""

    __tablename__ = "price"
    __table_args__ = (CheckConstraint("amount_cents >= 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(80))  # 'Full price', 'Early'
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="usd")
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    installments: Mapped[int] = mapped_column(default=1, server_default="1")  # 1 (in full), 3 or 6
    hidden: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # only with a code


class RefundTier(Base):
    """One row of the refund rule: who withdraws by this day (cohort's zone) gets this share of the price back.

    The row without a day is for a cohort that METI itself cancels: everybody gets this share of what they paid back.
    """

    __tablename__ = "refund_tier"
    __table_args__ = (
        CheckConstraint("share_percent BETWEEN 0 AND 100", name="share_percent_possible"),
        Index(
            "uq_refund_tier_cancelled",
            "cohort_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    until: Mapped[date | None]
    share_percent: Mapped[int]
