"""Work carried over to another cohort: every system is copied with its rounds, reviews, comments and files, so that the
cohort one leaves keeps what was written there as it was left. None of this commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.coursework import carried_rules, rules, waiting
from app.coursework.carried_rules import Piece, Work
from app.coursework.models import (
    Attachment,
    Draft,
    LessonRead,
    Reflection,
    Submission,
    SubmissionAttachment,
    System,
)
from app.coursework.review_models import Comment, CommentRead, Reply, Review
from app.curriculum.queries import program_of
from app.files import actions as files
from app.files.hints import Hints
from app.lib.database import Base, db

T = TypeVar("T", bound=Base)


def plan(enrollment: Enrollment, target: Cohort) -> list[Piece]:
    """What becomes of this person's work if they go on in the target. One query, besides releases not read yet.

    Call it before `begin_write()` as well: reading a release is too slow for a writing transaction.
    """
    return _plan(_systems(enrollment.id), enrollment.cohort, target)


def _systems(enrollment_id: int) -> list[tuple[System, Draft]]:
    query = select(System, Draft).join(Draft, Draft.system_id == System.id)
    query = query.where(System.enrollment_id == enrollment_id).order_by(System.id).options(lazyload("*"))
    rows = db.session.execute(query.execution_options(populate_existing=True))
    return [(system, draft) for system, draft in rows]


def _plan(found: Sequence[tuple[System, Draft]], cohort: Cohort, target: Cohort) -> list[Piece]:
    works = [
        Work(
            system.id, system.assignment_key, system.module_slug, system.status, system.round,
            system.release_id or cohort.release_id, system.withheld, draft.answers,
        )
        for system, draft in found
    ]  # fmt: skip
    programs = {one.reads: program_of(one.reads) for one in works}
    return carried_rules.plan(works, programs, cohorts.program(cohort), cohorts.program(target))


def carry(actor: User, old: Enrollment, new: Enrollment, now: datetime) -> list[Piece]:
    """Copy this person's work from the place they leave into the new one. A round that waits is taken back first.

    The caller has locked both cohorts and the old enrollment, so nothing is begun meanwhile.
    """
    db.session.flush()
    lock = select(System.id).where(System.enrollment_id == old.id).order_by(System.id)
    db.session.execute(lock.with_for_update(of=System))
    found = _systems(old.id)
    pieces = {one.system_id: one for one in _plan(found, old.cohort, new.cohort)}
    for system, draft in found:
        if pieces[system.id].waits:
            waiting.take_back(actor, system, f"{old.user.name} moves to another cohort", now)
        if not pieces[system.id].why_not:
            _copy(system, draft, new, pieces[system.id])
    _copy_notes(old, new)
    came = sum(1 for one in pieces.values() if not one.why_not)
    if pieces:
        said = f"Carried {came} of {len(pieces)} systems of {old.user.name} over from the {old.cohort.title}"
        record(actor, said, ("enrollment", new.id), now=now)
    return sorted(pieces.values(), key=lambda one: one.number)


# --- one system ---------------------------------------------------------------------------------------------------


def _copy(system: System, draft: Draft, new: Enrollment, piece: Piece) -> None:
    made = _again(system, enrollment_id=new.id, release_id=piece.pin)
    db.session.flush()
    attachments = _copy_files(system, made)
    answers = _answers(draft.answers, attachments, piece.dropped)
    fresh = {"kept_version": 0, "kept_at": None}
    db.session.add(_again(draft, system_id=made.id, answers=answers, **fresh))
    db.session.flush()
    _copy_rounds(system, made, new, attachments)


def _again(row: T, **other: Any) -> T:
    """A new row with everything of this one but its number, and these columns otherwise."""
    table = row.__table__
    own = {one.name: getattr(row, one.name) for one in table.columns if not one.primary_key}
    made = type(row)(**(own | other))
    db.session.add(made)
    return made


def _answers(
    answers: Mapping[str, Any], attachments: Mapping[int, int], dropped: Iterable[str] = ()
) -> dict[str, Any]:
    out = set(dropped)
    return {key: carried_rules.renumbered(one, attachments) for key, one in answers.items() if key not in out}


def _copy_files(system: System, made: System) -> dict[int, int]:
    """Each file under a name and number of its own; the bytes are kept once. Old number → new number."""
    numbers = {}
    rows = select(Attachment).where(Attachment.system_id == system.id).order_by(Attachment.id)
    for one in db.session.scalars(rows):
        was = one.file
        hints = Hints(**{key: tuple(found) for key, found in was.hints.items()})
        file = files.keep(
            was.owner_id, was.sha256, was.name, was.content_type, was.size, was.created_at, hints
        )
        again = _again(one, system_id=made.id, file_id=file.id)
        db.session.flush()
        numbers[one.id] = again.id
    return numbers


def _copy_rounds(system: System, made: System, new: Enrollment, attachments: Mapping[int, int]) -> None:
    """Every round with its answer in force; those that were taken back too, so that numbers stay what they were."""
    rows = select(Submission).where(Submission.system_id == system.id).order_by(Submission.number)
    comments: dict[int, int] = {}
    for one in db.session.scalars(rows.options(lazyload("*"))):
        answers = _answers(one.answers, attachments)
        digest = one.digest if answers == one.answers else rules.digest(answers)
        again = _again(
            one, system_id=made.id, cohort_id=new.cohort_id, carried_from_id=one.id, answers=answers, digest=digest
        )  # fmt: skip
        db.session.flush()
        held = select(SubmissionAttachment).where(SubmissionAttachment.submission_id == one.id)
        for file in db.session.scalars(held):
            attachment_id = attachments[file.attachment_id]
            db.session.add(
                SubmissionAttachment(
                    submission_id=again.id, attachment_id=attachment_id, withheld=file.withheld
                )
            )
        _copy_review(one, again, comments)


def _copy_review(old: Submission, new: Submission, comments: dict[int, int]) -> None:
    """The answer in force with what was said about it. `comments` grows by: old number → new number."""
    rows = select(Review).where(Review.submission_id == old.id, Review.status == "published")
    review = db.session.scalar(rows.options(lazyload("*")))
    if review is None:
        return
    settled = {str(comments[int(key)]): how for key, how in review.settled.items() if int(key) in comments}
    made = _again(review, submission_id=new.id, settled=settled, kept_version=0, kept_at=None)
    db.session.flush()
    for one in db.session.scalars(select(Comment).where(Comment.review_id == review.id).order_by(Comment.id)):
        again = _again(one, review_id=made.id)
        db.session.flush()
        comments[one.id] = again.id
        _copy_talk(one.id, again.id)


def _copy_talk(old_id: int, new_id: int) -> None:
    """Replies, and who has read how far."""
    replies = {0: 0}
    for one in db.session.scalars(select(Reply).where(Reply.comment_id == old_id).order_by(Reply.id)):
        again = _again(one, comment_id=new_id)
        db.session.flush()
        replies[one.id] = again.id
    for read in db.session.scalars(select(CommentRead).where(CommentRead.comment_id == old_id)):
        db.session.add(
            CommentRead(
                comment_id=new_id, user_id=read.user_id, reply_id=replies[read.reply_id], read_at=read.read_at
            )
        )


def _copy_notes(old: Enrollment, new: Enrollment) -> None:
    """The lessons they have read, and their private notes."""
    for read in db.session.scalars(select(LessonRead).where(LessonRead.enrollment_id == old.id)):
        known = {"module_slug": read.module_slug, "lesson_slug": read.lesson_slug, "read_at": read.read_at}
        db.session.add(LessonRead(enrollment_id=new.id, **known))
    for note in db.session.scalars(select(Reflection).where(Reflection.enrollment_id == old.id)):
        _again(note, enrollment_id=new.id)
    db.session.flush()
