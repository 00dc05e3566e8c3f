"""Sets of answers as pages need them. They come by their owner, by the browser that answers, or by the private link."""

from __future__ import annotations

from datetime import datetime

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from app.accounts.models import User
from app.assessment import rules
from app.assessment.models import Assessment, AssessmentSample
from app.cohorts import queries as cohorts
from app.curriculum.queries import current_release_id, program_of
from app.curriculum.schema import Program, SelfAssessment
from app.lib.database import db
from app.lib.tokens import hash_token

LISTED, REMEMBERED = 20, 100  # results of one person: on a page, and to be found by their address


def text_of(row: Assessment) -> SelfAssessment:
    """The instrument this set answers: that of its own release, whatever was published since."""
    text = program_of(row.release_id).assessment
    assert text is not None, "a set is begun only where the release has an instrument"
    return text


def release_to_answer(user: User | None) -> tuple[int, Program] | None:
    """What somebody would answer now: a participant their cohort's release, so that week 0 and week 12 compare;
    anybody else the newest. None where there is no self-assessment."""
    enrollment = cohorts.current_enrollment(user) if user else None
    if enrollment and program_of(enrollment.cohort.release_id).assessment:
        return enrollment.cohort.release_id, program_of(enrollment.cohort.release_id)
    newest = current_release_id()
    return (newest, program_of(newest)) if newest and program_of(newest).assessment else None


def in_hand(user: User | None, token: str | None, now: datetime, lock: bool = False) -> Assessment | None:
    """The set this person or this browser began last, finished or not."""
    query = _in_hand(user, token, now).limit(1)
    return db.session.scalar(query.with_for_update() if lock else query)


def hold(user: User) -> None:
    """Let one person do one thing at a time: of two presses of a button the second finds what the first began."""
    db.session.execute(select(User.id).where(User.id == user.id).with_for_update())


def all_in_hand(user: User | None, token: str | None, now: datetime) -> list[Assessment]:
    """What this person or this browser holds, the latest first."""
    return list(db.session.scalars(_in_hand(user, token, now).limit(LISTED)))


def _in_hand(user: User | None, token: str | None, now: datetime) -> Select[Assessment]:
    held = [Assessment.user_id == user.id] if user else []
    held += [Assessment.token_hash == hash_token(token)] if token else []
    return select(Assessment).where(or_(false(), *held), _alive(now)).order_by(Assessment.id.desc())


def by_link(token: str, now: datetime, lock: bool = False) -> Assessment | None:
    """The finished set behind a private link; None when it is over, erased, or was never there."""
    finished = and_(Assessment.token_hash == hash_token(token), Assessment.finished_at.is_not(None))
    query = select(Assessment).where(finished, _alive(now))
    return db.session.scalar(query.with_for_update() if lock else query)


def results_for(user: User, assessment_id: int) -> tuple[Assessment, list[Assessment], bool]:
    """One finished set of this person, those finished before it, the latest first, and whether none was begun since.

    404 for anybody else's.
    """
    rows = select(Assessment).where(Assessment.user_id == user.id).order_by(Assessment.id.desc())
    held = list(db.session.scalars(rows.limit(REMEMBERED)))
    finished = [one for one in held if one.finished_at is not None and one.id <= assessment_id]
    if not finished or finished[0].id != assessment_id:
        abort(404)
    return finished[0], finished[1:], finished[0] is held[0]


def lowest_of(user: User) -> str:
    """The reason in which this person's last finished set scored lowest; '' without one."""
    rows = select(Assessment).where(Assessment.user_id == user.id, Assessment.finished_at.is_not(None))
    row = db.session.scalar(rows.order_by(Assessment.id.desc()).limit(1))
    return rules.result(text_of(row), row.answers).lowest[0].reason.reason if row else ""


def assessment_for(user: User, assessment_id: int) -> Assessment:
    """One of this person's own sets, held for a change; 404 for anybody else's."""
    row = select(Assessment).where(Assessment.id == assessment_id, Assessment.user_id == user.id)
    return db.session.scalar(row.with_for_update()) or abort(404)


def sample_of(structure_hash: str) -> AssessmentSample | None:
    """All answers of this structure together, as last counted."""
    return db.session.get(AssessmentSample, structure_hash)


def _alive(now: datetime) -> ColumnElement[bool]:
    """Not over; what is over is gone at once, though a job erases it a little later."""
    return or_(
        and_(Assessment.finished_at.is_(None), Assessment.saved_at > now - rules.KEPT_UNFINISHED),
        and_(Assessment.finished_at.is_not(None), Assessment.user_id.is_not(None)),
        Assessment.finished_at > now - rules.KEPT,
    )
