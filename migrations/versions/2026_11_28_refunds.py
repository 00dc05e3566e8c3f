"""refunds, disputes, and what is no longer owed

Going down forgets what went back; what was paid stays as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("order") as batch:
        batch.add_column(sa.Column("credited_cents", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("clause", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("stripe_refund_id", sa.String(length=120), nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("approved_at", moment, nullable=True),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'sent', 'succeeded', 'failed')", name=op.f("ck_refund_status_known")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_refund_asked_by_id_user")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_refund_approved_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("stripe_refund_id", name=op.f("uq_refund_stripe_refund_id")),
    )
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"])
    op.create_index("ix_refund_status", "refund", ["status"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("stripe_dispute_id", sa.String(length=120), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("evidence_due", moment, nullable=True),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_dispute_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("stripe_dispute_id", name=op.f("uq_dispute_stripe_dispute_id")),
    )
    op.create_index(op.f("ix_dispute_payment_id"), "dispute", ["payment_id"])


def downgrade() -> None:
    op.drop_table("dispute")
    op.drop_table("refund")
    with op.batch_alter_table("order") as batch:
        batch.drop_column("credited_cents")
