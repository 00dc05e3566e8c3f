"""a charge that Stripe had never heard of says when it was asked for again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("charge_try", sa.Column("asked_again_at", database.UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("charge_try") as batch:
        batch.drop_column("asked_again_at")
