"""Mail of this room to the participant."""

from __future__ import annotations

from datetime import datetime

from app.coursework.models import Submission
from app.curriculum.schema import Module
from app.lib import times
from app.mail.actions import post


def receipt(submission: Submission, module: Module, now: datetime) -> None:
    """Say what was received, and by when the answer comes. Times are in the participant's own zone."""
    user = submission.system.enrollment.user
    by = times.moment(submission.promised_at, user.time_zone)
    post(
        "coursework/receipt",
        to=user,
        subject=f"We have round {submission.number} of System {module.number}. You will hear by {by}",
        key=f"receipt:submission:{submission.id}",
        now=now,
        module=module,
        number=submission.number,
        words=submission.words,
        sent_by=submission.submitted_by,
        because=submission.submitted_because,
        digest=submission.digest,
        received=times.moment(submission.submitted_at, user.time_zone),
        by=by,
        by_cohort=times.moment(submission.promised_at, submission.system.enrollment.cohort.time_zone),
        path=f"/systems/{submission.system_id}/submissions/{submission.number}",
    )
