"""the release of a system

A system that has been sent keeps its worksheet and rubric when its cohort moves to another release. Going down
forgets that: such a system reads the worksheet of its cohort again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

__all__ = ["database"]
NAME = "fk_system_release_id_release"


def upgrade() -> None:
    with op.batch_alter_table("system") as batch:
        batch.add_column(sa.Column("release_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(NAME), "release", ["release_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("system") as batch:
        batch.drop_constraint(op.f(NAME), type_="foreignkey")
        batch.drop_column("release_id")
