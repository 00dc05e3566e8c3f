"""Applying for a seat. Open to anyone; what it answers never tells whether an address is known here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts import actions as accounts
from app.accounts.models import User
from app.accounts.sessions import get_user
from app.accounts.throttle import allow
from app.admissions import (
    actions,
    draft_rules,
    drafts,
    queries,
    questions,
    rules,
    seats,
    waitlist_queries,
    waitlist_rules,
)
from app.admissions.forms import ApplicationForm, application_form
from app.admissions.models import Application
from app.admissions.question_rules import Asked
from app.admissions.views import bp
from app.admissions.views.drafts import saved_first
from app.cohorts import queries as cohorts
from app.cohorts import rules as cohort_rules
from app.cohorts.models import Cohort
from app.lib import clock, merging, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.login import current_user
from app.lib.refusal import Refused
from app.payments import queries as payments

HOUR = timedelta(hours=1)
TOO_OFTEN = (
    "That was sent too often from here. Please wait an hour, or write to us; what you typed is still here."
)


@bp.get("/cohorts/<slug>/apply")
@open_to("anyone")
def apply(slug: str) -> Any:
    (cohort, asked), now = questions.cohort_and_asked(slug), clock.now()
    held = queries.seats(cohort)
    found = _standing(cohort)
    state = _state_page(cohort, found, held, now)
    if state is not None:
        return state
    form, draft = _form(cohort, asked), _draft_of(found)
    form.show(drafts.stored(draft, asked))
    return _form_page(cohort, form, now, held, draft)


@bp.post("/cohorts/<slug>/apply")
@open_to("anyone")
def send_application(slug: str) -> Any:
    (cohort, asked), now = questions.cohort_and_asked(slug), clock.now()
    state = _state_page(cohort, _standing(cohort), queries.seats(cohort), now)
    if state is not None:
        return state
    if current_user.is_authenticated and (clash := saved_first(cohort, asked, now)) is not None:
        return clash
    form = _form(cohort, asked)
    if not form.validate():
        return _form_page(cohort, form, now, draft=_draft_of(_standing(cohort))), 422
    if not _within(cohort.id, form, now):
        form.form_errors.append(TOO_OFTEN)
        return _form_page(cohort, form, now, draft=_draft_of(_standing(cohort))), 429
    begin_write()
    try:
        seats.lock(cohort.id)  # two clicks of one button: the second waits, and finds what the first wrote
        user = _applicant(form, now)
        actions.apply(user, cohort, form.practice_name.data or "", form.answers(), now, asked)
    except Refused as refused:
        db.session.rollback()
        _say_at_field(form, refused)
        cohort = cohorts.public_cohort(slug)
        return _form_page(cohort, form, now, draft=_draft_of(_standing(cohort))), 422
    db.session.commit()
    if current_user.is_authenticated:
        return redirect(url_for("admissions.apply", slug=slug), 303)
    return redirect(url_for("admissions.applied", slug=slug), 303)


@bp.get("/cohorts/<slug>/apply/sent")
@open_to("anyone")
def applied(slug: str) -> Any:
    """What somebody who is not signed in sees after applying: the same words for a known address and a new one."""
    cohort = cohorts.public_cohort(slug)
    answer_by = rules.answer_by(clock.now(), cohort.time_zone)
    return render_template(
        "admissions/sent.html",
        cohort=cohort,
        answer_by=answer_by,
        days=rules.ANSWER_DAYS,
        full=queries.seats_left(cohort) == 0,
    )


def _standing(cohort: Cohort) -> queries.Standing | None:
    return queries.standing(get_user(), cohort) if current_user.is_authenticated else None


def _draft_of(found: queries.Standing | None) -> Application | None:
    application = found.application if found else None
    return application if application is not None and application.status == "draft" else None


def _state_page(
    cohort: Cohort, found: queries.Standing | None, held: rules.Seats, now: datetime
) -> str | None:
    """What is shown instead of the form: how this person stands, or that no seat is to be had and what is next."""
    if found is not None and cohort.status != "cancelled":
        enrolled = found.enrollment is not None and cohort_rules.may_read(found.enrollment.status)
        if enrolled or (
            found.application is not None and found.application.status not in ("draft", "withdrawn")
        ):
            return _standing_page(cohort, found, enrolled, held, now)
    if not rules.takes_applications(cohort.sales, cohort.apply_until, now):
        other = queries.next_cohort(cohort, now)
        return render_template("admissions/no_seat.html", cohort=cohort, other=other)
    return None


def _standing_page(
    cohort: Cohort, found: queries.Standing, enrolled: bool, held: rules.Seats, now: datetime
) -> str:
    answer_by = None
    if found.application is not None and found.application.submitted_at is not None:
        answer_by = rules.answer_by(found.application.submitted_at, cohort.time_zone)
    terms = waitlist_queries.terms_of(cohort)
    declined = found.application is not None and found.application.status == "declined" and not enrolled
    return render_template(
        "admissions/standing.html",
        cohort=cohort,
        found=found,
        questions=questions.as_sent(found.application) if found.application else (),
        enrolled=enrolled,
        answer_by=answer_by,
        late=answer_by is not None and answer_by < times.local_date(now, cohort.time_zone),
        other=queries.next_cohort(cohort, now) if declined else None,
        place=None if enrolled or declined else waitlist_queries.place_of(cohort.id, get_user().id),
        terms=terms,
        offering=waitlist_rules.why_no_offers(cohort.sales, terms, now) is None,
        seats=held,
        now=now,
    )


def _form(cohort: Cohort, asked: Sequence[Asked]) -> ApplicationForm:
    form = application_form(asked)
    if current_user.is_authenticated:
        for known in ("name", "email", "time_zone"):
            delattr(form, known)
    elif request.method == "GET":
        form.time_zone.data = cohort.time_zone
    return form


def _form_page(
    cohort: Cohort,
    form: ApplicationForm,
    now: datetime,
    held: rules.Seats | None = None,
    draft: Application | None = None,
) -> str:
    kept = drafts.stored(draft, form.questions)
    return render_template(
        "admissions/apply.html",
        cohort=cohort,
        form=form,
        seats=held or queries.seats(cohort),
        terms=payments.terms_of(cohort, now),
        line_terms=waitlist_queries.terms_of(cohort),
        days=rules.ANSWER_DAYS,
        version=draft.version if draft else 0,
        was=json.dumps(merging.marks(kept)),
        saved=times.saved_words(draft.saved_at, now) if draft and draft.saved_at else "",
        kept_days=draft_rules.KEPT.days,
    )


def _within(cohort_id: int, form: ApplicationForm, now: datetime) -> bool:
    """Count this try, from this place and for this person, in a transaction of its own."""
    who = f"user-{get_user().id}" if current_user.is_authenticated else str(form.email.data).lower()
    begin_write()
    seats.lock(
        cohort_id
    )  # the first try of a window writes its counter: two at once must not both be the first
    answers = [allow(f"apply:{who}", 5, HOUR, now), allow(f"apply-from:{request.remote_addr}", 30, HOUR, now)]
    db.session.commit()
    return all(answers)


def _applicant(form: ApplicationForm, now: datetime) -> User:
    if current_user.is_authenticated:
        return get_user()
    return accounts.find_or_create(str(form.email.data), str(form.name.data), str(form.time_zone.data), now)


def _say_at_field(form: ApplicationForm, refused: Refused) -> None:
    if refused.field and refused.field in form:
        form[refused.field].errors = [refused.sentence]
    else:
        form.form_errors.append(refused.sentence)
