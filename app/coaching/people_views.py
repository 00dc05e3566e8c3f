"""The people of a cohort, and one person: what coaches and staff read of them and do for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coaching import actions, people, rules
from app.coaching.models import PersonNote
from app.cohorts import extensions
from app.cohorts.models import Enrollment
from app.cohorts.onboarding_rules import SETTINGS
from app.cohorts.queries import program
from app.cohorts.rules import AT_A_TIME, LONGEST_EXTENSION, days_words
from app.coursework import queries as coursework
from app.coursework import staff_actions
from app.coursework.forms import clean_text
from app.coursework.precheck import to_do
from app.coursework.waiting import lock_enrollment_of
from app.curriculum.schema import Module
from app.lib import clock
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.merging import read_int
from app.lib.refusal import Refused
from app.lib.web import say

bp = Blueprint("people", __name__)


@bp.get("/coaching/people")
@open_to("coach", "staff")
def people_list() -> Any:
    now, user = clock.now(), get_user()
    cohorts = people.cohorts_for(user, now)
    slug = request.args.get("cohort", "")
    chosen = next((one for one in cohorts if one.slug == slug), None)
    if slug and chosen is None:
        abort(404)
    after = read_int(request.args, "after")
    rows, on = people.people_in([one.id for one in ([chosen] if chosen else cohorts)], after)
    return render_template(
        "coaching/people.html", rows=rows, cohorts=cohorts, chosen=chosen, after=after, on=on, now=now
    )


# --- one person ---------------------------------------------------------------------------------------------------


@bp.get("/coaching/people/<id:enrollment_id>")
@open_to("coach", "staff")
def person(enrollment_id: int) -> Any:
    return _page(enrollment_id)


def _page(enrollment_id: int, refused: Refused | None = None) -> Any:
    now, user = clock.now(), get_user()
    found = people.person_for(user, enrollment_id, now)
    page = render_template(
        "coaching/person.html",
        person=found,
        who=found.enrollment.user,
        now=now,
        refused=refused,
        typed=request.form if refused else {},
        is_stale=isinstance(refused, actions.Stale),
        at_a_time=LONGEST_EXTENSION if user.is_staff else AT_A_TIME,
        longest_note=rules.LONGEST_NOTE,
        settings=SETTINGS,
    )
    status = 409 if isinstance(refused, actions.Stale) else 422
    return (page, status) if refused else page


Verb = Callable[[User, Enrollment, datetime], str]


def _do(enrollment_id: int, verb: Verb) -> Any:
    """Do something for this person, in one transaction; a refusal shows the page with what was typed."""
    now, user = clock.now(), get_user()
    begin_write()
    enrollment, _coaches, _note = people.enrollment_for(user, enrollment_id, now)
    try:
        sentence = verb(user, enrollment, now)
    except Refused as refused:
        db.session.rollback()
        return _page(enrollment_id, refused)
    db.session.commit()
    say(sentence)
    return redirect(url_for("people.person", enrollment_id=enrollment_id), 303)


def _module(enrollment: Enrollment) -> Module | None:
    """The module the form names; None for all of them."""
    slug = request.form.get("module", "")
    if not slug:
        return None
    found = program(enrollment.cohort).module(slug)
    if found is None or found.worksheet is None:
        raise Refused("Choose a module.", field="module")
    return found


def _reason() -> str:
    return clean_text(request.form.get("reason", ""))


@bp.post("/coaching/people/<id:enrollment_id>/extension")
@open_to("coach", "staff")
def extend(enrollment_id: int) -> Any:
    """Fields `module` ('' for all), `days` in all (0 ends it) and `reason`."""

    def verb(user: User, enrollment: Enrollment, now: datetime) -> str:
        typed = request.form.get("days", "").strip()
        days = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else -1
        long = user.is_staff
        module = _module(enrollment)
        made = extensions.set_days(user, enrollment, module, days, _reason(), any_length=long, now=now)
        if made is None:
            return "That is how it was; nothing changed."
        name = enrollment.user.first_name
        if made.change == "ended":
            return f"The extra time has ended, and {name} is told by mail."
        return f"{name} has {days_words(days)} more, and is told by mail."

    return _do(enrollment_id, verb)


@bp.post("/coaching/people/<id:enrollment_id>/excuse")
@open_to("staff")
def excuse(enrollment_id: int) -> Any:
    """Fields `module` and `excuse_reason`."""

    def verb(user: User, enrollment: Enrollment, now: datetime) -> str:
        module = _excused_module(enrollment)
        reason = clean_text(request.form.get("excuse_reason", ""))
        staff_actions.excuse(user, enrollment, module, reason, now)
        return f"{enrollment.user.first_name} is excused from System {module.number}, and is told by mail."

    return _do(enrollment_id, verb)


def _excused_module(enrollment: Enrollment) -> Module:
    found = program(enrollment.cohort).module(request.form.get("excused", ""))
    if found is None or found.worksheet is None:
        raise Refused("Choose a module.", field="excused")
    return found


@bp.post("/coaching/people/<id:enrollment_id>/call-back")
@open_to("staff")
def call_back(enrollment_id: int) -> Any:
    def verb(user: User, enrollment: Enrollment, now: datetime) -> str:
        module = _excused_module(enrollment)
        staff_actions.call_back(user, enrollment, module, now)
        return f"System {module.number} is to be built after all, and {enrollment.user.first_name} is told by mail."

    return _do(enrollment_id, verb)


@bp.post("/coaching/people/<id:enrollment_id>/note")
@open_to("coach")
def note(enrollment_id: int) -> Any:
    """The coaches' note: fields `note` and `version`. Staff who coach nobody here get 404 like everybody else."""
    now, user = clock.now(), get_user()
    begin_write()
    enrollment, coaches, _newest = people.enrollment_for(user, enrollment_id, now)
    if not coaches:
        db.session.rollback()
        abort(404)
    extensions.lock(enrollment)
    newest: PersonNote | None = people.enrollment_for(user, enrollment_id, now)[2]
    text = clean_text(request.form.get("note", ""))
    try:
        actions.write_note(user, enrollment, newest, text, read_int(request.form, "version"), now)
    except Refused as refused:
        db.session.rollback()
        return _page(enrollment_id, refused)
    db.session.commit()
    say("The note is kept.")
    return redirect(url_for("people.person", enrollment_id=enrollment_id, _anchor="note-head"), 303)


