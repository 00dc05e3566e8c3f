"""Signing in and out, choosing a password, and the account page with its devices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from app.lib.login import current_user

from app.accounts import actions, links, passwords, queries, rules, sessions
from app.accounts.devices import describe
from app.accounts.forms import AddressForm, ChangePasswordForm, NewPasswordForm, ProfileForm, SignInForm
from app.accounts.sessions import get_user
from app.accounts.throttle import allow
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say

bp = Blueprint("accounts", __name__)

QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)
TOO_OFTEN = "That was tried too often from here. Please wait a quarter of an hour and try again."
NO_MATCH = "That email and password do not go together. Check both, or ask for a sign-in link instead."


@bp.get("/sign-in")
@open_to("anyone")
def sign_in() -> Any:
    if current_user.is_authenticated:
        return redirect(_next() or url_for("site.dashboard"))
    return _sign_in_page(SignInForm(request.args))


@bp.post("/sign-in")
@open_to("anyone")
def sign_in_with_password() -> Any:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    now = clock.now()
    email = form.email.data.strip().lower()
    if not _within(now, (f"password:{email}", 10, QUARTER), (f"password-from:{request.remote_addr}", 60, QUARTER)):
        form.email.errors = [TOO_OFTEN]
        return _sign_in_page(form, 429)
    user = queries.user_by_email(email)
    fits = passwords.verify(user.password_hash if user else None, form.password.data)  # the same time either way
    if user is None or not fits or user.suspended_at:
        form.password.errors = [NO_MATCH]
        return _sign_in_page(form, 422)
    begin_write()
    sessions.start(user, describe(request.user_agent.string), now)
    db.session.commit()
    return redirect(_next() or url_for("site.dashboard"), 303)


@bp.post("/sign-in/link")
@open_to("anyone")
def ask_for_link() -> Any:
    form = AddressForm()
    if not form.validate():
        return _sign_in_page(SignInForm(formdata=None, email=form.email.data), 422, form)
    return _mail_something(form, lambda now: actions.mail_sign_in_link(form.email.data, _next(), now))


@bp.get("/sign-in/link/<token>")
@open_to("anyone")
def confirm_link(token: str) -> Any:
    """A page with one button: mail scanners open links, and must not use them up."""
    link = links.find(token, "sign-in", clock.now())
    if link is None:
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    return render_template("accounts/confirm_link.html", link=link)


@bp.post("/sign-in/link/<token>")
@open_to("anyone")
def use_link(token: str) -> Any:
    now = clock.now()
    begin_write()
    link = links.find(token, "sign-in", now)
    if link is None:
        db.session.rollback()
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    link.used_at = now
    actions.confirm(link.user, now)
    sessions.start(link.user, describe(request.user_agent.string), now)
    goal = rules.safe_next(link.next_path)
    db.session.commit()
    return redirect(goal or url_for("site.dashboard"), 303)


@bp.get("/reset-password")
@open_to("anyone")
def ask_for_reset() -> str:
    return render_template("accounts/ask_for_reset.html", form=AddressForm(request.args))


@bp.post("/reset-password")
@open_to("anyone")
def mail_reset() -> Any:
    form = AddressForm()
    if not form.validate():
        return render_template("accounts/ask_for_reset.html", form=form), 422
    return _mail_something(form, lambda now: actions.mail_reset_link(form.email.data, now))


@bp.get("/reset-password/<token>")
@open_to("anyone")
def choose_password(token: str) -> Any:
    if links.find(token, "reset-password", clock.now()) is None:
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    return render_template("accounts/choose_password.html", form=NewPasswordForm(formdata=None), token=token)


@bp.post("/reset-password/<token>")
@open_to("anyone")
def reset_password(token: str) -> Any:
    now = clock.now()
    form = NewPasswordForm()
    link = links.find(token, "reset-password", now)
    if link is None:
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    password_hash = _checked_hash(form, link.user.email, link.user.name)
    if password_hash is None:
        return render_template("accounts/choose_password.html", form=form, token=token), 422
    begin_write()
    link = links.find(token, "reset-password", now)
    if link is None:  # used in another tab while we hashed
        db.session.rollback()
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    link.used_at = now
    actions.confirm(link.user, now)
    actions.set_password(link.user, password_hash, now)
    sessions.start(link.user, describe(request.user_agent.string), now)
    db.session.commit()
    say("Your new password is set, and every other device has been signed out.")
    return redirect(url_for("site.dashboard"), 303)


@bp.post("/sign-out")
@open_to("anyone")
def sign_out() -> Any:
    begin_write()
    row = sessions.current_sign_in()
    if row is not None:
        sessions.end(row, clock.now())
    db.session.commit()
    session.clear()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    say("You are signed out on this device.")
    return response


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
        actions.change_profile(get_user(), form.name.data, form.time_zone.data, clock.now())
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
    if not _within(now, (f"change-password:{user.id}", 10, QUARTER)):
        form.current.errors = [TOO_OFTEN]
        return _account_page(ProfileForm(formdata=None, obj=user), form), 429
    password_hash = _checked_hash(form, user.email, user.name)
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


def _next() -> str | None:
    return rules.safe_next(request.values.get("next"))


def _within(now: datetime, *limits: tuple[str, int, timedelta]) -> bool:
    """Count this try in a transaction of its own, before any slow hash."""
    begin_write()
    answers = [allow(key, limit, per, now) for key, limit, per in limits]
    db.session.commit()
    return all(answers)


def _mail_something(form: AddressForm, mail: Any) -> Any:
    """Count, mail if there is such an account, and say the same words either way."""
    now = clock.now()
    email = form.email.data.strip().lower()
    if not _within(now, (f"link:{email}", 5, HOUR), (f"link-from:{request.remote_addr}", 30, HOUR)):
        form.email.errors = [TOO_OFTEN]
        return render_template("accounts/ask_for_reset.html", form=form), 429
    begin_write()
    mail(now)
    db.session.commit()
    return render_template("accounts/link_mailed.html", email=email)


def _checked_hash(form: Any, email: str, name: str) -> str | None:
    """The hash of the new password in the form; None, with sentences at the field, when it may not be used."""
    if not form.validate():
        return None
    try:
        rules.check_password(form.password.data, email, name)
    except Refused as refused:
        form.password.errors = [refused.sentence]
        return None
    return passwords.hash_password(form.password.data)


def _sign_in_page(form: SignInForm, code: int = 200, link_form: AddressForm | None = None) -> Any:
    link_form = link_form or AddressForm(formdata=None, email=form.email.data)
    return render_template("accounts/sign_in.html", form=form, link_form=link_form, next=_next()), code


def _account_page(profile: ProfileForm, password: ChangePasswordForm) -> str:
    devices = queries.devices_of(get_user(), clock.now())
    this = sessions.current_sign_in()
    return render_template("accounts/account.html", profile=profile, password=password, devices=devices, this=this)
