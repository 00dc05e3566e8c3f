"""Who holds words of a participant, or words about them: every column there is, in which rows, and what is left of one.

A table that comes to hold some joins `HOLDERS` with one line; tests/house/test_withheld.py looks for columns that
nobody listed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, update

from app.coursework import withheld_rules as rules
from app.coursework.exemplar_models import Exemplar
from app.coursework.models import Draft, KeptState, Submission, System
from app.coursework.quality_models import BlindReview, Opinion, PromiseWatch
from app.coursework.review_models import Comment, Reply, Review
from app.coursework.sending import NOTE
from app.coursework.withheld_rules import Target
from app.lib.database import db


@dataclass(frozen=True)
class Scope:
    """What is meant, in rows: the rounds of one system up to `through`, in these fields."""

    system: System
    target: Target
    through: int
    field_ids: frozenset[str]

    @property
    def rounds(self) -> ColumnElement[bool]:
        return and_(Submission.system_id == self.system.id, Submission.number <= self.through)


Cut = Callable[[Any, Any, Scope], Any]  # (value, its row, scope) → the value without it


@dataclass(frozen=True)
class Holder:
    """A column with such words: in which rows, and what is left of one. `is_own`: the author's own, only purged."""

    column: str  # 'submission.answers'
    rows: Callable[[Scope], Select[Any]]
    cut: Cut
    is_own: bool = False


def of_system(model: type[Any]) -> Callable[[Scope], Select[Any]]:
    """The rows of a table that has a `system_id`."""
    return lambda scope: select(model).where(model.system_id == scope.system.id)


def _in_rounds(scope: Scope) -> Select[Any]:
    return select(Submission).where(scope.rounds)


def _of_this_person(scope: Scope) -> Select[Any]:
    """All rounds that may show an answer of this system beside their own."""
    same = System.enrollment_id == scope.system.enrollment_id
    return select(Submission).join(System, System.id == Submission.system_id).where(same)


def _reviews(scope: Scope) -> Select[Any]:
    return select(Review).join(Submission, Submission.id == Review.submission_id).where(scope.rounds)


def comments(scope: Scope) -> Select[Any]:
    joined = select(Comment).join(Review, Review.id == Comment.review_id)
    return joined.join(Submission, Submission.id == Review.submission_id).where(scope.rounds)


def answers(value: Any, _row: Any, scope: Scope) -> Any:
    """Of answers by field id, those that are left."""
    return rules.cut_answers(value, scope.target, scope.field_ids)


def _keys(value: Any, _row: Any, scope: Scope) -> Any:
    return rules.cut_keys(value, scope.target, scope.field_ids)


def _shown(value: Any, row: Any, scope: Scope) -> Any:
    """In the rounds themselves what stood beside the field; in all rounds what the field said there."""
    if scope.target.what not in ("round", "field"):
        return value
    mine = row.system_id == scope.system.id and row.number <= scope.through
    left = rules.cut_keys(value, scope.target, scope.field_ids) if mine else value
    return rules.cut_shown(left, scope.field_ids)


def _sent_with(value: Any, _row: Any, scope: Scope) -> Any:
    """The notes to findings quote the passages they are about."""
    return rules.cut_sent_with(value, scope.target, scope.field_ids)


def _kept_draft(value: Any, row: Any, scope: Scope) -> Any:
    return {**value, "answers": answers(value.get("answers", {}), row, scope)}


def _kept_review(value: Any, _row: Any, scope: Scope) -> Any:
    return rules.cut_kept_review(value, scope.target, scope.field_ids)


def _sending(value: Any, _row: Any, scope: Scope) -> Any:
    """A note does not say which field it is about, and a finding asks for it again."""
    if scope.target.what == "comment":
        return value
    whole = scope.target.what == "round"
    return {} if whole else {key: text for key, text in value.items() if not key.startswith(NOTE)}


def _states_of_reviews(scope: Scope) -> Select[Any]:
    joined = select(KeptState).join(Review, Review.id == KeptState.review_id)
    return joined.join(Submission, Submission.id == Review.submission_id).where(scope.rounds)


def _replies(scope: Scope) -> Select[Any]:
    joined = select(Reply).join(Comment, Comment.id == Reply.comment_id)
    joined = joined.join(Review, Review.id == Comment.review_id)
    return joined.join(Submission, Submission.id == Review.submission_id).where(scope.rounds)


def _said_about_it(value: Any, row: Any, scope: Scope) -> Any:
    comment = db.session.get_one(Comment, row.comment_id)
    is_about_it = is_meant(comment, scope) or _is_on_field(comment, scope)
    return rules.HIDDEN if value and is_about_it else value


def is_meant(comment: Comment, scope: Scope) -> bool:
    return scope.target.what == "round" or scope.target.comment_id == comment.id


def _said(value: Any, row: Any, scope: Scope) -> Any:
    return rules.HIDDEN if value and is_meant(row, scope) else value