# --- on behalf ----------------------------------------------------------------------------------------------------


def _sheet(enrollment_id: int, system_id: int) -> coursework.Sheet:
    """The worksheet of somebody this person may send for; 404 for anybody else's."""
    enrollment, _coaches, _note = people.enrollment_for(get_user(), enrollment_id, clock.now())
    sheet = coursework.sheet_for(enrollment.user, system_id)
    return sheet if sheet.system.enrollment_id == enrollment.id else abort(404)


@bp.get("/coaching/people/<id:enrollment_id>/systems/<id:system_id>/submit")
@open_to("coach", "staff")
def confirm_submit(enrollment_id: int, system_id: int) -> Any:
    return _submit_page(_sheet(enrollment_id, system_id))


def _submit_page(sheet: coursework.Sheet, refused: Refused | None = None) -> Any:
    """What will be sent, in numbers: the draft itself stays its author's until it is sent."""
    missing = len(to_do(sheet.worksheet, sheet.draft.answers))
    page = render_template(
        "coaching/submit_for.html",
        sheet=sheet,
        who=sheet.system.enrollment.user,
        missing=missing,
        why_not=staff_actions.why_not_for(sheet.system.enrollment),
        refused=refused,
        reason=request.form.get("reason", ""),
    )
    return (page, 422) if refused else page


@bp.post("/coaching/people/<id:enrollment_id>/systems/<id:system_id>/submit")
@open_to("coach", "staff")
def submit_for(enrollment_id: int, system_id: int) -> Any:
    """Send the saved draft on the participant's behalf; sent twice, the second is refused kindly."""
    now = clock.now()
    sheet = _sheet(enrollment_id, system_id)
    frozen, version = staff_actions.freeze_saved(sheet), sheet.draft.version
    begin_write()
    lock_enrollment_of(system_id)
    coursework.lock_system(system_id)
    sheet = _sheet(enrollment_id, system_id)
    try:
        if not staff_actions.is_same(sheet, frozen, version):
            raise Refused("The draft was changed at this very moment. Look again, and send it then.")
        staff_actions.submit_for(get_user(), sheet, frozen, _reason(), now)
    except Refused as refused:
        db.session.rollback()
        return _submit_page(_sheet(enrollment_id, system_id), refused)
    name = sheet.system.enrollment.user.first_name
    db.session.commit()
    say(f"Round {frozen.number} is sent on {name}’s behalf. {name} has the receipt by mail, and it says so.")
    return redirect(url_for("people.person", enrollment_id=enrollment_id), 303)
