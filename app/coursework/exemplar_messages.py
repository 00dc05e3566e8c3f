"""Mail about examples: to the coaches it is offered to, to the author who is to read the copy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.accounts.models import User
from app.coursework.exemplar_models import Exemplar
from app.coursework.review_queries import named, whose
from app.mail.actions import post


def offered(exemplar: Exemplar, coaches: Iterable[User], now: datetime) -> None:
    """Tell the coaches of the cohort that a round may be prepared."""
    for coach in coaches:
        _to_coach(exemplar, coach, "offered", f"{whose(exemplar.submission)} may become an example", now)


def approved(exemplar: Exemplar, coach: User, now: datetime) -> None:
    """Tell who prepared it that it may be shown."""
    _to_coach(exemplar, coach, "approved", "An example may be shown: its author approves the text", now)


def sent_back(exemplar: Exemplar, coach: User, now: datetime) -> None:
    """Tell who prepared it what the author wants changed."""
    _to_coach(exemplar, coach, "sent back", "The author of an example asks for another text", now)


def _to_coach(exemplar: Exemplar, coach: User, what: str, subject: str, now: datetime) -> None:
    post(
        "coursework/exemplar_coach",
        coach,
        subject,
        key=f"exemplar-{what.replace(' ', '-')}:{exemplar.id}:{exemplar.version}:{coach.id}",
        now=now,
        first_name=coach.first_name,
        what=what,
        whose=whose(exemplar.submission),
        wish=exemplar.wish,
        path=f"/coaching/exemplars/{exemplar.id}",
    )


def prepared(exemplar: Exemplar, now: datetime) -> None:
    """Ask the author to read the copy before anybody else does."""
    submission = exemplar.submission
    author = submission.system.enrollment.user
    post(
        "coursework/exemplar_prepared",
        author,
        f"Please read the copy of {named(submission)} before anybody else does",
        key=f"exemplar-prepared:{exemplar.id}:{exemplar.version}",
        now=now,
        first_name=author.first_name,
        named=named(submission),
        path=f"/systems/{submission.system_id}/submissions/{submission.number}/example",
    )
