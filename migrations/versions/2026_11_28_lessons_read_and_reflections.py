"""lessons read and reflections

Going down forgets which lessons were marked as read, and the private notes with them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

__all__ = ["database"]


def upgrade() -> None:
    op.create_table('lesson_read',
    sa.Column('enrollment_id', sa.Integer(), nullable=False),
    sa.Column('module_slug', sa.String(length=60), nullable=False),
    sa.Column('lesson_slug', sa.String(length=60), nullable=False),
    sa.Column('read_at', database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollment.id'], name=op.f('fk_lesson_read_enrollment_id_enrollment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('enrollment_id', 'module_slug', 'lesson_slug', name=op.f('pk_lesson_read'))
    )
    op.create_table('reflection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrollment_id', sa.Integer(), nullable=False),
    sa.Column('module_slug', sa.String(length=60), nullable=False),
    sa.Column('lesson_slug', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=12), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', database.UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enrollment_id'], ['enrollment.id'], name=op.f('fk_reflection_enrollment_id_enrollment'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reflection')),
    sa.UniqueConstraint('enrollment_id', 'module_slug', 'lesson_slug', 'key', name=op.f('uq_reflection_enrollment_id_module_slug_lesson_slug_key'))
    )


def downgrade() -> None:
    op.drop_table('reflection')
    op.drop_table('lesson_read')
