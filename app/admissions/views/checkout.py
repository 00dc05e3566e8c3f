"""Taking the seat: what it costs and what comes back, the way to Stripe's page, and the way back from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort, current_app, redirect, render_template, request, session, url_for

from app.accounts.sessions import get_user
from app.accounts.throttle import allow
from app.admissions import actions, choosing, queries, rules
from app.admissions.forms import CheckoutForm, CodeForm, plan_number
from app.admissions.views import bp
from app.admissions.waitlist_queries import terms_of
from app.admissions.waitlist_rules import why_no_offers
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.payments import checkout as money
from app.payments import discounts
from app.payments import queries as payments
from app.payments.discount_rules import normal
from app.payments.models import Order
from app.payments.stripe import NoAnswer

KEPT_CODE = "discount"  # in the browser's session: cohort and code
CODE_TRIES, CODE_WINDOW = 10, timedelta(hours=1)
TOO_MANY_CODES = (
    "Those were many codes in a short time. Please try again in an hour, or ask us for the right one."
)
OTHER_CODE = (
    "The discount code has changed since you opened this page. "
    "Please read the amounts once more and agree again. Nothing was charged."
)
HELD = "Your seat stays held, and what you chose is still chosen below."
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
    code = _look(queries.standing(get_user(), cohort), cohort, now).code
    if (form.code.data or "") != code:
        form.agree.data = False
        return _page(cohort, form, now, OTHER_CODE, code=409)
    try:
        _close_page_of_another_plan(cohort, plan, now)
        begin_write()
        order = actions.begin_checkout(get_user(), cohort, now, plan, code)
    except NoAnswer as silent:
        return _page(cohorts.public_cohort(slug), form, now, f"{silent.sentence} {HELD}", code=409)
    except Refused as refused:
        db.session.rollback()
        form.agree.data = False
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
        held = f" {HELD}" if isinstance(refused, NoAnswer) else ""
        return _page(cohorts.public_cohort(slug), form, now, f"{refused.sentence}{held}", code=409)


def _close_page_of_another_plan(cohort: Cohort, plan: int, now: datetime) -> None:
    """Whoever chooses again must not be able to pay the first choice too: Stripe is asked to end its page."""
    found = queries.standing(get_user(), cohort)
    order, offer = found.order, found.offer
    if order is None or offer is None or order.status != "open":
        return
    choices = _look(found, cohort, now).choices
    chosen = next((one for one in choices if one.installments == plan), None)
    if chosen is not None and order.consent != chosen.consent:
        money.close(order.id, now)


@bp.post("/cohorts/<slug>/checkout/code")
@open_to("signed in")
def use_code(slug: str) -> Any:
    """Try a discount code. One that lowers the price is kept in the browser's session until another is tried."""
    cohort, now, form = cohorts.public_cohort(slug), clock.now(), CodeForm()
    here = url_for("admissions.checkout", slug=slug, plan=plan_number(form.plan.data))
    if not form.code.data:
        session.pop(KEPT_CODE, None)
        return redirect(here, 303)
    if not form.validate():
        return _page(cohort, CheckoutForm(formdata=None), now, code=422, code_form=form)
    begin_write()
    allowed = allow(f"discount-code:{get_user().id}", CODE_TRIES, CODE_WINDOW, now)
    db.session.commit()
    cohort, typed = cohorts.public_cohort(slug), normal(form.code.data)
    found = queries.standing(get_user(), cohort)
    refusal = _look(found, cohort, now, typed).refusal if allowed else TOO_MANY_CODES
    if refusal:
        form.code.errors = [refusal]
        status = 422 if allowed else 429
        return _page(cohort, CheckoutForm(formdata=None), now, code=status, code_form=form)
    session[KEPT_CODE] = [cohort.id, typed]
    say(f"{typed} is used. The amounts below are with it.")
    return redirect(here, 303)


def _kept_code(cohort: Cohort) -> str:
    """The code that this browser has tried with success for this cohort, or ''."""
    cohort_id, code = session.get(KEPT_CODE) or (None, "")
    return str(code) if cohort_id == cohort.id else ""


@dataclass(frozen=True)
class Look:
    """The plans as they may be chosen now, the code they are lowered by, and why a code that was given does not."""

    choices: list[rules.Choice]
    code: str = ""
    refusal: str = ""


def _look(found: queries.Standing, cohort: Cohort, now: datetime, typed: str | None = None) -> Look:
    """What is offered with the code in the browser's session, or with this one."""
    offer, name = found.offer, _kept_code(cohort) if typed is None else typed
    if offer is None or actions.state_of(found, cohort, now) != "pay":
        return Look([])
    try:
        wanted = discounts.want(name, get_user(), found.order) if name else None
        return Look(choosing.choices_of(offer, cohort, now, wanted), name)
    except Refused as refused:
        return Look(choosing.choices_of(offer, cohort, now), refusal=refused.sentence)


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
    silent = False
    try:
        money.settle(stripe_id, now)
        _seat_the_payer(order_id, cohort_id, now)
    except Refused:
        db.session.rollback()
        silent = True
    cohort = cohorts.public_cohort(slug)
    return _page(cohort, CheckoutForm(formdata=None), now, returned=True, silent=silent)


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
    silent: bool = False,
    code: int = 200,
    code_form: CodeForm | None = None,
) -> Any:
    found = queries.standing(get_user(), cohort)
    state = actions.state_of(found, cohort, now)
    if state == "not yet":
        return redirect(url_for("admissions.apply", slug=cohort.slug), 303)
    offer = found.offer
    look = _look(found, cohort, now)
    chosen = _chosen(look.choices, code_form or (form if form.is_submitted() else None))
    if code_form is None:
        code_form = CodeForm(formdata=None, data={"code": _kept_code(cohort)})
        code_form.code.errors = [look.refusal] if look.refusal else []
    terms = terms_of(cohort)
    amount = chosen.amount_cents if chosen else offer.amount_cents if offer else 0
    page = render_template(
        "admissions/checkout.html",
        cohort=cohort,
        form=form,
        code_form=code_form,
        found=found,
        offer=offer,
        look=look,
        chosen=chosen,
        state="asking" if silent and state == "pay" else state,
        problem=problem,
        returned=returned,
        weeks=cohorts.program(cohort).weeks,
        calls=cohorts.calls_of(cohort) if found.hold is not None else [],
        refund=payments.refund_lines(cohort, amount, offer.currency) if offer else [],
        other=queries.next_cohort(cohort, now) if state in ("gone", "cancelled") else None,
        line_terms=terms if state == "gone" and why_no_offers(cohort.sales, terms, now) is None else None,
        now=now,
    )
    return page, code


def _chosen(choices: Sequence[rules.Choice], form: CheckoutForm | CodeForm | None) -> rules.Choice | None:
    """The plan that is looked at: the one sent or in the address, else pay in full."""
    wanted = plan_number(form.plan.data if form else request.args.get("plan"))
    return next((one for one in choices if one.installments == wanted), next(iter(choices), None))
