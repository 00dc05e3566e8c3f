"""Moving to another cohort: the rule of each cohort as rows, and one row for each time somebody did."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.lib.database import Base


class DeferralTier(Base):
    """One row of a cohort's rule: who tells us by this day (cohort's zone) may move on, so often, for this fee."""

    __tablename__ = "deferral_tier"
    __table_args__ = (
        CheckConstraint("fee_cents >= 0", name="fee_positive"),
        CheckConstraint("times >= 1", name="times_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    until: Mapped[date]
    times: Mapped[int] = mapped_column(default=1)  # in all, the moves before counted
    fee_cents: Mapped[int] = mapped_column(default=0)


class Deferral(Base):
    """Somebody moved here from another cohort. What it came to is kept in the words it was confirmed in."""

    __tablename__ = "deferral"

    id: Mapped[int] = mapped_column(primary_key=True)
    # the new place; the one before is what it continues
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"), unique=True)
    told_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(20))  # a key of `deferring_rules.REASONS`
    clause: Mapped[str] = mapped_column(String(300))  # the line of the rule it follows
    exception: Mapped[str] = mapped_column(String(500), default="")  # why it was done outside the rule
    fee_cents: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[list[str]] = mapped_column(JSON, default=list)  # what of the work did not come along
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    enrollment: Mapped[Enrollment] = relationship(lazy="joined")
    by: Mapped[User] = relationship(lazy="joined")
