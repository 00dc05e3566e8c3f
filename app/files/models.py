from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class StoredFile(Base):
    """One file as somebody may download it; its bytes are kept under their SHA-256 in the store."""

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))  # as shown and downloaded
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]  # bytes
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # whom the file names beside its content, and its title (hints.Hints as JSON); {} when nobody
    hints: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    created_at: Mapped[datetime]
