"""receipts and credit notes numbered without gaps, and who closed a task about money

Money that arrived before gets its receipt too, numbered in the order it came in. Going down forgets the papers and who
closed what; payments and alerts stay.
"""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("money_alert") as batch:
        batch.add_column(sa.Column("closed_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("closed_note", sa.String(length=500), server_default="", nullable=False))
        batch.create_foreign_key(op.f("fk_money_alert_closed_by_id_user"), "user", ["closed_by_id"], ["id"])
        batch.create_index(op.f("ix_money_alert_closed_at"), ["closed_at"])
    op.create_table(
        "paper_counter",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_paper_counter")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('receipt', 'credit note')", name=op.f("ck_paper_kind_known")),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_paper_order_id_order")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_paper_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("kind", "year", "number", name=op.f("uq_paper_kind_year_number")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_paper_payment_id")),
    )
    op.create_index(op.f("ix_paper_order_id"), "paper", ["order_id"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    names = ("id", "order_id", "amount_cents", "currency", "paid_with", "status")
    payment = sa.table("payment", *map(sa.column, names), sa.column("received_at", moment))
    order = sa.table("order", *map(sa.column, ("id", "enrollment_id", "description")))
    enrollment = sa.table("enrollment", sa.column("id"), sa.column("user_id"))
    user = sa.table("user", sa.column("id"), sa.column("name"))
    arrived = (
        sa.select(*payment.c, order.c.description, user.c.name)
        .join(order, order.c.id == payment.c.order_id)
        .join(enrollment, enrollment.c.id == order.c.enrollment_id)
        .join(user, user.c.id == enrollment.c.user_id)
        .where(payment.c.status == "succeeded")
        .order_by(payment.c.received_at, payment.c.id)
    )
    last: Counter[int] = Counter()
    papers = [_receipt(row, last) for row in connection.execute(arrived).mappings()]
    if papers:
        names = ("kind", "year", "number", "order_id", "payment_id", "amount_cents", "currency")
        columns = (*map(sa.column, names), sa.column("issued_at", moment), sa.column("content", sa.JSON))
        op.bulk_insert(sa.table("paper", *columns), papers)
        counters = sa.table("paper_counter", *map(sa.column, ("kind", "year", "last")))
        given = [{"kind": "receipt", "year": year, "last": number} for year, number in last.items()]
        op.bulk_insert(counters, given)


def _receipt(row: sa.RowMapping, last: Counter[int]) -> dict[str, object]:
    year = row["received_at"].year
    last[year] += 1
    content = {
        "name": row["name"],
        "what": row["description"],
        "paid_on": row["received_at"].date().isoformat(),
        "paid_with": row["paid_with"] or "Card",
        "lines": [[row["description"], row["amount_cents"]]],
    }
    return {
        "kind": "receipt",
        "year": year,
        "number": last[year],
        "order_id": row["order_id"],
        "payment_id": row["id"],
        "amount_cents": row["amount_cents"],
        "currency": row["currency"],
        "issued_at": row["received_at"],
        "content": content,
    }


def downgrade() -> None:
    op.drop_table("paper")
    op.drop_table("paper_counter")
    with op.batch_alter_table("money_alert") as batch:
        batch.drop_index(op.f("ix_money_alert_closed_at"))
        batch.drop_constraint(op.f("fk_money_alert_closed_by_id_user"), type_="foreignkey")
        batch.drop_column("closed_note")
        batch.drop_column("closed_by_id")
