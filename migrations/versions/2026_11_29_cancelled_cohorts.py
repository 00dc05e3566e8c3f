"""cancelled cohorts

Who asked to cancel a cohort and who said yes, each person it touches, when its sales were stopped, and room for the row
of the refund rule without a day; a cohort that has none returns everything. Going down forgets them; what was paid and
sent back stays as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)
LIVE = sa.text("status IN ('requested', 'confirmed')")
NO_DAY = sa.text("until IS NULL")


def upgrade() -> None:
    op.add_column("cohort", sa.Column("sales_stopped_at", moment, nullable=True))
    with op.batch_alter_table("refund_tier") as batch:
        batch.alter_column("until", existing_type=sa.Date(), nullable=True)
    op.create_index(
        "uq_refund_tier_cancelled", "refund_tier", ["cohort_id"], unique=True, sqlite_where=NO_DAY, postgresql_where=NO_DAY
    )  # fmt: skip
    op.create_table(
        "cancellation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "status IN ('requested', 'confirmed', 'declined', 'taken back')",
            name=op.f("ck_cancellation_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_cancellation_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user.id"], name=op.f("fk_cancellation_asked_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_cancellation_decided_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation")),
    )
    op.create_index(op.f("ix_cancellation_cohort_id"), "cancellation", ["cohort_id"])
    op.create_index(
        "uq_cancellation_live", "cancellation", ["cohort_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )  # fmt: skip
    op.create_table(
        "cancellation_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cancellation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("done_at", moment, nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'done', 'left')", name=op.f("ck_cancellation_case_status_known")),
        sa.CheckConstraint(
            "standing IN ('enrolled', 'paying', 'offered', 'waiting', 'applied')",
            name=op.f("ck_cancellation_case_standing_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cancellation_id"],
            ["cancellation.id"],
            name=op.f("fk_cancellation_case_cancellation_id_cancellation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_cancellation_case_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation_case")),
        sa.UniqueConstraint(
            "cancellation_id", "user_id", name=op.f("uq_cancellation_case_cancellation_id_user_id")
        ),
    )
    op.create_index("ix_cancellation_case_status", "cancellation_case", ["status"])
    op.create_index(op.f("ix_cancellation_case_user_id"), "cancellation_case", ["user_id"])


def downgrade() -> None:
    op.drop_table("cancellation_case")
    op.drop_table("cancellation")
    op.drop_index("uq_refund_tier_cancelled", table_name="refund_tier")
    op.execute("DELETE FROM refund_tier WHERE until IS NULL")
    with op.batch_alter_table("refund_tier") as batch:
        batch.alter_column("until", existing_type=sa.Date(), nullable=False)
    with op.batch_alter_table("cohort") as batch:
        batch.drop_column("sales_stopped_at")
