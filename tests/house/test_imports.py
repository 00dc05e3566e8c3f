"""Who may import whom: the contracts of pyproject.toml; and rules, which know neither web nor database."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from config import ROOT

BARRED = {"flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "sqlalchemy", "werkzeug", "wtforms"}
RULES = sorted(path.relative_to(ROOT) for path in (ROOT / "app").glob("*/*rules.py"))
LINT = "from importlinter.cli import lint_imports_command as run; run()"


@cache
def imports_of(path: Path) -> set[str]:
    """What a file imports, wherever in the file: modules, and each name as if it were one."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{one.name}" for one in node.names}
            found |= names
            if not all(
                file_of(name) for name in names
            ):  # a module taken from its package is that module alone
                found.add(node.module)
    return found


def file_of(module: str) -> Path | None:
    """The file of one of our own modules; None for a name in one, or a package of somebody else's."""
    path = ROOT / module.replace(".", "/")
    return next((one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None)


def reached_from(path: Path) -> dict[str, str]:
    """Everything that is imported by importing this file, and by which of our modules."""
    found: dict[str, str] = {}
    waiting = [path]
    while waiting:
        here = waiting.pop()
        for name in imports_of(here):
            if name not in found:
                found[name] = here.relative_to(ROOT).as_posix()
                if name.startswith("app.") and (there := file_of(name)):
                    waiting.append(there)
    return found


def test_the_contracts_of_the_drawing_hold():
    lint = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr
    assert "0 broken" in lint.stdout


def test_there_are_rules_to_look_at():
    assert len(RULES) >= 8


@pytest.mark.parametrize("rules", RULES, ids=str)
def test_rules_know_neither_web_nor_database(rules: Path):
    found = {name: by for name, by in reached_from(ROOT / rules).items() if name.split(".")[0] in BARRED}
    assert not found, f"{rules} reaches {found}"


def test_every_room_of_the_drawing_is_there():
    """A room that is named in create_app and not on disk would fail at the start; one on disk and not named, never."""
    from app import ROOMS

    on_disk = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")} - {"lib"}
    assert on_disk == set(ROOMS)
    assert all(find_spec(f"app.{room}") for room in ROOMS)
