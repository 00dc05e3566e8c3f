"""Users, their signed-in devices, the secrets in mailed links, and the throttle."""

from __future__ import annotations

from datetime import datetime

from app.lib.login import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib.columns import one_of
from app.lib.database import Base


class User(UserMixin, Base):
    """An account. What the person is to a cohort lives in `cohorts`; `is_coach` and `is_staff` are kept flags."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # kept lower case
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(64), default="America/New_York")
    password_hash: Mapped[str | None] = mapped_column(String(255))
    is_coach: Mapped[bool] = mapped_column(default=False)
    is_staff: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # the address answered a mailed link
    suspended_at: Mapped[datetime | None]

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.email


class SignIn(Base):
    """One signed-in device: the session row behind a cookie. Revoking it ends the session at once."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(200))  # browser and system, in words
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class MailedLink(Base):
    """The secret in a mailed link: one purpose, one use, hashed, expiring."""

    __tablename__ = "mailed_link"
    __table_args__ = (one_of("purpose", "sign-in", "reset-password"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    next_path: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")


class Throttle(Base):
    """How often something was tried in one window of time ('sign-in:ana@…', from 12:00)."""

    __tablename__ = "throttle"
    __table_args__ = (UniqueConstraint("key", "window_at"), Index("ix_throttle_window_at", "window_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160))
    window_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(default=0)
