"""Cohorts, their calls and coaches, and each person's enrollment."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.lib.columns import one_of
from app.lib.database import Base

COHORT_STATUSES = ("draft", "open", "closed", "running", "finished", "archived", "cancelled")
ENROLLMENT_STATUSES = (
    "pending", "active", "completed", "grace", "suspended", "paused", "deferred", "withdrawn", "removed",
)  # fmt: skip


class Cohort(Base):
    __tablename__ = "cohort"
    __table_args__ = (
        one_of("status", *COHORT_STATUSES),
        CheckConstraint("capacity >= 0", name="capacity_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)  # 'february-2026'
    title: Mapped[str] = mapped_column(String(120))  # 'Cohort of February 28, 2026'
    starts_on: Mapped[date]  # the first day of week 1
    time_zone: Mapped[str] = mapped_column(String(64))
    capacity: Mapped[int]  # seats
    status: Mapped[str] = mapped_column(String(20), default="draft")
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    shift_days: Mapped[int] = mapped_column(default=0)  # the whole schedule moved by so many days
    apply_until: Mapped[datetime | None]
    holidays: Mapped[list[str]] = mapped_column(JSON, default=list)  # ISO dates without business
    created_at: Mapped[datetime]
    sales_stopped_at: Mapped[
        datetime | None
    ]  # since then no seat is sold: somebody asked to cancel the cohort

    @property
    def sales(self) -> str:
        """How it stands for whatever sells or gives a seat: its status, or 'on hold' while sales are stopped."""
        return "on hold" if self.sales_stopped_at else self.status


class CohortCoach(Base):
    """A coach of one cohort, until a date or for its whole length."""

    __tablename__ = "cohort_coach"
    __table_args__ = (UniqueConstraint("cohort_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    until: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class Call(Base):
    """A live session of a cohort."""

    __tablename__ = "call"
    __table_args__ = (UniqueConstraint("cohort_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    room_url: Mapped[str | None] = mapped_column(String(300))


class Enrollment(Base):
    """One person's place in one cohort: it owns dates, access and work."""

    __tablename__ = "enrollment"
    __table_args__ = (
        one_of("status", *ENROLLMENT_STATUSES),
        UniqueConstraint("user_id", "cohort_id"),
        Index("ix_enrollment_cohort_id_status", "cohort_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    status: Mapped[str] = mapped_column(String(20), default="pending")
    practice_name: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # the place in another cohort that this one goes on from: that one is *deferred*
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), unique=True)
    # asked to set up since then; empty: was at work before that was asked
    onboarding_since: Mapped[datetime | None]
    onboarded_at: Mapped[datetime | None]  # everything that must be set up was
    # module slug ('' for all) → days, reason, by: what holds now, kept beside its history by `extensions.set_days`
    extensions: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict, server_default="{}")

    user: Mapped[User] = relationship(lazy="joined")
    cohort: Mapped[Cohort] = relationship(lazy="joined")
    told: Mapped[Onboarding | None] = relationship(viewonly=True)  # while setting up

    @hybrid_property
    def is_onboarding(self) -> bool:
        """Whether this person was asked to set up and has not finished."""
        return self.onboarding_since is not None and self.onboarded_at is None

    @is_onboarding.inplace.expression
    @classmethod
    def _is_onboarding(cls) -> ColumnElement[bool]:
        return and_(cls.onboarding_since.is_not(None), cls.onboarded_at.is_(None))


class Onboarding(Base):
    """What somebody told while setting up. No row: nothing yet. Since when it is asked, and when it was complete,
    stand on the enrollment: every page of theirs asks that.
    """

    __tablename__ = "onboarding"
    __table_args__ = (CheckConstraint("years >= 0", name="years_positive"),)

    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE"), primary_key=True
    )
    items: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # 'done', 'skipped'
    setting: Mapped[str] = mapped_column(
        String(40), default="", server_default=""
    )  # where they work with clients
    years: Mapped[int | None]  # in the profession, whole
    certifications: Mapped[str] = mapped_column(String(300), default="", server_default="")
    hardest: Mapped[str] = mapped_column(String(80), default="", server_default="")  # slug of the module
    comes: Mapped[bool | None]  # to the first call
    agreement: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # the words that were agreed to
    agreement_version: Mapped[str] = mapped_column(String(20), default="", server_default="")
    agreed_at: Mapped[datetime | None]


class Extension(Base):
    """One line of the history of somebody's extensions. Append-only; `days` are what holds from then on."""

    __tablename__ = "extension"
    __table_args__ = (
        one_of("change", "granted", "changed", "ended"),
        CheckConstraint("days >= 0", name="days_positive"),
        Index("ix_extension_enrollment_id_id", "enrollment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"))
    module_slug: Mapped[str] = mapped_column(String(60), default="")  # '' for every module
    change: Mapped[str] = mapped_column(String(20))
    days: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))  # its participant reads it
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
