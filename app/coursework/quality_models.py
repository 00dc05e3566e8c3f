"""What coaches do for one another about a round: hand it over, ask a second opinion, mark it blind a second time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.lib.columns import one_of
from app.lib.database import Base


class PromiseWatch(Base):
    """Whom we told about a round whose promise was in danger, each of them once; and the moment named instead.

    What pages need of it stands on the round itself (`handed_at`, `instead_at`). The first promise is never changed.
    """

    __tablename__ = "promise_watch"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True
    )
    handed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text, default="")  # why a coach handed it over; coaches read it
    instead_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    instead_said_at: Mapped[datetime | None]
    instead_reason: Mapped[str] = mapped_column(Text, default="")  # the participant reads it
    missed_told_at: Mapped[datetime | None]  # the participant was told that the promise was missed
    staff_told_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship()
    handed_by: Mapped[User | None] = relationship(foreign_keys=[handed_by_id], lazy="joined")


class BlindReview(Base):
    """A second look at a decided round by a coach who sees no mark, no comment and no name. It decides nothing."""

    __tablename__ = "blind_review"
    __table_args__ = (
        one_of("status", "offered", "done", "declined"),
        one_of("verdict", "accepted", "changes requested", name="verdict_known"),
        Index("ix_blind_review_coach_id_status", "coach_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), unique=True)
    review_id: Mapped[int] = mapped_column(
        ForeignKey("review.id", ondelete="CASCADE"), index=True
    )  # the first
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id"))  # the second coach
    status: Mapped[str] = mapped_column(String(20), default="offered")
    marks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    verdict: Mapped[str | None] = mapped_column(String(20))
    why_declined: Mapped[str] = mapped_column(Text, default="")
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(lazy="joined")
    review: Mapped[Review] = relationship()
    coach: Mapped[User] = relationship(lazy="joined")


class AgreementTally(Base):
    """How often two coaches gave these two levels to one criterion. Counted when a blind review is done."""

    __tablename__ = "agreement_tally"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(60), primary_key=True)
    first: Mapped[str] = mapped_column(String(20), primary_key=True)
    second: Mapped[str] = mapped_column(String(20), primary_key=True)
    pairs: Mapped[int] = mapped_column(default=0)


class Opinion(Base):
    """A question to a colleague about a round under review, and the answer. Coaches read it, nobody else ever."""

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    number: Mapped[int]  # 1, 2, … within the review
    colleague_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)  # empty: any coach
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    answered_at: Mapped[datetime | None]

    review: Mapped[Review] = relationship(lazy="joined")
    colleague: Mapped[User | None] = relationship(foreign_keys=[colleague_id], lazy="joined")
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")


def key_of_agreement(submission: Submission, criterion: str, first: str, second: str) -> dict[str, Any]:
    """Where a pair of levels is counted."""
    return {
        "cohort_id": submission.cohort_id,
        "module_slug": submission.module_slug,
        "criterion": criterion,
        "first": first,
        "second": second,
    }
