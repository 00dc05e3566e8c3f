"""Verbs of a coach on a review: save, publish, withdraw. None of them commits. Taking a round up is in `leases`.

The append-only review is safety, the check of lease, round and version at publish is truth; the unique index is the
net below both.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from app.accounts.models import User
from app.audit.actions import record
from app.coursework import blind, counts, history
from app.coursework import review_messages as messages
from app.coursework import review_queries as queries
from app.coursework import review_rules as rules
from app.coursework.assignments import assignment_of_round
from app.coursework.history_rules import loses_much
from app.coursework.leases import lock, take_lease
from app.coursework.models import Submission, System
from app.coursework.review_models import Comment, Review
from app.coursework.review_queries import whose
from app.coursework.rules import next_status, next_submission_status
from app.lib.database import db
from app.lib.refusal import Refused


class Frozen(Refused):
    """The review is no draft any more."""


# --- the draft --------------------------------------------------------------------------------------------------


def lock_draft(review: Review) -> None:
    """Hold the round and this draft, and see them as they are now. Raises Frozen when it is published."""
    lock(review.submission)
    db.session.refresh(review, with_for_update={"of": Review})
    if review.status != "draft":
        raise Frozen("This review is published already; its text is frozen.")


def save(
    coach: User, review: Review, text: rules.ReviewText, now: datetime, *, overrules: bool = False
) -> dict[str, int]:
    """Save the coach's own draft and extend the lease where it is free. Returns form key → id of new comments.

    A draft can be saved even when a colleague took the round over or decided it: nobody loses what they typed. It is
    locked (`lock_draft`), and `text` was merged with what is stored; `overrules`: the coach chose it over that.
    """
    rules.check_text(text)
    take_lease(review.submission, coach, now)
    stored = queries.text_of(review, review.comments)
    if text.adds_nothing_to(stored):
        return {}
    history.keep_review_due(review, _loses_much(stored, text), overrules, now)
    review.marks, review.settled = dict(text.marks), dict(text.settled)
    review.strength, review.note = text.strength, text.note
    made = _save_remarks(review, text.remarks)
    review.version += 1
    review.saved_at = now
    db.session.flush()
    return {key: comment.id for key, comment in made.items()}


def _loses_much(stored: rules.ReviewText, text: rules.ReviewText) -> bool:
    now = {one.key: one.text for one in text.remarks}
    pairs = [(stored.strength, text.strength), (stored.note, text.note)]
    pairs += [(one.text, now.get(one.key, one.text)) for one in stored.remarks]
    return any(loses_much(before, after) for before, after in pairs)


def _save_remarks(review: Review, remarks: tuple[rules.Remark, ...]) -> dict[str, Comment]:
    """Change, add and (text emptied) remove comments; those the form did not show stay."""
    stored = {str(one.id): one for one in review.comments}
    made: dict[str, Comment] = {}
    last = max((one.position for one in review.comments), default=0)
    for remark in remarks:
        found = stored.get(remark.key)
        if found and not remark.text:
            review.comments.remove(found)
        elif found:
            found.kind, found.text, found.quote = remark.kind, remark.text, remark.quote
            found.prefix, found.suffix, found.row_id = remark.prefix, remark.suffix, remark.row_id
            found.comes_first = remark.comes_first
        elif remark.text:
            last += 1
            made[remark.key] = Comment(
                field_id=remark.field_id,
                kind=remark.kind,
                text=remark.text,
                quote=remark.quote,
                prefix=remark.prefix,
                suffix=remark.suffix,
                row_id=remark.row_id,
                comes_first=remark.comes_first,
                position=last,
            )
            review.comments.append(made[remark.key])
    return made


# --- the answer -------------------------------------------------------------------------------------------------


def publish(coach: User, review: Review, verdict: str, *, version: int, token: str, now: datetime) -> None:
    """Make the draft the answer to its round: the system is accepted, or changes are requested.

    One transaction: review, round, system, earlier requests, audit, mail. Raises Refused before anything changed
    when lease, round or version moved on, or the verdict does not follow; IntegrityError is the last net.
    """
    submission, system = review.submission, review.submission.system
    lock(submission)
    earlier = queries.earlier_requests(submission)
    _check_publish(coach, review, version, token)
    text = queries.text_of(review, review.comments)
    rules.check_verdict(verdict, queries.standing_of(assignment_of_round(submission).criteria, text, earlier))
    decided = next_submission_status(submission.status, "decide")
    becomes = next_status(system.status, "accept" if verdict == "accepted" else "request changes")
    history.keep_review(review, "submit", now)
    review.status, review.verdict, review.published_at = "published", verdict, now
    _settle(review, earlier, now)
    submission.status, system.status = decided, becomes
    submission.lease_coach_id = submission.lease_token = submission.lease_until = None
    if verdict == "accepted":
        system.accepted_at, system.accepted_round = now, submission.number
    counts.left(submission)
    counts.answered(review)
    db.session.flush()
    said = "Accepted" if verdict == "accepted" else "Requested changes to"
    record(coach, f"{said} {whose(submission)}", ("review", review.id), now=now)
    messages.published(review, now)
    blind.offer_if_drawn(review, now)


def _check_publish(coach: User, review: Review, version: int, token: str) -> None:
    submission = review.submission
    holder = None
    if submission.lease_coach_id not in (None, coach.id):
        holder = db.session.get(User, submission.lease_coach_id)
    rules.check_publish(
        review_status=review.status,
        version=review.version,
        version_given=version,
        submission_status=submission.status,
        round_read=submission.number,
        round_now=submission.system.round,
        holds_lease=rules.holds_lease(submission.lease_coach_id, submission.lease_token, coach.id, token),
        holder=holder.name if holder else "",
    )


def _settle(review: Review, earlier: list[Comment], now: datetime) -> None:
    """Close the earlier requests this review calls settled; the others stay open and are asked for again."""
    for one in earlier:
        if review.settled.get(str(one.id)) == "settled":
            one.settled_at = now


def withdraw(coach: User, review: Review, now: datetime) -> None:
    """Take a published review back: the round waits again and the participant is told. Twice is harmless."""
    submission, system = review.submission, review.submission.system
    lock(submission)
    db.session.refresh(review, with_for_update={"of": Review})
    if review.status == "withdrawn" and review.coach_id == coach.id:
        return
    if reason := reason_not_withdrawn(coach, review, now):
        raise Refused(reason)
    waits = next_submission_status(submission.status, "withdraw review")
    becomes = next_status(system.status, "withdraw review")
    review.status, review.withdrawn_at = "withdrawn", now
    _unsettle(review)
    submission.status, system.status = waits, becomes
    counts.unanswered(review)
    counts.entered(submission)
    db.session.flush()
    if review.verdict == "accepted":
        _forget_acceptance(system)
    record(coach, f"Withdrew the review of {whose(submission)}", ("review", review.id), now=now)
    messages.withdrawn(review, now)


def _unsettle(review: Review) -> None:
    """Open again what this review had settled; a request settled by another review is not in its list."""
    ids = [int(key) for key, choice in review.settled.items() if choice == "settled"]
    db.session.execute(
        update(Comment)
        .where(Comment.id.in_(ids), Comment.settled_at == review.published_at)
        .values(settled_at=None)
    )


def reason_not_withdrawn(coach: User, review: Review, now: datetime) -> str:
    """Why this coach cannot withdraw this review now; empty when they can. The page asks the same."""
    submission = review.submission
    return rules.reason_not_withdrawn(
        status=review.status,
        published_at=review.published_at,
        is_own=review.coach_id == coach.id,
        answered=any(one.answer for one in review.comments),
        is_last_round=submission.number == submission.system.round,
        has_stopped=review.verdict == "changes requested" and submission.system.status == "accepted",
        excused=submission.system.status == "excused",
        moved=submission.carried_from_id is not None or submission.system.enrollment.status == "deferred",
        called_off=submission.system.enrollment.cohort.status == "cancelled",
        now=now,
    )


def _forget_acceptance(system: System) -> None:
    """Back to the acceptance before (of a system that had been reopened), or to none."""
    query = (
        select(Review)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Submission.system_id == system.id, Review.status == "published", Review.verdict == "accepted")
    )
    before = db.session.scalar(query.order_by(Submission.number.desc()).limit(1))
    system.accepted_at = before.published_at if before else None
    system.accepted_round = before.submission.number if before else None
