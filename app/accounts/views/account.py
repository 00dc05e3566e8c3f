"""The account page: name, time zone, password, devices."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for

from app.accounts import actions, passwords, queries, sessions
from app.accounts.forms import ChangePasswordForm, ProfileForm
from app.accounts.sessions import get_user
from app.accounts.views import bp
from app.accounts.views.steps import QUARTER, TOO_OFTEN, checked_hash, typed, within
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say


@bp.get("/account")
@open_to("signed in")
def account() -> str:
    user = get_user()
    return _account_page(ProfileForm(formdata=None, obj=user), ChangePasswordForm(formdata=None))


@bp.post("/account/profile")
@open_to("signed in")
def change_profile() -> Any:
    form = ProfileForm()
    if not form.validate():
        return _account_page(form, ChangePasswordForm(formdata=None)), 422
    begin_write()
    try:
        actions.change_profile(get_user(), typed(form.name), typed(form.time_zone), clock.now())
    except Refused as refused:
        db.session.rollback()
        form.name.errors = [refused.sentence]
        return _account_page(form, ChangePasswordForm(formdata=None)), 422
    db.session.commit()
    say("Saved. Dates are shown in your time zone.")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/password")
@open_to("signed in")
def change_password() -> Any:
    form = ChangePasswordForm()
    user, now = get_user(), clock.now()
    if not within(now, (f"change-password:{user.id}", 10, QUARTER)):
        form.current.errors = [TOO_OFTEN]
        return _account_page(ProfileForm(formdata=None, obj=user), form), 429
    password_hash = checked_hash(form, user.email, user.name)
    if user.password_hash and not passwords.verify(user.password_hash, form.current.data or ""):
        form.current.errors = ["That is not your current password."]
        password_hash = None
    if password_hash is None:
        return _account_page(ProfileForm(formdata=None, obj=user), form), 422
    begin_write()
    actions.set_password(get_user(), password_hash, now)
    db.session.commit()
    say("Your new password is set, and every other device has been signed out.")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/devices/<id:sign_in_id>/end")
@open_to("signed in")
def end_device(sign_in_id: int) -> Any:
    begin_write()
    sessions.end(queries.device_for(get_user(), sign_in_id), clock.now())
    db.session.commit()
    say("That device is signed out.")
    return redirect(url_for("accounts.account") + "#devices", 303)


@bp.post("/account/devices/end-others")
@open_to("signed in")
def end_other_devices() -> Any:
    begin_write()
    sessions.end_all(get_user(), clock.now(), but=sessions.current_sign_in())
    db.session.commit()
    say("Every other device is signed out.")
    return redirect(url_for("accounts.account") + "#devices", 303)


def _account_page(profile: ProfileForm, password: ChangePasswordForm) -> str:
    return render_template(
        "accounts/account.html",
        profile=profile,
        password=password,
        devices=queries.devices_of(get_user(), clock.now()),
        this=sessions.current_sign_in(),
        second_factor_since=sessions.second_factor_since(),
    )
