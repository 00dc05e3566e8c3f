"""What the site calls itself, on every page and in every mail: said by the published program, written into no page.

The room that reads the curriculum says where it comes from (`told_by`); every room may ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Imprint:
    """The names, the standing notices, and the size of the program. Empty until a program is published."""

    title: str = "Cohort"
    institute: str = ""
    short_name: str = "the institute"  # within a sentence
    time_zone: str = "UTC"  # of whoever has not told theirs
    notice: str = ""  # at the foot of pages of work
    public_notice: str = ""
    modules: int = 0
    weeks: int = 0


_tell: Callable[[], Imprint] = Imprint


def told_by(tell: Callable[[], Imprint]) -> None:
    """Say who knows the imprint. `tell` is asked for every page, so it must be quick and never fail."""
    global _tell
    _tell = tell


def imprint() -> Imprint:
    return _tell()
