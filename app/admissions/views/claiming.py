"""How an invited person claims a seat that an employer has paid: signs in, reads dates and rules, confirms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts import actions as accounts
from app.accounts.queries import user_by_email
from app.accounts.sessions import get_user
from app.accounts.throttle import allow
from app.accounts.views.steps import begin
from app.admissions import claim_queries, claim_rules, claims
from app.admissions import queries as admissions
from app.admissions.claim_forms import AccountForm, ClaimForm
from app.admissions.claim_models import Invitation
from app.admissions.views.claims import HOUR, PRIVATE, TOO_OFTEN, bp
from app.cohorts import queries as cohorts
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.login import current_user
from app.lib.refusal import Refused
from app.payments import checkout

FROM_ONE_PLACE = 30  # presses in an hour
KNOWN = "This address has an account here already. Please sign in with it, and the seat is one press away."


@bp.get("/claims/<token>")
@open_to("anyone")
def invitation(token: str) -> Any:
    found = claims.find(token)
    return _page(token, found) if found else _over()


def _over() -> Any:
    return render_template("admissions/employers/claim_over.html"), 410, PRIVATE


@bp.post("/claims/<token>/account")
@open_to("anyone")
def open_account(token: str) -> Any:
    """Make the account of the invited address, which has just answered its mail, and sign it in."""
    found, now, form = claims.find(token), clock.now(), AccountForm()
    if found is None:
        return _over()
    if current_user.is_authenticated:
        return redirect(url_for("claims.invitation", token=token), 303)
    if not form.validate():
        return _page(token, found, 422, account_form=form)
    if not _within(now):
        return _page(token, claims.find(token), 429, account_form=form, problem=TOO_OFTEN)
    begin_write()
    found = claims.find(token)
    if found is None or user_by_email(
        found.email
    ):  # a link that lives for weeks opens no account that holds something
        db.session.rollback()
        found = claims.find(token)
        return _page(token, found, 409, account_form=form, problem=KNOWN) if found else _over()
    user = accounts.find_or_create(found.email, form.name.data or "", form.time_zone.data, now)
    accounts.confirm(user, now)
    db.session.flush()
    goal = begin(user, now, url_for("claims.invitation", token=token))
    db.session.commit()
    return redirect(goal, 303)


def _within(now: datetime) -> bool:
    begin_write()
    answer = allow(f"claim-from:{request.remote_addr}", FROM_ONE_PLACE, HOUR, now)
    db.session.commit()
    return answer


@bp.post("/claims/<token>")
@open_to("signed in")
def claim(token: str) -> Any:
    found, now, form = claims.find(token), clock.now(), ClaimForm()
    if found is None:
        return _over()
    if not form.validate():
        return _page(token, found, 422, claim_form=form)
    if not _within(now):
        return _page(token, claims.find(token), 429, claim_form=form, problem=TOO_OFTEN)
    try:
        _end_own_page(token, now)
        begin_write()
        found = claims.find(token)
        if found is None:
            db.session.rollback()
            return _over()
        claims.claim(get_user(), found, form.practice_name.data or "", now)
    except Refused as refused:
        db.session.rollback()
        found = claims.find(token)
        return _page(token, found, 409, claim_form=form, problem=refused.sentence) if found else _over()
    db.session.commit()
    return redirect(url_for("claims.invitation", token=token), 303)


def _end_own_page(token: str, now: datetime) -> None:
    """Whoever stands before a payment page of their own must not pay for a seat besides: Stripe is asked to end it."""
    found = claims.find(token)
    order = admissions.standing(get_user(), found.purchase.cohort).order if found else None
    if order is not None and order.status == "open":
        checkout.close(order.id, now)


def _page(
    token: str,
    found: Invitation | None,
    code: int = 200,
    *,
    account_form: AccountForm | None = None,
    claim_form: ClaimForm | None = None,
    problem: str = "",
) -> Any:
    if found is None:
        return _over()
    purchase, now = found.purchase, clock.now()
    cohort = purchase.cohort
    order_status, unclaimed = claim_queries.stands(purchase.id)
    email = get_user().email if current_user.is_authenticated else None
    standing = admissions.standing(get_user(), cohort) if email is not None else None
    enrollment = standing.enrollment.status if standing and standing.enrollment else None
    why_not = _why_not(found, order_status, now)
    state = claim_rules.claim_state(found.email, email, enrollment, not why_not, unclaimed)
    if account_form is None:
        account_form = AccountForm(formdata=None, time_zone=cohort.time_zone)
    html = render_template(
        "admissions/employers/claim.html",
        token=token,
        invitation=found,
        purchase=purchase,
        cohort=cohort,
        state=state,
        why_not=why_not or claim_rules.GONE,
        has_account=state == "sign in" and user_by_email(found.email) is not None,
        weeks=cohorts.program(cohort).weeks,
        calls=cohorts.calls_of(cohort),
        account_form=account_form,
        claim_form=claim_form or ClaimForm(formdata=None),
        problem=problem,
        ends_on=cohorts.ends_on(cohort),
    )
    return html, code, PRIVATE


def _why_not(invitation: Invitation, order_status: str, now: datetime) -> str:
    purchase = invitation.purchase
    today = times.local_date(now, purchase.cohort.time_zone)
    try:
        claim_rules.check_open(order_status, purchase.cohort.sales, purchase.claim_until, today)
    except Refused as refused:
        return refused.sentence
    return ""
