from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.files.models import StoredFile
from app.lib.columns import one_of
from app.lib.database import Base


class Binding(Base):
    """One binding of a manual as PDF: of which work (fingerprint), and the file that came of it."""

    __tablename__ = "binding"
    __table_args__ = (
        one_of("status", "waiting", "bound", "failed"),
        Index("ix_binding_enrollment_id_id", "enrollment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(64))  # SHA-256 over what the pages are made of
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pages: Mapped[int | None]
    requested_at: Mapped[datetime]
    bound_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))

    file: Mapped[StoredFile | None] = relationship(lazy="joined")
