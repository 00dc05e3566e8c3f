"""An accepted round shown to other participants: a copy without names, with its author's consent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.coursework.models import Submission
from app.lib.columns import one_of
from app.lib.database import Base

STATUSES = ("offered", "prepared", "approved", "shown", "withdrawn")


class Exemplar(Base):
    """offered → prepared → approved → shown; withdrawn at any time, which empties the copy.

    `version` counts changes of the copy: who approves it says which one they have read.
    """

    __tablename__ = "exemplar"
    __table_args__ = (
        one_of("status", *STATUSES),
        Index("ix_exemplar_assignment_key_status", "assignment_key", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), unique=True)
    assignment_key: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(20), default="offered")
    consent_version: Mapped[int]
    consent_text: Mapped[str] = mapped_column(Text)
    consented_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the copy; empty before and after
    rendered: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    wish: Mapped[str] = mapped_column(Text, default="")  # what the author wants changed in the copy
    version: Mapped[int] = mapped_column(default=1)
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(lazy="joined")
    prepared_by: Mapped[User | None] = relationship()
