"""What a coach's page of one review shows: the round's fields with their comments, requests, rubric, verdict bar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.accounts.models import User
from app.coursework import frozen, review_form, review_merge
from app.coursework import review_queries as queries
from app.coursework import review_rules as rules
from app.coursework.assignments import Assignment, assignment_of_round
from app.coursework.models import Comment, Review, Submission
from app.coursework.review_queries import CriterionView, RemarkView, ReviewView
from app.coursework.sending import SentWith
from app.lib import diff
from app.lib.database import db

SHOW = ("changed", "all", "before")


@dataclass(frozen=True)
class PageField:
    """One field with the comments of this review, and the earlier requests about it ('Required change 1')."""

    shown: frozen.ShownField
    remarks: tuple[tuple[int, rules.Remark], ...]  # each with its number on this page
    tags: tuple[str, ...]

    @property
    def typing(self) -> rules.Remark | None:
        """A comment that was typed and is not stored yet."""
        return next((one for _, one in self.remarks if one.key.startswith("new-")), None)

    @property
    def kept(self) -> list[tuple[int, rules.Remark]]:
        return [(number, one) for number, one in self.remarks if not one.key.startswith("new-")]


@dataclass(frozen=True)
class ReviewPage:
    review: Review
    submission: Submission
    task: Assignment
    text: rules.ReviewText
    show: str
    before_number: int | None  # the last reviewed round, when there is one
    fields: tuple[PageField, ...]
    changed: int
    same: int  # fields that are as they were in the round before
    criteria: tuple[CriterionView, ...]
    requests: tuple[RemarkView, ...]  # open requests of earlier rounds
    hint: rules.Hint
    is_own: bool
    holder: User | None  # the colleague who has it open now
    decided: ReviewView | None  # a colleague's published review of this very round
    was: str  # marks of what is stored, for the form

    @property
    def sent_with(self) -> SentWith:
        return SentWith.of(self.submission.sent_with)

    @property
    def person(self) -> User:
        return self.submission.system.enrollment.user

    @property
    def editable(self) -> bool:
        return self.is_own and self.review.status == "draft" and self.holder is None and self.is_open

    @property
    def is_open(self) -> bool:
        return self.submission.status in ("waiting", "in review")

    @property
    def improves(self) -> int | None:
        """The accepted round that this one is to replace; None for a system that is not accepted yet."""
        accepted = self.submission.system.accepted_round
        return accepted if accepted and accepted < self.submission.number else None

    @property
    def settled(self) -> int:
        return sum(1 for one in self.requests if self.text.settled.get(str(one.id)) == "settled")

    @property
    def rated(self) -> int:
        return sum(1 for one in self.criteria if one.mark)

    @property
    def current(self) -> str:
        """The criterion to rate next; '' when all are rated."""
        return next((one.key for one in self.criteria if not one.mark), "")

    @property
    def holds_lease(self) -> bool:
        return self.submission.lease_coach_id == self.review.coach_id


def page_of(
    review: Review, user: User, show: str, now: datetime, text: rules.ReviewText | None = None
) -> ReviewPage:
    """Everything the page needs, in at most four queries. `text` replaces what is stored (a form sent and refused)."""
    submission = review.submission
    task = assignment_of_round(submission)
    before = queries.reviewed_before(submission)
    found = queries.discussed(submission, review)
    comments, earlier = found.comments, found.earlier
    stored = queries.text_of(review, comments)
    text = text or stored
    show = show if before and show in SHOW else "changed" if before else "all"
    shown, changed, same = _shown(submission, before, show)
    requests = found.views(task, earlier)
    return ReviewPage(
        review=review,
        submission=submission,
        task=task,
        text=text,
        show=show,
        before_number=before.submission.number if before else None,
        fields=_page_fields(shown, text, requests, show),
        changed=changed,
        same=same,
        criteria=queries.criteria_views(
            task.criteria, text.marks, submission.self_rating, before.marks if before else None
        ),
        requests=requests,
        hint=rules.hint(queries.standing_of(task.criteria, text, earlier)),
        is_own=review.coach_id == user.id,
        holder=_holder(submission, user, now),
        decided=_decided(review),
        was=review_merge.was_of(stored, _known(task, comments, earlier)),
    )


def known_and_stored(review: Review) -> tuple[review_form.Known, rules.ReviewText]:
    """What `review_form.read` needs to know of a review, and its text as it is stored: one query."""
    task = assignment_of_round(review.submission)
    comments, earlier = queries.comments_and_requests(review)
    return _known(task, comments, earlier), queries.text_of(review, comments)


def _known(task: Assignment, comments: list[Comment], earlier: list[Comment]) -> review_form.Known:
    return review_form.Known(
        criteria=[one.key for one in task.criteria],
        field_ids=set(task.order),
        stored={str(one.id): one.field_id for one in comments},
        requests=[str(one.id) for one in earlier],
    )


def _shown(
    submission: Submission, before: Review | None, show: str
) -> tuple[list[frozen.ShownField], int, int]:
    """The fields to show, and how many of all of them changed or stayed the same since the round before."""
    now = queries.answers_of(submission)
    if before is None:
        return frozen.shown(now), 0, 0
    then = queries.answers_of(before.submission)
    compared = frozen.shown(now, then)
    changed = sum(1 for one in compared if one.changed)
    same = len(compared) - changed
    if show == "before":
        return frozen.shown(then), changed, same
    return (frozen.shown(now) if show == "all" else compared), changed, same


def _page_fields(
    shown: Iterable[frozen.ShownField], text: rules.ReviewText, requests: Iterable[RemarkView], show: str
) -> tuple[PageField, ...]:
    """In the changed view also fields that did not change, where something was asked or is being said."""
    found = []
    number = 0
    for field in shown:
        about = [
            one for one in text.remarks if one.field_id == field.id and (one.text or not one.key.isdecimal())
        ]
        tags = tuple(f"{one.word} change {one.number}" for one in requests if one.field_id == field.id)
        if show == "changed" and not (field.changed or about or tags):
            continue
        if show == "changed" and field.changed:
            field = replace(field, rows=diff.only_changed(field.rows))
        numbered = []
        for one in about:
            number += 1
            numbered.append((number, one))
        found.append(PageField(field, tuple(numbered), tags))
    return tuple(found)


def _holder(submission: Submission, user: User, now: datetime) -> User | None:
    if submission.lease_coach_id == user.id:
        return None
    if not rules.lease_is_live(submission.lease_coach_id, submission.lease_until, now):
        return None
    return db.session.get(User, submission.lease_coach_id)


def _decided(review: Review) -> ReviewView | None:
    if review.submission.status != "decided" or review.status != "draft":
        return None
    return queries.review_view(review.submission)
