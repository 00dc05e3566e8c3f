"""What Stripe told us, and what about money a person must look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.lib.database import Base
from app.payments.models import Order


class StripeEvent(Base):
    """One webhook event, by Stripe's id: stored in the same transaction as its effect."""

    __tablename__ = "stripe_event"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    type: Mapped[str] = mapped_column(String(80))
    object_id: Mapped[str] = mapped_column(String(120), index=True)
    api_version: Mapped[str | None] = mapped_column(String(40))
    livemode: Mapped[bool]
    received_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(500))


class MoneyAlert(Base):
    """Something about money that a person must look at."""

    __tablename__ = "money_alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)  # the same fact alarms once
    kind: Mapped[str] = mapped_column(String(60))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("order.id"))
    detail: Mapped[str] = mapped_column(String(500))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))  # empty: it ended by itself
    closed_note: Mapped[str] = mapped_column(String(500), default="", server_default="")

    order: Mapped[Order | None] = relationship()
    closed_by: Mapped[User | None] = relationship()
