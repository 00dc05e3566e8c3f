"""leads

Interested people, the links in mails to them and what they were told; a mail knows the address that ends such mails.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("unsubscribe_url", sa.String(length=300), nullable=True))
    op.create_table(
        "lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("wants_updates", sa.Boolean(), nullable=False),
        sa.Column("wants_cohorts", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("consent_version", sa.String(length=20), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        _moment("consented_at", nullable=True),
        _moment("asked_at"),
        _moment("confirmed_at", nullable=True),
        _moment("unsubscribed_at", nullable=True),
        sa.CheckConstraint(
            "status IN ('asked', 'confirmed', 'unsubscribed')", name=op.f("ck_lead_status_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("email", name=op.f("uq_lead_email")),
    )
    op.create_index("ix_lead_status_id", "lead", ["status", "id"])
    op.create_table(
        "lead_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.CheckConstraint("purpose IN ('confirm', 'unsubscribe')", name=op.f("ck_lead_link_purpose_known")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f("fk_lead_link_lead_id_lead"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lead_link_token_hash")),
    )
    op.create_index(op.f("ix_lead_link_lead_id"), "lead_link", ["lead_id"])
    op.create_index("ix_lead_link_expires_at", "lead_link", ["expires_at"])
    op.create_table(
        "lead_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        _moment("told_at"),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.id"], name=op.f("fk_lead_told_lead_id_lead"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_lead_told_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_told")),
        sa.UniqueConstraint("lead_id", "cohort_id", name=op.f("uq_lead_told_lead_id_cohort_id")),
    )
    op.create_index(op.f("ix_lead_told_cohort_id"), "lead_told", ["cohort_id"])


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, database.UTCDateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    for table in ("lead_told", "lead_link", "lead"):
        op.drop_table(table)
    with op.batch_alter_table("message") as batch:
        batch.drop_column("unsubscribe_url")
