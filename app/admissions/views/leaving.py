"""Somebody leaves: one screen with the arithmetic and one confirm; and what became of the money after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.sessions import get_user, require_recent_second_factor
from app.admissions import claim_queries, leaving, queries
from app.admissions.views import bp, second_person
from app.cohorts.models import Enrollment
from app.cohorts.queries import program
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import refunding, refunds, returns, withdrawals
from app.payments.models import Order, Refund
from app.payments.withdrawals import Withdrawal

FIVE_MINUTES = timedelta(minutes=5)
NO_DAY = "Give the day as year, month and day, for example 2026-03-14."


@bp.get("/staff/enrollments/<id:enrollment_id>/withdraw")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def withdrawal(enrollment_id: int) -> Any:
    """The arithmetic for the day they told us, before it is confirmed; afterwards what became of the money."""
    enrollment, order = queries.place_for(get_user(), enrollment_id)
    told_on, refused = _today(enrollment), None
    if "told_on" in request.args:
        try:
            day = read_day(request.args["told_on"])
            returns.check_day(day, withdrawals.first_day(enrollment), told_on)
            told_on = day
        except Refused as wrong:
            refused = wrong
    return _page(enrollment, order, told_on, refused), 422 if refused else 200


@bp.post("/staff/enrollments/<id:enrollment_id>/withdraw")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def withdraw(enrollment_id: int) -> Any:
    """Do what was shown. Whatever stands in the way, nothing is changed and the page says what."""
    now = clock.now()
    enrollment, order = queries.place_for(get_user(), enrollment_id)
    order_id = order.id if order else None
    told_on = _today(enrollment)
    try:
        what = _confirmed(enrollment)
        told_on = what.told_on
        if order_id is not None:
            refunding.clear_the_way(order_id, now)
        begin_write()
        enrollment, order = queries.place_for(get_user(), enrollment_id)
        leaving.withdraw(get_user(), enrollment, order, what, now)
    except Refused as refused:
        db.session.rollback()
        enrollment, order = queries.place_for(get_user(), enrollment_id)
        return _page(enrollment, order, told_on, refused), 422 if refused.field else 409
    name = enrollment.user.name
    db.session.commit()
    say(f"{name} has left. The seat is free, and the mail is on its way.")
    return _back(enrollment_id)


@bp.post("/staff/enrollments/<id:enrollment_id>/withdraw/approve")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def approve_refund(enrollment_id: int) -> Any:
    """The second person's yes to money above the limit."""
    begin_write()
    _place, order = queries.place_for(get_user(), enrollment_id)
    try:
        if order is None:
            raise Refused(refunds.NOT_WAITING)
        sentence = second_person.say_yes(order, clock.now())
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return _back(enrollment_id)
    db.session.commit()
    say(sentence)
    return _back(enrollment_id)


@bp.post("/staff/enrollments/<id:enrollment_id>/withdraw/decline")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def decline_refund(enrollment_id: int) -> Any:
    """The second person's no, with its reason."""
    return _about_refund(enrollment_id, second_person.say_no)


@bp.post("/staff/enrollments/<id:enrollment_id>/withdraw/ask-again")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def ask_refund_again(enrollment_id: int) -> Any:
    """After a no: another amount, which waits for a second person again."""
    return _about_refund(enrollment_id, second_person.ask_again)


def _about_refund(enrollment_id: int, verb: Callable[[Order, datetime], str]) -> Any:
    """Do something about money that waits; a refusal shows the page again with what was typed."""
    begin_write()
    enrollment, order = queries.place_for(get_user(), enrollment_id)
    try:
        if order is None:
            raise Refused(refunds.NOT_WAITING)
        sentence = verb(order, clock.now())
    except Refused as refused:
        db.session.rollback()
        enrollment, order = queries.place_for(get_user(), enrollment_id)
        page = _page(enrollment, order, _today(enrollment), refused)
        return page, 422 if refused.field else 409
    db.session.commit()
    say(sentence)
    return _back(enrollment_id)


@bp.post("/staff/refunds/<id:refund_id>/sent")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def refund_sent(refund_id: int) -> Any:
    """The check is in the mail, or the transfer is made."""
    return _by_hand(refund_id, refunds.sent_by_hand)


@bp.post("/staff/refunds/<id:refund_id>/by-hand")
@open_to("staff")
@require_recent_second_factor(FIVE_MINUTES)
def refund_by_hand(refund_id: int) -> Any:
    """What did not reach the card goes by check or transfer."""
    return _by_hand(refund_id, refunds.by_hand_instead)


def _by_hand(refund_id: int, verb: Any) -> Response:
    begin_write()
    found: Refund = queries.refund_for(get_user(), refund_id)
    order = found.payment.order
    back = _where(order)
    try:
        verb(get_user(), found, clock.now())
    except Refused as refused:
        db.session.rollback()
        say(refused.sentence, "problem")
        return redirect(back, 303)
    db.session.commit()
    return redirect(back, 303)


def _where(order: Order) -> str:
    """The page on which staff see what became of the money of this order."""
    if order.employer:
        return url_for("employers.purchase", purchase_id=order.employer.id)
    return url_for("admissions.withdrawal", enrollment_id=order.enrollment_id)


def _back(enrollment_id: int) -> Response:
    return redirect(url_for("admissions.withdrawal", enrollment_id=enrollment_id), 303)


def _today(enrollment: Enrollment) -> date:
    return times.local_date(clock.now(), enrollment.cohort.time_zone)


def read_day(typed: str) -> date:
    """A day as its field sends it. Raises Refused, at the field."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise Refused(NO_DAY, field="told_on") from None


def _confirmed(enrollment: Enrollment) -> Withdrawal:
    """What was sent, checked before Stripe is asked for anything. Raises Refused."""
    form = request.form
    what = Withdrawal(
        told_on=read_day(form.get("told_on", "")),
        reason=form.get("reason", ""),
        waived="waive" in form,
        back_cents=_cents("back"),
        balance_cents=_cents("balance"),
    )
    first = withdrawals.first_day(enrollment)
    name = enrollment.user.name
    returns.check(enrollment.status, name, what.told_on, first, _today(enrollment), what.reason)
    return what


def _cents(name: str) -> int:
    """An amount that the page itself had put into the form; one that it cannot have is never the one shown."""
    typed = request.form.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 12 else -1


def _page(enrollment: Enrollment, order: Order | None, told_on: date, refused: Refused | None) -> str:
    account = withdrawals.account_of(order, told_on) if order else None
    return render_template(
        "admissions/withdrawal.html",
        enrollment=enrollment,
        cohort=enrollment.cohort,
        account=account,
        again_cents=account.again_cents if account else 0,
        typed={key: clean_text(text)[:400] for key, text in request.form.items()},
        employer=None if order else claim_queries.employer_of(enrollment),
        can_leave=enrollment.status in returns.WITHDRAWABLE,
        told_on=told_on,
        typed_day=clean_text(request.values.get("told_on", told_on.isoformat()))[:40],
        first_day=withdrawals.first_day(enrollment),
        today=_today(enrollment),
        reasons=returns.REASONS,
        reason=request.form.get("reason", ""),
        waived="waive" in request.form,
        limit=program(enrollment.cohort).two_people_above,
        needs_two=returns.needs_two,
        refused=refused,
    )
