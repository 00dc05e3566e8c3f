"""Mail about client data found in a round: kind words to its author; and what becomes of mails that quote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.coursework import review_messages
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission, System, Withholding
from app.coursework.review_models import Review
from app.coursework.withheld_rules import Target
from app.lib import times
from app.lib.database import db
from app.mail.actions import post
from app.mail.models import Message

GONE = "The words of this mail were removed, because they held data about a client."


def hidden(row: Withholding, target: Target, now: datetime) -> None:
    """Tell the author what is hidden and what to do. Nobody is blamed, and the words themselves are not repeated."""
    facts = _facts(row, target)
    subject = f"{facts['named']}: something in it is hidden, because it may be about a client"
    _post("withheld_hidden", row, subject, now, **facts)


def shown_again(row: Withholding, target: Target, now: datetime) -> None:
    submission = row.submission
    user = submission.system.enrollment.user
    by = times.moment(submission.promised_at, user.time_zone) if submission.status == "waiting" else ""
    facts = _facts(row, target)
    _post("withheld_shown_again", row, f"{facts['named']} is shown again", now, by=by, **facts)


def purged(row: Withholding, target: Target, now: datetime) -> None:
    facts = _facts(row, target)
    _post("withheld_purged", row, f"{facts['named']}: what was hidden is deleted for good", now, **facts)


def _post(kind: str, row: Withholding, subject: str, now: datetime, **facts: Any) -> None:
    person = row.submission.system.enrollment.user
    post(f"coursework/{kind}", person, subject, key=f"{kind}:{row.id}", now=now, **facts)


def _facts(row: Withholding, target: Target) -> dict[str, Any]:
    submission = row.submission
    task = assignment_of_round(submission)
    field = task.worksheet.field(target.field_id)
    return {
        "first_name": submission.system.enrollment.user.first_name,
        "named": f"System {task.module.number}",
        "title": task.worksheet.title,
        "round": submission.number,
        "what": target.what,
        "field": f"{field.id} {field.label}" if field else "",
        "left_queue": submission.status == "withdrawn",
        "path": f"/systems/{submission.system_id}" + (f"#{field.id}" if field else ""),
    }


# --- mails that quote it -----------------------------------------------------------------------------------------


def _about_reviews(system: System, through: int) -> tuple[Sequence[Review], dict[str, Message]]:
    reviews = db.session.scalars(
        select(Review)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Submission.system_id == system.id, Submission.number <= through)
    ).all()
    keys = [f"{head}:{one.id}" for one in reviews for head in ("review", "review-withdrawn")]
    mails = db.session.scalars(select(Message).where(Message.key.in_(keys)))
    return reviews, {one.key: one for one in mails}


def renew_waiting(system: System, through: int, now: datetime) -> None:
    """A mail that was not sent yet is written anew, from what is left."""
    reviews, mails = _about_reviews(system, through)
    for review in reviews:
        for head, write in (
            ("review", review_messages.published),
            ("review-withdrawn", review_messages.withdrawn),
        ):
            mail = mails.get(f"{head}:{review.id}")
            if mail and mail.status != "sent":
                db.session.delete(mail)
                db.session.flush()
                write(review, now)


def purge_sent(system: System, through: int) -> None:
    """Of a mail that was sent, the record stays and its words go."""
    for mail in _about_reviews(system, through)[1].values():
        if mail.status == "sent":
            mail.text, mail.html = GONE, f"<p>{GONE}</p>"
