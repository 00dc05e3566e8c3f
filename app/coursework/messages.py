"""Mail of this room about a round that was sent, or taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.accounts.models import User
from app.coursework.models import Submission
from app.coursework.receipts import received
from app.coursework.sending import SentWith
from app.curriculum.schema import Module
from app.lib import times
from app.mail.actions import post


def receipt(submission: Submission, module: Module, now: datetime) -> None:
    """Say what was received, and by when the answer comes. Times are in the participant's own zone."""
    user = submission.system.enrollment.user
    by = times.moment(submission.promised_at, user.time_zone)
    got = received(submission)
    post(
        "coursework/receipt",
        to=user,
        subject=f"We have round {submission.number} of System {module.number}. You will hear by {by}",
        key=f"receipt:submission:{submission.id}",
        now=now,
        module=module,
        number=submission.number,
        words=submission.words,
        fields=got.fields,
        files=got.files,
        line=SentWith.of(submission.sent_with).line,
        sent_by=submission.submitted_by,
        because=submission.submitted_because,
        digest=submission.digest,
        received=times.moment(submission.submitted_at, user.time_zone),
        until=times.moment(got.back_until, user.time_zone),
        by=by,
        by_cohort=times.moment(submission.promised_at, submission.system.enrollment.cohort.time_zone),
        path=f"/systems/{submission.system_id}/submissions/{submission.number}",
    )


def pulled_back(
    submission: Submission, module: Module, coaches: Iterable[User], now: datetime, because: str = ""
) -> None:
    """Tell those who had begun to read that the round is gone and their draft is not.

    `because`: why it left the queue, where its author did not take it back; the first half of a sentence.
    """
    person = submission.system.enrollment.user
    what = f"round {submission.number} of System {module.number}"
    of_person = f"{what[:1].upper()}{what[1:]} of {person.name}"
    for coach in coaches:
        post(
            "coursework/pulled_back",
            to=coach,
            subject=f"{of_person} left the queue" if because else f"{person.name} took back {what}",
            key=f"pulled-back:submission:{submission.id}:{coach.id}",
            now=now,
            module=module,
            number=submission.number,
            person=person.name,
            because=because,
        )
