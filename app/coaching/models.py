from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class PersonNote(Base):
    """One version of what the coaches of a cohort note about a person; the newest is the note.

    Coaches of that cohort read it, today's and later ones; not the participant, not staff, no search, mail or manual.
    It is data about the participant all the same: their data export must hold every version, and erasing them must
    take it along (the enrollment's cascade does).
    """

    __tablename__ = "person_note"
    __table_args__ = (UniqueConstraint("enrollment_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)  # plain text; pages escape it
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
