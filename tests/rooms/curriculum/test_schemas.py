"""JSON schemas for editors: they accept every file there is, and mind what the reader minds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from app.curriculum.json_schemas import KINDS, json_schema
from config import ROOT
from tests.rooms.curriculum import small


class Core(yaml.CSafeLoader):
    """YAML as editors read it (1.2): `no` is a word, 11:00 a text, 12 a number."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+0123456789.")),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)


def kind_of(path: Path) -> str:
    """Which schema a file of a curriculum has."""
    if path.parent.name in ("lessons", "documents", "samples"):
        return path.parent.name.removesuffix("s")
    if path.parent.name == "reasons":
        return "reason"
    if path.parent.name == "pages":
        return "home" if path.stem == "home" else "page"
    return path.stem


def files(folder: Path) -> Iterator[Path]:
    return (
        one for one in sorted(folder.rglob("*")) if one.suffix in (".md", ".yaml") and one.name != "README.md"
    )


def read(path: Path) -> Any:
    text = path.read_text()
    return yaml.load(text.split("\n---\n")[0] if path.suffix == ".md" else text, Core)  # a safe loader


@pytest.fixture(scope="module")
def schemas() -> dict[str, Draft202012Validator]:
    found = {kind: json_schema(kind) for kind in KINDS}
    for schema in found.values():
        Draft202012Validator.check_schema(schema)
    return {kind: Draft202012Validator(schema) for kind, schema in found.items()}


@pytest.mark.parametrize("folder", ["curriculum", "tests/other_program"])
def test_every_file_there_is_fits_its_schema(schemas, folder):
    wrong, seen = [], set()
    for path in files(ROOT / folder):
        seen.add(kind_of(path))
        for error in schemas[kind_of(path)].iter_errors(read(path)):
            wrong.append(f"{path}: {error.json_path}: {error.message[:200]}")
    assert not wrong
    assert seen >= {
        "program",
        "module",
        "lesson",
        "worksheet",
        "rubric",
        "checks",
        "document",
        "sample",
        "home",
    }


def test_the_small_curriculum_fits_too(schemas, tmp_path):
    """It writes `key: no` and a table's cost as 1.50 in quotes, as authors do."""
    for path in files(small.write(tmp_path)):
        assert not list(schemas[kind_of(path)].iter_errors(read(path))), path


FIELD = {"id": "1.A.1", "label": "A"}
OPTIONS = [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]


def sheet(**field: Any) -> dict[str, Any]:
    return {"key": "k", "title": "T", "sections": [{"id": "A", "title": "A", "fields": [FIELD | field]}]}


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("worksheet", sheet(type="short_text"), True),
        ("worksheet", sheet(type="percent", min=0, max=99.5), True),
        ("worksheet", sheet(type="percent", min="none"), False),
        ("worksheet", sheet(type="shorttext"), False),
        ("worksheet", sheet(type="short_text", options=OPTIONS), False),  # that is another type's
        ("worksheet", sheet(type="choice", options=OPTIONS), True),
        ("worksheet", sheet(type="choice", options=OPTIONS[:1]), False),
        ("worksheet", sheet(type="choice"), False),
        ("worksheet", sheet(type="short_text", required="yes"), False),
        ("worksheet", sheet(type="short_text", guidance=None), False),
        ("worksheet", sheet(type="short_text", id="1.a.1"), False),
        ("worksheet", sheet(type="long_text", min_words=0), False),
        (
            "worksheet",
            sheet(type="table", columns=[{"key": "a", "label": "A", "type": "date"}], min_rows=201),
            False,
        ),
        ("checks", {"checks": [{"day": 30, "evidence": ["E"]}]}, True),
        ("checks", {"checks": [{"day": 31, "evidence": ["E"]}]}, False),
        ("checks", {"checks": [{"day": 30, "evidence": []}]}, False),
        (
            "rubric",
            {"criteria": [{"key": "a", "title": "A", "levels": {"not_yet": "N", "meets": "M"}}]},
            False,
        ),
        ("sources", {"F1": {"text": "T"}}, True),
        ("sources", {"f1": {"text": "T"}}, False),
        ("sources", {"F1": "T"}, False),
        ("lesson", {"title": "T", "feeds": ["1.A.1"]}, True),
        ("lesson", {"title": "T", "feeds": "1.A.1"}, False),
        ("lesson", {"title": "T", "actoin": "A"}, False),
        ("page", {"title": "T", "facts": {}}, False),
    ],
)
def test_a_schema_minds_what_the_reader_minds(schemas, kind, value, good):
    assert list(schemas[kind].iter_errors(value)) is not good


def test_limits_and_pairs_are_those_of_json():
    text = json.dumps([json_schema(kind) for kind in KINDS])
    assert '"maximum": 104' in text and '"prefixItems"' in text
    assert not re.search(r'"(ge|le)":|"null"|"default": null', text)


def test_the_command_writes_one_file_for_each_kind_or_prints_them_all(app, tmp_path):
    def run(*words: str) -> str:
        result = app.test_cli_runner().invoke(args=["curriculum", "schema", *words])
        assert result.exit_code == 0, result.output
        return str(result.output)

    folder = tmp_path / "new" / "schemas"
    assert run(str(folder)) == f"{len(KINDS)} schemas are in {folder}.\n"
    written = {path.name: json.loads(path.read_text()) for path in folder.iterdir()}
    assert written == {f"{kind}.schema.json": json_schema(kind) for kind in KINDS}
    assert json.loads(run()) == {kind: json_schema(kind) for kind in KINDS}
