"""Steps that several pages of this room take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import g, jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from app.accounts import carried, passwords, rules, sessions
from app.accounts.devices import describe
from app.accounts.forms import CodeForm, RecoveryForm
from app.accounts.models import User
from app.accounts.throttle import allow, take_back
from app.lib.database import begin_write, db
from app.lib.refusal import Refused

Limit = tuple[str, int, timedelta]  # what is counted, how many tries, in a window of which length
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
TOO_OFTEN = "That was tried too often from here. Please wait a quarter of an hour and try again."


def next_path() -> str | None:
    """Where the person wanted to go: a path of this site, or None."""
    return rules.safe_next(request.values.get("next"))


def begin(user: User, now: datetime, goal: str | None) -> str:
    """Sign this person in on this device (in the caller's transaction). Returns where to go from here."""
    pending = sessions.start(user, describe(request.user_agent.string), now)
    return url_for("accounts.ask_for_code", next=goal) if pending else goal or url_for("site.dashboard")


def program_answer(form: Any, code: int) -> Any:
    """The first sentence of a refused form, for a page that signs in without leaving; it has no fields of ours."""
    said = next((sentence for errors in form.errors.values() for sentence in errors), "")
    return jsonify(error=said, csrf_token=new_token()), code


def next_step(still: str) -> Any:
    """The same after a step that went well: what this sign-in still needs ('code') or ''. The token is another one."""
    return jsonify(next=still, csrf_token=new_token())


def new_token() -> str:
    """A token of the session as it is now: signing in has begun another one since the form of this request was read."""
    g.pop("csrf_token", None)
    return str(generate_csrf())


def code_page(
    email: str, form: CodeForm | None = None, recovery: RecoveryForm | None = None, *, pending: bool = True
) -> str:
    """The page that asks for the second factor; it carries on what the sign-in page carried."""
    if form is None:
        g.pop("csrf_token", None)  # as in `new_token`
    return render_template(
        "accounts/code.html",
        form=form or CodeForm(formdata=None),
        recovery=recovery or RecoveryForm(formdata=None),
        pending=pending,
        email=email,
        next=next_path(),
        carried=carried.in_form(),
    )


def typed(field: Any) -> str:
    """What was typed into a text field; empty when it was not sent at all."""
    return str(field.data or "")


def within(now: datetime, *limits: Limit) -> bool:
    """Count this try in a transaction of its own, before any slow hash."""
    begin_write()
    answers = [allow(key, limit, per, now) for key, limit, per in limits]
    db.session.commit()
    return all(answers)


def uncount(now: datetime, *limits: Limit) -> None:
    """The try was its owner's: only the others count, or an office behind one address locks itself out."""
    for key, _limit, per in limits:
        take_back(key, per, now)


def checked_hash(form: Any, email: str, name: str) -> str | None:
    """The hash of the new password in the form; None, with sentences at the field, when it may not be used."""
    if not form.validate():
        return None
    try:
        rules.check_password(form.password.data, email, name)
    except Refused as refused:
        form.password.errors = [refused.sentence]
        return None
    return passwords.hash_password(form.password.data)
