"""Applications, offers and seat holds. A live seat hold is a seat: nothing else is counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.cohorts.models import Cohort
from app.lib.columns import one_of
from app.lib.database import Base

LIVE_APPLICATION = "status IN ('draft', 'submitted', 'in review', 'accepted', 'waitlisted')"
LIVE_HOLD = "status IN ('active', 'converted')"


class Application(Base):
    __tablename__ = "application"
    __table_args__ = (
        one_of(
            "status", "draft", "submitted", "in review", "accepted", "waitlisted", "declined", "withdrawn"
        ),
        Index(
            "uq_application_live",
            "user_id",
            "cohort_id",
            unique=True,
            sqlite_where=text(LIVE_APPLICATION),
            postgresql_where=text(LIVE_APPLICATION),
        ),
        Index("ix_application_cohort_id_status", "cohort_id", "status"),
        Index("ix_application_saved_at", "saved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    status: Mapped[str] = mapped_column(String(20))
    practice_name: Mapped[str] = mapped_column(String(160), default="")
    answers: Mapped[dict[str, str]] = mapped_column(JSON)  # question key → what was typed
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why declined, in words the applicant reads
    version: Mapped[int] = mapped_column(default=1)
    # a draft: when it was last changed, and when its writer was reminded of it
    saved_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    # the questions as they stood when the answers were sent; empty before there were questions of a cohort
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")

    user: Mapped[User] = relationship(lazy="joined", foreign_keys=[user_id])
    cohort: Mapped[Cohort] = relationship(lazy="joined")


class Offer(Base):
    """A time-limited yes with the price frozen into it."""

    __tablename__ = "offer"
    __table_args__ = (one_of("status", "open", "taken", "lapsed", "withdrawn"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id", ondelete="CASCADE"), unique=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(20), default="open")
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # [{installments, label, amount_cents}, …]: what may be chosen, as it was when the yes was said
    plans: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")

    application: Mapped[Application] = relationship(lazy="joined")


class SeatHold(Base):
    """One seat of a cohort, held for one application: by an open offer, while paying, and for good once paid.

    An employer's seats are holds without a person until somebody claims them: active while unpaid, then converted.

    Seats are numbered. The unique index over live holds is the second net under the count: even a wrong
    count cannot sell the same seat twice.
    """

    __tablename__ = "seat_hold"
    __table_args__ = (
        one_of("status", "active", "converted", "released", "expired"),
        CheckConstraint("seat >= 1", name="seat_numbered"),
        Index(
            "uq_seat_hold_live_seat",
            "cohort_id",
            "seat",
            unique=True,
            sqlite_where=text(LIVE_HOLD),
            postgresql_where=text(LIVE_HOLD),
        ),
        Index(
            "uq_seat_hold_live_user",
            "cohort_id",
            "user_id",
            unique=True,
            sqlite_where=text(LIVE_HOLD),
            postgresql_where=text(LIVE_HOLD),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # empty: an employer's, unclaimed
    employer_purchase_id: Mapped[int | None] = mapped_column(ForeignKey("employer_purchase.id"), index=True)
    seat: Mapped[int]
    status: Mapped[str] = mapped_column(String(20), default="active")
    because: Mapped[str] = mapped_column(String(40))  # 'offer', 'checkout', 'employer', 'enrolled'
    until: Mapped[datetime | None]  # empty: for good
    forced: Mapped[str] = mapped_column(
        String(500), default="", server_default=""
    )  # why given above the capacity
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
