"""A release: an immutable published copy of the whole curriculum."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class Release(Base):
    """The whole curriculum as published at one moment, addressed by the hash of its content. Never changed."""

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the canonical JSON
    content: Mapped[str] = mapped_column(Text)  # the Program as canonical JSON, lessons rendered
    created_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(300), default="")
