"""a cancelled cohort touches employers too

A case is of one person, or of what an employer bought. Going down forgets the cases of employers; what went back to
them stays as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

PEOPLE = "standing IN ('enrolled', 'paying', 'offered', 'waiting', 'applied')"
EVERYBODY = "standing IN ('enrolled', 'paying', 'offered', 'waiting', 'applied', 'employer')"
ONE_TOUCHED = "(user_id IS NULL) <> (employer_purchase_id IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table("cancellation_case") as batch:
        batch.drop_constraint(op.f("ck_cancellation_case_standing_known"), type_="check")
        batch.create_check_constraint(op.f("ck_cancellation_case_standing_known"), EVERYBODY)
        batch.alter_column("user_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("employer_purchase_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_cancellation_case_employer_purchase_id_employer_purchase"),
            "employer_purchase",
            ["employer_purchase_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch.create_unique_constraint(
            op.f("uq_cancellation_case_cancellation_id_employer_purchase_id"),
            ["cancellation_id", "employer_purchase_id"],
        )
        batch.create_check_constraint(op.f("ck_cancellation_case_one_touched"), ONE_TOUCHED)
    op.create_index(
        op.f("ix_cancellation_case_employer_purchase_id"), "cancellation_case", ["employer_purchase_id"]
    )


def downgrade() -> None:
    op.execute("DELETE FROM cancellation_case WHERE user_id IS NULL")
    op.drop_index(op.f("ix_cancellation_case_employer_purchase_id"), table_name="cancellation_case")
    with op.batch_alter_table("cancellation_case") as batch:
        batch.drop_constraint(op.f("ck_cancellation_case_one_touched"), type_="check")
        batch.drop_constraint(
            op.f("uq_cancellation_case_cancellation_id_employer_purchase_id"), type_="unique"
        )
        batch.drop_constraint(
            op.f("fk_cancellation_case_employer_purchase_id_employer_purchase"), type_="foreignkey"
        )
        batch.drop_column("employer_purchase_id")
        batch.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
        batch.drop_constraint(op.f("ck_cancellation_case_standing_known"), type_="check")
        batch.create_check_constraint(op.f("ck_cancellation_case_standing_known"), PEOPLE)
