"""What a clean curriculum leaves open: counted by `check`, listed by `check --strict`."""

import pytest

from app.curriculum.reader import read_closely
from tests.rooms.curriculum import small

M = "modules/01-dough"
LESSON, HOME = f"{M}/lessons/01-weigh-it.md", "pages/home.md"
TITLED = small.PROGRAM.replace("hedges:", "open_questions_title: To be asked\nhedges:")
QUESTION = "/// callout | to be  asked\nWhich flour?\nRye,\n   or wheat?\n///\n"
OVEN = "modules/02-oven/module.md:1: "
OVEN += "there is no worksheet.yaml, so the module is announced and nothing can be built in it."
COMPLETE = {
    "modules/02-oven/worksheet.yaml": (
        "key: oven-log\ntitle: Oven log\nsections:\n  - id: A\n    title: Heat\n    fields:\n"
        '      - {id: "2.A.1", label: Degrees, type: number, criteria: [heat]}\n'
    ),
    "modules/02-oven/rubric.yaml": (
        "criteria:\n  - {key: heat, title: Heat, levels: {not_yet: Cold, meets: Hot, exceeds: Even}}\n"
    ),
    "modules/02-oven/checks.yaml": small.CHECKS,
    "modules/02-oven/lessons/01-heat-it.md": small.LESSON,
    "modules/02-oven/samples/good.yaml": 'kind: good\ntitle: Hot\nwhy: Hot.\nanswers: {"2.A.1": "230"}\n',
    "modules/02-oven/samples/weak.yaml": "kind: weak\ntitle: Cold\nwhy: Cold.\nanswers: {}\n",
}


def points(directory) -> list[str]:
    return [str(point) for point in read_closely(directory).open_points]


def test_a_module_without_a_worksheet_is_open(tmp_path):
    assert points(small.write(tmp_path)) == [OVEN]


def test_nothing_is_open_when_all_is_written(tmp_path):
    assert points(small.write(tmp_path, COMPLETE)) == []


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("checks.yaml", "there is no checks.yaml, so nobody asks whether the system is in use."),
        ("lessons/01-heat-it.md", "there is no lesson that leads to this worksheet."),
        ("samples/good.yaml", "there is no good sample of this worksheet in samples/."),
        ("samples/weak.yaml", "there is no weak sample of this worksheet in samples/."),
    ],
)
def test_a_worksheet_without_what_belongs_to_it_is_open(tmp_path, missing, sentence):
    found = points(small.write(tmp_path, COMPLETE | {f"modules/02-oven/{missing}": None}))
    assert found == [f"modules/02-oven/worksheet.yaml:1: {sentence}"]


def test_a_callout_with_the_title_of_questions_is_a_question_wherever_it_stands(tmp_path):
    files = {
        "program.yaml": TITLED,
        LESSON: small.LESSON.replace("/// callout | Salt", f"{QUESTION}\n/// callout | Salt"),
        HOME: small.HOME + "\n" + QUESTION.replace("to be  asked", "TO BE ASKED"),
    }
    assert points(small.write(tmp_path, COMPLETE | files)) == [
        f"{LESSON}:9: Which flour? Rye, or wheat?",
        f"{HOME}:10: Which flour? Rye, or wheat?",
    ]


def test_without_a_title_no_callout_is_a_question(tmp_path):
    lesson = small.LESSON.replace("/// callout | Salt", f"{QUESTION}\n/// callout | Salt")
    assert points(small.write(tmp_path, COMPLETE | {LESSON: lesson})) == []


def test_strict_lists_them_and_fails(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small.write(
        tmp_path / "bread", {"program.yaml": TITLED, HOME: small.HOME + "\n" + QUESTION.replace("  ", " ")}
    )
    found = app.test_cli_runner().invoke(args=["curriculum", "check", "--strict", "bread"])
    assert found.exit_code == 1
    assert found.output.splitlines() == [
        f"bread/{OVEN}",
        f"bread/{HOME}:10: Which flour? Rye, or wheat?",
        "2 modules, 1 lesson, 7 fields, 4 statements: clean. Still open: 2 points.",
    ]


def test_strict_is_content_when_nothing_is_open(app, tmp_path):
    folder = small.write(tmp_path, COMPLETE)
    found = app.test_cli_runner().invoke(args=["curriculum", "check", "--strict", str(folder)])
    assert (found.exit_code, found.output) == (0, "2 modules, 2 lessons, 8 fields, 4 statements: clean.\n")
