"""Mail about client data found in a round: kind words to its author; and what becomes of mails that quote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from app.coursework import review_messages
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission, System, Withholding
from app.coursework.quality_models import Opinion
from app.coursework.review_models import Review
from app.coursework.withheld_rules import Target
from app.lib import times
from app.lib.database import db
from app.mail.actions import post
from app.mail.models import Message

GONE = "The words of this mail were removed, because they held data about a client."
# Mails that quote what only a round hidden whole takes out: how their keys begin, and whose id comes next.
ABOUT_ROUNDS: tuple[tuple[str, type[Submission | Opinion]], ...] = (
    ("opinion-asked", Opinion), ("opinion-answered", Opinion), ("handed-over", Submission),
    ("nobody-else", Submission), ("promise-instead", Submission),
)  # fmt: skip
RECEIPT = (
    "receipt:submission",
    Submission,
)  # says what its author will do first; theirs to read until it is purged


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


def drop_waiting(system: System, through: int) -> None:
    """Rounds that are hidden whole left the queue: what coaches asked each other and the day named instead are moot."""
    for mail in _that_quote(system, through, *ABOUT_ROUNDS):
        if mail.status != "sent":
            db.session.delete(mail)


def purge_sent(system: System, through: int, target: Target) -> None:
    """Of a mail that was sent, the record stays and its words go."""
    mails = list(_about_reviews(system, through)[1].values())
    if target.what == "round":
        mails += _that_quote(system, through, *ABOUT_ROUNDS, RECEIPT)
    for mail in mails:
        if mail.status == "sent":
            mail.text, mail.html = GONE, f"<p>{GONE}</p>"


def _that_quote(
    system: System, through: int, *heads: tuple[str, type[Submission | Opinion]]
) -> list[Message]:
    rounds = select(Submission.id).where(Submission.system_id == system.id, Submission.number <= through)
    reviews = select(Review.id).where(Review.submission_id.in_(rounds))
    ids = {
        Submission: list(db.session.scalars(rounds)),
        Opinion: list(db.session.scalars(select(Opinion.id).where(Opinion.review_id.in_(reviews)))),
    }
    keys = [f"{head}:{one}" for head, model in heads for one in ids[model]]
    meant = [Message.key.in_(keys), *(Message.key.startswith(f"{key}:") for key in keys)]
    return list(db.session.scalars(select(Message).where(or_(*meant))))
