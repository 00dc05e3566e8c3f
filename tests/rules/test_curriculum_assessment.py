"""assessment.yaml: read, hashed by what scores depend on, and every mistake told with its line."""

import re
from pathlib import Path

import pytest

from app.curriculum import yaml_tree
from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from app.curriculum.schema import Program, SelfAssessment
from config import ROOT
from tests.rooms.curriculum import small

ASKED = "assessment.yaml"


def problems(directory: Path) -> list[str]:
    with pytest.raises(CurriculumErrors) as errors:
        read(directory)
    return [str(problem) for problem in errors.value.problems]


def test_another_assessment_is_read(tmp_path):
    program = read(small.write(tmp_path))
    assert program.assessment.count == 4
    assert program.assessment.reason_range == (2, 6)
    assert program.assessment.total_range == (4, 12)
    assert program.assessment.label(2) == "Now and then"
    assert program.assessment.compare_from == 100


def test_a_program_without_an_assessment_is_read(tmp_path):
    program = read(small.write(tmp_path, {ASKED: None}))
    assert program.assessment is None
    assert Program.model_validate_json(program.canonical_json()) == program


def test_the_example_of_the_authoring_guide_is_an_assessment(tmp_path):
    guide = (ROOT / "curriculum" / "README.md").read_text()
    example = re.search(r"```yaml\n(title: How does your kitchen run.*?)```", guide, re.DOTALL)[1]
    example = example.replace("lack-of-systems", "no-recipe").replace("lack-of-focus", "cold-oven")
    assert read(small.write(tmp_path, {ASKED: example})).assessment.total_range == (0, 8)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("I weigh the flour.", "I weigh flour.", True),
        ("label: Never", "label: Not once", True),
        ("most: 4, title: Cold", "most: 4, title: Tepid", True),
        ("at_most: 1", "at_most: 2", True),
        ("key: r1", "key: r3", False),
        ("value: 3", "value: 4", False),
        (
            "- {key: r1, text: I weigh the flour.}",
            "- {key: r0, text: New.}\n      - {key: r1, text: Old.}",
            False,
        ),
    ],
)
def test_answers_are_compared_only_while_what_scores_depend_on_is_the_same(old, new, same):
    def hashed(text):
        return SelfAssessment.model_validate(yaml_tree.plain(yaml_tree.parse(text))).structure_hash()

    assert old in small.ASSESSMENT
    assert (hashed(small.ASSESSMENT) == hashed(small.ASSESSMENT.replace(old, new, 1))) is same


