"""anchors and comment bank

Comments say where in a text or a table they stand; sentences can be kept to be said again. Going down forgets both.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

__all__ = ["database"]


def upgrade() -> None:
    with op.batch_alter_table("comment") as batch:
        for name in ("prefix", "suffix", "row_id"):
            batch.add_column(sa.Column(name, sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column("comes_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "bank_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_key", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("shared_by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("field_id", sa.String(length=40), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('praise', 'suggested', 'required')", name=op.f("ck_bank_comment_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_bank_comment_owner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shared_by_id"], ["user.id"], name=op.f("fk_bank_comment_shared_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_comment")),
    )
    op.create_index("ix_bank_comment_assignment", "bank_comment", ["assignment_key", "owner_id"])


def downgrade() -> None:
    op.drop_index("ix_bank_comment_assignment", table_name="bank_comment")
    op.drop_table("bank_comment")
    with op.batch_alter_table("comment") as batch:
        for name in ("comes_first", "row_id", "suffix", "prefix"):
            batch.drop_column(name)
