"""Migrations: the head is what the models say, up and down change nothing else, and data stays, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from app.accounts.models import User
from app.admissions import line
from app.admissions.models import Application
from app.cohorts.actions import enroll
from app.cohorts.models import Cohort
from app.lib.database import Base, begin_write, db
from app.payments.models import CheckoutSession, Installment, Order, Payment
from app.payments.paper_models import Paper, PaperCounter
from config import ROOT
from tests.cast import NOW, make_cast

MIGRATIONS = str(ROOT / "migrations")


def _revisions() -> list[str]:
    """Every revision, the first one first."""
    return [one.revision for one in reversed(list(ScriptDirectory(MIGRATIONS).walk_revisions()))]


@pytest.fixture
def empty(app):
    """The test database with nothing in it at all."""
    begin_write()
    connection = db.session.connection()
    Base.metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    db.session.commit()
    db.session.remove()
    return app


def _schema() -> dict[str, object]:
    """What the database says it is: tables, columns, indexes, checks, foreign keys."""
    found = inspect(db.engine)
    return {
        name: {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)),
            "indexes": sorted(
                (i["name"], tuple(i["column_names"]), bool(i["unique"])) for i in found.get_indexes(name)
            ),
            "unique": sorted(str(u["name"]) for u in found.get_unique_constraints(name)),
            "checks": sorted(str(c["name"]) for c in found.get_check_constraints(name)),
            "foreign keys": sorted(str(f["name"]) for f in found.get_foreign_keys(name)),
        }
        for name in sorted(found.get_table_names())
        if name != "alembic_version"
    }


def _rows() -> dict[str, int]:
    counts = {
        t.name: db.session.scalar(select(db.func.count()).select_from(t)) for t in Base.metadata.sorted_tables
    }
    db.session.rollback()
    return counts


def test_the_head_is_what_the_models_say(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_head_and_every_file_has_a_name_a_person_can_say():
    script = ScriptDirectory(MIGRATIONS)
    assert len(script.get_heads()) == 1
    for one in script.walk_revisions():
        assert one.doc and Path(one.path).stem.count("_") >= 3, one.path


def test_migrated_and_created_schemas_are_the_same(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    migrated = _schema()
    flask_migrate.downgrade(directory=MIGRATIONS, revision="base")
    begin_write()
    Base.metadata.create_all(db.session.connection())
    db.session.commit()
    assert migrated == _schema()


@pytest.mark.parametrize("revision", _revisions())
def test_each_migration_goes_down_and_up_again(empty, revision):
    flask_migrate.upgrade(directory=MIGRATIONS, revision=revision)
    before = _schema()
    flask_migrate.downgrade(directory=MIGRATIONS, revision="-1")
    flask_migrate.upgrade(directory=MIGRATIONS, revision=revision)
    assert _schema() == before


def _in_line(user_id: int) -> None:
    """Whoever is on the waitlist has a place in line: going up gives it to them."""
    begin_write()
    line.enter(db.session.query(Application).filter_by(user_id=user_id).one(), NOW)
    db.session.commit()


def test_data_stays_when_a_migration_goes_down_and_up(empty):
    """The whole cast lives through every migration after the first (the first one has nothing to go down to)."""
    flask_migrate.upgrade(directory=MIGRATIONS)
    _in_line(make_cast().wes)
    before = _rows()
    assert before["user"] == 8
    for _ in _revisions()[1:]:
        flask_migrate.downgrade(directory=MIGRATIONS, revision="-1")
    flask_migrate.upgrade(directory=MIGRATIONS)
    assert _rows() == before


def test_upgrading_twice_is_harmless(empty):
    flask_migrate.upgrade(directory=MIGRATIONS)
    make_cast()
    before = _rows()
    flask_migrate.upgrade(directory=MIGRATIONS)
    assert _rows() == before


def test_orders_from_before_there_were_plans_get_their_one_installment(empty):
    """Paid, half paid, unpaid and let go: each is one installment, with the money that came allocated to it."""
    flask_migrate.upgrade(directory=MIGRATIONS)
    cast = make_cast()
    at = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)  # still February in New York
    begin_write()
    stories = (("paid", [240000]), ("part paid", [100000]), ("open", []), ("expired", [240000]))
    for number, (status, paid) in enumerate(stories):
        order = Order(
            enrollment_id=cast.ana_enrollment, description=status, amount_cents=240000, currency="usd"
        )
        if number:
            order.enrollment = enroll(None, *_somebody(number, cast.spring), "P", at)
        order.status, order.created_at, order.paid_at = status, at, at if status == "paid" else None
        db.session.add(order)
        db.session.flush()
        page = CheckoutSession(
            order_id=order.id, number=1, amount_cents=240000, status="complete", created_at=at
        )
        page.expires_at, page.stripe_id = at, f"cs_{number}"
        db.session.add(page)
        for cents in paid:
            row = Payment(
                order_id=order.id, amount_cents=cents, currency="usd", status="succeeded", received_at=at
            )
            db.session.add(row)
    db.session.commit()
    db.session.remove()
    flask_migrate.downgrade(directory=MIGRATIONS, revision="0016")
    flask_migrate.upgrade(directory=MIGRATIONS)
    found = {}
    for part in db.session.scalars(select(Installment).order_by(Installment.id)):
        page = db.session.scalars(
            select(CheckoutSession).where(CheckoutSession.order_id == part.order_id)
        ).one()
        assert (part.number, part.due_on, part.amount_cents) == (1, date(2026, 2, 28), 240000)
        assert page.covers == [[part.id, 240000]]
        found[part.order.description] = (part.status, part.covered_cents, part.paid_at)
    db.session.rollback()
    assert found == {
        "paid": ("paid", 240000, at), "part paid": ("due", 100000, None), "open": ("due", 0, None),
        "expired": ("cancelled", 0, None),
    }  # fmt: skip
    papers = db.session.scalars(select(Paper).order_by(Paper.id)).all()
    assert [(one.label, one.amount_cents) for one in papers] == [
        ("R-2026-0001", 240000), ("R-2026-0002", 100000), ("R-2026-0003", 240000)
    ]  # fmt: skip
    assert papers[1].content["lines"] == [["part paid", 100000]]
    assert db.session.get_one(PaperCounter, ("receipt", 2026)).last == 3


def _somebody(number: int, cohort_id: int) -> tuple[User, Cohort]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    user = User(email=f"old{number}@example.com", name=f"Old {number}", time_zone="UTC", created_at=at)
    db.session.add(user)
    db.session.flush()
    return user, db.session.get_one(Cohort, cohort_id)
