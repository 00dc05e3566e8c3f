from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.files.models import StoredFile
from app.lib.columns import one_of
from app.lib.database import Base


class Binding(Base):
    """One binding of a manual: of which work (fingerprint), and the files that came of it, PDF and Word.

    It has failed when one of them could not be made; the other is kept all the same.
    """

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
    pages: Mapped[int | None]  # of the PDF
    word_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    requested_at: Mapped[datetime]
    bound_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))

    file: Mapped[StoredFile | None] = relationship(foreign_keys=[file_id], lazy="joined")  # the PDF
    word_file: Mapped[StoredFile | None] = relationship(foreign_keys=[word_file_id], lazy="joined")


class SampleFile(Base):
    """A filled document of the sample practice as a file, once for each release; no bytes: it could not be made."""

    __tablename__ = "sample_file"
    __table_args__ = (
        one_of("kind", "pdf", "docx"),
        UniqueConstraint("release_id", "module_slug", "document_slug", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"))
    module_slug: Mapped[str] = mapped_column(String(80))
    document_slug: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]  # bytes
    pages: Mapped[int | None]  # of a PDF
    made_at: Mapped[datetime]
