"""Signing in and out. The cookie holds a random token; the row behind it can be revoked at once.

Flask-Login's own cookie would stay good after signing out, so its user id is our token: nothing is trusted but
the row. The rest of the app reads `current_user` and never this module's cookie.

A row is *pending* while its user still has to give a code, or to set the second factor up: `current_user` is then
nobody. That is decided anew at every request from the rows as they are, so that somebody who becomes a coach, or
switches the second factor on elsewhere, is asked at the next click.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlalchemy import select, update

from app.accounts import carried
from app.accounts.forms import AddressForm, SignInForm
from app.accounts.models import SecondFactor, SignIn, User
from app.accounts.rules import safe_next, still_needed
from app.audit.actions import record
from app.lib import clock
from app.lib.access import View, register_role
from app.lib.database import begin_write, db
from app.lib.login import LoginManager, current_user
from app.lib.tokens import hash_token, new_token
from app.lib.web import wants_json

LONG = timedelta(days=30)  # participants and prospects
SHORT = timedelta(hours=12)  # who can see other people's work
PENDING = timedelta(minutes=30)  # to find the phone, and perhaps to install an app
TOUCH = timedelta(minutes=5)
COOKIE_KEY = "sign_in"

login_manager = LoginManager()


def get_user() -> User:
    """The signed-in person, typed. Only for views that are not open to anyone."""
    user: User = current_user._get_current_object()
    return user


def start(user: User, device: str, now: datetime) -> bool:
    """Sign this person in on this device: a new row, a new cookie (the anonymous session does not survive).

    True: the row is pending, because a second factor is still needed; `confirm` makes it whole.
    """
    since = db.session.scalar(select(SecondFactor.switched_on_at).where(SecondFactor.user_id == user.id))
    pending = _missing(user, None, since) is not None
    session.clear()
    row = SignIn(user_id=user.id, device=device[:200], created_at=now, last_used_at=now)
    row.expires_at = now + (PENDING if pending else _span(user))
    hand_out_cookie(row)
    db.session.add(row)
    said = (
        f"Began to sign in on {device}; the second factor is asked" if pending else f"Signed in on {device}"
    )
    record(user, said, ("user", user.id), now=now)
    return pending


def confirm(row: SignIn, now: datetime) -> None:
    """The second factor was given on this device: a pending row becomes whole, under a new cookie.

    Later (when a dangerous page asks again) only the moment is noted: a code does not lengthen a session.
    """
    if row is g.get("pending_sign_in"):
        hand_out_cookie(row)
        row.expires_at = now + _span(row.user)
        record(row.user, f"Signed in on {row.device} with the second factor", ("user", row.user_id), now=now)
    row.second_factor_at = now


def hand_out_cookie(row: SignIn) -> None:
    """A new secret in this device's cookie, now that what it may do has changed: a copy of the old is worthless."""
    token = new_token()
    row.token_hash = hash_token(token)
    session[COOKIE_KEY] = token
    session.permanent = True


def _span(user: User) -> timedelta:
    return SHORT if user.is_coach or user.is_staff else LONG


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
    """The session row of this request, when it is whole."""
    _look()
    row: SignIn | None = g.get("sign_in")
    return row


def pending_sign_in() -> tuple[SignIn, str] | None:
    """The row of a sign-in that is not whole yet, and what it still needs ('code' or 'set-up')."""
    _look()
    row = g.get("pending_sign_in")
    return (row, g.still_needed) if row is not None else None


def second_factor_since() -> datetime | None:
    """Since when this request's person, pending or not, has had a second factor; None: it is off."""
    _look()
    since: datetime | None = g.get("second_factor_since")
    return since


def _look() -> None:
    """Rows are looked up when somebody asks who is there; make sure that was asked."""
    if has_request_context():
        assert current_user.is_authenticated is not None


