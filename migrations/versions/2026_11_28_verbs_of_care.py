"""verbs of care: withheld work, extensions, excuses, rounds sent on behalf, notes on a person

Going down shows nothing again that is hidden now: what was taken out of the rounds is forgotten with its table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

__all__ = ["database"]
SENDER = "fk_submission_submitted_by_id_user"


def upgrade() -> None:
    with op.batch_alter_table("enrollment") as batch:
        batch.add_column(sa.Column("extensions", sa.JSON(), server_default="{}", nullable=False))
    with op.batch_alter_table("system") as batch:
        batch.add_column(
            sa.Column("excused_because", sa.String(length=500), server_default="", nullable=False)
        )
        batch.add_column(sa.Column("withheld", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("submission") as batch:
        batch.add_column(sa.Column("submitted_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("submitted_by", sa.String(length=120), server_default="", nullable=False))
        batch.add_column(
            sa.Column("submitted_because", sa.String(length=500), server_default="", nullable=False)
        )
        batch.create_foreign_key(op.f(SENDER), "user", ["submitted_by_id"], ["id"])
    with op.batch_alter_table("submission_attachment") as batch:
        batch.add_column(sa.Column("withheld", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    _withholding()
    _extension()
    _person_note()


def _withholding() -> None:
    op.create_table(
        "withholding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("field_id", sa.String(length=40), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("through", sa.Integer(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=True),
        sa.Column("system_was", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("hidden_by_id", sa.Integer(), nullable=False),
        sa.Column("hidden_at", database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", database.UTCDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "what IN ('round', 'field', 'file', 'comment')", name=op.f("ck_withholding_what_known")
        ),
        sa.CheckConstraint(
            "status IN ('hidden', 'shown again', 'purged')", name=op.f("ck_withholding_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["system_id"], ["system.id"], name=op.f("fk_withholding_system_id_system"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_withholding_submission_id_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["user.id"], name=op.f("fk_withholding_hidden_by_id_user")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_withholding_ended_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withholding")),
    )
    with op.batch_alter_table("withholding") as batch:
        batch.create_index(batch.f("ix_withholding_system_id"), ["system_id"], unique=False)


def _extension() -> None:
    op.create_table(
        "extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(length=60), nullable=False),
        sa.Column("change", sa.String(length=20), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "change IN ('granted', 'changed', 'ended')", name=op.f("ck_extension_change_known")
        ),
        sa.CheckConstraint("days >= 0", name=op.f("ck_extension_days_positive")),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_extension_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_extension_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension") as batch:
        batch.create_index("ix_extension_enrollment_id_id", ["enrollment_id", "id"], unique=False)


def _person_note() -> None:
    op.create_table(
        "person_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=False),
        sa.Column("at", database.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrollment_id"],
            ["enrollment.id"],
            name=op.f("fk_person_note_enrollment_id_enrollment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_person_note_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_note")),
        sa.UniqueConstraint("enrollment_id", "version", name=op.f("uq_person_note_enrollment_id_version")),
    )


def downgrade() -> None:
    op.drop_table("person_note")
    op.drop_table("extension")
    op.drop_table("withholding")
    with op.batch_alter_table("submission_attachment") as batch:
        batch.drop_column("withheld")
    with op.batch_alter_table("submission") as batch:
        batch.drop_constraint(op.f(SENDER), type_="foreignkey")
        batch.drop_column("submitted_because")
        batch.drop_column("submitted_by")
        batch.drop_column("submitted_by_id")
    with op.batch_alter_table("system") as batch:
        batch.drop_column("withheld")
        batch.drop_column("excused_because")
    with op.batch_alter_table("enrollment") as batch:
        batch.drop_column("extensions")
