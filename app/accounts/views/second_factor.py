"""The second factor: asked at sign-in, set up, moved to another phone, switched off; recovery codes."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
import segno
from flask import current_app, jsonify, redirect, render_template, request, session, url_for

from app.accounts import carried, passwords, rules, second_factor, sessions
from app.accounts.forms import CodeForm, RecoveryForm, SetUpForm
from app.accounts.models import SignIn
from app.accounts.sessions import get_user, require_recent_second_factor
from app.accounts.views import bp
from app.accounts.views.steps import (
    QUARTER,
    TOO_OFTEN,
    code_page,
    next_path,
    next_step,
    program_answer,
    typed,
    within,
)
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.imprint import imprint
from app.lib.refusal import Refused
from app.lib.web import say, wants_json

# A new secret waits in the cookie's session until it is proven, so that a reload shows the same picture.
WAITING = "new_second_factor"
TEN_MINUTES = timedelta(minutes=10)
NOT_ASKED = "This sign-in has ended meanwhile. Begin once more with your password."
TOO_MANY = "Too many wrong codes. Please wait a quarter of an hour; a recovery code still works."
TOO_MANY_RECOVERY = "Too many wrong recovery codes. Please wait a quarter of an hour; your app still works."


@bp.get("/sign-in/code")
@open_to("anyone")
def ask_for_code() -> Any:
    if _asked() is None:
        return _elsewhere()
    return _code_page(CodeForm(formdata=None), RecoveryForm(formdata=None))


@bp.post("/sign-in/code")
@open_to("anyone")
def give_code() -> Any:
    row = _asked()
    if row is None:
        return (jsonify(error=NOT_ASKED), 409) if wants_json() else _elsewhere()
    by_recovery = "recovery_code" in request.form
    form = RecoveryForm() if by_recovery else CodeForm()
    field = form.recovery_code if by_recovery else form.code
    forms = (CodeForm(formdata=None), form) if by_recovery else (form, RecoveryForm(formdata=None))
    status = 422
    if form.validate():
        status = _take(field, row, lambda now: second_factor.give_code(row.user, typed(field), now))
    if status != 200:
        return program_answer(form, status) if wants_json() else (_code_page(*forms), status)
    sessions.confirm(row, clock.now())
    db.session.commit()
    if wants_json():
        return next_step("")
    return carried.arrived(row.user_id, next_path() or url_for("site.dashboard"), clock.now())


@bp.get("/sign-in/second-factor")
@open_to("anyone")
def set_up_at_sign_in() -> Any:
    """For coaches and staff at their first sign-in: nothing opens before it is set up."""
    if _to_set_up() is None:
        return _elsewhere()
    return _set_up_page(SetUpForm(formdata=None), "at sign-in")


@bp.post("/sign-in/second-factor")
@open_to("anyone")
def switch_on_at_sign_in() -> Any:
    row = _to_set_up()
    if row is None:
        return _elsewhere()
    return _keep_app(row, SetUpForm(), "at sign-in")


@bp.get("/account/second-factor")
@open_to("signed in")
def show_second_factor() -> Any:
    if sessions.second_factor_since() is None:
        return _set_up_page(SetUpForm(formdata=None), "account")
    return _page(CodeForm(formdata=None, prefix="new-"), CodeForm(formdata=None, prefix="off-"))


@bp.post("/account/second-factor")
@open_to("signed in")
def switch_on() -> Any:
    row, form = sessions.current_sign_in(), SetUpForm()
    assert row is not None
    user = get_user()
    if not within(clock.now(), (f"change-password:{user.id}", 10, QUARTER)):
        form.current.errors = [TOO_OFTEN]
        return _set_up_page(form, "account"), 429
    if user.password_hash and not passwords.verify(user.password_hash, form.current.data or ""):
        form.current.errors = ["That is not your password."]
        return _set_up_page(form, "account"), 422
    return _keep_app(row, form, "account")


@bp.get("/account/second-factor/move")
@open_to("signed in")
@require_recent_second_factor(TEN_MINUTES)
def ask_to_move() -> Any:
    if sessions.second_factor_since() is None:
        return redirect(url_for("accounts.show_second_factor"))
    return _set_up_page(SetUpForm(formdata=None), "move")


@bp.post("/account/second-factor/move")
@open_to("signed in")
@require_recent_second_factor(TEN_MINUTES)
def move() -> Any:
    row = sessions.current_sign_in()
    if row is None or sessions.second_factor_since() is None:
        return redirect(url_for("accounts.show_second_factor"), 303)
    return _keep_app(row, SetUpForm(), "move")


@bp.post("/account/second-factor/codes")
@open_to("signed in")
def make_recovery_codes() -> Any:
    row, form = sessions.current_sign_in(), CodeForm(prefix="new-")
    if row is None or sessions.second_factor_since() is None:  # switched off in another tab
        return redirect(url_for("accounts.show_second_factor"), 303)
    codes: list[str] = []

    def make(now: datetime) -> None:
        codes.extend(second_factor.make_recovery_codes(row.user, typed(form.code), now))

    status = _take(form.code, row, make) if form.validate() else 422
    if status != 200:
        return _page(form, CodeForm(formdata=None, prefix="off-")), status
    db.session.commit()
    return _codes_page(codes, url_for("accounts.show_second_factor"))


@bp.post("/account/second-factor/off")
@open_to("signed in")
def switch_off() -> Any:
    row, form = sessions.current_sign_in(), CodeForm(prefix="off-")
    if row is None or sessions.second_factor_since() is None:  # twice is harmless
        return redirect(url_for("accounts.show_second_factor"), 303)
    demo = current_app.config["DEMO"]

    def off(now: datetime) -> None:
        second_factor.switch_off(row.user, typed(form.code), row, demo, now)

    status = _take(form.code, row, off) if form.validate() else 422
    if status != 200:
        return _page(CodeForm(formdata=None, prefix="new-"), form), status
    sessions.hand_out_cookie(row)
    db.session.commit()
    say("Your second factor is off, and every other device is signed out.")
    return redirect(url_for("accounts.account"), 303)


def _asked() -> SignIn | None:
    """The device that has to give a code, or may give one again."""
    pending = sessions.pending_sign_in()
    if pending:
        return pending[0] if pending[1] == "code" else None
    return sessions.current_sign_in() if sessions.second_factor_since() else None


def _to_set_up() -> SignIn | None:
    pending = sessions.pending_sign_in()
    return pending[0] if pending and pending[1] == "set-up" else None


def _elsewhere() -> Any:
    """Nothing to do on this page: on to the step that this device is at."""
    pending = sessions.pending_sign_in()
    if pending:
        page = "accounts.ask_for_code" if pending[1] == "code" else "accounts.set_up_at_sign_in"
        return redirect(url_for(page, next=next_path()), 303)
    if sessions.current_sign_in():
        return redirect(next_path() or url_for("site.dashboard"), 303)
    return redirect(url_for("accounts.sign_in", next=next_path()), 303)


def _take(field: Any, row: SignIn, verb: Callable[[datetime], None]) -> int:
    """Count the try, then do what the code is given for. 200: done, to be committed; else what the page answers."""
    now = clock.now()
    begin_write()
    counted = second_factor.count_try(row.user, typed(field), now)
    db.session.commit()
    if not counted:
        field.errors = [TOO_MANY if rules.is_app_code(typed(field)) else TOO_MANY_RECOVERY]
        return 429
    begin_write()
    try:
        verb(now)
    except Refused as refused:
        db.session.rollback()
        field.errors = [refused.sentence]
        return 422
    return 200


def _keep_app(row: SignIn, form: SetUpForm, where: str) -> Any:
    """Check the first code of a new app, keep its secret, and show the recovery codes: this once, never again."""
    if not form.validate():
        return _set_up_page(form, where), 422
    now, secret = clock.now(), _new_secret()
    verb = second_factor.move if where == "move" else second_factor.switch_on
    begin_write()
    try:
        codes = verb(row.user, secret, typed(form.code), row, now)
    except Refused as refused:
        db.session.rollback()
        form.code.errors = [refused.sentence]
        return _set_up_page(form, where), 422
    sessions.confirm(row, now)
    if where != "at sign-in":  # there, confirming has given a new cookie
        sessions.hand_out_cookie(row)
    db.session.commit()
    session.pop(WAITING, None)
    onward = next_path() or url_for("site.dashboard")
    return _codes_page(codes, onward if where == "at sign-in" else url_for("accounts.account"))


def _new_secret() -> str:
    secret: str = session.setdefault(WAITING, pyotp.random_base32())
    return secret


def _picture(address: str) -> str:
    """The QR code as an image address: black on white, with its quiet margin, whatever the page's colors."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=6, light="#fff", xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def _code_page(form: CodeForm, recovery: RecoveryForm) -> str:
    row = _asked()
    assert row is not None
    return code_page(row.user.email, form, recovery, pending=sessions.pending_sign_in() is not None)


def _set_up_page(form: SetUpForm, where: str) -> str:
    pending = sessions.pending_sign_in()
    user = pending[0].user if pending else get_user()
    secret = _new_secret()
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=imprint().title)
    return render_template(
        "accounts/set_up_second_factor.html",
        form=form,
        where=where,
        next=next_path(),
        picture=_picture(address),
        address=address,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        asks_password=where == "account" and user.password_hash is not None,
    )


def _codes_page(codes: list[str], goal: str) -> str:
    lines = [
        f"Recovery codes, {imprint().title}",
        "Each works once, in the place of your phone.",
        "",
        *codes,
        "",
    ]
    file = "data:text/plain;base64," + base64.b64encode("\n".join(lines).encode()).decode()
    return render_template("accounts/recovery_codes.html", codes=codes, goal=goal, file=file)


def _page(new: CodeForm, off: CodeForm) -> str:
    user = get_user()
    return render_template(
        "accounts/second_factor.html",
        new=new,
        off=off,
        since=sessions.second_factor_since(),
        left=second_factor.recovery_codes_left(user),
        stays_on=(user.is_coach or user.is_staff) and not current_app.config["DEMO"],
    )
