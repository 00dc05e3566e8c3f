"""docs/accidents.md is held to the tests: what it names exists, proves one line only, and runs where it says."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[2]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
EIGHTEEN = list(range(1, 19))


def _rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, each as its four cells."""
    text = (ROOT / "docs/accidents.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


NUMBERED, SEEN = _rows("The eighteen"), _rows("What happened to others")


@cache
def _functions(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def _engines(path: str) -> str:
    """The engines a test file runs on, as `run.py test` decides it."""
    if not path.startswith(tuple(f"{folder}/" for folder in run.ON_BOTH_ENGINES)):
        return "none"
    one = any(fnmatch(path.removeprefix("tests/"), f"{pattern}") for pattern in run.ON_ONE_ENGINE)
    return "first" if one else "both"


def test_all_eighteen_are_there():
    assert [int(row[0]) for row in NUMBERED] == EIGHTEEN


@pytest.mark.parametrize("row", NUMBERED + SEEN, ids=lambda row: f"{row[0]}: {row[1][:40]}")
def test_each_line_has_its_proof_where_it_says(row):
    _seen_at, accident, proved_by, engines = row
    found = PROOF.findall(proved_by)
    assert accident
    assert found
    assert PROOF.sub("", proved_by).replace("<br>", "") == "", "something here is no test"
    assert [name for path, name in found if name not in _functions(path)] == []
    assert engines == ", ".join(sorted({_engines(path) for path, _name in found}))


def test_none_proves_two_lines():
    named = [proof for row in NUMBERED + SEEN for proof in PROOF.findall(row[2])]
    assert sorted(set(named)) == sorted(named)
