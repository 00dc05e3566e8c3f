"""seats that an employer buys at once, the links to their page, and the invitations to claim one

An order is owed by an enrollment or by an employer. Going down forgets what employers bought, with its money: these
orders have no enrollment to belong to. Seats that were claimed stay their owners'.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)
LIVE = sa.text("status IN ('open', 'claimed')")
ONE_PAYER = "(enrollment_id IS NULL) <> (employer_purchase_id IS NULL)"


def upgrade() -> None:
    op.create_table(
        "employer_purchase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("employer", sa.String(length=160), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("pays_by", sa.String(length=20), nullable=False),
        sa.Column("pay_until", moment, nullable=False),
        sa.Column("claim_until", sa.Date(), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("pays_by IN ('link', 'by hand')", name=op.f("ck_employer_purchase_pays_by_known")),
        sa.CheckConstraint("seats >= 1", name=op.f("ck_employer_purchase_seats_counted")),
        sa.CheckConstraint("price_cents > 0", name=op.f("ck_employer_purchase_price_positive")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_employer_purchase_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user.id"], name=op.f("fk_employer_purchase_opened_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_purchase")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_employer_purchase_customer_id")),
    )
    op.create_index(op.f("ix_employer_purchase_cohort_id"), "employer_purchase", ["cohort_id"])
    op.create_table(
        "employer_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purchase_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("because", sa.String(length=20), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["purchase_id"],
            ["employer_purchase.id"],
            name=op.f("fk_employer_link_purchase_id_employer_purchase"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_employer_link_token_hash")),
    )
    op.create_index(op.f("ix_employer_link_purchase_id"), "employer_link", ["purchase_id"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purchase_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("invited_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'claimed', 'taken back', 'given up')",
            name=op.f("ck_invitation_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"],
            ["employer_purchase.id"],
            name=op.f("fk_invitation_purchase_id_employer_purchase"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_invitation_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(
        "uq_invitation_live",
        "invitation",
        ["purchase_id", "email"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index(op.f("ix_invitation_user_id"), "invitation", ["user_id"])
    with op.batch_alter_table("order") as batch:
        batch.add_column(sa.Column("employer_purchase_id", sa.Integer(), nullable=True))
        batch.alter_column("enrollment_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_order_employer_purchase_id_employer_purchase"),
            "employer_purchase",
            ["employer_purchase_id"],
            ["id"],
        )
        batch.create_unique_constraint(op.f("uq_order_employer_purchase_id"), ["employer_purchase_id"])
        batch.create_check_constraint(op.f("ck_order_one_payer"), ONE_PAYER)
    with op.batch_alter_table("seat_hold") as batch:
        batch.add_column(sa.Column("employer_purchase_id", sa.Integer(), nullable=True))
        batch.alter_column("user_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_seat_hold_employer_purchase_id_employer_purchase"),
            "employer_purchase",
            ["employer_purchase_id"],
            ["id"],
        )
        batch.create_index(op.f("ix_seat_hold_employer_purchase_id"), ["employer_purchase_id"])


def downgrade() -> None:
    connection = op.get_bind()
    for statement in _FORGET:
        connection.execute(sa.text(statement))
    with op.batch_alter_table("seat_hold") as batch:
        batch.drop_index(op.f("ix_seat_hold_employer_purchase_id"))
        batch.drop_constraint(op.f("fk_seat_hold_employer_purchase_id_employer_purchase"), type_="foreignkey")
        batch.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("employer_purchase_id")
    with op.batch_alter_table("order") as batch:
        batch.drop_constraint(op.f("ck_order_one_payer"), type_="check")
        batch.drop_constraint(op.f("uq_order_employer_purchase_id"), type_="unique")
        batch.drop_constraint(op.f("fk_order_employer_purchase_id_employer_purchase"), type_="foreignkey")
        batch.alter_column("enrollment_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_column("employer_purchase_id")
    op.drop_table("invitation")
    op.drop_table("employer_link")
    op.drop_table("employer_purchase")


_ORDERS = 'SELECT id FROM "order" WHERE employer_purchase_id IS NOT NULL'
_PAYMENTS = f"SELECT id FROM payment WHERE order_id IN ({_ORDERS})"
_FORGET = (
    "DELETE FROM seat_hold WHERE user_id IS NULL",
    f"DELETE FROM paper WHERE order_id IN ({_ORDERS})",
    f"DELETE FROM money_alert WHERE order_id IN ({_ORDERS})",
    f"DELETE FROM dispute WHERE payment_id IN ({_PAYMENTS})",
    f"DELETE FROM refund WHERE payment_id IN ({_PAYMENTS})",
    f"DELETE FROM allocation WHERE payment_id IN ({_PAYMENTS})",
    f"DELETE FROM payment WHERE order_id IN ({_ORDERS})",
    f"DELETE FROM checkout_session WHERE order_id IN ({_ORDERS})",
    f"DELETE FROM installment WHERE order_id IN ({_ORDERS})",
    'DELETE FROM "order" WHERE employer_purchase_id IS NOT NULL',
)
