"""sent with

What goes with a round besides its answers: notes to findings, the line of intention, the sentences agreed to.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("draft") as batch:
        batch.add_column(sa.Column("sending", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("sent_with", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("submission") as batch:
        batch.drop_column("sent_with")
    with op.batch_alter_table("draft") as batch:
        batch.drop_column("sending")
