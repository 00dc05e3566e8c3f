"""kept counters of the review queue, and what it asks of a round

What the queue is filtered by stands on the round itself, so that every filter has an index; what waits and what was
answered is counted by the verbs instead of by every visit. Both are made right here for the rounds there are. Going
down forgets nothing that cannot be counted again.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

__all__ = ["database"]

OPEN = sa.text("status IN ('waiting', 'in review')")
WHERE_OPEN = {"sqlite_where": OPEN, "postgresql_where": OPEN}
CELL = ["cohort_id", "module_slug", "step", "is_quiet"]
TURNAROUND = (4, 8, 12, 24, 36, 48, 72, 96, 120, 168, 336)  # hours, as they were when this was written
QUIET = timedelta(days=8)

moment = database.UTCDateTime(timezone=True)
enrollment = sa.table(
    "enrollment", sa.column("id"), sa.column("created_at", moment), sa.column("activated_at", moment)
)
system = sa.table("system", sa.column("id"), sa.column("enrollment_id"), sa.column("module_slug"))
submission = sa.table(
    "submission", *map(sa.column, ("id", "system_id", "number", "words", "status", "asked", *CELL)),
    sa.column("submitted_at", moment), sa.column("promised_at", moment),
)  # fmt: skip
review = sa.table(
    "review",
    *map(sa.column, ("id", "submission_id", "coach_id", "status")),
    sa.column("published_at", moment),
)
comment = sa.table("comment", *map(sa.column, ("id", "review_id", "kind")), sa.column("settled_at", moment))


def upgrade() -> None:
    op.create_table(
        "queue_cell",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(length=60), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_quiet", sa.Boolean(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_queue_cell_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*CELL, name=op.f("pk_queue_cell")),
    )
    op.create_table(
        "review_tally",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("module_slug", sa.String(length=60), nullable=False),
        sa.Column("coach_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("on_time", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_review_tally_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name=op.f("fk_review_tally_coach_id_user")),
        sa.PrimaryKeyConstraint(
            "cohort_id", "module_slug", "coach_id", "hours", name=op.f("pk_review_tally")
        ),
    )
    op.create_index(op.f("ix_review_tally_coach_id"), "review_tally", ["coach_id"])
    for column in (
        sa.Column("module_slug", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("step", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("is_quiet", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("asked", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("submission", column)
    _describe_rounds()
    _count()
    op.drop_index("ix_submission_queue", "submission")
    op.drop_index("ix_submission_cohort_queue", "submission")
    op.create_index("ix_submission_open", "submission", ["cohort_id", "promised_at", "id"], **WHERE_OPEN)
    op.create_index("ix_submission_open_cell", "submission", [*CELL, "promised_at", "id"], **WHERE_OPEN)
    op.create_index("ix_submission_lease", "submission", ["lease_coach_id", "promised_at", "id"])


def _describe_rounds() -> None:
    connection = op.get_bind()
    of_system = sa.select(system.c.module_slug).where(system.c.id == submission.c.system_id)
    kind = sa.case((submission.c.number > 2, 3), else_=submission.c.number)
    connection.execute(sa.update(submission).values(module_slug=of_system.scalar_subquery(), step=kind))
    rounds = (
        sa.select(
            submission.c.id, enrollment.c.id, submission.c.submitted_at,
            sa.func.coalesce(enrollment.c.activated_at, enrollment.c.created_at, type_=moment),
        )
        .join(system, system.c.id == submission.c.system_id)
        .join(enrollment, enrollment.c.id == system.c.enrollment_id)
        .order_by(enrollment.c.id, submission.c.submitted_at, submission.c.id)
    )  # fmt: skip
    last: dict[int, object] = {}
    quiet = []
    for round_id, of, sent, began in connection.execute(rounds).all():
        if sent - last.get(of, began) >= QUIET:
            quiet.append({"of": round_id})
        last[of] = sent
    if quiet:
        query = sa.update(submission).where(submission.c.id == sa.bindparam("of")).values(is_quiet=sa.true())
        connection.execute(query, quiet)
    _count_asked(connection)


def _count_asked(connection: sa.Connection) -> None:
    """Required changes of earlier rounds that were open when a later round was sent."""
    before = submission.alias("before")
    asked = (
        sa.select(submission.c.id, sa.func.count())
        .join(
            before,
            sa.and_(before.c.system_id == submission.c.system_id, before.c.number < submission.c.number),
        )
        .join(review, sa.and_(review.c.submission_id == before.c.id, review.c.status == "published"))
        .join(comment, sa.and_(comment.c.review_id == review.c.id, comment.c.kind == "required"))
        .where(sa.or_(comment.c.settled_at.is_(None), comment.c.settled_at > submission.c.submitted_at))
        .group_by(submission.c.id)
    )
    found = [{"of": round_id, "number": number} for round_id, number in connection.execute(asked).all()]
    if found:
        query = sa.update(submission).where(submission.c.id == sa.bindparam("of"))
        connection.execute(query.values(asked=sa.bindparam("number")), found)


def _count() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "INSERT INTO queue_cell (cohort_id, module_slug, step, is_quiet, waiting, words, changes) "
            "SELECT cohort_id, module_slug, step, is_quiet, count(*), sum(words), 1 FROM submission "
            "WHERE status IN ('waiting', 'in review') GROUP BY cohort_id, module_slug, step, is_quiet"
        )
    )
    reviews = (
        sa.select(
            submission.c.cohort_id, submission.c.module_slug, review.c.coach_id, submission.c.submitted_at,
            submission.c.promised_at, review.c.published_at,
        )
        .join(review, review.c.submission_id == submission.c.id)
        .where(review.c.status == "published")
    )  # fmt: skip
    answered: Counter[tuple[object, ...]] = Counter()
    on_time: Counter[tuple[object, ...]] = Counter()
    for cohort_id, slug, coach_id, sent, promised, published in connection.execute(reviews):
        hours = next((one for one in TURNAROUND if published - sent <= timedelta(hours=one)), 0)
        answered[cohort_id, slug, coach_id, hours] += 1
        on_time[cohort_id, slug, coach_id, hours] += published <= promised
    names = ("cohort_id", "module_slug", "coach_id", "hours", "answered", "on_time")
    rows = [dict(zip(names, (*key, number, on_time[key]), strict=True)) for key, number in answered.items()]
    if rows:
        op.bulk_insert(sa.table("review_tally", *map(sa.column, names)), rows)


def downgrade() -> None:
    for name in ("ix_submission_lease", "ix_submission_open_cell", "ix_submission_open"):
        op.drop_index(name, "submission")
    op.create_index("ix_submission_queue", "submission", ["status", "promised_at", "id"])
    op.create_index("ix_submission_cohort_queue", "submission", ["cohort_id", "status", "promised_at", "id"])
    with op.batch_alter_table("submission") as batch:
        for name in ("asked", "is_quiet", "step", "module_slug"):
            batch.drop_column(name)
    op.drop_table("review_tally")
    op.drop_table("queue_cell")
