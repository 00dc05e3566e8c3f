"""How migrations run: one transaction, both engines, and no child row lost on the way.

SQLite rebuilds a table to change it; with foreign keys on, dropping the old copy silently deletes every child row
that cascades. So they are off while a migration runs, and checked before it commits. The pragma is ignored inside
a transaction, hence the raw driver connection before it begins.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.lib.database import Base, db


class OrphanedRows(Exception):
    """A migration would leave rows whose parent is gone."""


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.driver_connection
    if sqlite:
        raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=True,
                compare_type=True,
                user_module_prefix="database.",
                transaction_per_migration=False,
            )
            context.run_migrations()
            if sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise OrphanedRows(f"this migration leaves rows without their parent: {broken[:5]}")
    finally:
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with current_app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        run(connection)
