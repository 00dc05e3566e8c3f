"""A second opinion: a coach asks, a colleague answers, the decision stays with the first. None of these verbs commits.

Coaches of the cohort read it; no page, mail or export of a participant ever does.
"""

from __future__ import annotations

from datetime import datetime

from flask import abort
from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.coursework import opinion_rules as rules
from app.coursework import quality_messages as messages
from app.coursework.leases import OPEN, lock
from app.coursework.quality_models import Opinion
from app.coursework.review_models import Review
from app.coursework.review_queries import whose
from app.lib.database import db


def of_review(review: Review) -> list[Opinion]:
    """Every question about this review, the first asked first."""
    return list(
        db.session.scalars(select(Opinion).where(Opinion.review_id == review.id).order_by(Opinion.number))
    )


def opinion_of(review: Review, number: int) -> Opinion:
    """One question of a review; 404 where there is none."""
    query = select(Opinion).where(Opinion.review_id == review.id, Opinion.number == number)
    return db.session.scalar(query) or abort(404)


def reason_closed(review: Review) -> str:
    return rules.reason_closed(review.status, review.submission.status in OPEN)


def ask(
    coach: User,
    review: Review,
    colleagues: list[User],
    chosen: str,
    question: str,
    now: datetime,
) -> Opinion:
    """Ask the colleague with this id, or all of them ('any'). The same question twice is harmless."""
    lock(review.submission)
    named = next((one for one in colleagues if str(one.id) == chosen), None)
    before = of_review(review)
    for one in before:
        if (one.question, one.colleague_id) == (question.strip(), named.id if named else None):
            return one
    question = rules.check_ask(
        is_own=review.coach_id == coach.id,
        closed=reason_closed(review),
        asked=len(before),
        question=question,
        knows_colleague=named is not None or (chosen == "any" and bool(colleagues)),
    )
    made = Opinion(
        review_id=review.id, number=len(before) + 1, colleague_id=named.id if named else None,
        question=question, asked_at=now, answer="",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    who = named.name if named else "any colleague"
    record(coach, f"Asked {who} about {whose(review.submission)}", ("opinion", made.id), now=now)
    messages.opinion_asked(made, [named] if named else colleagues, now)
    return made


def answer(coach: User, opinion: Opinion, text: str, now: datetime) -> None:
    """Answer a colleague's question. The same answer twice is harmless."""
    review = opinion.review
    lock(review.submission)
    db.session.refresh(opinion, with_for_update={"of": Opinion})
    if (opinion.answered_by_id, opinion.answer) == (coach.id, text.strip()):
        return
    opinion.answer = rules.check_answer(
        may=may_answer(coach, opinion),
        closed=reason_closed(review),
        answered=opinion.answered_at is not None,
        answer=text,
    )
    opinion.answered_by_id, opinion.answered_at = coach.id, now
    db.session.flush()
    said = f"Gave a second opinion on {whose(review.submission)}"
    record(coach, said, ("opinion", opinion.id), now=now)
    messages.opinion_answered(opinion, coach, now)


def may_answer(coach: User, opinion: Opinion) -> bool:
    return rules.may_answer(
        my_id=coach.id, asker_id=opinion.review.coach_id, colleague_id=opinion.colleague_id
    )
