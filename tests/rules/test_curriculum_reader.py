"""The reader: a whole program comes out of a folder, and every mistake is told with its file and line."""

from pathlib import Path

import pytest

from app.curriculum import yaml_tree
from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Program, structure_hash
from tests.rooms.curriculum import small

M = "modules/01-dough"
SHEET = f"{M}/worksheet.yaml"
LESSON = f"{M}/lessons/01-weigh-it.md"
CARD = f"{M}/documents/recipe-card.md"
GOOD = f"{M}/samples/good.yaml"
INVISIBLE = "there is an invisible control character in this line; retype it."


def problems(directory: Path) -> list[str]:
    with pytest.raises(CurriculumErrors) as errors:
        read(directory)
    return [str(problem) for problem in errors.value.problems]


def test_another_program_in_another_folder_is_read(tmp_path):
    program = read(small.write(tmp_path))
    assert program.title == "Bread for Beginners"
    assert [module.slug for module in program.modules] == ["dough", "oven"]
    dough = program.module("dough")
    assert dough.worksheet.field("1.A.2").columns[2].options[0].key == "no"
    assert dough.lessons[0].minutes == 1
    assert dough.samples[0].answers["1.A.2"][0] == {
        "id": "r3",
        "item": "Flour",
        "cost": "1.50",
        "organic": "no",
    }
    assert program.module("oven").worksheet is None
    assert program.module_of("recipe-book") is dough
    assert [page.slug for page in program.pages] == [
        "home",
        "program",
        "reasons/cold-oven",
        "reasons/no-recipe",
    ]
    assert dough.week == 1
    assert program.module("oven").week == 2
    assert program.module("gone") is None


def test_a_program_survives_json_and_its_hash_follows_its_content(tmp_path):
    program = rendered(read(small.write(tmp_path)))
    again = Program.model_validate_json(program.canonical_json())
    assert again == program
    assert again.content_hash() == program.content_hash()
    other = rendered(read(small.write(tmp_path, {"modules/02-oven/module.md": small.MODULE_2 + "More."})))
    assert other.content_hash() != program.content_hash()


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("label: Name of the bread", "label: What it is called", True),
        ("title: Costs", "title: The costs", True),
        ("headings: [Mix, Bake]", "headings: [Knead, Bake]", True),
        ('label: "No"', 'label: "Nope"', True),
        ("min_rows: 2", "min_rows: 1", False),
        ("label: Steps\n", "label: Steps\n        criteria: [clarity]\n", False),
        ("{key: home,", "{key: house,", False),
        ("type: short_text\n        required", "type: long_text\n        required", False),
        ("max: 50", "max: 60", False),
    ],
)
def test_the_structure_hash_ignores_wording_only(tmp_path, old, new, same):
    def hashed(text):
        module = read(small.write(tmp_path, {SHEET: text})).module("dough")
        return structure_hash(module.worksheet, module.rubric)

    assert old in small.WORKSHEET
    assert (hashed(small.WORKSHEET) == hashed(small.WORKSHEET.replace(old, new, 1))) is same


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: no", {"a": "no"}),
        ("a: 11:00", {"a": "11:00"}),
        ("a: 2026-02-30", {"a": "2026-02-30"}),
        ("a: 1.10", {"a": "1.10"}),
        ("a: 0o7", {"a": "0o7"}),
        ("a:", {"a": None}),
        ("a: ''", {"a": ""}),
        ("a: [x, 'y: z']", {"a": ["x", "y: z"]}),
        ("a: >\n  b\n  c\n", {"a": "b c\n"}),
    ],
)
def test_nothing_is_guessed(text, value):
    assert yaml_tree.plain(yaml_tree.parse(text)) == value
