"""Users, their signed-in devices and second factors, the secrets in mailed links, and the throttle."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.lib.columns import one_of
from app.lib.database import Base
from app.lib.login import UserMixin


class User(UserMixin, Base):
    """An account. What the person is to a cohort lives in `cohorts`; `is_coach` and `is_staff` are kept flags."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # kept lower case
    name: Mapped[str] = mapped_column(String(120))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
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
    """One signed-in device: the session row behind a cookie. Revoking it ends the session at once.

    While a second factor is asked of its user and `second_factor_at` is empty, the row is pending: it opens nothing
    but the page that asks for the code.
    """

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    device: Mapped[str] = mapped_column(String(200))  # browser and system, in words
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]  # when a code was last given on this device

    user: Mapped[User] = relationship(lazy="joined")


class SecondFactor(Base):
    """A person's authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds). No row: it is off.

    The secret must be readable to check a code, so it stands here as it is: whoever may have read the database has
    every second factor, and after a leak all of them are renewed (`flask forget-second-factor`).
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))  # base32, 160 bits
    last_step: Mapped[int]  # the thirty seconds of the code taken last; that one and older ones are worthless
    switched_on_at: Mapped[datetime]


class RecoveryCode(Base):
    """One of ten codes on paper that stand in for a lost phone. Hashed, single use."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


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
