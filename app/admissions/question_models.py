"""What a cohort asks its applicants, where it asks other things than its program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class ApplicationQuestions(Base):
    """The questions of one cohort, those that are not asked any more included: their keys are used once."""

    __tablename__ = "application_questions"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # as `question_rules.Asked` keeps them
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
