"""What a form held whose session had ended, carried through signing in. For browsers without scripts.

Nothing is stored and nothing logged: the entries travel sealed in the pages of signing in, back to the one person whose
session it was, for an hour at most. Afterwards they are shown as not saved, with a button that sends them where they
were going. Rooms name the forms that are worth it (`carry`).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, redirect, render_template, request, session, url_for
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from app.accounts.models import SignIn
from app.accounts.rules import safe_next
from app.lib.database import db
from app.lib.tokens import hash_token
from app.lib.web import say

HOUR = timedelta(hours=1)
MOST = 400_000  # characters
NOT_YOURS = "What was typed before you signed in belongs to another account, so it was not taken along."
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)  # no page may hold them
_forms: dict[str, Collection[str]] = {}  # endpoint → names in its form that nobody typed


@dataclass(frozen=True)
class Carried:
    path: str
    entries: list[tuple[str, str]]
    typed: list[tuple[str, str]]  # those that somebody can read


def carry(endpoint: str, not_typed: Collection[str]) -> None:
    """Take what this form holds along when its session has ended. `not_typed`: its hidden fields."""
    _forms[endpoint] = not_typed


def seal(cookie_key: str, now: datetime) -> str:
    """The form of this request, sealed for the person whose session has ended; '' when it is not to be carried."""
    token = session.get(cookie_key)
    if request.endpoint not in _forms or not token:
        return ""
    owner = db.session.scalar(select(SignIn.user_id).where(SignIn.token_hash == hash_token(token)))
    typed = (
        (_CONTROL.sub("", name), _CONTROL.sub("", value)) for name, value in request.form.items(multi=True)
    )
    entries = [(name, value) for name, value in typed if name != "csrf_token"]
    if owner is None or sum(len(name) + len(value) for name, value in entries) > MOST:
        return ""
    return str(_box().dumps([owner, request.endpoint, request.path, now.timestamp(), entries]))


def open_for(sealed: str, user_id: int, now: datetime) -> Carried | None:
    """What was sealed, for this person; None for anybody else, after an hour, or for what we did not seal."""
    try:
        owner, endpoint, path, at, entries = _box().loads(sealed)
    except (BadData, ValueError, TypeError):
        return None
    if owner != user_id or now.timestamp() - at > HOUR.total_seconds() or safe_next(path) is None:
        return None
    own = _forms.get(endpoint, ())
    typed = [(n, v) for n, v in entries if v.strip() and n not in own and not n.endswith("~row")]
    return Carried(path, [(name, value) for name, value in entries], typed)


def _box() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="carried-form")


def in_form() -> str:
    """What the form of this request carries on."""
    return request.form.get("carried", "")


def arrived(user_id: int, goal: str, now: datetime) -> Any:
    """After signing in: the page that shows what was not saved, or on to `goal` where nothing is carried."""
    sealed = in_form()
    if not sealed:
        return redirect(goal, 303)
    found = open_for(sealed, user_id, now)
    if found is None:
        say(NOT_YOURS, "note")
        return redirect(url_for("site.dashboard"), 303)
    g.pop("csrf_token", None)  # the session is another one since this request was read
    return render_template("accounts/carried.html", carried=found)
