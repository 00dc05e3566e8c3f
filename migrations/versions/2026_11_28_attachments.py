"""attachments

Going down forgets which files belong to which field; the files themselves stay where they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.lib import database

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

__all__ = ["database"]


def upgrade() -> None:
    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('system_id', sa.Integer(), nullable=False),
    sa.Column('field_id', sa.String(length=40), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('created_at', database.UTCDateTime(timezone=True), nullable=False),
    sa.Column('removed_at', database.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_attachment_file_id_stored_file')),
    sa.ForeignKeyConstraint(['system_id'], ['system.id'], name=op.f('fk_attachment_system_id_system'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
    sa.UniqueConstraint('file_id', name=op.f('uq_attachment_file_id'))
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_removed_at'), ['removed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_system_id'), ['system_id'], unique=False)

    op.create_table('submission_attachment',
    sa.Column('submission_id', sa.Integer(), nullable=False),
    sa.Column('attachment_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['attachment_id'], ['attachment.id'], name=op.f('fk_submission_attachment_attachment_id_attachment')),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_submission_attachment_submission_id_submission'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('submission_id', 'attachment_id', name=op.f('pk_submission_attachment'))
    )
    with op.batch_alter_table('submission_attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_submission_attachment_attachment_id'), ['attachment_id'], unique=False)

    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shown', sa.JSON(), server_default='{}', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('submission', schema=None) as batch_op:
        batch_op.drop_column('shown')

    op.drop_table('submission_attachment')
    op.drop_table('attachment')
