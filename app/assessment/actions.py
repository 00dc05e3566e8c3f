"""Verbs on sets of answers. None of them commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.accounts.models import User
from app.assessment import messages, rules
from app.assessment.models import Assessment
from app.audit.actions import record
from app.curriculum.schema import SelfAssessment
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.tokens import hash_token, new_token


def begin(
    user: User | None, release_id: int, text: SelfAssessment, now: datetime
) -> tuple[Assessment, str | None]:
    """An empty set for this release; without an account also the secret that leads to it, kept only as a hash.

    Not in the audit: nothing is answered yet, and whoever opens the page may begin.
    """
    token = None if user else new_token()
    row = Assessment(
        release_id=release_id,
        structure_hash=text.structure_hash(),
        user_id=user.id if user else None,
        token_hash=hash_token(token) if token else None,
        answers={},
        started_at=now,
        saved_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row, token


def save(
    user: User | None, row: Assessment, sent: rules.Answers, shown: Mapping[str, str], now: datetime
) -> rules.Merge:
    """Keep answers of one page. A set begun without an account goes to who signed in before going on with it.

    Refused when the set was finished so long ago that it stands as it is.
    """
    if not rules.may_change(row.finished_at, now):
        raise Refused("These answers were finished more than a day ago and stand as they are.")
    if user and row.user_id is None:
        keep(user, row, now)
    merge = rules.merged(row.answers, sent, shown)
    row.answers, row.saved_at = merge.answers, now
    return merge


def finish(user: User | None, row: Assessment, now: datetime) -> None:
    """The last answer is given: from now on there is a result. Twice is harmless."""
    if row.finished_at is None:
        row.finished_at = now
        record(user, _sentence(user, "finished"), ("assessment", row.id), now=now)


def keep(user: User, row: Assessment, now: datetime) -> None:
    """Move a set from behind its private link, which ends, into this person's account."""
    row.user_id, row.token_hash = user.id, None
    record(user, "Kept a self-assessment in the account", ("assessment", row.id), now=now)


def erase(user: User | None, row: Assessment, now: datetime) -> None:
    """Erase a set of answers, finished or not, because who holds it wants it so."""
    record(user, _sentence(user, "erased"), ("assessment", row.id), now=now)
    db.session.delete(row)


def mail_link(row: Assessment, url: str, email: str, now: datetime) -> None:
    """Mail the private link to this address, which is kept for nothing else."""
    messages.result_link(row, url, email, now)
    record(None, "Mailed the link to a self-assessment to who holds it", ("assessment", row.id), now=now)


def _sentence(user: User | None, verb: str) -> str:
    return f"{verb.capitalize()} a self-assessment" if user else f"A visitor {verb} a self-assessment"
