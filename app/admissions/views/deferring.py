"""Somebody moves to another cohort: one screen with the cohorts, the consequences and one confirm."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.sessions import get_user
from app.admissions import deferring, deferring_queries
from app.admissions import deferring_rules as rules
from app.admissions.deferring import Deferring, Plan
from app.admissions.deferring_queries import Place, Target
from app.admissions.views import bp
from app.admissions.views.leaving import read_day
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.payments import refunding, returns, withdrawals


@bp.get("/staff/enrollments/<id:enrollment_id>/defer")
@open_to("staff")
def deferral(enrollment_id: int) -> Any:
    """The cohorts to choose from; once one is chosen, everything that moving there comes to."""
    return _page(deferring_queries.place_for(get_user(), enrollment_id))


@bp.post("/staff/enrollments/<id:enrollment_id>/defer")
@open_to("staff")
def defer(enrollment_id: int) -> Any:
    """Do what was shown. Whatever stands in the way, nothing is changed and the page says what."""
    now, user = clock.now(), get_user()
    place = deferring_queries.place_for(user, enrollment_id)
    order_id = place.order.id if place.order else None
    try:
        rules.check_place(place.enrollment.status, place.enrollment.user.name)
        what = _confirmed()
        target = _target(place, request.form.get("to", ""))
        deferring.plan(
            place, target.cohort, target.refund, what.told_on
        )  # reads the releases before anything is locked
        if order_id is not None:
            refunding.clear_the_way(order_id, now)
        begin_write()
        place = deferring_queries.place_for(user, enrollment_id)
        new = deferring.defer(user, place.enrollment, place.order, target.cohort, what, now)
    except Refused as refused:
        db.session.rollback()
        return _page(deferring_queries.place_for(user, enrollment_id), refused)
    sentence = f"{new.user.name} goes on in the {new.cohort.title}. The old seat is given back; the mail is on its way."
    db.session.commit()
    say(sentence)
    return redirect(url_for("admissions.deferral", enrollment_id=enrollment_id), 303)


def _confirmed() -> Deferring:
    """What was sent. Raises Refused for a day that is none."""
    form = request.form
    return Deferring(
        told_on=read_day(form.get("told_on", "")),
        reason=form.get("reason", ""),
        exception=clean_text(form.get("exception", "")),
        why_over=clean_text(form.get("why_over", "")),
        seen=form.get("seen", ""),
    )


def _today(place: Place) -> date:
    return times.local_date(clock.now(), place.enrollment.cohort.time_zone)


def _target(place: Place, slug: str) -> Target:
    """The cohort with this address among those they can go on in. Raises Refused."""
    found = deferring_queries.targets_of(place.enrollment, _today(place))
    return _chosen(found, slug)


def _chosen(targets: list[Target], slug: str) -> Target:
    found = next((one for one in targets if one.cohort.slug == slug), None)
    if found is None:
        raise Refused(rules.CHOOSE, field="to")
    return found


def _page(place: Place, refused: Refused | None = None) -> Any:
    enrollment, today = place.enrollment, _today(place)
    can_move = enrollment.status in returns.WITHDRAWABLE
    targets = deferring_queries.targets_of(enrollment, today) if can_move else []
    told_on, plan, wrong = _worked_out(place, targets, today)
    refused = refused or wrong
    page = render_template(
        "admissions/deferral.html",
        place=place,
        enrollment=enrollment,
        cohort=enrollment.cohort,
        can_move=can_move,
        targets=targets,
        chosen=next((one for one in targets if plan and one.cohort.id == plan.target.id), None),
        to=request.values.get("to", ""),
        plan=plan,
        terms=place.terms(told_on),
        told_on=told_on,
        typed_day=clean_text(request.values.get("told_on", told_on.isoformat()))[:40],
        first_day=withdrawals.first_day(enrollment),
        today=today,
        reasons=rules.REASONS,
        typed={key: clean_text(text)[:600] for key, text in request.form.items()},
        employer=place.employer if can_move else None,
        done=deferring_queries.deferral_from(enrollment) if enrollment.status == "deferred" else None,
        refused=refused,
    )
    return page, 200 if refused is None else 422 if refused.field else 409


def _worked_out(place: Place, targets: list[Target], today: date) -> tuple[date, Plan | None, Refused | None]:
    """The day they told us, the plan for the cohort that is chosen, and what is wrong with either."""
    told_on = today
    try:
        if "told_on" in request.values:
            day = read_day(request.values["told_on"])
            returns.check_day(day, withdrawals.first_day(place.enrollment), today)
            told_on = day
        if not targets or "to" not in request.values:
            return told_on, None, None
        target = _chosen(targets, request.values["to"])
        return told_on, deferring.plan(place, target.cohort, target.refund, told_on), None
    except Refused as wrong:
        return told_on, None, wrong
