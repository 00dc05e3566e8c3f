"""self-assessments and what they come to on average

Going down forgets every answer.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

__all__ = ["database"]


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("structure_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("started_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("saved_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (token_hash IS NULL)", name=op.f("ck_assessment_held_one_way")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_assessment_release_id_release")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_assessment_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_assessment_token_hash")),
    )
    with op.batch_alter_table("assessment") as batch:
        batch.create_index(op.f("ix_assessment_user_id"), ["user_id"])
        batch.create_index("ix_assessment_structure_hash_finished_at", ["structure_hash", "finished_at"])
        batch.create_index("ix_assessment_finished_at_saved_at", ["finished_at", "saved_at"])
    op.create_table(
        "assessment_sample",
        sa.Column("structure_hash", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("sums", sa.JSON(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("structure_hash", name=op.f("pk_assessment_sample")),
    )


def downgrade() -> None:
    op.drop_table("assessment_sample")
    op.drop_table("assessment")
