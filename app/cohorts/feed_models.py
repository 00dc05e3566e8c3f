"""The secret address of a participant's calendar feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class CalendarFeed(Base):
    """The private calendar address of one enrollment. Making a new one, or deleting the row, ends the old address.

    The secret is made from the site's key and `nonce`, so its owner can be shown it again and the database alone
    cannot.
    """

    __tablename__ = "calendar_feed"

    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE"), primary_key=True
    )
    nonce: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
