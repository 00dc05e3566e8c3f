"""A cohort that is cancelled: who asked, who said yes, why; and each person it touches, until they are seen to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.admissions.cancelling_rules import STANDINGS
from app.cohorts.models import Cohort
from app.lib.columns import one_of
from app.lib.database import Base
from app.payments.employer_models import EmployerPurchase

LIVE_CANCELLATION = "status IN ('requested', 'confirmed')"


class Cancellation(Base):
    """Requested: waits for a second person, and no seat is sold meanwhile. Confirmed: for good."""

    __tablename__ = "cancellation"
    __table_args__ = (
        one_of("status", "requested", "confirmed", "declined", "taken back"),
        Index(
            "uq_cancellation_live",
            "cohort_id",
            unique=True,
            sqlite_where=text(LIVE_CANCELLATION),
            postgresql_where=text(LIVE_CANCELLATION),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    status: Mapped[str] = mapped_column(String(20), default="requested")
    reason: Mapped[str] = mapped_column(Text)  # a paragraph of the mail to everybody
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(500), default="")  # why it was declined; for staff

    cohort: Mapped[Cohort] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


class CancellationCase(Base):
    """One person or employer whom a confirmed cancellation touches. The worker sees to each in one
    transaction, then it is done.

    Left: their place had ended another way before the worker came, and so had their money been settled.
    """

    __tablename__ = "cancellation_case"
    __table_args__ = (
        one_of("status", "waiting", "done", "left"),
        one_of("standing", *STANDINGS),
        CheckConstraint("(user_id IS NULL) <> (employer_purchase_id IS NULL)", name="one_touched"),
        UniqueConstraint("cancellation_id", "user_id"),
        UniqueConstraint("cancellation_id", "employer_purchase_id"),
        Index("ix_cancellation_case_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cancellation_id: Mapped[int] = mapped_column(ForeignKey("cancellation.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    employer_purchase_id: Mapped[int | None] = mapped_column(
        ForeignKey("employer_purchase.id", ondelete="CASCADE"), index=True
    )
    standing: Mapped[str] = mapped_column(String(20))  # how they stood when it was confirmed
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)  # that failed
    failure: Mapped[str] = mapped_column(String(300), default="")  # why the last one did, for staff
    done_at: Mapped[datetime | None]

    cancellation: Mapped[Cancellation] = relationship()
    user: Mapped[User | None] = relationship()
    employer: Mapped[EmployerPurchase | None] = relationship()

    @property
    def name(self) -> str:
        """Of the person, or of the employer."""
        touched = self.employer or self.user
        assert touched is not None
        return touched.name
