"""One person's answers to the self-assessment, and what all answers come to on average."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class Assessment(Base):
    """A set of answers to the self-assessment of exactly one release.

    It belongs to an account or lies behind a private link, of which only the hash is kept; never both, never neither.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (token_hash IS NULL)", name="held_one_way"),
        Index("ix_assessment_structure_hash_finished_at", "structure_hash", "finished_at"),
        Index("ix_assessment_finished_at_saved_at", "finished_at", "saved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    structure_hash: Mapped[str] = mapped_column(String(64))  # sets with the same one may be compared
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    answers: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # statement key → value on the scale
    started_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class AssessmentSample(Base):
    """All finished answers of one structure, counted by a job: each person once, with their first."""

    __tablename__ = "assessment_sample"

    structure_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    people: Mapped[int]
    sums: Mapped[dict[str, int]] = mapped_column(JSON)  # reason → points of all people together
    first_on: Mapped[date]
    last_on: Mapped[date]
