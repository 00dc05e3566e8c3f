"""word files and samples

Manuals that were bound as PDF alone wait to be bound again, for Word too. Going down forgets the Word files and the samples.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

__all__ = ["database"]


def upgrade() -> None:
    with op.batch_alter_table("binding") as batch:
        batch.add_column(sa.Column("word_file_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_binding_word_file_id_stored_file"), "stored_file", ["word_file_id"], ["id"]
        )
    op.execute("UPDATE binding SET status = 'waiting' WHERE status = 'bound'")
    op.create_table(
        "sample_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(length=80), nullable=False),
        sa.Column("document_slug", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("made_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'docx')", name=op.f("ck_sample_file_kind_known")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_sample_file_release_id_release"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_file")),
        sa.UniqueConstraint(
            "release_id", "module_slug", "document_slug", "kind",
            name=op.f("uq_sample_file_release_id_module_slug_document_slug_kind"),
        ),
    )


def downgrade() -> None:
    op.drop_table("sample_file")
    op.execute("UPDATE binding SET status = 'waiting' WHERE status = 'failed' AND file_id IS NOT NULL")
    with op.batch_alter_table("binding") as batch:
        batch.drop_constraint(batch.f("fk_binding_word_file_id_stored_file"), type_="foreignkey")
        batch.drop_column("word_file_id")
