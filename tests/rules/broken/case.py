"""One broken curriculum: the small program of `small.py` with something wrong in it, and every problem it has."""

from typing import NamedTuple

from tests.rooms.curriculum import small

M = "modules/01-dough"
PROGRAM, SOURCES = "program.yaml", "sources.yaml"
HOME, PAGE = "pages/home.md", "pages/reasons/no-recipe.md"
MODULE, OVEN = f"{M}/module.md", "modules/02-oven/module.md"
SHEET, RUBRIC, CHECKS = f"{M}/worksheet.yaml", f"{M}/rubric.yaml", f"{M}/checks.yaml"
LESSON, CARD = f"{M}/lessons/01-weigh-it.md", f"{M}/documents/recipe-card.md"
GOOD, WEAK = f"{M}/samples/good.yaml", f"{M}/samples/weak.yaml"


class Case(NamedTuple):
    """`files` replaces files of the small program; None leaves one out."""

    files: dict[str, str | bytes | None]
    expected: list[str]


def swap(file: str, old: str, new: str, *expected: str) -> Case:
    """Something else is written in one place."""
    return swaps(file, [(old, new)], *expected)


def swaps(file: str, changes: list[tuple[str, str]], *expected: str) -> Case:
    """Something else is written in several places of a file."""
    text = small.FILES[file]
    for old, new in changes:
        assert old in text, f"{file} has no {old!r}: the case breaks nothing any more"
        text = text.replace(old, new, 1)
    return Case({file: text}, list(expected))


def cut(file: str, start: str, end: str, *expected: str) -> Case:
    """What stands from `start` up to `end` is missing."""
    before, found, rest = small.FILES[file].partition(start)
    assert found
    assert end in rest, f"{file} has no {end!r} after {start!r}"
    return Case({file: before + end + rest.partition(end)[2]}, list(expected))


def put(files: dict[str, str | bytes | None], *expected: str) -> Case:
    return Case(files, list(expected))
