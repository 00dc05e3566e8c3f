"""The authoring guide is followed to the letter: what it shows is right, and what it promises happens."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from app.curriculum import yaml_tree
from app.curriculum.field_kinds import KINDS as FIELD_TYPES
from app.curriculum.json_schemas import KINDS
from app.curriculum.reader import read_closely
from app.curriculum.schema import ProgramFacts, Worksheet
from config import ROOT

GUIDE = (ROOT / "curriculum" / "README.md").read_text()
MODULE = "modules/11-supervision"


def between(start: str, end: str) -> str:
    return GUIDE.split(f"\n## {start}\n")[1].split(f"\n## {end}\n")[0]


@pytest.fixture
def steps() -> dict[str, str]:
    """File → what the guide says to write into it."""
    written: dict[str, str] = {}
    for step in re.split(
        r"^\*\*[0-9]\. ", between("A new module in thirty minutes", "Changing a text"), flags=re.M
    )[2:]:
        names = re.findall(r"`([^`]+)`", step.split("**")[0])
        blocks = re.findall(r"^```\n(.*?)^```", step, re.DOTALL | re.MULTILINE)
        assert len(names) == len(blocks) > 0
        written |= zip(names, blocks, strict=True)
    return written


def test_a_module_written_as_the_guide_says_is_clean(steps, tmp_path):
    folder = Path(shutil.copytree(ROOT / "curriculum", tmp_path / "curriculum"))
    before = {str(point) for point in read_closely(folder).open_points}
    program = folder / "program.yaml"
    last = re.findall(r"^  - [0-9]{2}-[a-z-]+$", program.read_text(), re.MULTILINE)[-1]
    program.write_text(program.read_text().replace(last, f"{last}\n  - 11-supervision"))
    for name, text in steps.items():
        path = folder / (name if name.startswith("pages/") else f"{MODULE}/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = read_closely(folder)
    module = found.program.module("supervision")
    assert module.documents and module.samples and module.lessons and module.checks and module.rubric
    assert {str(point) for point in found.open_points} - before == {
        f"{MODULE}/worksheet.yaml:1: there is no weak sample of this worksheet in samples/."
    }


def test_every_kind_of_field_is_shown_and_what_is_shown_is_right():
    block = re.search(
        r"```yaml\n(.*?)```", between("The fields of a worksheet", "The rubric and the checks"), re.DOTALL
    )
    fields = yaml_tree.plain(yaml_tree.parse(block[1]))
    shown = {field["type"] for field in fields}
    assert shown >= set(FIELD_TYPES) - {"choice", "currency", "number", "percent"} | {"currency"}
    letters = sorted({field["id"].split(".")[1] for field in fields})
    sections = [
        {"id": letter, "title": letter, "fields": [f for f in fields if f["id"].split(".")[1] == letter]}
        for letter in letters
    ]
    Worksheet.model_validate({"key": "k", "title": "T", "sections": sections})


def test_what_the_guide_names_exists():
    section = between("The program as a whole", "A module")
    keys = set(re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|", section, re.MULTILINE))
    named = {key.strip("` ") for group in keys for key in group.split(",")}
    assert named - set(ProgramFacts.model_fields) == set()
    for kind in (
        "program",
        "worksheet",
        "rubric",
        "checks",
        "sample",
        "module",
        "lesson",
        "document",
        "home",
        "page",
    ):
        assert kind in KINDS
    for anchor in re.findall(r"\]\(#([a-z-]+)\)", GUIDE):
        titles = {
            re.sub(r"[^a-z ]", "", t.lower()).replace(" ", "-")
            for t in re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
        }
        assert anchor in titles
