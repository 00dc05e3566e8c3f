"""Interested people: who they are, what they agreed to, the secrets in our mails to them, and what they were told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib.columns import one_of
from app.lib.database import Base


class Lead(Base):
    """An address that asked to hear from us. Until it has answered a mail, nothing but that mail goes there.

    What was agreed to is kept word for word, with its version, its moment and the page it was agreed to on.
    """

    __tablename__ = "lead"
    __table_args__ = (
        one_of("status", "asked", "confirmed", "unsubscribed"),
        Index("ix_lead_status_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # kept lower case
    name: Mapped[str] = mapped_column(String(120), default="")
    wants_updates: Mapped[bool] = mapped_column(default=False)  # news of the institute
    wants_cohorts: Mapped[bool] = mapped_column(default=False)  # the next cohort: the interest list
    status: Mapped[str] = mapped_column(String(20), default="asked")
    source: Mapped[str] = mapped_column(String(200), default="")  # path of the page they came from
    consent_version: Mapped[str] = mapped_column(String(20), default="")
    consent_text: Mapped[str] = mapped_column(Text, default="")
    consented_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]


class LeadLink(Base):
    """A secret in a mail to a lead, for one purpose. `wish`: what confirming it makes true (see `leads.Wish`)."""

    __tablename__ = "lead_link"
    __table_args__ = (
        one_of("purpose", "confirm", "unsubscribe"),
        Index("ix_lead_link_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    wish: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    lead: Mapped[Lead] = relationship(lazy="joined", innerjoin=True)


class LeadTold(Base):
    """This lead knows of this cohort: it was open when they confirmed, or a mail told them. Once each."""

    __tablename__ = "lead_told"
    __table_args__ = (UniqueConstraint("lead_id", "cohort_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id", ondelete="CASCADE"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), index=True)
    told_at: Mapped[datetime]
