"""Signing in and out. The cookie holds a random token; the row behind it can be revoked at once.

Flask-Login's own cookie would stay good after signing out, so its user id is our token: nothing is trusted but
the row. The rest of the app reads `current_user` and never this module's cookie.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, jsonify, redirect, request, session, url_for
from app.lib.login import LoginManager, current_user
from sqlalchemy import select, update

from app.accounts.models import SignIn, User
from app.audit.actions import record
from app.lib import clock
from app.lib.access import register_role
from app.lib.database import db
from app.lib.tokens import hash_token, new_token
from app.lib.web import wants_json

LONG = timedelta(days=30)  # participants and prospects
SHORT = timedelta(hours=12)  # who can see other people's work
TOUCH = timedelta(minutes=5)
COOKIE_KEY = "sign_in"

login_manager = LoginManager()


def get_user() -> User:
    """The signed-in person, typed. Only for views that are not open to anyone."""
    user: User = current_user._get_current_object()
    return user


def start(user: User, device: str, now: datetime) -> None:
    """Sign this person in on this device: a new row, a new cookie (the anonymous session does not survive)."""
    token = new_token()
    span = SHORT if user.is_coach or user.is_staff else LONG
    row = SignIn(
        token_hash=hash_token(token),
        user_id=user.id,
        device=device[:200],
        created_at=now,
        last_used_at=now,
        expires_at=now + span,
    )
    db.session.add(row)
    record(user, f"Signed in on {device}", ("user", user.id), now=now)
    session.clear()
    session[COOKIE_KEY] = token
    session.permanent = True


def end(sign_in: SignIn, now: datetime) -> None:
    """End one device's session. Twice is harmless."""
    sign_in.revoked_at = sign_in.revoked_at or now


def end_all(user: User, now: datetime, but: SignIn | None = None) -> None:
    """End every session of this person, but for the given one (after a new password, on suspension)."""
    query = update(SignIn).where(SignIn.user_id == user.id, SignIn.revoked_at.is_(None))
    if but is not None:
        query = query.where(SignIn.id != but.id)
    db.session.execute(query.values(revoked_at=now))


def current_sign_in() -> SignIn | None:
    """The session row of this request."""
    row: SignIn | None = g.get("sign_in")
    return row


def touch(now: datetime) -> None:
    """Note that this device is in use; called in writing transactions only, at most every five minutes."""
    row = current_sign_in()
    if row is not None and now - row.last_used_at > TOUCH:
        row.last_used_at = now


_live = select(SignIn).where(SignIn.revoked_at.is_(None))


def _load(_request: Any) -> User | None:
    token = session.get(COOKIE_KEY)
    if not token or request.endpoint == "static":
        return None
    now = clock.now()
    row = db.session.scalar(_live.where(SignIn.token_hash == hash_token(token), SignIn.expires_at > now))
    if row is None or row.user.suspended_at:
        return None
    g.sign_in = row
    return row.user


def _ask_to_sign_in() -> Any:
    if wants_json():
        return jsonify(error="You are signed out. Sign in again; your text is kept on this device."), 401
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted), 303)


def init_app(app: Flask) -> None:
    app.config.setdefault("PERMANENT_SESSION_LIFETIME", LONG)
    login_manager.init_app(app)
    login_manager.request_loader(_load)
    login_manager.unauthorized_handler(_ask_to_sign_in)
    register_role("signed in", lambda: True)
    register_role("coach", lambda: bool(current_user.is_coach))
    register_role("staff", lambda: bool(current_user.is_staff))
