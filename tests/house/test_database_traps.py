"""The traps of this stack, each shown to be shut: on the engine the suite runs on."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import MappedAsDataclass

from app.accounts.models import User
from app.lib.database import Base, UTCDateTime, begin_write, db
from config import ROOT

FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "one", None
def upgrade():
    op.create_table("trap_parent", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(50), nullable=False))
    op.create_table("trap_child", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent_id", sa.Integer, sa.ForeignKey("trap_parent.id", ondelete="CASCADE"), nullable=False))
    op.execute("INSERT INTO trap_parent (id, email) VALUES (1, 'ana@example.com')")
    op.execute("INSERT INTO trap_child (id, parent_id) VALUES (1, 1)")
def downgrade():
    op.drop_table("trap_child")
    op.drop_table("trap_parent")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "two", "one"
def upgrade():
    with op.batch_alter_table("trap_parent", recreate="{recreate}") as table:
        table.alter_column("email", existing_type=sa.String(50), nullable=True)
    {then}
def downgrade():
    with op.batch_alter_table("trap_parent") as table:
        table.alter_column("email", existing_type=sa.String(50), nullable=False)
"""


@pytest.fixture
def scripts(app, tmp_path: Path, monkeypatch):
    """A folder of migrations of our own environment, with versions the test writes."""
    for name in ("env.py", "script.py.mako", "alembic.ini"):
        shutil.copy(ROOT / "migrations" / name, tmp_path / name)
    (tmp_path / "versions").mkdir()
    begin_write()
    db.session.execute(text("DROP TABLE IF EXISTS alembic_version"))
    db.session.commit()
    db.session.remove()

    def write(**versions: str) -> str:
        for name, body in versions.items():
            (tmp_path / "versions" / f"{name}.py").write_text(body)
        return str(tmp_path)

    return write


def _count(table: str) -> int:
    found = db.session.scalar(text(f"SELECT count(*) FROM {table}"))
    db.session.rollback()
    return found


def test_rebuilding_a_parent_table_keeps_its_children(scripts):
    folder = scripts(one=FIRST, two=SECOND.format(recreate="auto", then="pass"))
    flask_migrate.upgrade(directory=folder)
    assert (_count("trap_parent"), _count("trap_child")) == (1, 1)
    flask_migrate.downgrade(directory=folder)
    assert (_count("trap_parent"), _count("trap_child")) == (1, 1)


def test_a_migration_that_fails_leaves_nothing_behind(scripts):
    broken = SECOND.format(
        recreate="auto",
        then='op.create_table("trap_half", sa.Column("id", sa.Integer)); raise ValueError("third")',
    )
    folder = scripts(one=FIRST, two=broken)
    with pytest.raises(ValueError, match="third"):
        flask_migrate.upgrade(directory=folder)
    tables = inspect(db.engine).get_table_names()
    assert "trap_half" not in tables
    assert "trap_parent" not in tables  # the whole upgrade is one transaction


def test_a_migration_that_orphans_rows_is_refused(scripts):
    orphan = SECOND.format(recreate="auto", then='op.execute("DELETE FROM trap_parent")')
    folder = scripts(one=FIRST, two=orphan)
    if (
        db.engine.dialect.name == "postgresql"
    ):  # there the cascade takes the children along, as the schema says
        flask_migrate.upgrade(directory=folder)
        assert _count("trap_child") == 0
        return
    with pytest.raises(Exception, match="without their parent"):
        flask_migrate.upgrade(directory=folder)


def test_foreign_keys_hold_after_a_migration(scripts):
    flask_migrate.upgrade(directory=scripts(one=FIRST))
    begin_write()
    with pytest.raises(DBAPIError):
        db.session.execute(text("INSERT INTO trap_child (id, parent_id) VALUES (2, 99)"))
    db.session.rollback()


def test_an_instant_comes_back_as_it_went_in(app, cast):
    given = datetime(2026, 3, 8, 12, 0, tzinfo=timezone(timedelta(hours=-6)))
    begin_write()
    db.session.get(User, cast.ana).confirmed_at = given
    db.session.commit()
    kept = db.session.scalar(select(User.confirmed_at).where(User.id == cast.ana))
    assert kept == given
    assert kept.tzinfo is UTC


def test_a_naive_datetime_is_refused(app, cast):
    begin_write()
    db.session.get(User, cast.ana).confirmed_at = datetime(2026, 3, 8, 12, 0)  # noqa: DTZ001 - naive is the point
    with pytest.raises(StatementError, match="no instant"):
        db.session.flush()
    db.session.rollback()


def test_every_instant_of_every_table_is_of_the_utc_type():
    from sqlalchemy import DateTime

    wrong = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, DateTime)
        if not isinstance(column.type, UTCDateTime)
    ]
    assert not wrong


def test_models_stand_on_our_own_base_and_not_on_dataclasses():
    assert db.metadata is Base.metadata
    assert not issubclass(Base, MappedAsDataclass)
    User(email="x@example.com", name="X", created_at=datetime.now(UTC))  # typed, by keyword


def test_only_one_module_imports_flask_login():
    importers = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if "flask_login" in path.read_text() and "lib/login.py" not in str(path)
    ]
    assert not importers


def test_reading_transactions_cannot_write(app, cast):
    with pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM sign_in"))
    db.session.rollback()


def test_two_writers_wait_for_one_another(app, cast):
    """A write after a read in the same transaction never fails with "locked": the lock came first."""
    begin_write()
    user = db.session.get(User, cast.ana)
    user.name = "Ana M."
    db.session.flush()
    db.session.commit()
    assert db.session.get(User, cast.ana).name == "Ana M."
