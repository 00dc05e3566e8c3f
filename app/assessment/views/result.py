"""The result: behind a private link for whoever holds it, or in the account of who answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from flask import current_app, make_response, redirect, render_template, request, url_for

from app.accounts.forms import AddressForm
from app.accounts.sessions import get_user
from app.assessment import actions, queries, radar, rules
from app.assessment.models import Assessment
from app.assessment.views import bp, browser
from app.cohorts import queries as cohorts
from app.cohorts.models import Enrollment
from app.curriculum.queries import program_of
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.web import say

MAILED_FROM, MAILED_TO = 20, 3  # from one address in an hour, to one mailbox in a day
TOO_MANY_MAILS = "That was asked for too often. Please wait until tomorrow, or copy the link above instead."
EARLIER = 2  # how many earlier results stand beside the latest
# The address is the secret: no page learns it from us, no copy stays, no search engine lists it. The origin alone is
# sent, because a form must say where it came from.
PRIVATE = {
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class PrivateLink(NamedTuple):
    """What a result behind a link shows about the link."""

    token: str
    address: str
    form: AddressForm


@bp.get("/assessment/<token>")
@open_to("anyone")
def result(token: str) -> Any:
    row = queries.by_link(token, clock.now())
    return _linked_page(row, token, AddressForm(formdata=None)) if row else _over()


@bp.post("/assessment/<token>/mail")
@open_to("anyone")
def mail_result(token: str) -> Any:
    """Mail the private link to an address that is typed for this alone."""
    now, form = clock.now(), AddressForm()
    row = queries.by_link(token, now)
    if row is None:
        return _over()
    if not form.validate():
        return _linked_page(row, token, form, 422)
    email = str(form.email.data).lower()
    begin_write()
    row = queries.by_link(token, now, lock=True)
    if row is None:
        db.session.rollback()
        return _over()
    limits = (
        (f"assessment-mail-to:{email}", MAILED_TO, browser.DAY),
        (f"assessment-mail-from:{request.remote_addr}", MAILED_FROM, browser.HOUR),
    )
    if not browser.allowed(now, *limits):
        db.session.commit()
        form.email.errors = [TOO_MANY_MAILS]
        return _linked_page(row, token, form, 429)
    actions.mail_link(row, _full_address(token), email, now)
    db.session.commit()
    say(f"The link is on its way to {email}. We use the address for this one mail and then forget it.")
    return redirect(url_for("assessment.result", token=token), 303)


@bp.post("/assessment/<token>/keep")
@open_to("signed in")
def keep_result(token: str) -> Any:
    """Move the result into the account of who holds the link; the link ends."""
    user, now = get_user(), clock.now()
    begin_write()
    row = queries.by_link(token, now, lock=True)
    if row is None:
        db.session.rollback()
        return _over()
    actions.keep(user, row, now)
    goal = url_for("assessment.own_result", assessment_id=row.id)
    db.session.commit()
    say("Kept in your account. The private link works no more; from now on you find this under your sign-in.")
    return browser.let_go(make_response(redirect(goal, 303)))


@bp.post("/assessment/<token>/erase")
@open_to("anyone")
def erase_result(token: str) -> Any:
    now = clock.now()
    begin_write()
    row = queries.by_link(token, now, lock=True)
    if row is None:
        db.session.rollback()
        return _over()
    return _erased(row)


@bp.get("/assessment/results/<id:assessment_id>")
@open_to("signed in")
def own_result(assessment_id: int) -> Any:
    """A result in one's account, with those before it."""
    user = get_user()
    row, earlier, is_latest = queries.results_for(user, assessment_id)
    return _page(row, cohorts.current_enrollment(user), earlier=earlier, in_hand=is_latest)


@bp.post("/assessment/results/<id:assessment_id>/erase")
@open_to("signed in")
def erase_own_result(assessment_id: int) -> Any:
    begin_write()
    return _erased(queries.assessment_for(get_user(), assessment_id))


def _erased(row: Assessment) -> Any:
    actions.erase(browser.person(), row, clock.now())
    db.session.commit()
    say("Your answers and their result are erased.")
    return browser.let_go(make_response(redirect(url_for("assessment.start"), 303)))


# --- the page ---------------------------------------------------------------------------------------------------


def _linked_page(row: Assessment, token: str, form: AddressForm, status: int = 200) -> Any:
    person = browser.person()
    enrollment = cohorts.current_enrollment(person) if person else None
    in_hand = person is None and token == browser.token()
    link = PrivateLink(token, _full_address(token), form)
    return _page(row, enrollment, in_hand=in_hand, link=link, status=status)


def _page(
    row: Assessment,
    enrollment: Enrollment | None,
    *,
    in_hand: bool,
    earlier: Sequence[Assessment] = (),
    link: PrivateLink | None = None,
    status: int = 200,
) -> Any:
    """The result. `in_hand`: this person answered it last, and may still correct a slip."""
    assert row.finished_at is not None
    program, text, now = program_of(row.release_id), queries.text_of(row), clock.now()
    found = rules.result(text, row.answers)
    alike = [one for one in earlier if one.structure_hash == row.structure_hash][:EARLIER]
    before = [rules.scores(text, one.answers) for one in alike]
    open_cohorts = [] if enrollment else cohorts.open_cohorts(now)
    sample = queries.sample_of(row.structure_hash)
    page = render_template(
        "assessment/result.html",
        program=program,
        text=text,
        row=row,
        result=found,
        radar=radar.draw(text, found.standings, before[0] if before else None),
        drawn_as=radar.mark,
        earlier=[
            (one, _occasion(enrollment, one), points) for one, points in zip(alike, before, strict=True)
        ],
        occasion=_occasion(enrollment, row),
        others=rules.averages(text, sample.people, sample.sums) if sample else None,
        sample=sample,
        enrollment=enrollment,
        following=open_cohorts[0] if open_cohorts else None,
        may_change=in_hand and rules.may_change(row.finished_at, now),
        until=rules.kept_until(row.finished_at),
        link=link,
    )
    return page, status, PRIVATE


def _occasion(enrollment: Enrollment | None, row: Assessment) -> str | None:
    """When in the course of a participant: 'week 0'."""
    if enrollment is None or row.finished_at is None:
        return None
    cohort = enrollment.cohort
    first = cohort.starts_on + timedelta(days=cohort.shift_days)
    last = first + timedelta(days=cohorts.program(cohort).weeks * 7 - 1)
    return rules.occasion(first, last, times.local_date(row.finished_at, cohort.time_zone))


def _full_address(token: str) -> str:
    return f"{current_app.config['BASE_URL']}{url_for('assessment.result', token=token)}"


def _over() -> Any:
    return render_template("assessment/over.html"), 404, PRIVATE
