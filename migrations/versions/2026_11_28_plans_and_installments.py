"""plans, installments, which money paid which, charges of a saved card, money entered by hand

Every order gets its one installment, paid where the order is; payments that arrived are allocated to it, and every
visit to the payment page covers it. Going down forgets plans, schedules and tries; orders and payments stay.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

__all__ = ["database"]

moment = database.UTCDateTime(timezone=True)
IN_FLIGHT = "status IN ('created', 'processing')"
STATUS = {"paid": "paid", "expired": "cancelled", "cancelled": "cancelled"}


def upgrade() -> None:
    _columns()
    _installment()
    _allocation()
    _charge_try()
    _fill(op.get_bind())


def _columns() -> None:
    with op.batch_alter_table("price") as batch:
        batch.add_column(sa.Column("installments", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    with op.batch_alter_table("offer") as batch:
        batch.add_column(sa.Column("plans", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("order") as batch:
        batch.add_column(sa.Column("installments", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("discount_cents", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("consent", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("consented_at", moment, nullable=True))
        batch.add_column(sa.Column("card_id", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("card_words", sa.String(length=60), server_default="", nullable=False))
        batch.add_column(sa.Column("grace_until", sa.Date(), nullable=True))
    with op.batch_alter_table("checkout_session") as batch:
        batch.add_column(sa.Column("covers", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("payment") as batch:
        batch.add_column(sa.Column("source", sa.String(length=20), server_default="stripe", nullable=False))
        batch.add_column(sa.Column("note", sa.String(length=500), server_default="", nullable=False))
        batch.create_check_constraint(
            op.f("ck_payment_source_known"), "source IN ('stripe', 'check', 'transfer')"
        )


def _installment() -> None:
    op.create_table(
        "installment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", moment, nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.Column("paid_at", moment, nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('scheduled', 'due', 'processing', 'paid', 'failed', 'waived', 'cancelled')",
            name=op.f("ck_installment_status_known"),
        ),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_installment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["order.id"], name=op.f("fk_installment_order_id_order"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installment")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_installment_order_id_number")),
    )
    op.create_index("ix_installment_status_next_try_at", "installment", ["status", "next_try_at"])


def _allocation() -> None:
    op.create_table(
        "allocation",
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("installment_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_allocation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_allocation_payment_id_payment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["installment_id"], ["installment.id"],
            name=op.f("fk_allocation_installment_id_installment"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("payment_id", "installment_id", name=op.f("pk_allocation")),
    )  # fmt: skip
    op.create_index(op.f("ix_allocation_installment_id"), "allocation", ["installment_id"])


def _charge_try() -> None:
    op.create_table(
        "charge_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("installment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.String(length=120), nullable=False),
        sa.Column("stripe_payment_intent", sa.String(length=120), nullable=True),
        sa.Column("decline_code", sa.String(length=60), nullable=True),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.CheckConstraint(
            "status IN ('created', 'processing', 'succeeded', 'failed')", name=op.f("ck_charge_try_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["installment_id"], ["installment.id"],
            name=op.f("fk_charge_try_installment_id_installment"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_try")),
        sa.UniqueConstraint("installment_id", "number", name=op.f("uq_charge_try_installment_id_number")),
        sa.UniqueConstraint("stripe_payment_intent", name=op.f("uq_charge_try_stripe_payment_intent")),
    )  # fmt: skip
    op.create_index(
        "uq_charge_try_in_flight", "charge_try", ["installment_id"], unique=True,
        sqlite_where=sa.text(IN_FLIGHT), postgresql_where=sa.text(IN_FLIGHT),
    )  # fmt: skip


def _fill(connection: sa.Connection) -> None:
    tables = sa.MetaData()
    tables.reflect(connection, only=["order", "enrollment", "cohort", "payment", "checkout_session", "installment", "allocation"])
    order, enrollment, cohort = (tables.tables[name] for name in ("order", "enrollment", "cohort"))
    query = (
        sa.select(
            order.c.id, order.c.amount_cents, order.c.currency, order.c.status, cohort.c.time_zone,
            sa.type_coerce(order.c.created_at, moment).label("created_at"),
            sa.type_coerce(order.c.paid_at, moment).label("paid_at"),
        )
        .join(enrollment, enrollment.c.id == order.c.enrollment_id)
        .join(cohort, cohort.c.id == enrollment.c.cohort_id)
    )  # fmt: skip
    for row in connection.execute(query).all():
        _give_installment(connection, tables, row)


def _give_installment(connection: sa.Connection, tables: sa.MetaData, order: sa.Row) -> None:  # type: ignore[type-arg]
    installment, allocation = tables.tables["installment"], tables.tables["allocation"]
    payment, session = tables.tables["payment"], tables.tables["checkout_session"]
    values = {
        "order_id": order.id, "number": 1, "due_on": _day(order.created_at, order.time_zone),
        "amount_cents": order.amount_cents, "status": STATUS.get(order.status, "due"), "tries": 0, "failure": "",
    }  # fmt: skip
    connection.execute(sa.insert(installment).values(values))
    mine = sa.select(installment.c.id).where(installment.c.order_id == order.id)
    installment_id, left = connection.scalar(mine), order.amount_cents
    if order.status == "paid":
        paid_at = order.paid_at or order.created_at
        set_paid = sa.update(sa.table("installment", sa.column("id"), sa.column("paid_at", moment)))
        connection.execute(set_paid.where(sa.column("id") == installment_id).values(paid_at=paid_at))
    arrived = sa.select(payment.c.id, payment.c.amount_cents).where(
        payment.c.order_id == order.id, payment.c.status == "succeeded", payment.c.currency == order.currency
    )
    for payment_id, amount in connection.execute(arrived.order_by(payment.c.id)).all():
        part = min(left, amount) if values["status"] != "cancelled" else 0
        if part > 0:
            row = {"payment_id": payment_id, "installment_id": installment_id, "amount_cents": part}
            connection.execute(sa.insert(allocation).values(row))
            left -= part
    visits = sa.select(session.c.id, session.c.amount_cents).where(session.c.order_id == order.id)
    covering = sa.update(sa.table("checkout_session", sa.column("id"), sa.column("covers", sa.JSON())))
    for session_id, amount in connection.execute(visits).all():
        pair = [[installment_id, amount]]
        connection.execute(covering.where(sa.column("id") == session_id).values(covers=pair))


def _day(at: datetime, zone: str) -> object:
    try:
        return at.astimezone(ZoneInfo(zone)).date()
    except (KeyError, ValueError, OSError):
        return at.astimezone(UTC).date()


def downgrade() -> None:
    for table in ("charge_try", "allocation", "installment"):
        op.drop_table(table)
    with op.batch_alter_table("payment") as batch:
        batch.drop_constraint(op.f("ck_payment_source_known"), type_="check")
        batch.drop_column("note")
        batch.drop_column("source")
    with op.batch_alter_table("checkout_session") as batch:
        batch.drop_column("covers")
    with op.batch_alter_table("order") as batch:
        for name in ("grace_until", "card_words", "card_id", "consented_at", "consent", "discount_cents", "installments"):
            batch.drop_column(name)
    with op.batch_alter_table("offer") as batch:
        batch.drop_column("plans")
    with op.batch_alter_table("price") as batch:
        batch.drop_column("hidden")
        batch.drop_column("installments")
