"""waitlist

Places in line for a seat; a seat given above the capacity keeps the reason. Whoever is on the waitlist by a decision
gets the place their application is old enough for. Going down forgets places and reasons.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

__all__ = ["database"]

LIVE = sa.text("status IN ('waiting', 'offered', 'lapsed')")


def upgrade() -> None:
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Boolean(), nullable=False),
        sa.Column("joined_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("offered_until", database.UTCDateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'lapsed', 'taken', 'removed')",
            name=op.f("ck_waitlist_entry_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_waitlist_entry_application_id_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_waitlist_entry_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_waitlist_entry_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waitlist_entry")),
    )
    op.create_index(
        "uq_waitlist_entry_live",
        "waitlist_entry",
        ["user_id", "cohort_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index("ix_waitlist_entry_cohort_id_status", "waitlist_entry", ["cohort_id", "status"])
    op.create_index(op.f("ix_waitlist_entry_application_id"), "waitlist_entry", ["application_id"])
    op.add_column(
        "seat_hold", sa.Column("forced", sa.String(length=500), nullable=False, server_default="")
    )
    op.execute(
        "INSERT INTO waitlist_entry (cohort_id, user_id, application_id, priority, skipped, joined_at, status, note,"
        " version) SELECT a.cohort_id, a.user_id, a.id, 0, false, coalesce(a.submitted_at, c.created_at), 'waiting',"
        " '', 1 FROM application a JOIN cohort c ON c.id = a.cohort_id WHERE a.status = 'waitlisted'"
    )


def downgrade() -> None:
    op.drop_column("seat_hold", "forced")
    op.drop_index(op.f("ix_waitlist_entry_application_id"), table_name="waitlist_entry")
    op.drop_index("ix_waitlist_entry_cohort_id_status", table_name="waitlist_entry")
    op.drop_index("uq_waitlist_entry_live", table_name="waitlist_entry")
    op.drop_table("waitlist_entry")
