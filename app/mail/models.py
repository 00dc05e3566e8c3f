from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.lib.columns import one_of
from app.lib.database import Base


class Message(Base):
    """One mail, written in the transaction of what it tells; sent afterwards by the worker."""

    __tablename__ = "message"
    __table_args__ = (
        one_of("status", "waiting", "sent", "failed"),
        Index("ix_message_status_send_after", "status", "send_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(
        String(160), unique=True
    )  # one mail per fact: the same key is never put twice
    kind: Mapped[str] = mapped_column(String(60))  # 'accounts/sign_in_link': the template it was made from
    to_address: Mapped[str] = mapped_column(String(254), index=True)
    to_name: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    unsubscribe_url: Mapped[str | None] = mapped_column(String(300))  # of a mail nobody needs: RFC 8058
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    created_at: Mapped[datetime]
    send_after: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))