# file, what stands there, what is written instead, all problems
BROKEN = {
    "no reason of that name": (ASKED, "reason: cold-oven", "reason: hot-oven",
        [f"{ASKED}:17: no module has the reason_slug “hot-oven”; there is no-recipe, cold-oven.",
         f"{ASKED}:31: “cold-oven” is none of the reasons above.",
         f"{ASKED}:31: “tie_order” lacks “hot-oven”; every reason needs its place."]),
    "reason asked twice": (ASKED, "reason: cold-oven", "reason: no-recipe",
        [f"{ASKED}:17: the reason “no-recipe” is used twice; the first is in line 11.",
         f"{ASKED}:31: “cold-oven” is none of the reasons above."]),
    "odd reason": (ASKED, "reason: cold-oven", "reason: Cold Oven",
        [f"{ASKED}:17: “reason” is “Cold Oven”; write the reason_slug of a module, like lack-of-systems."]),
    "name too long for the radar": (ASKED, "name: Oven", "name: The oven and what is in it",
        [f"{ASKED}:18: “name” is too long; at most 20 characters."]),
    "action missing": (ASKED, "    action: Buy a thermometer.\n", "",
        [f"{ASKED}:17: “action” is missing in entry 2 of “reasons”."]),
    "statement twice": (ASKED, "key: o1", "key: r1",
        [f"{ASKED}:21: the statement “r1” is used twice; the first is in line 15."]),
    "odd key of a statement": (ASKED, "key: o1", "key: O 1",
        [f"{ASKED}:21: “key” is “O 1”; write small letters, digits, - and _, like own-premises."]),
    "a statement short": (ASKED, "      - {key: o1, text: I measure the heat.}\n", "",
        [f"{ASKED}:20: “cold-oven” has 1, the first reason 2; give each as many statements."]),
    "scale down": (ASKED, "{value: 2,", "{value: 1,",
        [f"{ASKED}:8: 1 stands after 1; write the scale from the least up."]),
    "scale no number": (ASKED, "{value: 2,", "{value: two,",
        [f"{ASKED}:8: “value” is “two”; write a whole number in digits, like 12."]),
    "scale of one": (ASKED, "  - {value: 2, label: Now and then}\n  - {value: 3, label: Each time}\n", "",
        [f"{ASKED}:6: “scale” needs at least 2; it has 1."]),
    "safety of no statement": (ASKED, "statement: o2", "statement: o3",
        [f"{ASKED}:24: there is no statement “o3”."]),
    "safety always": (ASKED, "at_most: 1", "at_most: 3",
        [f"{ASKED}:24: “at_most” is 3; from 1 to 2 it says something."]),
    "safety never": (ASKED, "at_most: 1", "at_most: 0",
        [f"{ASKED}:24: “at_most” is 0; from 1 to 2 it says something."]),
    "safety twice": (ASKED, "bands:", "  - {statement: o2, at_most: 2, title: Hands, action: Wait.}\nbands:",
        [f"{ASKED}:25: the safety statement “o2” is used twice; the first is in line 24."]),
    "bands with a gap": (ASKED, "{least: 5, most: 6", "{least: 6, most: 6",
        [f"{ASKED}:27: nothing is said when a reason scores 5; begin at 5."]),
    "bands over each other": (ASKED, "{least: 5, most: 6", "{least: 4, most: 6",
        [f"{ASKED}:27: this begins at 4, but the scores that are left begin at 5."]),
    "bands begin late": (ASKED, "{least: 2, most: 4, title: C", "{least: 4, most: 4, title: C",
        [f"{ASKED}:26: nothing is said when a reason scores 2 to 3; begin at 2."]),
    "bands end early": (ASKED, "{least: 5, most: 6", "{least: 5, most: 5",
        [f"{ASKED}:27: nothing is said when a reason scores 6; end at 6."]),
    "bands end late": (ASKED, "{least: 5, most: 6", "{least: 5, most: 7",
        [f"{ASKED}:27: this ends at 7, but the most is 6."]),
    "bands backward": (ASKED, "{least: 5, most: 6", "{least: 5, most: 4",
        [f"{ASKED}:27: nothing is said when a reason scores 5 to 6; end at 6.",
         f"{ASKED}:27: “most” (4) is less than “least” (5)."]),
    "readings with a gap": (ASKED, "{least: 9, most: 12", "{least: 11, most: 12",
        [f"{ASKED}:30: nothing is said when the total is 9 to 10; begin at 9."]),
    "readings end late": (ASKED, "{least: 9, most: 12", "{least: 9, most: 120",
        [f"{ASKED}:30: this ends at 120, but the most is 12."]),
    "no place in the tie order": (ASKED, "tie_order: [cold-oven, no-recipe]", "tie_order: [cold-oven]",
        [f"{ASKED}:31: “tie_order” lacks “no-recipe”; every reason needs its place."]),
    "two places in the tie order": (ASKED, "tie_order: [cold-oven,", "tie_order: [cold-oven, cold-oven,",
        [f"{ASKED}:31: the reason “cold-oven” is used twice; the first is in line 31."]),
    "more listed than there are": (ASKED, "lowest: 1", "lowest: 3",
        [f"{ASKED}:32: there are only 2 reasons to list."]),
    "compared too early": (ASKED, "lowest: 1", "lowest: 1\ncompare_from: 20",
        [f"{ASKED}:33: “compare_from” is 20; the least is 100."]),
    "unknown key in the assessment": (ASKED, "minutes: 2", "minuets: 2",
        [f"{ASKED}:1: “minutes” is missing here.",
         f"{ASKED}:4: there is no key “minuets” here; did you mean “minutes”?"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_with_its_line(tmp_path, name):
    file, old, new, expected = BROKEN[name]
    assert old in small.FILES[file], "the case breaks nothing any more"
    assert problems(small.write(tmp_path, {file: small.FILES[file].replace(old, new, 1)})) == sorted(expected)
