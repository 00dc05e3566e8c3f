"""the onboarding of a participant, their calendar feed, drafts of applications and questions of a cohort

Whoever has a place in a cohort that is not under way yet is asked to set up from now on; whoever is at work already is
not. Going down forgets what was set up, feeds, drafts and the questions of cohorts; what was sent stays.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("enrollment") as batch:
        batch.add_column(sa.Column("onboarding_since", moment, nullable=True))
        batch.add_column(sa.Column("onboarded_at", moment, nullable=True))
    with op.batch_alter_table("application") as batch:
        batch.add_column(sa.Column("saved_at", moment, nullable=True))
        batch.add_column(sa.Column("reminded_at", moment, nullable=True))
        batch.add_column(sa.Column("questions", sa.JSON(), server_default="[]", nullable=False))
        batch.create_index(op.f("ix_application_saved_at"), ["saved_at"])
    op.create_table(
        "onboarding",
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("setting", sa.String(length=40), server_default="", nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("certifications", sa.String(length=300), server_default="", nullable=False),
        sa.Column("hardest", sa.String(length=80), server_default="", nullable=False),
        sa.Column("comes", sa.Boolean(), nullable=True),
        sa.Column("agreement", sa.Text(), server_default="", nullable=False),
        sa.Column("agreement_version", sa.String(length=20), server_default="", nullable=False),
        sa.Column("agreed_at", moment, nullable=True),
        sa.CheckConstraint("years >= 0", name=op.f("ck_onboarding_years_positive")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_onboarding_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_onboarding")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_calendar_feed_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrollment_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_table(
        "application_questions",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_application_questions_changed_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["cohort.id"],
            name=op.f("fk_application_questions_cohort_id_cohort"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_application_questions")),
    )
    _ask(op.get_bind())


def _ask(connection: sa.Connection) -> None:
    cohort = sa.table("cohort", sa.column("id"), sa.column("status"))
    enrollment = sa.table(
        "enrollment", *map(sa.column, ("cohort_id", "status")), sa.column("onboarding_since", moment)
    )
    before = sa.select(cohort.c.id).where(cohort.c.status.in_(("open", "closed")))
    connection.execute(
        sa.update(enrollment)
        .where(enrollment.c.status.in_(("active", "grace")), enrollment.c.cohort_id.in_(before))
        .values(onboarding_since=datetime.now(UTC))
    )


def downgrade() -> None:
    op.drop_table("application_questions")
    op.drop_table("calendar_feed")
    op.drop_table("onboarding")
    op.execute("DELETE FROM application WHERE status = 'draft'")
    with op.batch_alter_table("application") as batch:
        batch.drop_index(op.f("ix_application_saved_at"))
        batch.drop_column("questions")
        batch.drop_column("reminded_at")
        batch.drop_column("saved_at")
    with op.batch_alter_table("enrollment") as batch:
        batch.drop_column("onboarded_at")
        batch.drop_column("onboarding_since")
