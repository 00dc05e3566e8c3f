"""Signing in by password or mailed link, choosing a new password by mail, signing out."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, session, url_for

from app.accounts import actions, carried, links, passwords, queries, rules, sessions
from app.accounts.forms import AddressForm, NewPasswordForm, SignInForm
from app.accounts.views import bp
from app.accounts.views.steps import (
    HOUR,
    QUARTER,
    TOO_OFTEN,
    Limit,
    begin,
    checked_hash,
    code_page,
    new_token,
    next_path,
    next_step,
    program_answer,
    typed,
    uncount,
    within,
)
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.login import current_user
from app.lib.web import say, wants_json

LINK_MAILED = (
    "If {email} has an account here, a link is on its way. Open it in a new tab; this page then goes on."
)
NO_MATCH = "That email and password do not go together. Check both, or ask for a sign-in link instead."


@bp.get("/sign-in")
@open_to("anyone")
def sign_in() -> Any:
    if current_user.is_authenticated:
        return redirect(next_path() or url_for("site.dashboard"))
    if sessions.pending_sign_in():
        return redirect(url_for("accounts.ask_for_code", next=next_path()))
    return _sign_in_page(SignInForm(request.args))


@bp.post("/sign-in")
@open_to("anyone")
def sign_in_with_password() -> Any:
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    now = clock.now()
    email = typed(form.email).strip().lower()
    limits = (f"password:{email}", 10, QUARTER), (f"password-from:{request.remote_addr}", 60, QUARTER)
    if not within(now, *limits):
        form.email.errors = [TOO_OFTEN]
        return _sign_in_page(form, 429)
    user = queries.user_by_email(email)
    # the same time with and without an account
    fits = passwords.verify(user.password_hash if user else None, typed(form.password))
    if user is None or not fits or user.suspended_at:
        form.password.errors = [NO_MATCH]
        return _sign_in_page(form, 422)
    begin_write()
    uncount(now, *limits)
    goal = begin(user, now, next_path())
    db.session.commit()
    asks_code = goal.startswith(url_for("accounts.ask_for_code"))
    if wants_json():
        return next_step("code" if asks_code else "")
    if asks_code and carried.in_form():
        return code_page(email)
    return carried.arrived(user.id, goal, now)


@bp.post("/sign-in/link")
@open_to("anyone")
def ask_for_link() -> Any:
    form = AddressForm()
    if not form.validate():
        if wants_json():
            return program_answer(form, 422)
        return _sign_in_page(SignInForm(formdata=None, email=form.email.data), 422, form)
    return _mail_something(form, lambda now: actions.mail_sign_in_link(typed(form.email), next_path(), now))


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
    link = links.find(token, "sign-in", now, lock=True)
    if link is None:
        db.session.rollback()
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    link.used_at = now
    uncount(now, *_mail_limits(link.user.email))
    actions.confirm(link.user, now)
    goal = begin(link.user, now, rules.safe_next(link.next_path))
    db.session.commit()
    return redirect(goal, 303)


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
    return _mail_something(form, lambda now: actions.mail_reset_link(typed(form.email), now))


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
    password_hash = checked_hash(form, link.user.email, link.user.name)
    if password_hash is None:
        return render_template("accounts/choose_password.html", form=form, token=token), 422
    begin_write()
    link = links.find(token, "reset-password", now, lock=True)
    if link is None:  # used in another tab while we hashed
        db.session.rollback()
        return render_template("accounts/link_over.html", form=AddressForm(formdata=None)), 410
    link.used_at = now
    actions.confirm(link.user, now)
    actions.set_password(link.user, password_hash, now)
    goal = begin(link.user, now, None)
    db.session.commit()
    say("Your new password is set, and every other device has been signed out.")
    return redirect(goal, 303)


@bp.post("/sign-out")
@open_to("anyone")
def sign_out() -> Any:
    begin_write()
    pending = sessions.pending_sign_in()
    row = pending[0] if pending else sessions.current_sign_in()
    if row is not None:
        sessions.end(row, clock.now())
    db.session.commit()
    session.clear()
    response = redirect(url_for("accounts.sign_in"), 303)
    response.headers["Clear-Site-Data"] = '"cache"'
    say("You are signed out on this device.")
    return response


def _mail_something(form: AddressForm, mail: Any) -> Any:
    """Count, mail if there is such an account, and say the same words either way."""
    now = clock.now()
    email = typed(form.email).strip().lower()
    if not within(now, *_mail_limits(email)):
        form.email.errors = [TOO_OFTEN]
        if wants_json():
            return program_answer(form, 429)
        return render_template("accounts/ask_for_reset.html", form=form), 429
    begin_write()
    mail(now)
    db.session.commit()
    if wants_json():
        return jsonify(said=LINK_MAILED.format(email=email), csrf_token=new_token())
    return render_template("accounts/link_mailed.html", email=email)


def _mail_limits(email: str) -> tuple[Limit, ...]:
    return (f"link:{email.lower()}", 5, HOUR), (f"link-from:{request.remote_addr}", 30, HOUR)


def _sign_in_page(form: SignInForm, code: int = 200, link_form: AddressForm | None = None) -> Any:
    if code != 200 and wants_json():
        return program_answer(form, code)
    link_form = link_form or AddressForm(formdata=None, email=form.email.data)
    return render_template(
        "accounts/sign_in.html", form=form, link_form=link_form, next=next_path(), carried=carried.in_form()
    ), code