def _touch(response: Response) -> Response:
    """Note that this device is in use: after what people send, never after a GET, at most every five minutes."""
    row_id, used_at = g.get("sign_in_used", (None, None))
    if request.method == "GET" or row_id is None or response.status_code >= 500:
        return response
    now = clock.now()
    unsaved = db.session.new or db.session.dirty or db.session.deleted
    if now - used_at > TOUCH and not unsaved:
        begin_write()
        db.session.execute(update(SignIn).where(SignIn.id == row_id).values(last_used_at=now))
        db.session.commit()
    return response


_live = (
    select(SignIn, SecondFactor.switched_on_at)
    .outerjoin(SecondFactor, SecondFactor.user_id == SignIn.user_id)
    .where(SignIn.revoked_at.is_(None))
)


def _load(_request: Any) -> User | None:
    token = session.get(COOKIE_KEY)
    if not token or request.endpoint == "static":
        return None
    live = _live.where(SignIn.token_hash == hash_token(token), SignIn.expires_at > clock.now())
    found = db.session.execute(live).first()
    if found is None or found[0].user.suspended_at:
        return None
    row, g.second_factor_since = found
    missing = _missing(row.user, row.second_factor_at, g.second_factor_since)
    if missing:
        g.pending_sign_in, g.still_needed = row, missing
        return None
    g.sign_in, g.sign_in_used = row, (row.id, row.last_used_at)
    user: User = row.user
    return user


def _missing(user: User, given_at: datetime | None, since: datetime | None) -> str | None:
    """What a sign-in of this person still needs; a code given before the present factor was set up is no answer."""
    given = given_at is not None and since is not None and given_at >= since
    return still_needed(user.is_coach or user.is_staff, since is not None, given, current_app.config["DEMO"])


def _ask_to_sign_in() -> Any:
    if wants_json():
        return jsonify(error="You are signed out. Sign in again; your text is kept on this device."), 401
    sealed = carried.seal(COOKIE_KEY, clock.now()) if request.method == "POST" else ""
    if sealed and not pending_sign_in():
        return _sign_in_with(sealed)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(
        url_for("accounts.ask_for_code" if pending_sign_in() else "accounts.sign_in", next=wanted), 303
    )


def _sign_in_with(sealed: str) -> Any:
    """The sign-in page, with what the form held that came too late."""
    form, link_form = SignInForm(formdata=None), AddressForm(formdata=None)
    page = render_template("accounts/sign_in.html", form=form, link_form=link_form, carried=sealed)
    return page, 401


def require_recent_second_factor(max_age: timedelta) -> Callable[[View], View]:
    """Ask for the code again, before a dangerous page, when the last one on this device is older than `max_age`.

    Goes below `@open_to`, on the page that shows the form and on the view that takes it: a form opened in time may
    be sent for as long again, so nothing typed is lost. Who has no second factor (participants, the demo) passes.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            allowed = max_age if request.method == "GET" else 2 * max_age
            row = current_sign_in()
            if row is None or second_factor_since() is None or _within(row, allowed):
                return view(*args, **kwargs)
            if wants_json():
                return jsonify(error="Please give a code from your app again, then repeat this."), 401
            page = (
                request.full_path.rstrip("?")
                if request.method == "GET"
                else urlsplit(request.referrer or "").path
            )
            return redirect(url_for("accounts.ask_for_code", next=safe_next(page)), 303)

        return guarded  # type: ignore[return-value]

    return decorate


def _within(row: SignIn, allowed: timedelta) -> bool:
    return row.second_factor_at is not None and clock.now() - row.second_factor_at <= allowed


def init_app(app: Flask) -> None:
    app.config.setdefault("PERMANENT_SESSION_LIFETIME", LONG)
    login_manager.init_app(app)
    login_manager.request_loader(_load)
    app.after_request(_touch)
    login_manager.unauthorized_handler(_ask_to_sign_in)
    register_role("signed in", lambda: True)
    register_role("coach", lambda: bool(current_user.is_coach))
    register_role("staff", lambda: bool(current_user.is_staff))
