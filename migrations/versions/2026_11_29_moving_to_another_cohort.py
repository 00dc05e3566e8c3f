"""moving to another cohort: its rule, who moved, what they took along

Going down forgets who moved from where; both places, their work and the money stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("enrollment") as batch:
        batch.add_column(sa.Column("continues_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_enrollment_continues_id_enrollment"), "enrollment", ["continues_id"], ["id"]
        )
        batch.create_unique_constraint(op.f("uq_enrollment_continues_id"), ["continues_id"])
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("carried_from_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_submission_carried_from_id_submission"), "submission", ["carried_from_id"], ["id"]
        )
        batch.create_index(op.f("ix_submission_carried_from_id"), ["carried_from_id"])
    with op.batch_alter_table("installment") as batch:
        batch.add_column(sa.Column("name", sa.String(length=60), server_default="", nullable=False))
    op.create_table(
        "deferral_tier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("fee_cents >= 0", name=op.f("ck_deferral_tier_fee_positive")),
        sa.CheckConstraint("times >= 1", name=op.f("ck_deferral_tier_times_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_deferral_tier_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral_tier")),
    )
    op.create_index(op.f("ix_deferral_tier_cohort_id"), "deferral_tier", ["cohort_id"])
    op.create_table(
        "deferral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("clause", sa.String(length=300), nullable=False),
        sa.Column("exception", sa.String(length=500), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_deferral_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_deferral_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deferral")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_deferral_enrollment_id")),
    )


def downgrade() -> None:
    op.drop_table("deferral")
    op.drop_table("deferral_tier")
    with op.batch_alter_table("installment") as batch:
        batch.drop_column("name")
    with op.batch_alter_table("submission") as batch:
        batch.drop_index(op.f("ix_submission_carried_from_id"))
        batch.drop_constraint(op.f("fk_submission_carried_from_id_submission"), type_="foreignkey")
        batch.drop_column("carried_from_id")
    with op.batch_alter_table("enrollment") as batch:
        batch.drop_constraint(op.f("uq_enrollment_continues_id"), type_="unique")
        batch.drop_constraint(op.f("fk_enrollment_continues_id_enrollment"), type_="foreignkey")
        batch.drop_column("continues_id")
