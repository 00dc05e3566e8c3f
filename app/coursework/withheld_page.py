"""What the pages about client data need: the round, what can be meant in it, and one thing that was hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import abort
from sqlalchemy import select

from app.accounts.models import User
from app.coursework import review_queries
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission, Withholding
from app.coursework.review_models import Comment, Review
from app.coursework.review_rules import KIND_WORDS
from app.coursework.withheld import target_of
from app.coursework.withheld_rules import Target, may_purge
from app.curriculum.fields import files_of
from app.lib.database import db


def round_for(user: User, submission_id: int, now: datetime) -> Submission:
    """A round for a coach of its cohort, or for staff; 404 for anybody else."""
    if user.is_staff:
        return db.session.get(Submission, submission_id) or abort(404)
    return review_queries.submission_for(user, submission_id, now)


def withholding_for(user: User, withholding_id: int, now: datetime) -> Withholding:
    """Something hidden or purged, for those who may hide it."""
    row = db.session.get(Withholding, withholding_id) or abort(404)
    round_for(user, row.submission_id, now)
    return row


Choice = tuple[str, str]  # value in the form, words


@dataclass(frozen=True)
class Choices:
    """What can be meant in a round, by kind; labels only, never what was written."""

    fields: list[Choice]
    files: list[Choice]
    comments: list[Choice]


def choices_of(submission: Submission) -> Choices:
    worksheet = assignment_of_round(submission).worksheet
    held = [one for one in worksheet.fields() if one.id in submission.answers or one.id in submission.shown]
    found = Choices([(f"field:{one.id}", f"{one.id} {one.label}") for one in held], [], [])
    for one in held:
        files = files_of(submission.answers.get(one.id))
        for place, file in enumerate(files, start=1):
            which = f"file {place} of {len(files)}" if len(files) > 1 else "the file"
            found.files.append((f"file:{one.id}:{file['id']}", f"{one.id} {one.label}: {which}"))
    rows = (
        select(Comment.id, Comment.field_id, Comment.kind, User.name)
        .join(Review, Review.id == Comment.review_id)
        .join(User, User.id == Review.coach_id)
        .where(Review.submission_id == submission.id)
        .order_by(Comment.field_id, Comment.id)
    )
    for row in db.session.execute(rows):
        words = f"{KIND_WORDS[row.kind]} on {row.field_id}, by {row.name}"
        found.comments.append((f"comment:{row.field_id}:{row.id}", words))
    return found


def read_target(text: str) -> Target | None:
    """What a form means: 'round', 'field:1.C.1', 'file:1.C.2:12' or 'comment:1.C.1:7'; None for anything else."""
    what, *rest = text.split(":")
    if text == "round":
        return Target("round")
    if what == "field" and len(rest) == 1 and 0 < len(rest[0]) <= 40:
        return Target("field", rest[0])
    if what not in ("file", "comment") or len(rest) != 2 or not 0 < len(rest[0]) <= 40:
        return None
    number = int(rest[1]) if rest[1].isascii() and rest[1].isdecimal() and len(rest[1]) < 10 else 0
    if not number:
        return None
    return Target(what, rest[0], number if what == "file" else None, number if what == "comment" else None)


@dataclass(frozen=True)
class WithheldPage:
    """One thing that was hidden, and how it stands."""

    row: Withholding
    what: str  # 'field 1.C.1 Cancellation rule'
    hidden_by: str
    ended_by: str
    may_purge: bool

    @property
    def submission(self) -> Submission:
        return self.row.submission

    @property
    def person(self) -> User:
        return self.submission.system.enrollment.user


def page_of(row: Withholding, user: User) -> WithheldPage:
    target = target_of(row)
    field = assignment_of_round(row.submission).worksheet.field(row.field_id)
    ids = {row.hidden_by_id, row.ended_by_id} - {None}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    names = {person.id: person.name for person in rows}
    return WithheldPage(
        row=row,
        what=f"{target.words} {field.label}" if field else target.words,
        hidden_by=names.get(row.hidden_by_id, ""),
        ended_by=names.get(row.ended_by_id or 0, ""),
        may_purge=may_purge(user.is_staff, row.hidden_by_id == user.id),
    )
