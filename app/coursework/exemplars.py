"""An accepted round becomes an example: offered by its author, prepared by a coach, approved by its author, shown.

None of these verbs commits. The copy is rendered before the lock is taken; withdrawing empties it at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import CohortCoach
from app.coursework import exemplar_messages as messages
from app.coursework import exemplar_rules as rules
from app.coursework import handover, masking
from app.coursework.assignments import assignment_of_round
from app.coursework.exemplar_models import Exemplar
from app.coursework.frozen import Answers, ShownField, shown
from app.coursework.models import Submission
from app.coursework.review_queries import coached_by, named, whose
from app.curriculum import fields
from app.lib.database import db

MOST = 50  # listed on one page


# --- getting at them ------------------------------------------------------------------------------------------------


def exemplar_of(submission: Submission) -> Exemplar | None:
    """What became of this round as an example; None when it was never offered."""
    return db.session.scalar(select(Exemplar).where(Exemplar.submission_id == submission.id))


def exemplar_for(coach: User, exemplar_id: int, now: datetime) -> Exemplar:
    """One that a coach of its cohort may prepare; 404 for everybody else, and once it is withdrawn."""
    query = select(Exemplar).join(Submission, Submission.id == Exemplar.submission_id)
    query = query.join(CohortCoach, coached_by(coach, now))
    query = query.where(Exemplar.id == exemplar_id, Exemplar.status != "withdrawn")
    return db.session.scalar(query) or abort(404)


def exemplars_of(coach: User, now: datetime) -> list[Exemplar]:
    """Those of the cohorts this person coaches, what was changed last first."""
    query = select(Exemplar).join(Submission, Submission.id == Exemplar.submission_id)
    query = query.join(CohortCoach, coached_by(coach, now)).where(Exemplar.status != "withdrawn")
    return list(
        db.session.scalars(query.order_by(Exemplar.changed_at.desc(), Exemplar.id.desc()).limit(MOST))
    )


def shown_ids(assignment_key: str) -> list[int]:
    """The ids of the examples of this assignment that participants may read now, the newest first."""
    query = select(Exemplar.id).where(Exemplar.assignment_key == assignment_key, Exemplar.status == "shown")
    return list(db.session.scalars(query.order_by(Exemplar.id.desc()).limit(MOST)))


def shown_one(assignment_key: str, exemplar_id: int) -> Exemplar:
    """One of them; 404 for what is not (or no longer) shown."""
    query = select(Exemplar).where(Exemplar.id == exemplar_id, Exemplar.assignment_key == assignment_key)
    return db.session.scalar(query.where(Exemplar.status == "shown")) or abort(404)


def fields_of(exemplar: Exemplar) -> list[ShownField]:
    """The copy as blocks to show."""
    worksheet = assignment_of_round(exemplar.submission).worksheet
    return [
        one
        for one in shown(Answers(worksheet, exemplar.answers, exemplar.rendered))
        if one.kind not in ("empty", "reference")
    ]


def copy_of(exemplar: Exemplar) -> dict[str, Any]:
    """What the editing form begins with: the copy as it stands, else a first one without the names."""
    if exemplar.answers:
        return exemplar.answers
    submission, enrollment = exemplar.submission, exemplar.submission.system.enrollment
    names = masking.names_of(enrollment.user.name, enrollment.practice_name)
    return rules.first_copy(assignment_of_round(submission).worksheet, submission.answers, names)


def rendered(exemplar: Exemplar, answers: Mapping[str, Any]) -> dict[str, str]:
    """The long texts of a copy as cleaned HTML. Call it before `begin_write()`."""
    worksheet = assignment_of_round(exemplar.submission).worksheet
    return fields.rendered(worksheet, answers)


# --- by the author --------------------------------------------------------------------------------------------------


def offer(author: User, submission: Submission, agrees: bool, now: datetime) -> Exemplar:
    """Offer this accepted round, with consent. Twice is harmless."""
    found = exemplar_of(submission)
    if found and found.status != "withdrawn":
        return found
    system = submission.system
    is_accepted = system.accepted_round == submission.number and submission.status == "decided"
    rules.check_offer(is_accepted, agrees)
    made = found or Exemplar(submission_id=submission.id, assignment_key=system.assignment_key, version=0)
    made.status = rules.next_status(found.status if found else None, "offer")
    made.consent_version, made.consent_text, made.consented_at = rules.CONSENT_VERSION, rules.CONSENT, now
    made.answers, made.rendered, made.wish, made.shown_at = {}, {}, "", None
    made.version, made.changed_at = made.version + 1, now
    db.session.add(made)
    db.session.flush()
    said = f"Offered {named(submission)} as an example (consent {rules.CONSENT_VERSION})"
    record(author, said, ("exemplar", made.id), now=now)
    messages.offered(made, handover.coaches_of(submission.cohort_id, now), now)
    return made


def approve(author: User, exemplar: Exemplar, version: int, now: datetime) -> None:
    """Agree to exactly the text that was read. Twice is harmless."""
    _lock(exemplar)
    if exemplar.status in ("approved", "shown") and exemplar.version == version:
        return
    rules.check_version(exemplar.version, version)
    _step(author, exemplar, "approve", "Approved the text of an example", now)
    if exemplar.prepared_by:
        messages.approved(exemplar, exemplar.prepared_by, now)


def send_back(author: User, exemplar: Exemplar, wish: str, now: datetime) -> None:
    """Ask for another text, before anybody sees this one."""
    _lock(exemplar)
    wish = rules.check_wish(wish)
    if exemplar.wish == wish and exemplar.status == "offered":
        return
    _step(author, exemplar, "send back", "Sent the text of an example back", now)
    exemplar.wish = wish
    if exemplar.prepared_by:
        messages.sent_back(exemplar, exemplar.prepared_by, now)


def withdraw(author: User, exemplar: Exemplar, now: datetime) -> None:
    """Take the consent back: nobody sees the copy any more, and it is emptied. Twice is harmless."""
    _lock(exemplar)
    if exemplar.status == "withdrawn":
        return
    _step(author, exemplar, "withdraw", "Took an example back", now)
    exemplar.answers, exemplar.rendered, exemplar.wish, exemplar.shown_at = {}, {}, "", None


# --- by a coach -----------------------------------------------------------------------------------------------------


def prepare(
    coach: User,
    exemplar: Exemplar,
    answers: dict[str, Any],
    html: dict[str, str],
    version: int,
    now: datetime,
) -> None:
    """Keep the copy and ask the author to read it. The same copy twice is harmless."""
    _lock(exemplar)
    if exemplar.status == "prepared" and exemplar.answers == answers:
        return
    rules.check_version(exemplar.version, version)
    _step(coach, exemplar, "prepare", f"Prepared {whose(exemplar.submission)} as an example", now)
    exemplar.answers, exemplar.rendered, exemplar.wish = answers, html, ""
    exemplar.prepared_by_id = coach.id
    exemplar.version += 1
    messages.prepared(exemplar, now)


def show(coach: User, exemplar: Exemplar, now: datetime) -> None:
    """Put the approved copy among the samples of its module. Twice is harmless."""
    _lock(exemplar)
    if exemplar.status == "shown":
        return
    _step(coach, exemplar, "show", f"Showed {whose(exemplar.submission)} as an example", now)
    exemplar.shown_at = now


def _step(actor: User, exemplar: Exemplar, verb: str, said: str, now: datetime) -> None:
    exemplar.status = rules.next_status(exemplar.status, verb)
    exemplar.changed_at = now
    record(actor, said, ("exemplar", exemplar.id), now=now)


def _lock(exemplar: Exemplar) -> None:
    db.session.refresh(exemplar, with_for_update={"of": Exemplar})
