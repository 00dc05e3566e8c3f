"""who was told about a promise, blind second reviews and their agreement, second opinions, examples

Going down forgets what coaches asked one another and marked a second time, and every copy shown as an example; the reviews themselves stay.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("submission", sa.Column("handed_at", moment, nullable=True))
    op.add_column("submission", sa.Column("instead_at", moment, nullable=True))
    _promise_watch()
    _blind_review()
    _agreement_tally()
    _opinion()
    _exemplar()


def _promise_watch() -> None:
    op.create_table(
        "promise_watch",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("handed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instead_by_id", sa.Integer(), nullable=True),
        sa.Column("instead_said_at", moment, nullable=True),
        sa.Column("instead_reason", sa.Text(), nullable=False),
        sa.Column("missed_told_at", moment, nullable=True),
        sa.Column("staff_told_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"],
            name=op.f("fk_promise_watch_submission_id_submission"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["handed_by_id"], ["user.id"], name=op.f("fk_promise_watch_handed_by_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["instead_by_id"], ["user.id"], name=op.f("fk_promise_watch_instead_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_promise_watch")),
    )  # fmt: skip


def _blind_review() -> None:
    op.create_table(
        "blind_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("why_declined", sa.Text(), nullable=False),
        sa.Column("offered_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("answered_at", moment, nullable=True),
        sa.CheckConstraint("status IN ('offered', 'done', 'declined')", name=op.f("ck_blind_review_status_known")),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'changes requested')", name=op.f("ck_blind_review_verdict_known")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"],
            name=op.f("fk_blind_review_submission_id_submission"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_blind_review_review_id_review"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name=op.f("fk_blind_review_coach_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_review")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_blind_review_submission_id")),
    )  # fmt: skip
    op.create_index("ix_blind_review_coach_id_status", "blind_review", ["coach_id", "status"])
    op.create_index(op.f("ix_blind_review_review_id"), "blind_review", ["review_id"])


def _agreement_tally() -> None:
    op.create_table(
        "agreement_tally",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(length=60), nullable=False),
        sa.Column("criterion", sa.String(length=60), nullable=False),
        sa.Column("first", sa.String(length=20), nullable=False),
        sa.Column("second", sa.String(length=20), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_agreement_tally_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "cohort_id", "module_slug", "criterion", "first", "second", name=op.f("pk_agreement_tally")
        ),
    )


def _opinion() -> None:
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("colleague_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_opinion_review_id_review"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["colleague_id"], ["user.id"], name=op.f("fk_opinion_colleague_id_user")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user.id"], name=op.f("fk_opinion_answered_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_opinion_review_id_number")),
    )
    op.create_index(op.f("ix_opinion_colleague_id"), "opinion", ["colleague_id"])


def _exemplar() -> None:
    op.create_table(
        "exemplar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("assignment_key", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("consent_version", sa.Integer(), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("consented_at", moment, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("rendered", sa.JSON(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("shown_at", moment, nullable=True),
        sa.CheckConstraint(
            "status IN ('offered', 'prepared', 'approved', 'shown', 'withdrawn')",
            name=op.f("ck_exemplar_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"],
            name=op.f("fk_exemplar_submission_id_submission"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["user.id"], name=op.f("fk_exemplar_prepared_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemplar")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_exemplar_submission_id")),
    )  # fmt: skip
    op.create_index("ix_exemplar_assignment_key_status", "exemplar", ["assignment_key", "status"])


def downgrade() -> None:
    for table in ("exemplar", "opinion", "agreement_tally", "blind_review", "promise_watch"):
        op.drop_table(table)
    op.drop_column("submission", "instead_at")
    op.drop_column("submission", "handed_at")
