"""discount codes and their uses

Going down forgets the codes; orders keep the amount they were opened with.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "discount_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        sa.Column("opens_plan", sa.Integer(), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Integer(), nullable=False),
        sa.Column("valid_from", moment, nullable=True),
        sa.Column("valid_until", moment, nullable=True),
        sa.Column("budget_cents", sa.Integer(), nullable=True),
        sa.Column("is_scholarship", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("archived_at", moment, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('percent', 'amount', 'price')", name=op.f("ck_discount_code_kind_known")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_discount_code_value_positive")),
        sa.CheckConstraint("per_person >= 1", name=op.f("ck_discount_code_per_person_possible")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_discount_code_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_discount_code_created_by_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_code")),
        sa.UniqueConstraint("code", name=op.f("uq_discount_code_code")),
    )  # fmt: skip
    op.create_index(op.f("ix_discount_code_cohort_id"), "discount_code", ["cohort_id"])
    op.create_table(
        "discount_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint(
            "status IN ('held', 'confirmed', 'given back')", name=op.f("ck_discount_use_status_known")
        ),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_discount_use_amount_positive")),
        sa.ForeignKeyConstraint(["code_id"], ["discount_code.id"], name=op.f("fk_discount_use_code_id_discount_code")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_discount_use_order_id_order"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_discount_use_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_use")),
    )  # fmt: skip
    op.create_index("ix_discount_use_code_id_status", "discount_use", ["code_id", "status"])
    op.create_index(op.f("ix_discount_use_order_id"), "discount_use", ["order_id"])
    op.create_index(op.f("ix_discount_use_user_id"), "discount_use", ["user_id"])


def downgrade() -> None:
    op.drop_table("discount_use")
    op.drop_table("discount_code")
