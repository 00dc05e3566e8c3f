"""Hearing from us: asking, confirming, and ending it. Open to anyone; no answer tells whether an address is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.accounts.throttle import allow
from app.admissions import lead_rules, leads
from app.admissions.forms import LeadForm
from app.cohorts import queries as cohorts
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.imprint import imprint
from app.lib.login import current_user
from app.lib.refusal import Refused
from app.lib.web import csrf

bp = Blueprint("leads", __name__)

MAILED_TO, MAILED_FROM = 3, 20  # to one mailbox in a day, from one place in an hour
TOO_OFTEN = "That was sent too often from here. Please wait an hour; what you typed is still here."
# The address is the secret: no page learns it from us, no copy stays, no search engine lists it.
PRIVATE = {
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


@bp.get("/subscribe")
@open_to("anyone")
def subscribe() -> str:
    form = LeadForm()
    form.source.data = lead_rules.source_path(request.args.get("from"))
    form.cohorts.data = request.args.get("for") == lead_rules.COHORTS
    if current_user.is_authenticated:
        form.name.data, form.email.data = get_user().name, get_user().email
    return _form_page(form)


@bp.post("/subscribe")
@open_to("anyone")
def ask() -> Any:
    now, form = clock.now(), LeadForm()
    if not form.validate():
        return _form_page(form), 422
    try:
        wish = _wish(form)
    except Refused as refused:
        form.updates.errors = [refused.sentence]
        return _form_page(form), 422
    email = str(form.email.data).lower()
    begin_write()
    within = allow(f"subscribe-from:{request.remote_addr}", MAILED_FROM, timedelta(hours=1), now)
    # The mailbox's own limit is silent: its words would tell a stranger that somebody asked for it today.
    if within and allow(f"subscribe:{email}", MAILED_TO, timedelta(days=1), now):
        leads.ask(email, wish, now)
    db.session.commit()
    if not within:
        form.form_errors.append(TOO_OFTEN)
        return _form_page(form), 429
    return redirect(url_for("leads.asked"), 303)


@bp.get("/subscribe/sent")
@open_to("anyone")
def asked() -> str:
    """The same words for a new address, a known one, and one that was mailed too often."""
    return render_template("admissions/leads/asked.html", days=lead_rules.CONFIRM_LIFE.days)


@bp.get("/subscribe/<token>")
@open_to("anyone")
def look_at_confirmation(token: str) -> Any:
    """The page with the button. Mail programs open links by themselves, so opening it confirms nothing."""
    link = leads.find_link(token, "confirm", clock.now())
    if link is None:
        return _over()
    return render_template(
        "admissions/leads/confirm.html", wish=leads.Wish(**link.wish), token=token
    ), PRIVATE


@bp.post("/subscribe/<token>")
@open_to("anyone")
def confirm(token: str) -> Any:
    now = clock.now()
    begin_write()
    link = leads.find_link(token, "confirm", now, lock=True)
    if link is None:
        db.session.rollback()
        return _over()
    leads.confirm(link, now)
    db.session.commit()
    return redirect(url_for("leads.confirmed"), 303)


@bp.get("/subscribe/confirmed")
@open_to("anyone")
def confirmed() -> str:
    now = clock.now()
    return render_template("admissions/leads/confirmed.html", cohorts=cohorts.open_cohorts(now))


@bp.get("/unsubscribe/<token>")
@open_to("anyone")
def look_at_unsubscribe(token: str) -> Any:
    link = leads.find_link(token, "unsubscribe", clock.now())
    if link is None:
        return _over()
    done = link.lead.status == "unsubscribed"
    return render_template("admissions/leads/unsubscribe.html", token=token, done=done), PRIVATE


@bp.post("/unsubscribe/<token>")
@csrf.exempt  # a mail provider presses this for its reader (RFC 8058); the secret in the address is what it knows
@open_to("anyone")
def unsubscribe(token: str) -> Any:
    """One press, answered here and without a redirect. Twice is harmless."""
    now: datetime = clock.now()
    begin_write()
    link = leads.find_link(token, "unsubscribe", now, lock=True)
    if link is None:
        db.session.rollback()
        return _over()
    leads.unsubscribe(link.lead, now)
    db.session.commit()
    return render_template("admissions/leads/unsubscribe.html", token=token, done=True), PRIVATE


def _wish(form: LeadForm) -> leads.Wish:
    updates, wants_cohorts = bool(form.updates.data), bool(form.cohorts.data)
    lead_rules.check_wants(updates, wants_cohorts)
    return leads.Wish(
        name=form.name.data or "",
        updates=updates,
        cohorts=wants_cohorts,
        source=lead_rules.source_path(form.source.data),
        consent=lead_rules.consent(imprint().short_name),
    )


def _form_page(form: LeadForm) -> str:
    return render_template(
        "admissions/leads/subscribe.html",
        form=form,
        consent=lead_rules.consent(imprint().short_name),
        version=lead_rules.CONSENT_VERSION,
    )


def _over() -> Any:
    return render_template("admissions/leads/over.html"), 410, PRIVATE
