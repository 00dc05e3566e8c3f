"""Each person's first page: the one next step; and the cohort's dates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, url_for

from app.accounts.sessions import get_user
from app.admissions import queries as admissions
from app.cohorts import queries as cohorts
from app.cohorts import rules as cohort_rules
from app.cohorts.models import Enrollment
from app.lib import clock, times
from app.lib.access import open_to
from app.site import queries, rules
from app.site.views import bp


@bp.get("/dashboard")
@open_to("signed in")
def dashboard() -> Any:
    user, now = get_user(), clock.now()
    enrollment = cohorts.current_enrollment(user)
    if enrollment:
        return _participant_page(enrollment)
    if user.is_coach:
        return redirect(url_for("coaching.queue"))
    if user.is_staff:
        return redirect(url_for("site.staff"))
    applications, coming = admissions.applications_of(user), cohorts.open_cohorts(now)
    return render_template(
        "site/dashboard_prospect.html",
        applications=applications,
        begun=[one for one in applications if one.status == "draft" and one.cohort in coming],
        cohorts=coming,
        now=now,
    )


def _participant_page(enrollment: Enrollment) -> str:
    now = clock.now()
    chapters = queries.chapters_of(enrollment)
    cohort = enrollment.cohort
    is_over = bool(cohort_rules.why_over(enrollment.status, cohort.status))
    may_work = cohort_rules.may_work(enrollment.status) and not is_over
    step = rules.next_step(chapters, may_work, now, enrollment.is_onboarding)
    today, program = times.local_date(now, cohort.time_zone), cohorts.program(cohort)
    return render_template(
        "site/dashboard.html",
        enrollment=enrollment,
        cohort=cohort,
        week=cohort_rules.week_of(cohort.starts_on, cohort.shift_days, today),
        weeks=program.weeks,
        assessed=program.assessment is not None,
        chapters=chapters,
        accepted=sum(1 for one in chapters if one.is_accepted),
        step=step,
        is_over=is_over,
        call=queries.next_call(enrollment, now),
        note=queries.last_review(enrollment),
        now=now,
    )


@bp.get("/calendar")
@open_to("participant")
def calendar() -> str:
    """Everything with a date, in order: modules opening, work due, live calls."""
    enrollment = cohorts.enrollment_for(get_user())
    now = clock.now()
    entries: list[dict[str, Any]] = []
    for chapter in queries.chapters_of(enrollment):
        entries.append({"at": chapter.opens_at, "kind": "opens", "chapter": chapter})
        if chapter.written:
            entries.append({"at": chapter.due_at, "kind": "due", "chapter": chapter})
            if chapter.closes_at:
                entries.append({"at": chapter.closes_at, "kind": "closes", "chapter": chapter})
    for call in cohorts.calls_of(enrollment.cohort):
        entries.append({"at": call.starts_at, "kind": "call", "call": call})
    entries.sort(key=lambda one: one["at"])
    is_over = bool(cohort_rules.why_over(enrollment.status, enrollment.cohort.status))
    coming = [one for one in entries if not is_over and one["at"] + timedelta(hours=2) > now]
    past = [one for one in entries if one["at"] + timedelta(hours=2) <= now]
    return render_template(
        "site/calendar.html", enrollment=enrollment, coming=coming, past=past, is_over=is_over, now=now
    )
