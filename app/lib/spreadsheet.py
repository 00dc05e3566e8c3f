"""Tables to take along as CSV, in which no spreadsheet finds a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as text: a byte order mark, so that Excel reads UTF-8; CRLF; instants in ISO 8601, UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    """Text that a program would take for a formula gets an apostrophe, which says that it is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str):
        value = value.replace("\0", "")
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return value
