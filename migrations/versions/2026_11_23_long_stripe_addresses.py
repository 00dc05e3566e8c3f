"""long stripe addresses

Stripe promises at most 5,000 characters for the addresses of its pages. Going down cuts what is longer than 1,000.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

__all__ = ["database"]
COLUMNS = (("checkout_session", "url"), ("payment", "receipt_url"))


def upgrade() -> None:
    for table, column in COLUMNS:
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.String(1000), type_=sa.Text(), existing_nullable=True)


def downgrade() -> None:
    for table, column in COLUMNS:
        op.execute(f"UPDATE {table} SET {column} = substr({column}, 1, 1000)")
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, existing_type=sa.Text(), type_=sa.String(1000), existing_nullable=True)
