"""Mail between coaches: a blind second review, a second opinion. No participant ever gets one of these."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.accounts.models import User
from app.coursework.assignments import assignment_of_round
from app.coursework.quality_models import BlindReview, Opinion
from app.coursework.review_queries import whose
from app.lib import times
from app.mail.actions import post


def blind_offered(blind: BlindReview, coach: User, now: datetime) -> None:
    """Ask for it. Whose work it is stands nowhere in the mail."""
    chapter = assignment_of_round(blind.submission).module.chapter
    post(
        "coursework/blind_offered",
        coach,
        f"A blind second review: {chapter}",
        key=f"blind-offered:{blind.id}",
        now=now,
        first_name=coach.first_name,
        chapter=chapter,
        until=times.moment(blind.expires_at, coach.time_zone),
        path=f"/coaching/blind/{blind.id}",
    )


def blind_done(blind: BlindReview, now: datetime) -> None:
    """Tell the first coach that the comparison can be read."""
    coach = blind.review.coach
    post(
        "coursework/blind_done",
        coach,
        "A colleague has marked a round of yours blind",
        key=f"blind-done:{blind.id}",
        now=now,
        first_name=coach.first_name,
        chapter=assignment_of_round(blind.submission).module.chapter,
        path=f"/coaching/blind/{blind.id}",
    )


def opinion_asked(opinion: Opinion, colleagues: Iterable[User], now: datetime) -> None:
    """Ask each of these colleagues; where several are asked, the first answer is enough."""
    review = opinion.review
    for colleague in colleagues:
        post(
            "coursework/opinion_asked",
            colleague,
            f"{review.coach.name} asks for a second opinion",
            key=f"opinion-asked:{opinion.id}:{colleague.id}",
            now=now,
            first_name=colleague.first_name,
            asker=review.coach.name,
            whose=whose(review.submission),
            question=opinion.question,
            is_named=opinion.colleague_id is not None,
            path=f"/reviews/{review.id}/opinions",
        )


def opinion_answered(opinion: Opinion, by: User, now: datetime) -> None:
    """Tell the coach who asked."""
    coach = opinion.review.coach
    post(
        "coursework/opinion_answered",
        coach,
        f"{by.name} has answered your question",
        key=f"opinion-answered:{opinion.id}",
        now=now,
        first_name=coach.first_name,
        by=by.name,
        whose=whose(opinion.review.submission),
        answer=opinion.answer,
        path=f"/reviews/{opinion.review_id}/opinions",
    )
