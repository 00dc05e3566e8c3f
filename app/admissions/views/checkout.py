"""Taking the seat: what it costs and what comes back, the way to Stripe's page, and the way back from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import actions, queries, rules
from app.admissions.forms import CheckoutForm, plan_number
from app.admissions.views import bp
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.payments import checkout as money
from app.payments import queries as payments
from app.payments.models import Order

MOVED = (
    "Since you opened this page a day has ended, and so the dates below have moved. "
    "Please read them once more and agree again. Nothing was charged."
)


@bp.get("/cohorts/<slug>/checkout")
@open_to("signed in")
def checkout(slug: str) -> Any:
    return _page(cohorts.public_cohort(slug), CheckoutForm(formdata=None), clock.now())


@bp.post("/cohorts/<slug>/checkout")
@open_to("signed in")
def pay(slug: str) -> Any:
    cohort, now, form = cohorts.public_cohort(slug), clock.now(), CheckoutForm()
    if not form.validate():
        return _page(cohort, form, now, code=422)
    plan = form.installments()
    if plan > 1 and form.first.data != times.local_date(now, cohort.time_zone).isoformat():
        form.agree.data = False
        return _page(cohort, form, now, MOVED, code=409)
    try:
        _close_page_of_another_plan(cohort, plan, now)
        begin_write()
        order = actions.begin_checkout(get_user(), cohort, now, plan)
    except Refused as refused:
        db.session.rollback()
        return _page(cohorts.public_cohort(slug), form, now, refused.sentence, code=409)
    order_id, paid = order.id, order.status == "paid"
    db.session.commit()
    if paid:  # it cost nothing
        return redirect(url_for("admissions.checkout", slug=slug), 303)
    base = current_app.config["BASE_URL"]
    back = f"{base}/cohorts/{slug}/checkout/return?session_id={{CHECKOUT_SESSION_ID}}"
    try:
        return redirect(money.pay(order_id, back, f"{base}/cohorts/{slug}/checkout/cancelled", now), 303)
    except Refused as refused:
        db.session.rollback()
        return _page(cohorts.public_cohort(slug), form, now, refused.sentence, code=409)


def _close_page_of_another_plan(cohort: Cohort, plan: int, now: datetime) -> None:
    """Whoever chooses again must not be able to pay the first choice too: Stripe is asked to end its page."""
    found = queries.standing(get_user(), cohort)
    order, offer = found.order, found.offer
    if order is None or offer is None or order.status != "open":
        return
    chosen = next((one for one in actions.choices_of(offer, cohort, now) if one.installments == plan), None)
    if chosen is not None and order.consent != chosen.consent:
        money.close(order.id, now)


@bp.get("/cohorts/<slug>/checkout/return")
@open_to("signed in")
def checkout_return(slug: str) -> Any:
    """Where Stripe sends people back. The one GET that may write: what is true is asked from Stripe, not the address.

    It only does what the webhook would do a second later; asking twice is harmless.
    """
    now = clock.now()
    stripe_id = request.args.get("session_id", "")
    looks_right = len(stripe_id) < 120 and stripe_id.isascii() and stripe_id.isprintable()
    row = payments.session_for(get_user(), stripe_id) if looks_right else None
    if row is None or row.order.enrollment.cohort.slug != slug:
        abort(404)
    order_id, cohort_id = row.order_id, row.order.enrollment.cohort_id
    silent = None
    try:
        money.settle(stripe_id, now)
        _seat_the_payer(order_id, cohort_id, now)
    except Refused:
        db.session.rollback()
        silent = "The payment service is slow to answer. Your seat is held; reload this page in a minute."
    return _page(cohorts.public_cohort(slug), CheckoutForm(formdata=None), now, silent, returned=True)


@bp.get("/cohorts/<slug>/checkout/cancelled")
@open_to("signed in")
def checkout_cancelled(slug: str) -> Any:
    """Left Stripe's page without paying: the seat is still held, and the way back is open."""
    cohort, now = cohorts.public_cohort(slug), clock.now()
    if actions.state_of(queries.standing(get_user(), cohort), cohort, now) == "pay":
        say("You left the payment page. Nothing was charged, and your seat is still held.", "note")
    return redirect(url_for("admissions.checkout", slug=slug), 303)


def _seat_the_payer(order_id: int, cohort_id: int, now: datetime) -> None:
    """What the sweep would do within a minute, done now, so that the page says it."""
    begin_write()
    order = db.session.get_one(Order, order_id)
    if order.status == "expired":
        actions.find_seat_for_late_money(order, now)
    actions.keep_paid_seats(cohort_id, now)
    db.session.commit()


def _page(
    cohort: Cohort,
    form: CheckoutForm,
    now: datetime,
    problem: str | None = None,
    *,
    returned: bool = False,
    code: int = 200,
) -> Any:
    found = queries.standing(get_user(), cohort)
    state = actions.state_of(found, cohort, now)
    if state == "not yet":
        return redirect(url_for("admissions.apply", slug=cohort.slug), 303)
    offer = found.offer
    choices = actions.choices_of(offer, cohort, now) if offer and state == "pay" else []
    chosen = _chosen(choices, form)
    amount = chosen.amount_cents if chosen else offer.amount_cents if offer else 0
    page = render_template(
        "admissions/checkout.html",
        cohort=cohort,
        form=form,
        found=found,
        offer=offer,
        choices=choices,
        chosen=chosen,
        state=state,
        problem=problem,
        returned=returned,
        weeks=cohorts.program(cohort).weeks,
        calls=cohorts.calls_of(cohort) if found.hold is not None else [],
        refund=payments.refund_lines(cohort, amount, offer.currency) if offer else [],
        other=queries.next_cohort(cohort, now) if state == "gone" else None,
        now=now,
    )
    return page, code


def _chosen(choices: Sequence[rules.Choice], form: CheckoutForm) -> rules.Choice | None:
    """The plan that is looked at: the one sent or in the address, else pay in full."""
    wanted = form.installments() if form.is_submitted() else plan_number(request.args.get("plan"))
    return next((one for one in choices if one.installments == wanted), next(iter(choices), None))
