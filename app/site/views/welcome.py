"""Setting up before the first day: one page, five things, each ticked by doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.forms import time_zones
from app.accounts.models import User
from app.accounts.sessions import get_user
from app.assessment.queries import lowest_of
from app.cohorts import onboarding, onboarding_rules, rules
from app.cohorts import queries as cohorts
from app.cohorts.models import Enrollment
from app.curriculum.schema import Module
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.imprint import imprint
from app.lib.refusal import Refused
from app.lib.web import say
from app.lib.words import clean_text
from app.site.views import bp

Verb = Callable[[User, Enrollment, datetime], None]
PROFILE = ("practice_name", "setting", "years", "certifications", "hardest")
ALL_DONE = "You are set up. From here on, this page is where each day begins."


@bp.get("/welcome")
@open_to("participant")
def welcome() -> Any:
    enrollment = cohorts.enrollment_for(get_user())
    if enrollment.onboarding_since is None or not rules.may_work(enrollment.status):
        return redirect(url_for("site.dashboard"), 303)
    return _page(enrollment)


@bp.post("/welcome/zone")
@open_to("participant")
def welcome_zone() -> Any:
    def confirm(user: User, enrollment: Enrollment, now: datetime) -> None:
        zone = request.form.get("time_zone", "")
        if zone not in dict(time_zones()):
            raise Refused("Please choose from the list.", "time_zone")
        onboarding.set_zone(user, enrollment, zone, now)

    return _do(confirm)


@bp.post("/welcome/profile")
@open_to("participant")
def welcome_profile() -> Any:
    def tell(user: User, enrollment: Enrollment, now: datetime) -> None:
        modules = [one.slug for one in cohorts.program(enrollment.cohort).modules]
        typed = {name: request.form.get(name, "") for name in PROFILE}
        onboarding.set_profile(user, enrollment, onboarding_rules.profile(**typed, modules=modules), now)

    return _do(tell)


@bp.post("/welcome/privacy")
@open_to("participant")
def welcome_privacy() -> Any:
    def agree(user: User, enrollment: Enrollment, now: datetime) -> None:
        if "agree" not in request.form:
            raise Refused("Please tick the box, so that we know you have read it.", "agree")
        version = request.form.get("version", "")
        onboarding.agree(user, enrollment, version, imprint().short_name, now)

    return _do(agree)


@bp.post("/welcome/call")
@open_to("participant")
def welcome_call() -> Any:
    def answer(user: User, enrollment: Enrollment, now: datetime) -> None:
        comes = request.form.get("comes")
        if comes not in ("yes", "no"):
            raise Refused("Please say whether you will be there.")
        onboarding.answer_call(user, enrollment, comes == "yes", now)

    return _do(answer)


@bp.post("/welcome/skip")
@open_to("participant")
def welcome_skip() -> Any:
    def pass_over(user: User, enrollment: Enrollment, now: datetime) -> None:
        onboarding.skip(user, enrollment, request.form.get("item", ""), now)

    return _do(pass_over)


def _do(verb: Verb) -> Any:
    """One item, then the page with the next; the dashboard when that was the last."""
    begin_write()
    user = get_user()
    enrollment = cohorts.enrollment_for(user)
    was_onboarding = enrollment.is_onboarding
    try:
        verb(user, enrollment, clock.now())
    except Refused as refused:
        db.session.rollback()
        return _page(cohorts.enrollment_for(get_user()), refused), 422
    finished = was_onboarding and not enrollment.is_onboarding
    db.session.commit()
    if finished:
        say(ALL_DONE)
        return redirect(url_for("site.dashboard"), 303)
    return redirect(url_for("site.welcome", _anchor="next" if was_onboarding else None), 303)


def _page(enrollment: Enrollment, refused: Refused | None = None) -> str:
    now, user = clock.now(), get_user()
    told, program = onboarding.told_by(enrollment), cohorts.program(enrollment.cohort)
    call = onboarding.call_to_come(enrollment.cohort_id, now)
    items = onboarding_rules.checklist(told.items if told else {}, call is not None)
    hardest = told.hardest if told else ""
    return render_template(
        "site/welcome.html",
        enrollment=enrollment,
        cohort=enrollment.cohort,
        told=told,
        items=items,
        done=sum(1 for one in items if one.state),
        call=call,
        zones=time_zones(),
        settings=onboarding_rules.SETTINGS,
        modules=program.modules,
        hardest=hardest or _suggested(user, program.module_against),
        is_suggested=not hardest,
        agreement=onboarding_rules.agreement(imprint().short_name),
        version=onboarding_rules.AGREEMENT_VERSION,
        rules=onboarding_rules,
        refused=refused,
        typed={name: clean_text(text) for name, text in request.form.items()},
        now=now,
    )


def _suggested(user: User, module_against: Callable[[str], Module | None]) -> str:
    """The module against the reason in which they scored lowest, where they have answered the self-assessment."""
    module = module_against(lowest_of(user))
    return module.slug if module else ""
