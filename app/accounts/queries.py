from __future__ import annotations

from datetime import datetime

from flask import abort
from sqlalchemy import select

from app.accounts.models import SignIn, User
from app.lib.database import db


def user_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def devices_of(user: User, now: datetime) -> list[SignIn]:
    """Where this person is signed in now, the latest used first."""
    live = select(SignIn).where(
        SignIn.user_id == user.id, SignIn.revoked_at.is_(None), SignIn.expires_at > now
    )
    return list(db.session.scalars(live.order_by(SignIn.last_used_at.desc(), SignIn.id.desc())))


def device_for(user: User, sign_in_id: int) -> SignIn:
    """One of this person's own devices; 404 for anybody else's."""
    return db.session.scalar(
        select(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user.id)
    ) or abort(404)
