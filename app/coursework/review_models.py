"""A coach's answer to a round: the review, its comments, what is said about them and who has read it; the bank of
sentences; how long answers took."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy import false as sa_false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.coursework.models import Submission
from app.lib.columns import one_of
from app.lib.database import Base


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
    kept_version: Mapped[int] = mapped_column(default=0, server_default="0")  # as in Draft
    kept_at: Mapped[datetime | None]
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
    # where those words stood in the round of this review: some characters before and after, and the row of a table
    prefix: Mapped[str] = mapped_column(String(40), default="", server_default="")
    suffix: Mapped[str] = mapped_column(String(40), default="", server_default="")
    row_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    comes_first: Mapped[bool] = mapped_column(
        default=False, server_default=sa_false()
    )  # of more than three changes
    position: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]  # the coach of a later round called it settled

    review: Mapped[Review] = relationship(back_populates="comments")


class Reply(Base):
    """What participant or coach says to a comment. Append-only; one taken back keeps its place and loses its words."""

    __tablename__ = "reply"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str] = mapped_column(Text)  # plain text; pages escape it
    created_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]


class CommentRead(Base):
    """Somebody has had this comment before their eyes, and the replies to it up to `reply_id` (0: none)."""

    __tablename__ = "comment_read"

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    reply_id: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime]  # when it was read up to there


class BankComment(Base):
    """A sentence kept to be said again on the same assignment. Without an owner it is every coach's; a copy goes into a
    review, so that nothing said there changes with it."""

    __tablename__ = "bank_comment"
    __table_args__ = (
        one_of("kind", "praise", "suggested", "required"),
        Index("ix_bank_comment_assignment", "assignment_key", "owner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_key: Mapped[str] = mapped_column(String(80))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    shared_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)  # plain text; pages escape it
    field_id: Mapped[str] = mapped_column(String(40), default="")
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # staff took it out of the shared bank


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
