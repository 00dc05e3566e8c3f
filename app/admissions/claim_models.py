"""The secrets with which an employer's contact gives seats away, and the invitations to claim one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib.columns import one_of
from app.lib.database import Base
from app.payments.employer_models import EmployerPurchase

LIVE_INVITATION = "status IN ('open', 'claimed')"


class EmployerLink(Base):
    """A secret in a mail to an employer's contact: it opens the page of their seats until staff revoke it."""

    __tablename__ = "employer_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(
        ForeignKey("employer_purchase.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    because: Mapped[str] = mapped_column(String(20))  # 'opened', 'paid', 'asked': which mail it is in
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    purchase: Mapped[EmployerPurchase] = relationship(lazy="joined", innerjoin=True)


class Invitation(Base):
    """One address that was invited to one seat of an employer's. The secret of the last mail alone is good."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("status", "open", "claimed", "taken back", "given up"),
        Index(
            "uq_invitation_live",
            "purchase_id",
            "email",
            unique=True,
            sqlite_where=text(LIVE_INVITATION),
            postgresql_where=text(LIVE_INVITATION),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("employer_purchase.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))  # kept lower case
    status: Mapped[str] = mapped_column(String(20), default="open")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mails: Mapped[int] = mapped_column(default=1)
    invited_at: Mapped[datetime]
    sent_at: Mapped[datetime]  # the last mail
    ended_at: Mapped[datetime | None]  # claimed, taken back, or given up by who had claimed it
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"), index=True)

    purchase: Mapped[EmployerPurchase] = relationship(lazy="joined", innerjoin=True)
