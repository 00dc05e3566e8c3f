"""What is typed on the desk, as text that can be kept and shown."""

from __future__ import annotations

from collections.abc import Mapping

from app.curriculum.scalars import Kind, clean

_LONG = Kind("long_text")


def words(form: Mapping[str, str], name: str) -> str:
    """The text of this field without what no page may hold (control characters and the like), stripped."""
    return str(clean(_LONG, form.get(name))).strip()
