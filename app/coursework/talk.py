"""How the threads of one page are shown to one person: where words go, why none can be added, what is unread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.accounts.models import User
from app.coursework import threads
from app.coursework.models import Submission, System
from app.coursework.review_models import Review
from app.coursework.review_shown import RemarkView, ReviewView
from app.coursework.thread_rules import Said, Thread, reason_kept


@dataclass(frozen=True)
class Talk:
    """How the threads of one page are shown to one person: where words go, and why none can be added."""

    me: int
    owner_id: int
    reply_to: str  # the address of the reply form
    seen_to: str  # the address that is told what was seen
    why_closed: str
    unread: int  # comments with something on them that this person has not read
    seen: tuple[str, ...]  # what a form on this page says was on it
    now: datetime

    def can_take_back(self, thread: Thread, said: Said) -> bool:
        """Whether the page offers to take this reply back; the rule that decides is the verb's."""
        if said.taken_back or self.why_closed or thread.closed:
            return False
        return not reason_kept(said, self.me, bool(thread.readers_of(said)), self.now)

    @classmethod
    def of_participant(
        cls, submission: Submission, view: ReviewView | None, closed: Iterable[RemarkView], now: datetime
    ) -> Talk:
        """On the page of a round."""
        shown = [*(view.remarks if view else ()), *closed]
        found = [one.thread for one in shown if one.thread]
        return cls.of_owner(submission.system, found, now)

    @classmethod
    def of_owner(cls, system: System, found: Sequence[Thread], now: datetime) -> Talk:
        """On any page of a participant's own."""
        here, owner_id = f"/systems/{system.id}", system.enrollment.user_id
        why_closed = threads.reason_participant(system.enrollment.status)
        return cls._on(here, owner_id, owner_id, why_closed, found, now)

    @classmethod
    def of_coach(cls, review: Review, shown: Iterable[RemarkView], user: User, now: datetime) -> Talk:
        """On a coach's page of a review; `shown` are the comments on it."""
        enrollment = review.submission.system.enrollment
        why_closed = threads.reason_closed(user, review, enrollment)
        found = [one.thread for one in shown if one.thread]
        return cls._on(f"/reviews/{review.id}", user.id, enrollment.user_id, why_closed, found, now)

    @classmethod
    def _on(
        cls, here: str, me: int, owner_id: int, why_closed: str, found: Sequence[Thread], now: datetime
    ) -> Talk:
        return cls(
            me=me,
            owner_id=owner_id,
            reply_to=f"{here}/replies",
            seen_to=f"{here}/read",
            why_closed=why_closed,
            unread=sum(1 for one in found if one.is_unread(me)),
            seen=tuple(one.seen for one in found),
            now=now,
        )
