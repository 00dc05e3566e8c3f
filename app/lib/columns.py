"""Column helpers shared by the rooms' models."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, String


def one_of(column: str, *values: str, name: str | None = None) -> CheckConstraint:
    """A CHECK that the database itself refuses a status nobody drew."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name or f"{column}_known")


def short(length: int = 40) -> Any:
    return String(length)
