"""Mail between coaches: a blind second review, a second opinion. No participant ever gets one of these."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.coursework.assignments import assignment_of_round
from app.coursework.quality_models import BlindReview
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
