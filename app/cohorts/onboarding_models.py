"""What a participant sets up before the first day, and the secret address of their calendar feed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.database import Base


class Onboarding(Base):
    """What somebody told while setting up. No row: nothing yet. Since when it is asked, and when it was complete,
    stand on the enrollment: every page of theirs asks that.
    """

    __tablename__ = "onboarding"
    __table_args__ = (CheckConstraint("years >= 0", name="years_positive"),)

    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE"), primary_key=True
    )
    items: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # 'done', 'skipped'
    setting: Mapped[str] = mapped_column(
        String(40), default="", server_default=""
    )  # where they work with clients
    years: Mapped[int | None]  # in the profession, whole
    certifications: Mapped[str] = mapped_column(String(300), default="", server_default="")
    hardest: Mapped[str] = mapped_column(String(80), default="", server_default="")  # slug of the module
    comes: Mapped[bool | None]  # to the first call
    agreement: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # the words that were agreed to
    agreement_version: Mapped[str] = mapped_column(String(20), default="", server_default="")
    agreed_at: Mapped[datetime | None]


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
