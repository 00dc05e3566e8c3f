"""A short list of rows as one column, so that what belongs to a row comes in the query that reads the row.

`json_rows(query)` is a scalar subquery whose value is JSON: one object for each row of `query`, keyed by the names of
its columns, in no order. Instants come as text: read them with `instant`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ScalarSelect, Select, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Gathered(FunctionElement[Any]):
    """All rows of a subquery as one JSON array of objects."""

    type = JSON()
    inherit_cache = True


@compiles(_Gathered, "sqlite")
def _sqlite(element: _Gathered, compiler: Any, **kw: Any) -> str:
    return f"json_group_array(json_object({compiler.process(element.clauses, **kw)}))"


@compiles(_Gathered, "postgresql")
def _postgresql(element: _Gathered, compiler: Any, **kw: Any) -> str:
    return f"coalesce(json_agg(json_build_object({compiler.process(element.clauses, **kw)})), '[]')"


class _Nested(FunctionElement[Any]):
    """A column that holds JSON already: SQLite keeps it as text and must be told."""

    type = JSON()
    inherit_cache = True


@compiles(_Nested, "sqlite")
def _nested_text(element: _Nested, compiler: Any, **kw: Any) -> str:
    return f"json({compiler.process(element.clauses, **kw)})"


@compiles(_Nested, "postgresql")
def _nested(element: _Nested, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


def json_rows(query: Select[*tuple[Any, ...]], *outer: Any) -> ScalarSelect[Any]:
    """The rows of `query` as a JSON array. `outer` are the tables of the enclosing query it refers to."""
    pairs: list[Any] = []
    for column in query.selected_columns:
        pairs += [literal(column.key, literal_execute=True)]
        pairs.append(_Nested(column) if isinstance(column.type, JSON) else column)
    return query.with_only_columns(_Gathered(*pairs)).correlate(*(outer or (None,))).scalar_subquery()


def instant(text: str | None) -> datetime | None:
    """An instant (UTC) as either database writes it into JSON."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
