"""A system (long-lived), its draft (unfrozen) and its submissions (frozen rounds), with what is kept, hidden and looked
at of them; how many rounds wait; and what a participant keeps of a lesson. Reviews are in `review_models`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cohorts.models import Enrollment
from app.files.models import StoredFile
from app.lib.columns import one_of
from app.lib.database import Base

SYSTEM_STATUSES = (
    "not started", "drafting", "submitted", "in review", "changes requested", "accepted", "reopened", "excused",
)  # fmt: skip
WHY_KEPT = ("rest", "writing", "loss", "submit", "put back", "merge")


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
    excused_because: Mapped[str] = mapped_column(String(500), default="", server_default="")
    # what of it is hidden or purged, as `withheld_rules.Mark` keeps it: every page of a round reads it from here
    withheld: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")

    enrollment: Mapped[Enrollment] = relationship(lazy="joined")


class Draft(Base):
    """The answers as they are typed. `version` counts saves; every form carries the version it edits."""

    __tablename__ = "draft"

    system_id: Mapped[int] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    self_rating: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # criterion key → level
    # form name → text: notes to findings, and the “When …, I will …” line (sending.py)
    sending: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    # the newest version in the history, and when it was put there: what saving decides on without looking there
    kept_version: Mapped[int] = mapped_column(default=0, server_default="0")
    kept_at: Mapped[datetime | None]


class KeptState(Base):
    """A draft as it once stood, of a system or of a review, to be put back. What it says is never changed.

    `step` says how far it was thinned: 0 all of a day, 1 one an hour, 2 one a day.
    """

    __tablename__ = "kept_state"
    __table_args__ = (
        one_of("why", *WHY_KEPT),
        CheckConstraint("(system_id IS NULL) <> (review_id IS NULL)", name="one_owner"),
        Index("ix_kept_state_system_id", "system_id", "id"),
        Index("ix_kept_state_review_id", "review_id", "id"),
        Index("ix_kept_state_step", "step", "kept_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int | None] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"))
    review_id: Mapped[int | None] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"))
    version: Mapped[int]  # of the draft
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # history.draft_content, history.review_content
    words: Mapped[int]
    why: Mapped[str] = mapped_column(String(20))
    saved_at: Mapped[datetime]  # when somebody wrote this
    kept_at: Mapped[datetime]
    put_back_at: Mapped[datetime | None]  # somebody went back to it, so it stays
    step: Mapped[int] = mapped_column(default=0)


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
    # a copy of this round of another cohort, from which its author moved here: sent, answered and counted there
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    structure_hash: Mapped[str] = mapped_column(String(64))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    rendered: Mapped[dict[str, str]] = mapped_column(JSON)  # field id → cleaned HTML of long text
    # field id → the answer of another module that was shown with it (other_modules.Reference as JSON)
    shown: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the answers: the receipt
    self_rating: Mapped[dict[str, str]] = mapped_column(JSON)
    # notes to findings, the “When …, I will …” line, the sentences agreed to (sending.SentWith as JSON)
    sent_with: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
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
    # who sent it on the participant's behalf, and why; empty: they sent it themselves
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_by: Mapped[str] = mapped_column(String(120), default="", server_default="")
    submitted_because: Mapped[str] = mapped_column(String(500), default="", server_default="")

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
    withheld: Mapped[bool] = mapped_column(
        default=False, server_default=text("false")
    )  # hidden in this round


class Withholding(Base):
    """Something of a system that is hidden because it may hold data about a client: hidden, shown again, or purged.

    What was taken out of the rounds lies in `kept` and nowhere else, so that no page can show it by mistake; being
    shown again puts it back, a purge empties it.
    """

    __tablename__ = "withholding"
    __table_args__ = (
        one_of("what", "round", "field", "file", "comment"),
        one_of("status", "hidden", "shown again", "purged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(20))
    field_id: Mapped[str] = mapped_column(String(40), default="")
    attachment_id: Mapped[int | None]  # no foreign keys: a purge deletes the file, and the line stays
    comment_id: Mapped[int | None]
    through: Mapped[int]  # the rounds up to this one are meant; a later one is new work
    kept: Mapped[list[list[Any]] | None] = mapped_column(JSON)  # [table, column, id, what was there]
    system_was: Mapped[str] = mapped_column(String(20), default="")  # its status, where hiding changed it
    status: Mapped[str] = mapped_column(String(20), default="hidden")
    hidden_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    hidden_at: Mapped[datetime]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]  # shown again or purged

    submission: Mapped[Submission] = relationship(lazy="joined")


class Look(Base):
    """When somebody last had a system open on one device, and what it showed then, as marks (`looks.marks_of`)."""

    __tablename__ = "look"

    system_id: Mapped[int] = mapped_column(ForeignKey("system.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_in.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    version: Mapped[int]  # of the draft
    release_id: Mapped[int]  # of worksheet and rubric
    marks: Mapped[dict[str, str]] = mapped_column(JSON)


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
