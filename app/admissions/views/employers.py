"""Employers' seats for staff: what was bought in a cohort, opening one, one with all that can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.accounts.sessions import get_user, require_recent_second_factor
from app.admissions import claim_queries, employer_rules, employers, queries
from app.admissions.claim_forms import ExtendForm, PurchaseForm
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.forms import whole_number
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import checkout, declining, employer_queries, returns
from app.payments import employer_rules as money_rules
from app.payments import employers as money_verbs
from app.payments import queries as payments
from app.payments.models import Order

bp = Blueprint("employers", __name__)
FIVE_MINUTES = timedelta(minutes=5)
CURRENCY = "usd"  # of new purchases where the cohort has no price


@bp.get("/staff/cohorts/<slug>/employers")
@open_to("staff")
def listing(slug: str) -> str:
    cohort = cohorts.cohort_by_slug(slug)
    rows = employer_queries.orders_of(cohort)
    return render_template(
        "admissions/employers/list.html",
        cohort=cohort,
        rows=rows,
        counts=claim_queries.counts([purchase.id for purchase, _order, _net in rows]) if rows else {},
        state=money_rules.state,
        now=clock.now(),
    )


@bp.get("/staff/cohorts/<slug>/employers/new")
@open_to("staff")
def new(slug: str) -> str:
    cohort, now = cohorts.cohort_by_slug(slug), clock.now()
    today, price = times.local_date(now, cohort.time_zone), payments.price_of(cohort, now)
    last_day = cohorts.ends_on(cohort)
    pay_until = min(today + timedelta(days=money_rules.DAYS_TO_PAY), max(today, last_day))
    form = PurchaseForm(
        formdata=None,
        pays_by="link",
        price=f"{price.amount_cents / 100:g}" if price else "",
        pay_until=pay_until,
        claim_until=max(pay_until, cohort.starts_on - timedelta(days=1)),
    )
    return _new_page(cohort, form)


@bp.post("/staff/cohorts/<slug>/employers")
@open_to("staff")
def open_purchase(slug: str) -> Any:
    cohort, now, form = cohorts.cohort_by_slug(slug), clock.now(), PurchaseForm()
    if not form.validate():
        return _new_page(cohort, form), 422
    price = payments.price_of(cohort, now)
    terms = _terms(form, price.currency if price else CURRENCY)
    begin_write()
    try:
        forced = employer_rules.check_forced(form.why_over.data or "")
        found = employers.open_purchase(get_user(), cohort, terms, now, forced)
    except Refused as refused:
        db.session.rollback()
        return _new_page(cohorts.cohort_by_slug(slug), _told(form, refused)), 422
    purchase_id, name = found.id, found.contact_name
    db.session.commit()
    say(f"The seats are held, and {name} has a mail with the link to their page.")
    return redirect(url_for("employers.purchase", purchase_id=purchase_id), 303)


def _terms(form: PurchaseForm, currency: str) -> money_verbs.Terms:
    assert form.pay_until.data is not None
    assert form.claim_until.data is not None
    return money_verbs.Terms(
        employer=form.employer.data or "",
        contact_name=form.contact_name.data or "",
        contact_email=form.contact_email.data or "",
        seats=form.number,
        price_cents=form.cents,
        currency=currency,
        pays_by=form.pays_by.data,
        pay_until=form.pay_until.data,
        claim_until=form.claim_until.data,
    )


def _told(form: Any, refused: Refused) -> Any:
    if refused.field and refused.field in form:
        form[refused.field].errors = [refused.sentence]
    else:
        form.form_errors.append(refused.sentence)
    return form


def _new_page(cohort: Cohort, form: FlaskForm) -> str:
    return render_template(
        "admissions/employers/new.html",
        cohort=cohort,
        form=form,
        seats=queries.seats(cohort),
        now=clock.now(),
    )


# --- one purchase ---------------------------------------------------------------------------------------------------


@bp.get("/staff/employers/<id:purchase_id>")
@open_to("staff")
def purchase(purchase_id: int) -> str:
    return purchase_page(purchase_id)


def purchase_page(purchase_id: int, refused: Refused | None = None) -> str:
    """One purchase as it is now; `refused`: what was asked for and could not be, at its field."""
    order = employer_queries.order_for(get_user(), purchase_id)
    arrived, refunded = payments.money_of([order])
    return render_template(
        "admissions/employers/one.html",
        page=claim_queries.employer_page(order),
        order=order,
        purchase=order.employer,
        cohort=order.cohort,
        state=money_rules.state(order.status),
        payments=arrived[order.id],
        refunds=refunded[order.id],
        again_cents=declining.may_ask_again(order, arrived[order.id], refunded[order.id]),
        typed={key: clean_text(text)[:400] for key, text in request.form.items()},
        refused=refused,
        needs_two=returns.needs_two,
        today=times.local_date(clock.now(), order.cohort.time_zone),
        limit=cohorts.program(order.cohort).two_people_above,
    )


@bp.post("/staff/employers/<id:purchase_id>/link")
@open_to("staff")
def new_link(purchase_id: int) -> Response:
    def verb(order: Order, now: datetime) -> str:
        found = order.employer
        assert found is not None
        employers.replace_links(get_user(), found, now)
        return f"A new link is on its way to {found.contact_email}. The earlier ones do not work any more."

    return _do(purchase_id, verb)


@bp.post("/staff/employers/<id:purchase_id>/cancel")
@open_to("staff")
def cancel(purchase_id: int) -> Response:
    """Take back what was never paid. Stripe ends an open payment page first, so that nothing can arrive afterwards."""
    order_id = employer_queries.order_for(get_user(), purchase_id).id
    db.session.rollback()
    try:
        checkout.close(order_id, clock.now())
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return back_to(purchase_id)

    def verb(order: Order, now: datetime) -> str:
        if not employers.let_go(order, now, get_user()):
            raise Refused("These seats are paid, or a bank is deciding on the payment. Nothing was changed.")
        return "The seats are free for others, and nothing can be paid for them any more."

    return _do(purchase_id, verb)


def _do(purchase_id: int, verb: Callable[[Order, datetime], str]) -> Response:
    begin_write()
    order = employer_queries.order_for(get_user(), purchase_id)
    try:
        sentence = verb(order, clock.now())
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return back_to(purchase_id)
    db.session.commit()
    say(sentence)
    return back_to(purchase_id)


def back_to(purchase_id: int) -> Response:
    return redirect(url_for("employers.purchase", purchase_id=purchase_id), 303)


# --- the seats that nobody claimed ----------------------------------------------------------------------------------


@bp.get("/staff/employers/<id:purchase_id>/unclaimed")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def unclaimed(purchase_id: int) -> Any:
    """More days, free them, or send money back: with the arithmetic, before one of them is confirmed."""
    order = employer_queries.order_for(get_user(), purchase_id)
    assert order.employer is not None
    return _unclaimed_page(order, ExtendForm(formdata=None, claim_until=order.employer.claim_until))


@bp.post("/staff/employers/<id:purchase_id>/extend")
@open_to("staff")
def extend(purchase_id: int) -> Any:
    form, now = ExtendForm(), clock.now()
    order = employer_queries.order_for(get_user(), purchase_id)
    if not form.validate():
        return _unclaimed_page(order, form), 422
    until = form.claim_until.data
    assert until is not None
    db.session.rollback()
    begin_write()
    try:
        found = money_verbs.lock(purchase_id)
        version = whole_number(request.form.get("version", ""))
        money_verbs.extend(get_user(), found, until, version, now)
    except Refused as refused:
        db.session.rollback()
        order = employer_queries.order_for(get_user(), purchase_id)
        return _unclaimed_page(order, _told(form, refused)), 422 if refused.field else 409
    db.session.commit()
    say(f"Seats can be claimed until {times.day_year(until)}.")
    return back_to(purchase_id)


@bp.post("/staff/employers/<id:purchase_id>/free")
@open_to("staff")
def free(purchase_id: int) -> Any:
    return _hand_back(purchase_id, None)


@bp.post("/staff/employers/<id:purchase_id>/refund")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def refund(purchase_id: int) -> Any:
    return _hand_back(purchase_id, whole_number(request.form.get("back", "")))


def _hand_back(purchase_id: int, shown_cents: int | None) -> Any:
    now, shown = clock.now(), whole_number(request.form.get("seats", ""))
    begin_write()
    order = employer_queries.order_for(get_user(), purchase_id)
    today = _today(order, now)
    try:
        freed = employers.hand_back(get_user(), order, shown, shown_cents, today, now)
    except Refused as refused:
        db.session.rollback()
        order = employer_queries.order_for(get_user(), purchase_id)
        form = ExtendForm(formdata=None, claim_until=order.employer.claim_until)  # type: ignore[union-attr]
        return _unclaimed_page(order, form, refused), 409
    db.session.commit()
    say(f"{freed} {'seat is' if freed == 1 else 'seats are'} free for others.")
    return back_to(purchase_id)


def _today(order: Order, now: datetime) -> date:
    return times.local_date(now, order.cohort.time_zone)


def _unclaimed_page(order: Order, form: FlaskForm, refused: Refused | None = None) -> str:
    page, today = claim_queries.employer_page(order), _today(order, clock.now())
    sums = money_verbs.unclaimed(order, page.unclaimed, today) if order.status == "paid" else None
    limit = cohorts.program(order.cohort).two_people_above
    return render_template(
        "admissions/employers/unclaimed.html",
        page=page,
        order=order,
        purchase=order.employer,
        cohort=order.cohort,
        sums=sums,
        two=bool(sums) and returns.needs_two(sums.back_cents, limit),  # type: ignore[union-attr]
        limit=limit,
        form=form,
        refused=refused,
        today=today,
        last_day=cohorts.ends_on(order.cohort),
    )
