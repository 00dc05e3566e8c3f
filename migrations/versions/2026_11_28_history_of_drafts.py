"""history of drafts, and looks

Going down forgets the kept states of drafts, and when somebody last looked at a system.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

__all__ = ["database"]

MOMENT = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    for table in ("draft", "review"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("kept_version", sa.Integer(), server_default="0", nullable=False))
            batch.add_column(sa.Column("kept_at", MOMENT, nullable=True))
    op.create_table(
        "kept_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("kept_at", MOMENT, nullable=False),
        sa.Column("put_back_at", MOMENT, nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "why IN ('rest', 'writing', 'loss', 'submit', 'put back', 'merge')",
            name=op.f("ck_kept_state_why_known"),
        ),
        sa.CheckConstraint(
            "(system_id IS NULL) <> (review_id IS NULL)", name=op.f("ck_kept_state_one_owner")
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["system.id"], name=op.f("fk_kept_state_system_id_system"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_kept_state_review_id_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_state")),
    )
    with op.batch_alter_table("kept_state") as batch:
        batch.create_index("ix_kept_state_system_id", ["system_id", "id"])
        batch.create_index("ix_kept_state_review_id", ["review_id", "id"])
        batch.create_index("ix_kept_state_step", ["step", "kept_at"])
    op.create_table(
        "look",
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_look_{table}_id_{table}"), ondelete="CASCADE"
            )
            for table in ("system", "user", "sign_in")
        ),
        sa.PrimaryKeyConstraint("system_id", "user_id", "sign_in_id", name=op.f("pk_look")),
    )


def downgrade() -> None:
    op.drop_table("look")
    op.drop_table("kept_state")
    for table in ("review", "draft"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("kept_at")
            batch.drop_column("kept_version")
