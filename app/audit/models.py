from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class Entry(Base):
    """One thing that happened, in the past tense. Entries are never changed or deleted.

    The actor is kept by id and by name without a foreign key: the entry outlives the account.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_about", "about_kind", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)  # empty: the system itself
    actor_name: Mapped[str] = mapped_column(String(120))
    sentence: Mapped[str] = mapped_column(String(500))
    about_kind: Mapped[str | None] = mapped_column(String(40))
    about_id: Mapped[int | None]
