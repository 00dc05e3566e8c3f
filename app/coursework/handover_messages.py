"""Mail about promises in danger: to coaches, to the participant, to staff. One for each fact and person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.coursework.models import Submission
from app.coursework.review_queries import named
from app.lib import times
from app.mail.actions import post


def handed_over(
    submission: Submission,
    coaches: Iterable[User],
    usual_id: int | None,
    by: User | None,
    reason: str,
    now: datetime,
) -> None:
    """Ask these coaches to answer the round. `by` is the coach who handed it over; None is the clock."""
    person = submission.system.enrollment.user
    for coach in coaches:
        when = times.moment(submission.promised_at, coach.time_zone)
        is_late = submission.promised_at < now
        subject = f"{person.name} waits for an answer, {'promised' if is_late else 'due'} {when}"
        post(
            "coursework/handed_over",
            coach,
            subject,
            key=f"handed-over:{submission.id}:{coach.id}",
            now=now,
            first_name=coach.first_name,
            is_usual=coach.id == usual_id,
            by=by.name if by else "",
            reason=reason,
            **_facts(submission, coach, now),
        )


def nobody_else(submission: Submission, staff: Iterable[User], by: User, reason: str, now: datetime) -> None:
    """Tell staff that a coach cannot answer in time and the cohort has no other."""
    for one in staff:
        post(
            "coursework/nobody_else",
            one,
            f"Nobody else can answer {named(submission)}",
            key=f"nobody-else:{submission.id}:{one.id}",
            now=now,
            first_name=one.first_name,
            by=by.name,
            reason=reason,
            **_facts(submission, one, now),
        )


def long_late(submission: Submission, staff: Iterable[User], now: datetime) -> None:
    """Tell staff that a round is a business day late."""
    person = submission.system.enrollment.user
    for one in staff:
        post(
            "coursework/long_late",
            one,
            f"{person.name} has waited a business day too long",
            key=f"long-late:{submission.id}:{one.id}",
            now=now,
            first_name=one.first_name,
            **_facts(submission, one, now),
        )


def missed(submission: Submission, now: datetime) -> None:
    """Tell the participant, kindly, that the answer is not there yet."""
    person = submission.system.enrollment.user
    post(
        "coursework/promise_missed",
        person,
        f"Your answer to {named(submission)} is late, and we know it",
        key=f"promise-missed:{submission.id}",
        now=now,
        first_name=person.first_name,
        path=f"/systems/{submission.system_id}/submissions/{submission.number}",
        **_facts(submission, person, now),
    )


def instead(submission: Submission, coach: User, reason: str, now: datetime) -> None:
    """Tell the participant the moment a coach named instead, and why."""
    person = submission.system.enrollment.user
    assert submission.instead_at is not None
    instead_by = times.moment(submission.instead_at, person.time_zone)
    post(
        "coursework/promise_instead",
        person,
        f"{named(submission)}: you will hear by {instead_by} instead",
        key=f"promise-instead:{submission.id}",
        now=now,
        first_name=person.first_name,
        coach_name=coach.name,
        reason=reason,
        instead_by=instead_by,
        path=f"/systems/{submission.system_id}/submissions/{submission.number}",
        **_facts(submission, person, now),
    )


def _facts(submission: Submission, reader: User, now: datetime) -> dict[str, Any]:
    enrollment = submission.system.enrollment
    return {
        "named": named(submission),
        "person": enrollment.user.name,
        "practice": enrollment.practice_name,
        "cohort": enrollment.cohort.title,
        "by_when": times.moment(submission.promised_at, reader.time_zone),
        "is_late": submission.promised_at < now,
        "round_path": f"/coaching/rounds/{submission.id}",
    }
