"""No statement of a page that is opened all day reads a whole table that grows: the database's own plans say so.

SQLite plans without knowing how full a table is, so an empty one shows what a full one gets. PostgreSQL looks, so here
it gets some thousands of rows and may not read a table from end to end where it has any other way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, literal, select

from app import create_app
from app.accounts.models import User
from app.coursework import actions, counts
from app.coursework.review_models import Comment, Reply
from app.curriculum.models import Release
from app.curriculum.queries import program_of
from app.lib.database import Base, UTCDateTime, begin_write, db
from tests.client import Client
from tests.programs import COMPLETE, small_program
from tests.settings import settings_for
from tests.tools import volume

# They grow with the program's years and its coaches, not with what is sent: a handful of rows each.
SMALL = {"cohort", "release", "second_factor"}
# An index of the few rows that are asked for: whoever reads all of it reads those.
OF_A_FEW = {"ix_balance_line_unmatched"}
WHOLE = re.compile(r"^SCAN (?:TABLE )?(\w+)")


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that reads or changes rows, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")):
            sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def read_whole(statement: str, values: Any) -> set[str]:
    """The tables this statement reads from one end to the other, but for the small ones."""
    tables = {table.name for table in Base.metadata.sorted_tables} - SMALL
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        return {found[1] for row in rows if (found := WHOLE.match(row[3]))} & tables
    for way in ("seqscan", "mergejoin", "hashjoin"):  # all three begin with a whole reading
        connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
    (answer,) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).one()
    plan = json.loads(answer) if isinstance(answer, str) else answer
    return {node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if _is_whole(node)} & tables


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for part in node.get("Plans", ()):
        yield from _nodes(part)


def _is_whole(node: dict[str, Any]) -> bool:
    kind = node["Node Type"]
    by_index = kind in ("Index Scan", "Index Only Scan") and node["Index Name"] not in OF_A_FEW
    return "Relation Name" in node and (kind == "Seq Scan" or (by_index and "Index Cond" not in node))


ROUNDS = 1500


@pytest.fixture(scope="module")
def full(application: Any, databases: Any) -> Iterator[Any]:
    """A database of its own with enough in it; the usual one is put back by the next test that asks for it."""
    found, _ = databases
    db_name = "full"
    found.create(db_name, "template")
    app = create_app(settings_for(found.url(db_name), found.folder, CLOCK=lambda: volume.NOW))
    program_of.cache_clear()
    with app.app_context():
        _empty()
        release_id = db.session.scalar(select(Release.id))
        db.session.rollback()
        sample = volume.fill(release_id, [_work(small_program())], ROUNDS, people=2)
        _discuss()
        yield app, sample
        db.session.remove()
        db.engine.dispose()
    program_of.cache_clear()


def _discuss() -> None:
    """A reply to every comment: PostgreSQL reads an empty table whole, whatever ways there are."""
    begin_write()
    author_id = db.session.scalar(select(User.id).limit(1))
    words = select(Comment.id, literal(author_id), literal("Why?"), literal(volume.NOW, UTCDateTime()))
    db.session.execute(insert(Reply).from_select(["comment_id", "author_id", "text", "created_at"], words))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT", writes=True) as connection:
            connection.exec_driver_sql("ANALYZE")


def _empty() -> None:
    """The cast makes room; the release stays."""
    begin_write()
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "release":
            db.session.execute(delete(table))
    db.session.commit()


def _work(program: Any) -> volume.Work:
    module = next(one for one in program.modules if one.worksheet)
    rating = {"client_path": "meets", "rules": "meets"}
    frozen = actions.freeze(2, module.worksheet, module.rubric, COMPLETE, rating)
    return volume.Work(module.slug, module.worksheet.key, frozen, "1.C.1", tuple(rating))


@pytest.fixture
def visit(full: Any) -> Any:
    """`visit("coach", path)` and `visit("participant", path, form)`: the answer's status, and what was sent for it."""
    app, sample = full
    places = {"review": f"/reviews/{sample.review_id}", "sheet": f"/systems/{sample.system_id}"}

    def ask(who: str, path: str, form: Any = None) -> list[tuple[str, Any]]:
        browser = Client(app)
        with browser.session_transaction() as session:
            session["sign_in"] = sample.coach_token if who == "coach" else sample.participant_token
        head, _, rest = path.partition(" ")
        address = places.get(head, head) + rest
        with noted() as sent:
            if form is None:
                answer = browser.get(address, critical=False)
            else:
                answer = browser.post(address, data=form, headers={"Accept": "application/json"})
        assert answer.status_code < 400, answer.get_data(as_text=True)
        return sent

    return ask


PAGES = [
    ("coach", "/coaching/queue"),
    ("coach", "/coaching/queue?after=2026-03-20T00:00:00%2B00:00~1"),
    ("coach", "/coaching/queue?round=later"),
    ("coach", "/coaching/queue?module=systems&flag=late"),
    ("coach", "/coaching/queue?flag=quiet"),
    ("coach", "/coaching/queue?whose=mine"),
    ("coach", "/coaching/queue?whose=nobody&flag=today"),
    ("coach", "/coaching/queue/list"),
    ("coach", "review"),
    ("participant", "sheet"),
    ("participant", "/dashboard"),
]


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_no_page_reads_a_growing_table_whole(who: str, path: str, visit: Any) -> None:
    _check(visit(who, path))


@pytest.mark.parametrize(
    ("who", "path", "form"),
    [
        ("participant", "sheet /draft", {"version": "1", "1.A.1": "Words", "save": "A"}),
        ("coach", "review ", {"version": "1", "strength": "The path is complete."}),
        ("coach", "/submissions/9/review", {}),
    ],
)
def test_no_save_reads_a_growing_table_whole(who: str, path: str, form: Any, visit: Any) -> None:
    sent = visit(who, path, form)
    assert any(not statement.startswith("SELECT") for statement, _ in sent)
    _check(sent)


def test_a_whole_reading_is_seen(full: Any) -> None:
    assert read_whole("SELECT id FROM submission WHERE words = 5", ()) == {"submission"}
    assert read_whole("SELECT id FROM submission WHERE id = 5", ()) == set()


def test_the_crowd_is_counted_as_it_is(full: Any) -> None:
    _, sample = full
    assert sample.submissions >= ROUNDS
    assert sample.waiting > ROUNDS // 6
    assert counts.differences() == []


def _check(sent: list[tuple[str, Any]]) -> None:
    assert sent
    bad = [f"{found}: {statement}" for statement, values in sent if (found := read_whole(statement, values))]
    db.session.rollback()
    assert not bad, "\n\n".join(bad)
