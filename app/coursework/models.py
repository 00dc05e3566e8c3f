"""A system (long-lived), its draft (unfrozen), its submissions (frozen rounds) and their reviews; and what a
participant keeps of a lesson."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.files.models import StoredFile
from app.lib.columns import one_of
from app.lib.database import Base

SYSTEM_STATUSES = (
    "not started", "drafting", "submitted", "in review", "changes requested", "accepted", "reopened", "excused",
)  # fmt: skip
LEVELS = ("not_yet", "meets", "exceeds")


class System(Base):
    """What one participant builds for one assignment. Made when the first word is saved."""

    __tablename__ = "system"
    __table_args__ = (one_of("status", *SYSTEM_STATUSES), UniqueConstraint("enrollment_id", "assignment_key"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"))
    module_slug: Mapped[str] = mapped_column(String(60))
    assignment_key: Mapped[str] = mapped_column(String(80))
    # its worksheet and rubric stay those of this release; empty: they are the cohort's
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    status: Mapped[str] = mapped_column(String(20), default="not started")
    round: Mapped[int] = mapped_column(default=0)  # submissions so far
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_round: Mapped[int | None]

    enrollment: Mapped[Enrollment] = relationship(lazy="joined")


class Draft(Base):
    """The answers as they are typed. `version` counts saves; every form carries the version it edits."""

    __tablename__ = "draft"

    system_id: Mapped[int] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    self_rating: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # criterion key → level
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]


# A round waits for its coach: the same words in every index and every statement of the queue, so that the
# database sees that the one serves the other.
IS_OPEN = text("submission.status IN ('waiting', 'in review')")
_OPEN = text("status IN ('waiting', 'in review')")
_WHERE_OPEN: dict[str, Any] = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}
CELL = ("cohort_id", "module_slug", "step", "is_quiet")  # what the queue is filtered by, and counted in


class Submission(Base):
    """A numbered, frozen round with its receipt."""

    __tablename__ = "submission"
    __table_args__ = (
        one_of("status", "waiting", "in review", "decided", "withdrawn"),
        UniqueConstraint("system_id", "number"),
        Index("ix_submission_open", "cohort_id", "promised_at", "id", **_WHERE_OPEN),
        Index("ix_submission_open_cell", *CELL, "promised_at", "id", **_WHERE_OPEN),
        Index("ix_submission_lease", "lease_coach_id", "promised_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"))
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    number: Mapped[int]  # round 1, 2, …
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    structure_hash: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    rendered: Mapped[dict[str, str]] = mapped_column(JSON)  # field id → cleaned HTML of long text
    # field id → the answer of another module that was shown with it (other_modules.Reference as JSON)
    shown: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the answers: the receipt
    self_rating: Mapped[dict[str, str]] = mapped_column(JSON)
    words: Mapped[int] = mapped_column(default=0)
    # what the queue asks of a round, written once, when it is sent
    module_slug: Mapped[str] = mapped_column(String(60))
    step: Mapped[int]  # 1, 2, and 3 for every later round
    is_quiet: Mapped[bool] = mapped_column(default=False)  # rules.is_quiet
    asked: Mapped[int] = mapped_column(default=0)  # required changes of earlier rounds that it answers
    status: Mapped[str] = mapped_column(String(20), default="waiting")
    submitted_at: Mapped[datetime]
    promised_at: Mapped[datetime]  # "you will hear by"
    handed_at: Mapped[datetime | None]  # since when every coach of the cohort is asked to answer it
    instead_at: Mapped[datetime | None]  # the moment a coach named beside the promise, which stays
    lease_coach_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    lease_token: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]

    system: Mapped[System] = relationship(lazy="joined")


class Attachment(Base):
    """A file in a field of a system. Its owner may have it; coaches, once it is part of a round.

    The answer in the draft says which files a field holds now. What was taken out is kept for a while to be put
    back, and for good once a round holds it.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"), index=True)
    field_id: Mapped[str] = mapped_column(String(40))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(index=True)

    file: Mapped[StoredFile] = relationship(lazy="joined")


class SubmissionAttachment(Base):
    """A round holds this attachment: the database itself refuses to let it go."""

    __tablename__ = "submission_attachment"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id", ondelete="CASCADE"), primary_key=True
    )
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"), primary_key=True, index=True)


class Review(Base):
    """A coach's answer to one submission. Append-only: draft → published → withdrawn."""

    __tablename__ = "review"
    __table_args__ = (
        one_of("status", "draft", "published", "withdrawn"),
        one_of("verdict", "accepted", "changes requested", name="verdict_known"),
        Index(
            "uq_review_published",
            "submission_id",
            unique=True,
            sqlite_where=text("status = 'published'"),
            postgresql_where=text("status = 'published'"),
        ),
        Index(
            "uq_review_draft",
            "submission_id",
            "coach_id",
            unique=True,
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"), index=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    marks: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # criterion key → level
    strength: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    # id of an earlier change request → 'settled' or 'open'; nothing of it is in force before this review is published
    settled: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    verdict: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(lazy="joined")
    coach: Mapped[User] = relationship(lazy="joined")
    comments: Mapped[list[Comment]] = relationship(
        back_populates="review", order_by="Comment.position", cascade="all, delete-orphan"
    )


class Comment(Base):
    """A remark on a field. kind 'required' and 'suggested' are change requests, which the participant answers."""

    __tablename__ = "comment"
    __table_args__ = (
        one_of("kind", "praise", "suggested", "required"),
        one_of("answer", "changed", "disagree", name="answer_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), index=True)
    field_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)  # plain text; pages escape it
    quote: Mapped[str] = mapped_column(String(300), default="")  # the participant's words it is about
    position: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # the coach of a later round called it settled

    review: Mapped[Review] = relationship(back_populates="comments")


class QueueCell(Base):
    """How many rounds of one kind wait in a cohort, counted by the verbs (`counts`), never by a page.

    `changes` only ever grows: whoever knows its sum over some cohorts knows whether their queue is as it was.
    """

    __tablename__ = "queue_cell"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_quiet: Mapped[bool] = mapped_column(primary_key=True)
    waiting: Mapped[int] = mapped_column(default=0)
    words: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)


class ReviewTally(Base):
    """How many answers in force a coach gave in a cohort's module within so many hours, and how many on time.

    `hours` is a bound of `rules.TURNAROUND`, 0 beyond the last one. Counted by the verbs (`counts`).
    """

    __tablename__ = "review_tally"

    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    coach_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)
    hours: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answered: Mapped[int] = mapped_column(default=0)
    on_time: Mapped[int] = mapped_column(default=0)


class LessonRead(Base):
    """A lesson its participant has marked as read. It says nothing about the system: read is not done."""

    __tablename__ = "lesson_read"

    enrollment_id: Mapped[int] = mapped_column(
        ForeignKey("enrollment.id", ondelete="CASCADE"), primary_key=True
    )
    module_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    lesson_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    read_at: Mapped[datetime]


class Reflection(Base):
    """A private note to a question of a lesson. Its participant reads it, nobody else: no coach, no staff, no manual.

    The question is kept with it, because a later release may ask another one. `version` counts saves.
    """

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("enrollment_id", "module_slug", "lesson_slug", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id", ondelete="CASCADE"))
    module_slug: Mapped[str] = mapped_column(String(60))
    lesson_slug: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(12))  # of the question
    question: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")  # plain text; pages escape it
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]
