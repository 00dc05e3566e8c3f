"""Verbs on accounts. None of them commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import links, messages, rules, sessions
from app.accounts.models import User
from app.accounts.queries import user_by_email
from app.audit.actions import record
from app.lib.database import db


def find_or_create(email: str, name: str, time_zone: str, now: datetime) -> User:
    """The account of this address, or a new unconfirmed one. Never signs anybody in."""
    email = email.strip().lower()
    found = user_by_email(email)
    if found:
        return found
    user = User(email=email, name=rules.clean_name(name), time_zone=time_zone, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(user)
    except IntegrityError:  # two forms at once, each the first to see this address
        return db.session.scalars(select(User).where(User.email == email)).one()
    record(user, "Opened an account", ("user", user.id), now=now)
    return user


def mail_sign_in_link(email: str, next_path: str | None, now: datetime) -> None:
    """Mail a sign-in link to this address, if it has an account. The caller says the same words either way."""
    user = user_by_email(email)
    if user and not user.suspended_at:
        messages.sign_in_link(user, links.make(user, "sign-in", now=now, next_path=next_path or ""), now)
    else:
        messages.rehearse("accounts/sign_in_link")


def mail_reset_link(email: str, now: datetime) -> None:
    """Mail a link to choose a new password, if there is such an account."""
    user = user_by_email(email)
    if user and not user.suspended_at:
        messages.reset_link(user, links.make(user, "reset-password", now=now), now)
    else:
        messages.rehearse("accounts/reset_link")


def confirm(user: User, now: datetime) -> None:
    """The address answered a mailed link: it is theirs."""
    user.confirmed_at = user.confirmed_at or now


def set_password(user: User, password_hash: str, now: datetime) -> None:
    """Keep a new password (already checked and hashed); every other device and reset link is worthless now."""
    user.password_hash = password_hash
    links.revoke_all(user, "reset-password", now)
    sessions.end_all(user, now, but=sessions.current_sign_in())
    messages.password_changed(user, now)
    record(user, "Chose a new password", ("user", user.id), now=now)


def make_staff(user: User, now: datetime) -> None:
    """Let this person run cohorts. Twice is harmless."""
    if user.is_staff:
        return
    user.is_staff = True
    sessions.end_all(user, now)  # one who signed in as a participant did so for a month
    record(None, f"Made {user.name} staff", ("user", user.id), now=now)


def change_profile(user: User, name: str, time_zone: str, now: datetime) -> None:
    """Change the name others see and the time zone dates are shown in."""
    user.name = rules.clean_name(name)
    user.time_zone = time_zone
    record(user, "Changed name or time zone", ("user", user.id), now=now)