def _replied(value: Any, row: Any, scope: Scope) -> Any:
    """What the participant answered goes with the field, too: it is the same hand."""
    return "" if is_meant(row, scope) or _is_on_field(row, scope) else value


def _is_on_field(comment: Comment, scope: Scope) -> bool:
    return scope.target.what == "field" and comment.field_id in scope.field_ids


def _of_whole_round(value: Any, _row: Any, scope: Scope) -> Any:
    return rules.HIDDEN if value and scope.target.what == "round" else value


def _exemplars(scope: Scope) -> Select[Any]:
    return select(Exemplar).join(Submission, Submission.id == Exemplar.submission_id).where(scope.rounds)


def _opinions(scope: Scope) -> Select[Any]:
    joined = select(Opinion).join(Review, Review.id == Opinion.review_id)
    return joined.join(Submission, Submission.id == Review.submission_id).where(scope.rounds)


def _watches(scope: Scope) -> Select[Any]:
    return (
        select(PromiseWatch).join(Submission, Submission.id == PromiseWatch.submission_id).where(scope.rounds)
    )


def _blind_reviews(scope: Scope) -> Select[Any]:
    return (
        select(BlindReview).join(Submission, Submission.id == BlindReview.submission_id).where(scope.rounds)
    )


HOLDERS: list[Holder] = [
    Holder("submission.answers", _in_rounds, answers),
    Holder("submission.rendered", _in_rounds, _keys),
    Holder("submission.shown", _of_this_person, _shown),
    Holder("comment.text", comments, _said),
    Holder("comment.quote", comments, _replied),
    Holder("comment.prefix", comments, _replied),
    Holder("comment.suffix", comments, _replied),
    Holder("comment.answer_text", comments, _replied),
    Holder("reply.text", _replies, _said_about_it),
    Holder("submission.sent_with", _in_rounds, _sent_with),
    Holder("kept_state.content", _states_of_reviews, _kept_review),
    Holder("review.strength", _reviews, _of_whole_round),
    Holder("review.note", _reviews, _of_whole_round),
    Holder("exemplar.answers", _exemplars, answers),
    Holder("exemplar.rendered", _exemplars, _keys),
    Holder("exemplar.wish", _exemplars, _of_whole_round),
    Holder("opinion.question", _opinions, _of_whole_round),
    Holder("opinion.answer", _opinions, _of_whole_round),
    Holder("promise_watch.reason", _watches, _of_whole_round),
    Holder("promise_watch.instead_reason", _watches, _of_whole_round),
    Holder("blind_review.why_declined", _blind_reviews, _of_whole_round),
    Holder("draft.answers", of_system(Draft), answers, is_own=True),
    Holder("draft.sending", of_system(Draft), _sending, is_own=True),
    Holder("kept_state.content", of_system(KeptState), _kept_draft, is_own=True),
]


def take_out(scope: Scope, *, own: bool = False) -> list[list[Any]]:
    """Cut every holder's rows; returns what was there, as [table, column, id, value]."""
    kept = []
    for holder in HOLDERS:
        if holder.is_own != own:
            continue
        table, column = holder.column.split(".")
        for row in db.session.scalars(holder.rows(scope)).unique():
            before = getattr(row, column)
            left = holder.cut(before, row, scope)
            was = rules.taken(before, left)
            if was is not None:
                setattr(row, column, left)
                kept.append([table, column, _key_of(row), was])
    db.session.flush()
    return kept


def without(kept: list[list[Any]], scope: Scope) -> list[list[Any]]:
    """What another withholding keeps, without what is meant here: it took whole lists of comments and notes."""
    rows = {
        holder.column: (
            holder,
            {_key_of(row): row for row in db.session.scalars(holder.rows(scope)).unique()},
        )
        for holder in HOLDERS
        if not holder.is_own
    }
    left = []
    for table, column, key, was in kept:
        holder, meant = rows.get(f"{table}.{column}", (None, {}))
        if holder and key in meant:
            now = holder.cut(was, meant[key], scope)
            was = {name: now[name] for name in was if name in now} if isinstance(was, dict) else now
        left.append([table, column, key, was])
    return left


def _key_of(row: Any) -> int:
    """The primary key of a row of these tables, which is one number."""
    (key,) = db.inspect(row).mapper.primary_key_from_instance(row)
    return int(key)


def stale_drafts(scope: Scope) -> None:
    """A coach's page that was open before must not write back what it still shows."""
    ids = select(Submission.id).where(scope.rounds)
    drafts = update(Review).where(Review.submission_id.in_(ids), Review.status == "draft")
    if scope.target.what == "comment":
        of_comment = select(Comment.review_id).where(Comment.id == scope.target.comment_id)
        drafts = drafts.where(Review.id.in_(of_comment))
    db.session.execute(
        drafts.values(version=Review.version + 1), execution_options={"synchronize_session": "fetch"}
    )
