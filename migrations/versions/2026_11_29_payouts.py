"""payouts and what they are made of, when a saved card ends, and the days that reports go by

Going down forgets the payouts; they can be fetched from Stripe again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)
DAYS = (("order", "created_at"), ("payment", "received_at"), ("refund", "sent_at"), ("discount_use", "at"))
UNKNOWN = sa.text("category = 'unknown'")


def upgrade() -> None:
    with op.batch_alter_table("order") as batch:
        batch.add_column(sa.Column("card_ends_on", sa.Date(), nullable=True))
    for table, column in DAYS:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_table(
        "payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stripe_payout_id", sa.String(length=120), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("looked_at", moment, nullable=False),
        sa.Column("listed_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout")),
        sa.UniqueConstraint("stripe_payout_id", name=op.f("uq_payout_stripe_payout_id")),
    )
    op.create_index(op.f("ix_payout_made_at"), "payout", ["made_at"])
    op.create_index(op.f("ix_payout_arrives_on"), "payout", ["arrives_on"])
    _lines()


def _lines() -> None:
    op.create_table(
        "balance_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Integer(), nullable=False),
        sa.Column("stripe_transaction_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("intent_id", sa.String(length=120), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.CheckConstraint(
            "category IN ('payment', 'refund', 'dispute', 'fee', 'unknown')",
            name=op.f("ck_balance_line_category_known"),
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_balance_line_payout_id_payout"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_balance_line_payment_id_payment")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_balance_line_refund_id_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_line")),
        sa.UniqueConstraint("stripe_transaction_id", name=op.f("uq_balance_line_stripe_transaction_id")),
    )
    for column in ("payout_id", "payment_id", "refund_id"):
        op.create_index(op.f(f"ix_balance_line_{column}"), "balance_line", [column])
    op.create_index(
        "ix_balance_line_unmatched", "balance_line", ["category"], sqlite_where=UNKNOWN, postgresql_where=UNKNOWN
    )


def downgrade() -> None:
    op.drop_table("balance_line")
    op.drop_table("payout")
    for table, column in reversed(DAYS):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    with op.batch_alter_table("order") as batch:
        batch.drop_column("card_ends_on")
