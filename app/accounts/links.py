"""Secrets in mailed links: made, looked at, used once."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select, update

from app.accounts.models import MailedLink, User
from app.lib.database import db
from app.lib.tokens import hash_token, new_token

SIGN_IN_MINUTES = 15
RESET_MINUTES = 45
PATHS = {"sign-in": "/sign-in/link/", "reset-password": "/reset-password/"}


def make(
    user: User, purpose: str, *, now: datetime, expires_at: datetime | None = None, next_path: str = ""
) -> str:
    """A new secret for one purpose ('sign-in', 'reset-password'); returns the whole address to mail.

    Only the hash is kept. `next_path` is where a sign-in lands and must be a path of this site.
    """
    minutes = SIGN_IN_MINUTES if purpose == "sign-in" else RESET_MINUTES
    token = new_token()
    db.session.add(
        MailedLink(
            token_hash=hash_token(token),
            user_id=user.id,
            purpose=purpose,
            next_path=next_path[:300] or None,
            created_at=now,
            expires_at=expires_at or now + timedelta(minutes=minutes),
        )
    )
    return f"{current_app.config['BASE_URL']}{PATHS[purpose]}{token}"


def find(token: str, purpose: str, now: datetime, lock: bool = False) -> MailedLink | None:
    """The unused, unexpired link behind this secret, or None. `lock` it, in a writing transaction, to use it up."""
    query = select(MailedLink).where(
        MailedLink.token_hash == hash_token(token),
        MailedLink.purpose == purpose,
        MailedLink.used_at.is_(None),
        MailedLink.expires_at > now,
    )
    link = db.session.scalar(query.with_for_update(of=MailedLink) if lock else query)
    return None if link is None or link.user.suspended_at else link


def revoke_all(user: User, purpose: str, now: datetime) -> None:
    """Make every unused link of this purpose worthless (after one was used for a new password)."""
    unused = update(MailedLink).where(
        MailedLink.user_id == user.id, MailedLink.purpose == purpose, MailedLink.used_at.is_(None)
    )
    db.session.execute(unused.values(used_at=now))
