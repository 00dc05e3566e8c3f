"""A review as both sides read it: its comments with what was said about them since, its rubric, where passages stand.

`review_view` and `view_of` are the only source that participant and coach read a published review from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import and_, or_

from app.coursework import anchors, frozen, threads
from app.coursework import review_rules as rules
from app.coursework.assignments import Assignment, assignment_of_round
from app.coursework.frozen import Answers
from app.coursework.models import Submission
from app.coursework.review_models import Comment, Review
from app.coursework.review_queries import comments_in_order, open_earlier, published_of
from app.coursework.thread_rules import Thread
from app.curriculum.schema import Criterion
from app.lib.database import db


@dataclass(frozen=True)
class CriterionView:
    """One line of the rubric: its levels as (key, word, text), the coach's mark, the participant's own rating."""

    key: str
    title: str
    critical: bool
    levels: tuple[tuple[str, str, str], ...]
    mark: str  # level key or ''
    own: str
    before: str  # the mark of the last reviewed round
    offered: str = ""  # that mark, while it may be carried over and is not kept yet

    @staticmethod
    def word(level: str) -> str:
        return rules.LEVEL_WORDS.get(level, "")


@dataclass(frozen=True)
class RemarkView:
    """One comment. Change requests are numbered from 1 in the order of the worksheet; praise has no number."""

    id: int
    number: int | None
    field_id: str
    field_label: str
    kind: str
    text: str
    quote: str
    prefix: str
    suffix: str
    row_id: str
    answer: str
    answer_text: str
    answered_at: datetime | None
    settled: bool
    review_id: int
    below: frozenset[str]  # the criteria its review put at Not yet
    comes_first: bool
    place: anchors.Place  # where its passage stands in the round that is shown
    thread: Thread | None = None

    @property
    def word(self) -> str:
        return rules.KIND_WORDS[self.kind]


@dataclass(frozen=True)
class ReviewView:
    """A published review as the participant and every coach of the cohort see it."""

    id: int
    coach_name: str
    verdict: str
    published_at: datetime
    strength: str
    note: str
    criteria: tuple[CriterionView, ...]
    remarks: tuple[RemarkView, ...]
    earlier: tuple[RemarkView, ...]  # requests of earlier rounds that this review left open
    closed: tuple[RemarkView, ...] = ()  # of withdrawn reviews of this round, where something was said

    @property
    def accepted(self) -> bool:
        return self.verdict == "accepted"

    @property
    def requests(self) -> list[RemarkView]:
        return [one for one in self.remarks if one.number is not None]

    def on(self, field_id: str) -> list[RemarkView]:
        return [one for one in self.remarks if one.field_id == field_id]


@dataclass(frozen=True)
class Discussed:
    """The comments one page shows, each with what was said about it since."""

    comments: list[Comment]  # of the review itself
    earlier: list[Comment]  # requests of earlier rounds it left open
    closed: list[Comment]  # of withdrawn reviews of the same round, where something was said
    threads: dict[int, Thread]  # comment id → what was said
    below: dict[int, frozenset[str]]  # comment id → the criteria its review put at Not yet

    def views(
        self, task: Assignment, comments: Iterable[Comment], answers: Answers | None = None
    ) -> tuple[RemarkView, ...]:
        """Some of them as pages show them; their passages are looked for in `answers`, of a later round."""
        return remark_views(task, comments, self.threads, self.below, answers)


def discussed(submission: Submission, review: Review | None) -> Discussed:
    """Everything that was said about a round that has this review in force, or none: one query."""
    withdrawn = and_(Review.submission_id == submission.id, Review.status == "withdrawn", threads.has_replies)
    either = [withdrawn]
    if review is not None:
        either += [Comment.review_id == review.id, open_earlier(submission, review.published_at)]
    # the system is said outside the "or": only so is the way to them its own rounds, and not every comment there is
    of_system = Submission.system_id == submission.system_id
    rows = db.session.execute(
        comments_in_order.add_columns(Review.status, Review.marks, *threads.COLUMNS).where(
            of_system, or_(*either)
        )
    ).all()
    owner_id = submission.system.enrollment.user_id
    own = review.id if review is not None else None
    comments: list[Comment] = []
    earlier: list[Comment] = []
    closed: list[Comment] = []
    for row in rows:
        place = comments if row.Comment.review_id == own else closed if row.status == "withdrawn" else earlier
        place.append(row.Comment)
    said = {
        row.Comment.id: threads.of_columns(
            row.Comment.id, owner_id, row.status, row.thread_replies, row.thread_readers
        )
        for row in rows
    }
    below = {
        row.Comment.id: frozenset(key for key, level in row.marks.items() if level == "not_yet")
        for row in rows
    }
    return Discussed(comments, earlier, closed, said, below)


def review_view(submission: Submission) -> ReviewView | None:
    """The published review of a round, None while there is none. The only source both sides read it from."""
    review = published_of(submission)
    return view_of(review) if review else None


def view_of(review: Review, *, verdict: str = "", said: Discussed | None = None) -> ReviewView:
    """One review with its comments and what was said about them, ready to show: one query, none when they are given.

    A draft is shown with the verdict it may get, and without the requests it calls settled.
    """
    task = assignment_of_round(review.submission)
    found = said or discussed(review.submission, review)
    earlier = found.earlier
    if review.status == "draft":
        earlier = [one for one in earlier if review.settled.get(str(one.id)) != "settled"]
    return ReviewView(
        id=review.id,
        coach_name=review.coach.name,
        verdict=review.verdict or verdict,
        published_at=review.published_at or review.saved_at,
        strength=review.strength,
        note=review.note,
        criteria=criteria_views(task.criteria, review.marks, review.submission.self_rating),
        remarks=found.views(task, found.comments),
        earlier=found.views(task, earlier),
        closed=found.views(task, found.closed),
    )


def closed_threads(submission: Submission) -> tuple[RemarkView, ...]:
    """What was said about a round whose review is withdrawn and not yet replaced: to read, for both sides."""
    found = discussed(submission, None)
    return found.views(assignment_of_round(submission), found.closed)


def criteria_views(
    criteria: Iterable[Criterion],
    marks: Mapping[str, str],
    own: Mapping[str, str],
    before: Mapping[str, str] | None = None,
    offered: Mapping[str, str] | None = None,
) -> tuple[CriterionView, ...]:
    def levels(one: Criterion) -> tuple[tuple[str, str, str], ...]:
        return tuple((key, word, getattr(one.levels, key)) for key, word in rules.LEVEL_WORDS.items())

    return tuple(
        CriterionView(
            key=one.key,
            title=one.title,
            critical=one.critical,
            levels=levels(one),
            mark=marks.get(one.key, ""),
            own=own.get(one.key, ""),
            before=(before or {}).get(one.key, ""),
            offered="" if marks.get(one.key) else (offered or {}).get(one.key, ""),
        )
        for one in criteria
    )


def places_of(comments: Iterable[Comment], answers: Answers) -> dict[int, anchors.Place]:
    """Comment id → where its passage stands in these answers; each answer is read once."""
    texts: dict[str, anchors.FieldText] = {}
    found = {}
    for one in comments:
        if not (one.quote or one.row_id):
            continue
        if one.field_id not in texts:
            field = answers.worksheet.field(one.field_id)
            texts[one.field_id] = frozen.text_of(field, answers) if field else anchors.FieldText("")
        anchor = anchors.Anchor(one.quote, one.prefix, one.suffix, one.row_id)
        found[one.id] = anchors.place(anchor, texts[one.field_id])
    return found


def _as_made(one: Comment) -> anchors.Place:
    """In its own round a passage stands where it was chosen."""
    state = "here" if one.quote or one.row_id else "field"
    return anchors.Place(state, one.quote, one.prefix, one.suffix, one.row_id)


def remark_views(
    task: Assignment,
    comments: Iterable[Comment],
    said: Mapping[int, Thread] = MappingProxyType({}),
    below: Mapping[int, frozenset[str]] = MappingProxyType({}),
    answers: Answers | None = None,
) -> tuple[RemarkView, ...]:
    """`answers` are those of a later round, in which the passages of these comments are looked for."""
    comments = list(comments)
    places = places_of(comments, answers) if answers else {}
    views = []
    number = 0
    for one in task.in_order(comments):
        number += one.kind != "praise"
        field = task.worksheet.field(one.field_id)
        views.append(
            RemarkView(
                id=one.id,
                number=number if one.kind != "praise" else None,
                field_id=one.field_id,
                field_label=field.label if field else "",
                kind=one.kind,
                text=one.text,
                quote=one.quote,
                prefix=one.prefix,
                suffix=one.suffix,
                row_id=one.row_id,
                answer=one.answer or "",
                answer_text=one.answer_text,
                answered_at=one.answered_at,
                settled=one.settled_at is not None,
                review_id=one.review_id,
                below=below.get(one.id, frozenset()),
                thread=said.get(one.id),
                comes_first=one.comes_first,
                place=places.get(one.id) or _as_made(one),
            )
        )
    return tuple(views)
