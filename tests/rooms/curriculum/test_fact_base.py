"""The curriculum against the field's fact base: nothing left out, nothing renamed, nothing made easier."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.curriculum.reader import read
from app.curriculum.schema import FieldBase, GroupField, Module, Program, TableField
from config import ROOT

FIELD = re.compile(r"(\d+\.[A-Z]\.\d+)(\*?) (.+)")
# Worked out from answers, so nothing is asked that the fact base does not ask.
DERIVED = {"8.F.3"}


@dataclass
class Asked:
    """What the fact base asks of one module."""

    fields: dict[str, tuple[bool, str]] = field(default_factory=dict)  # id → required, kind
    criteria: list[tuple[str, bool]] = field(default_factory=list)  # title, critical
    checks: list[int] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)


def fact_base() -> dict[int, Asked]:
    modules: dict[int, Asked] = {}
    asked = Asked()
    for line in (Path(__file__).parent / "fact_base.txt").read_text().splitlines():
        head, _, rest = line.partition(": ")
        if found := re.fullmatch(r"module (\d+)", line):
            asked = modules[int(found[1])] = Asked()
        elif found := FIELD.fullmatch(line):
            asked.fields[found[1]] = (found[2] == "*", found[3])
        elif head == "criteria":
            asked.criteria = [(one.removeprefix("◆ "), one.startswith("◆")) for one in rest.split("; ")]
        elif head == "checks":
            asked.checks = [int(day) for day in rest.split()]
        elif head == "documents":
            asked.documents = rest.split("; ")
    return modules


def kind(one: FieldBase) -> str:
    """The kind of a field in the notation of the fact base."""
    match one:
        case TableField():
            least = f", at least {one.min_rows}" if one.min_rows else ""
            most = f", at most {one.max_rows}" if one.max_rows else ""
            return f"table of {len(one.columns)}{least}{most}"
        case GroupField():
            return " ".join(["group", *(part.type for part in one.parts)])
    return one.type


ASKED = fact_base()


@pytest.fixture(scope="module")
def program() -> Program:
    return read(ROOT / "curriculum")


def module_of(program: Program, number: int) -> Module:
    found = program.module_numbered(number)
    assert found is not None and found.worksheet is not None and found.rubric is not None
    return found


def test_the_fact_base_is_whole():
    assert sum(len(one.fields) for one in ASKED.values()) == 163
    assert sum(len(one.criteria) for one in ASKED.values()) == 55
    assert sum(len(one.documents) for one in ASKED.values()) == 82
    assert list(ASKED) == list(range(1, 11))


@pytest.mark.parametrize("number", ASKED)
def test_every_field_is_there_under_its_id_as_the_kind_it_is(program, number):
    worksheet = module_of(program, number).worksheet
    have = {one.id: (one.required, kind(one)) for one in worksheet.fields() if one.id not in DERIVED}
    asked = ASKED[number].fields
    assert sorted(have) == sorted(asked)
    different = {
        field_id: f"{have[field_id]}, the fact base says {asked[field_id]}"
        for field_id in asked
        if not fits(have[field_id], asked[field_id])
    }
    assert not different


def fits(have: tuple[bool, str], asked: tuple[bool, str]) -> bool:
    """A table may have a column more (a line of evidence, a sum) and a group a part more; nothing else may differ."""
    if have[1] == asked[1] == "calculated":
        return True
    columns, more = (re.fullmatch(r"table of (\d+)(.*)", one[1]) for one in (have, asked))
    if columns and more:
        same = int(columns[1]) - int(more[1]) in (0, 1) and columns[2].startswith(more[2])
    else:
        parts = iter(have[1].split())
        same = all(part in parts for part in asked[1].split())
    return have[0] == asked[0] and same


@pytest.mark.parametrize("number", ASKED)
def test_every_criterion_is_there_and_the_critical_ones_are_marked(program, number):
    rubric = module_of(program, number).rubric
    assert [(one.title, one.critical) for one in rubric.criteria] == ASKED[number].criteria


@pytest.mark.parametrize("number", ASKED)
def test_evidence_of_use_is_asked_for_after_30_60_and_90_days(program, number):
    assert [one.day for one in module_of(program, number).checks] == ASKED[number].checks


@pytest.mark.parametrize("number", ASKED)
def test_every_document_is_promised_and_made(program, number):
    module = module_of(program, number)
    assert [title.lower() for title in module.documents_promised] == [
        title.lower() for title in ASKED[number].documents
    ]
    assert {one.title.lower() for one in module.documents} == {
        title.lower() for title in ASKED[number].documents
    }
