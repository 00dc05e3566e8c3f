"""The comment bank of an assignment: sentences kept to be said again. Shared ones are everybody's, own ones private.

What is inserted is a copy. Nothing a participant wrote is ever kept: quotes are taken out, names are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort
from sqlalchemy import ColumnElement, or_, select, update

from app.accounts.models import User
from app.audit.actions import record
from app.coursework import bank_rules as rules
from app.coursework.assignments import Assignment
from app.coursework.frozen import text_of
from app.coursework.review_models import BankComment, Comment, Review
from app.coursework.review_queries import answers_of
from app.lib.database import db
from app.lib.refusal import Refused

MOST = 300  # sentences of one assignment that are offered at once


@dataclass(frozen=True)
class Offer:
    """One sentence to insert. `source` is 'rubric', 'shared' or 'own'; the rubric's stand in no table (id 0)."""

    id: int
    source: str
    kind: str
    text: str
    about: str  # a field id, or the title of a criterion
    uses: int = 0


def offers_for(user: User, task: Assignment) -> list[Offer]:
    """What can be inserted in a review of this assignment: the most used first, then the rubric's own words."""
    kept = [_offer(one) for one in kept_for(user, task.worksheet.key)]
    return kept + [Offer(0, "rubric", "required", one.levels.not_yet, one.title) for one in task.criteria]


def _offer(one: BankComment) -> Offer:
    source = "own" if one.owner_id else "shared"
    return Offer(one.id, source, one.kind, one.text, one.field_id, one.uses)


def _visible(user: User) -> ColumnElement[bool]:
    return or_(BankComment.owner_id.is_(None), BankComment.owner_id == user.id)


def kept_for(user: User, assignment_key: str = "") -> Sequence[BankComment]:
    """What is shared and not retired, and this person's own; of one assignment, or of all."""
    query = select(BankComment).where(_visible(user), BankComment.retired_at.is_(None))
    if assignment_key:
        query = query.where(BankComment.assignment_key == assignment_key)
    query = query.order_by(BankComment.assignment_key, BankComment.uses.desc(), BankComment.id).limit(MOST)
    return db.session.scalars(query).all()


def bank_comment_for(user: User, comment_id: int, *, lock: bool = False) -> BankComment:
    """A sentence this person may use: shared or their own; 404 otherwise."""
    query = select(BankComment).where(BankComment.id == comment_id, BankComment.retired_at.is_(None))
    query = query.where(_visible(user))
    return db.session.scalar(query.with_for_update() if lock else query) or abort(404)


# --- verbs: none of them commits --------------------------------------------------------------------------------


def keep(user: User, assignment_key: str, kind: str, text: str, field_id: str, now: datetime) -> BankComment:
    """Keep a sentence for oneself. Kept twice it is kept once. Raises Refused when it is empty or too long."""
    text = rules.checked(text)
    same = select(BankComment).where(
        BankComment.assignment_key == assignment_key,
        BankComment.owner_id == user.id,
        BankComment.text == text,
    )
    if found := db.session.scalar(same):
        return found
    if len(kept_for(user, assignment_key)) >= MOST:
        raise Refused(f"There are {MOST} comments for this module. Delete some you no longer use.")
    made = BankComment(
        assignment_key=assignment_key, owner_id=user.id, kind=kind, text=text, field_id=field_id, uses=0,
        created_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def keep_of_review(user: User, review: Review, key: str, now: datetime) -> BankComment:
    """Keep a comment of this review without anything of the participant's in it."""
    found = next((one for one in review.comments if str(one.id) == key), None)
    if found is None:
        raise Refused("Write the comment first, then keep it.")
    text = rules.without_their_words(
        found.text, found.quote, _answer(review, found), review.submission.system.enrollment.user.name
    )
    return keep(user, review.submission.system.assignment_key, found.kind, text, found.field_id, now)


def _answer(review: Review, comment: Comment) -> str:
    answers = answers_of(review.submission)
    field = answers.worksheet.field(comment.field_id)
    return text_of(field, answers).text if field else ""


def change(user: User, one: BankComment, kind: str, text: str) -> None:
    """Reword one's own sentence. Shared ones stay as they are: others rely on them."""
    _check_own(user, one)
    one.kind, one.text = kind, rules.checked(text)
    db.session.flush()


def share(user: User, one: BankComment, now: datetime) -> None:
    """Give one's own sentence to every coach of the program. Twice is harmless."""
    if one.owner_id is None:
        return
    _check_own(user, one)
    one.owner_id, one.shared_by_id = None, user.id
    db.session.flush()
    record(user, "Shared a comment in the comment bank", ("bank comment", one.id), now=now)


def delete(user: User, one: BankComment) -> None:
    """Delete one's own sentence; what was inserted of it stays in the reviews."""
    _check_own(user, one)
    db.session.delete(one)
    db.session.flush()


def retire(staff: User, one: BankComment, now: datetime) -> None:
    """Take a shared sentence out of the bank."""
    if one.owner_id is not None:
        abort(404)
    one.retired_at = now
    db.session.flush()
    record(staff, "Retired a shared comment of the comment bank", ("bank comment", one.id), now=now)


def count_use(user: User, comment_id: int) -> None:
    """Note that a copy went into a review; of a sentence this person cannot see nothing is noted."""
    query = update(BankComment).where(BankComment.id == comment_id, _visible(user))
    db.session.execute(query.values(uses=BankComment.uses + 1))


def _check_own(user: User, one: BankComment) -> None:
    if one.owner_id != user.id:
        raise Refused("This comment is shared, so it stays as it is. Keep a copy of your own instead.")
