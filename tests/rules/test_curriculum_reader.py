"""The reader: a whole program comes out of a folder, and every mistake is told with its file and line."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.curriculum import yaml_tree
from app.curriculum.folder import MAX_FILE_BYTES
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
    assert [page.slug for page in program.pages] == ["home", "reasons/cold-oven", "reasons/no-recipe"]
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
        ("criteria: [clarity]", "criteria: []", False),
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


# file, what stands there, what is written instead, all problems
BROKEN = {
    "retired and required": (SHEET, "text\n        required", "text\n        retired: true\n        required",
        [f"{SHEET}:11: a retired field is not asked any more, so it cannot be required; take “required” out."]),
    "led to and retired": (SHEET, "type: table\n        required: true", "type: table\n        retired: true",
        [f"{LESSON}:4: “feeds” names 1.A.2, which is retired; no worksheet asks for it any more.",
         f"{LESSON}:13: “build” leads to “1.A.2”, which is retired; no worksheet asks for it any more.",
         f"{SHEET}:39: in the expression of “margin”: {{1.A.2.cost}} is retired, so nobody fills it in any more; "
         "retire this result too, or write it without."]),
    "unknown key": (SHEET, "min_rows: 2", "minrows: 2",
        [f"{SHEET}:16: there is no key “minrows” in entry 2 of “fields”; did you mean “min_rows”?"]),
    "missing key": (SHEET, "        label: Ingredients\n", "",
        [f"{SHEET}:12: “label” is missing in entry 2 of “fields”."]),
    "key twice in a mapping": (SHEET, "        label: Ingredients\n", "        label: A\n        label: B\n",
        [f"{SHEET}:14: “label” is written twice; the first is in line 13."]),
    "unknown type": (SHEET, "type: group", "type: grupe",
        [f"{SHEET}:30: “fields” has the type “grupe”, which does not exist; the types are "
         "'short_text', 'long_text', 'table', 'choice', 'multi_choice', 'checklist', 'number', 'currency', "
         "'percent', 'date', 'group', 'calculated'."]),
    "required: no": (SHEET, "required: false}\n      - id: \"1.A.4\"", "required: no}\n      - id: \"1.A.4\"",
        [f"{SHEET}:34: “required” is “no”: write true or false."]),
    "empty label": (SHEET, "label: Price\n", "label:\n",
        [f"{SHEET}:29: “label” is empty; write its value or remove the line."]),
    "colon in a text": (SHEET, "label: Ingredients", "label: Ingredients: all",
        [f"{SHEET}:13: there is a colon inside a text: put the whole text in quotes; or the indentation is off."]),
    "tab": (SHEET, "        label: Ingredients", "\tlabel: Ingredients",
        [f"{SHEET}:13: a value may not begin with this sign (tab, @, ` or %): use spaces, or quotes."]),
    "anchor": (SHEET, "label: Ingredients", "label: &all Ingredients",
        [f"{SHEET}:13: “&” and “*” have a special meaning at the start of a value; put it in quotes."]),
    "tag": (SHEET, "label: Ingredients", "label: !!python/name:os.system x",
        [f"{SHEET}:13: “!” has a special meaning at the start of a value; put it in quotes."]),
    "quote not closed": (SHEET, 'id: "1.B.3"', 'id: "1.B.3',
        [f"{SHEET}:56: a quote is opened and never closed."]),
    "min is not a number": (SHEET, "min: 1,", "min: one,",
        [f"{SHEET}:33: “min” is “one”; it must be a number."]),
    "limits crossed": (SHEET, "max: 50", "max: 0",
        [f"{GOOD}:9: 1.A.3: Price: This is 4; the most that makes sense here is 0.",
         f"{SHEET}:33: “max” (0) is less than “min” (1)."]),
    "rows crossed": (SHEET, "min_rows: 2", "min_rows: 2\n        max_rows: 1",
        [f"{GOOD}:6: 1.A.2: 2 rows; keep the 1 that matter most.",
         f"{SHEET}:17: “max_rows” (1) is less than “min_rows” (2)."]),
    "odd id": (SHEET, 'id: "1.B.3"', "id: 1.b.3",
        [f"{SHEET}:56: “id” is “1.b.3”; write a field id like 1.E.3, a section id like E."]),
    "id of another section": (SHEET, 'id: "1.B.3"', 'id: "1.C.3"',
        [f"{SHEET}:56: the field “1.C.3” stands in section B; its id must begin with 1.B. like 1.B.1."]),
    "id twice": (SHEET, 'id: "1.B.3"', 'id: "1.B.2"',
        [f"{SHEET}:56: the field “1.B.2” is used twice; the first is in line 50."]),
    "section twice": (SHEET, "- id: B", "- id: A",
        [f"{SHEET}:41: the section “A” is used twice; the first is in line 4."]
        + [f"{SHEET}:{line}: the field “1.B.{n}” stands in section A; its id must begin with 1.A. like 1.A.1."
           for line, n in ((44, 1), (50, 2), (56, 3))]),
    "column twice": (SHEET, "{key: cost, label: Cost", "{key: item, label: Cost",
        [f"{CARD}:8: “{{{{ 1.A.2 | item, cost }}}}”: the table 1.A.2 has no column “cost”; it has item, item, organic.",
         f"{GOOD}:6: the answer to 1.A.2 names “cost”, which does not exist; there is item, item, organic.",
         f"{SHEET}:17: “total” is “cost”; it must be the key of a column with numbers.",
         f"{SHEET}:20: the column “item” is used twice; the first is in line 19.",
         f"{SHEET}:39: in the expression of “margin”: {{1.A.2.cost}} leads nowhere; the columns are "
         "item, item, organic."]),
    "no columns": (SHEET, small.WORKSHEET.split("        columns:\n")[1].split("      - id: \"1.A.3\"")[0], "",
        [f"{SHEET}:18: “columns” is empty; write its value or remove the line."]),
    "choice without options": (
        SHEET, small.WORKSHEET.split("required: false\n")[1].split("      - id: \"1.A.3\"")[0], "",
        [f"{GOOD}:6: 1.A.2: Row 1, Organic: Choose one of: .",
         f"{SHEET}:21: the choice “organic” needs at least two options."]),
    "options on a text": (SHEET, "{key: item, label: Item, type: short_text}",
        "{key: item, label: Item, type: short_text, options: [{key: a, label: A}]}",
        [f"{SHEET}:19: only a column of type choice has options; “item” is short_text."]),
    "criterion unknown": (SHEET, "criteria: [clarity]", "criteria: [taste]",
        [f"{SHEET}:11: there is no criterion “taste” in rubric.yaml; the criteria are clarity."]),
    "expression broken": (SHEET, "{1.A.3.price} - sum", "{1.A.3.price} - add",
        [f"{SHEET}:39: in the expression of “margin”: there is no function “add”; the functions are sum, count, "
         "ceil, floor, round, min, max (at character 17)."]),
    "expression to nowhere": (SHEET, "{1.A.3.price} - sum", "{1.A.3.cost} - sum",
        [f"{SHEET}:39: in the expression of “margin”: {{1.A.3.cost}} leads nowhere; the parts are price, note."]),
    "expression to a text": (SHEET, "{1.A.3.price} - sum", "{1.A.1} - sum",
        [f"{SHEET}:39: in the expression of “margin”: {{1.A.1}} is a short_text, not a number."]),
    "expression to a field of nobody": (SHEET, "{1.A.3.price} - sum", "{2.A.1} - sum",
        [f"{SHEET}:39: in the expression of “margin”: {{2.A.1}} leads nowhere; this worksheet has no field 2.A.1."]),
    "column without sum": (SHEET, "sum({1.A.2.cost})", "{1.A.2.cost}",
        [f"{SHEET}:39: in the expression of “margin”: {{1.A.2.cost}} is many numbers; write sum({{1.A.2.cost}})."]),
    "sum of a table": (SHEET, "sum({1.A.2.cost})", "sum({1.A.2})",
        [f"{SHEET}:39: in the expression of “margin”: {{1.A.2}} is a whole table; name a column, like "
         "{1.A.2.item}."]),
    "result before it is known": (SHEET, '"{1.A.3.price} - sum({1.A.2.cost})"', '"{1.A.4.share}"',
        [f"{SHEET}:39: in the expression of “margin”: {{1.A.4.share}} is not a result worked out before this one."]),
    "level missing": (f"{M}/rubric.yaml", "      meets: Another person baked it.\n", "",
        [f"{M}/rubric.yaml:5: “meets” is missing in “levels”."]),
    "no criteria": (f"{M}/rubric.yaml", small.RUBRIC, "criteria: []\n",
        [f"{M}/rubric.yaml:1: “criteria” needs at least 1; it has 0."]),
    "check on an odd day": (f"{M}/checks.yaml", "day: 30", "day: 45",
        [f"{M}/checks.yaml:2: “day” is “45”; it must be 30, 60 or 90."]),
    "check not a list": (f"{M}/checks.yaml", "evidence: [Four loaves]", "evidence: Four loaves",
        [f"{M}/checks.yaml:3: “evidence” must be a list, each item on its own line after “- ”."]),
    "front matter missing": (LESSON, "---\ntitle", "title",
        [f"{LESSON}:1: the file must begin with a line of three dashes (---), then title: and so on."]),
    "front matter open": (LESSON, "sources: [M2]\n---", "sources: [M2]",
        [f"{LESSON}:1: the front matter is not closed; put a second line of --- under it."]),
    "unknown key in front matter": (LESSON, "action:", "actoin:",
        [f"{LESSON}:3: there is no key “actoin” here; did you mean “action”?"]),
    "feeds nothing": (LESSON, 'feeds: ["1.A.2"]', 'feeds: ["1.A.9"]',
        [f"{LESSON}:4: “feeds” names 1.A.9, but no worksheet has that field."]),
    "build to nothing": (LESSON, "/// build | 1.A.2", "/// build | 1.A.9",
        [f"{LESSON}:13: “build” leads to “1.A.9”, but no worksheet has that field."]),
    "unknown block": (LESSON, "/// callout", "/// calout",
        [f"{LESSON}:9: there is no block “calout”; the blocks are callout, example, checklist, mistake, action, "
         "build, side."]),
    "block open": (LESSON, "Two percent.\n///", "Two percent.",
        [f"{LESSON}:12: the callout block of line 9 is still open; close it with “///” first."]),
    "block closed twice": (LESSON, "Two percent.\n///", "Two percent.\n///\n\n///",
        [f"{LESSON}:13: “///” closes a block that is not open."]),
    "source unknown in a text": (LESSON, "[F1]", "[F9]", [f"{LESSON}:7: the source [F9] is not in sources.yaml."]),
    "source unknown in front matter": (LESSON, "[M2]", "[M9]", [f"{LESSON}:5: the source M9 is not in sources.yaml."]),
    "title in the text": (LESSON, "A cup", "# A cup",
        [f"{LESSON}:7: a single # is the page's title, which comes from the front matter; begin with ##."]),
    "link to nowhere": (LESSON, "A cup", "[A cup](cup.html)",
        [f"{LESSON}:7: the link to “cup.html” leads nowhere; write https://…, mailto:… or an address like /program."]),
    "script link": (LESSON, "A cup", "[A cup](javascript:alert`1`)",
        [f"{LESSON}:7: the link to “javascript:alert`1`” leads nowhere; write https://…, mailto:… or an address like "
         "/program."]),
    "placeholder to nothing": (CARD, "{{ 1.A.1 }}", "{{ 1.A.9 }}",
        [f"{CARD}:6: “{{{{ 1.A.9 }}}}”: no worksheet has a field 1.A.9."]),
    "placeholder to no part": (CARD, "{{ 1.A.3.price }}", "{{ 1.A.3.cost }}",
        [f"{CARD}:6: “{{{{ 1.A.3.cost }}}}”: the field 1.A.3 has no “cost”; it has price, note."]),
    "placeholder to no column": (CARD, "item, cost", "item, weight",
        [f"{CARD}:8: “{{{{ 1.A.2 | item, weight }}}}”: the table 1.A.2 has no column “weight”; it has item, cost, "
         "organic."]),
    "not a placeholder": (CARD, "{{ 1.A.1 }}", "{{ name }}",
        [f"{CARD}:6: “{{{{ name }}}}” is not a placeholder; write {{{{ 1.A.1 }}}} or {{{{ 1.D.1 | event }}}}."]),
    "condition open": (CARD, "{{/?}}", "",
        [f"{CARD}:12: “{{{{? … }}}}” is never closed; write {{{{/?}}}} where the part ends."]),
    "condition not opened": (CARD, "{{? 1.B.2 }}", "",
        [f"{CARD}:14: “{{{{/?}}}}” closes nothing; “{{{{? … }}}}” is missing before it."]),
    "brace alone": (CARD, "Together {{ 1.A.2 | total }}.", "Together }}.",
        [f"{CARD}:10: a “{{{{” or “}}}}” has no partner."]),
    "brace not closed": (CARD, "{{ 1.A.1 }}", "{{ 1.A.1 }",
        [f"{CARD}:6: “{{{{ 1.A.1 }}, {{{{ 1.A.3.price }}}}” is not a placeholder; write {{{{ 1.A.1 }}}} or "
         "{{ 1.D.1 | event }}."]),
    "kind of document": (CARD, "kind: sheet", "kind: poem",
        [f"{CARD}:3: “kind” is “poem”; it must be 'policy', 'procedure', 'form', 'plan', 'sheet', 'log' or 'letter'."]),
    "sample incomplete": (GOOD, '  "1.A.3": {price: "4"}\n', "",
        [f"{GOOD}:4: a good sample is complete, but 1.A.3 (Price) is missing."]),
    "sample unknown field": (GOOD, '"1.A.1"', '"1.A.8"',
        [f"{GOOD}:4: a good sample is complete, but 1.A.1 (Name of the bread) is missing.",
         f"{GOOD}:5: the worksheet has no field 1.A.8."]),
    "sample not a number": (GOOD, 'cost: "0.10"', "cost: some",
        [f"{GOOD}:6: 1.A.2: Row 2, Cost: “some” is not a number we can read. Write it like 1400 or 1,400.50."]),
    "sample of the wrong shape": (GOOD, '{price: "4"}', '"4"',
        [f"{GOOD}:9: the answer to 1.A.3 must have its parts: price, note."]),
    "sample row cell missing": (GOOD, ', cost: "0.10"', "", [f"{GOOD}:6: 1.A.2: Row 2: still empty: Cost."]),
    "weak sample of the wrong shape": (f"{M}/samples/weak.yaml", '"1.A.1": Some bread', '"1.A.1": [Some, bread]',
        [f"{M}/samples/weak.yaml:5: the answer to 1.A.1 must be a text; put it in quotes."]),
    "module not there": ("program.yaml", "02-oven", "02-stove",
        ["modules/02-oven:1: “02-oven” is not listed under “modules” in program.yaml.",
         "pages/reasons/cold-oven.md:1: no module has the reason_slug “cold-oven”; rename the file or correct the "
         "module.",
         "program.yaml:12: there is no folder modules/02-stove; make it or take it off the list."]),
    "modules in another order": ("program.yaml", "  - 01-dough\n  - 02-oven", "  - 02-oven\n  - 01-dough",
        ["program.yaml:11: “02-oven” stands at place 1; its folder must be called 01-oven.",
         "program.yaml:12: “01-dough” stands at place 2; its folder must be called 02-dough."]
        + [f"pages/reasons/{slug}.md:1: no module has the reason_slug “{slug}”; rename the file or correct the module."
           for slug in ("cold-oven", "no-recipe")]),
    "time zone": ("program.yaml", "Europe/Vienna", "Europe/Wien-Mitte",
        ["program.yaml:5: “Europe/Wien-Mitte” is not a time zone; write one like America/New_York."]),
    "impossible time": ("program.yaml", '"11:00"', '"25:00"',
        ["program.yaml:8: “release_time” is “25:00”; write a time like 11:00."]),
    "week after the end": ("program.yaml", "week: 2", "week: 9",
        ["program.yaml:16: week 9 is after the last week, 3."]),
    "due before it opens": ("modules/02-oven/module.md", "due_day: 12", "due_day: 3",
        ["modules/02-oven/module.md:8: the work is due before the module opens."]),
    "reason twice": ("modules/02-oven/module.md", "reason_slug: cold-oven", "reason_slug: no-recipe",
        ["modules/02-oven/module.md:4: the reason_slug “no-recipe” is used twice; the first is in "
         "modules/01-dough/module.md.",
         "pages/reasons/cold-oven.md:1: no module has the reason_slug “cold-oven”; rename the file or correct the "
         "module."]),
    "odd source": ("sources.yaml", "quality: A", "quality: best",
        ["sources.yaml:1: “quality” is “best”; it must be 'A', 'B' or 'C'."]),
    "a list instead of keys": (f"{M}/checks.yaml", small.CHECKS, "- day: 30\n",
        [f"{M}/checks.yaml:1: this must be a list of “key: value” lines."]),
    "second document": (f"{M}/checks.yaml", small.CHECKS, small.CHECKS + "---\na: b\n",
        [f"{M}/checks.yaml:4: a second “---” begins another document; one file holds one."]),
    "deep nesting": (f"{M}/checks.yaml", small.CHECKS, "checks: " + "[" * 100_000,
        [f"{M}/checks.yaml:1: this is nested more than 20 levels deep."]),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_with_its_line(tmp_path, name):
    file, old, new, expected = BROKEN[name]
    text = small.FILES[file]
    assert old in text, "the test no longer breaks anything"
    assert sorted(problems(small.write(tmp_path, {file: text.replace(old, new, 1)}))) == sorted(expected)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"program.yaml": None}, ["program.yaml:1: this file is missing."]),
        ({f"{M}/module.md": None}, [f"{M}/module.md:1: this file is missing."]),
        ({f"{M}/rubric.yaml": None}, [f"{M}/rubric.yaml:1: this file is missing."]),
        ({SHEET: "  \n\n"}, [f"{SHEET}:1: this file is empty; write its text or remove it."]),
        ({SHEET: b"key: a\ntitle: caf\xe9\n"}, [f"{SHEET}:2: this is not UTF-8 text; save the file as UTF-8."]),
        ({SHEET: "key: a\ntitle: \x07\n"}, [f"{SHEET}:2: {INVISIBLE}"]),
        ({LESSON: small.LESSON + "\ue000"}, [f"{LESSON}:15: {INVISIBLE}"]),
        (
            {SHEET: "a" * (MAX_FILE_BYTES + 1)},
            [f"{SHEET}:1: this file is larger than 1 MB; a text of the curriculum is much smaller."],
        ),
        (
            {f"{M}/workshet.yaml": "a: b"},
            [f"{M}/workshet.yaml:1: “workshet.yaml” is not part of a module; move, rename or remove it."],
        ),
        ({"notes.txt": "x"}, ["notes.txt:1: “notes.txt” is not part of a curriculum; move or remove it."]),
        (
            {f"{M}/lessons/03-bake.md": small.LESSON},
            [f"{M}/lessons/03-bake.md:1: this is lesson 2 of the module; its name must begin with 02-."],
        ),
        (
            {f"{M}/lessons/draft.txt": "x"},
            [f"{M}/lessons/draft.txt:1: only .md files belong in {M}/lessons/; move or remove it."],
        ),
        (
            {LESSON: "---\ntitle: Weigh it\n---\n\n"},
            [f"{LESSON}:3: there is no text below the front matter."],
        ),
        (
            {f"{M}/lessons/02-{'x' * 61}.md": small.LESSON},
            [
                f"{M}/lessons/02-{'x' * 61}.md:1: the name of a lesson is a number and a few words, "
                "like 04-capacity-and-price.md."
            ],
        ),
        (
            {"program.yaml": small.PROGRAM.replace("  - 02-oven", f"  - 02-oven\n  - 03-{'x' * 400}")},
            [
                f"program.yaml:13: “03-{'x' * 400}” is not the name of a module's folder; write it like 01-systems.",
            ],
        ),
        (
            {"pages/reasons/cold-oven.md": None},
            ["modules/02-oven/module.md:4: the reason “cold-oven” has no page; write pages/reasons/cold-oven.md."],
        ),
        (
            {"sources.yaml": "F1: {text: x\n"},
            ["sources.yaml:1: inside { } something is missing: a comma, the end, or quotes round a text."],
        ),
        (
            {SHEET: None, f"{M}/documents/recipe-card.md": None, LESSON: None},
            [f"{GOOD}:1: there is a sample but no worksheet it could fill in.",
             f"{M}/rubric.yaml:1: there is a rubric but no worksheet.yaml to judge by it.",
             f"{M}/samples/weak.yaml:1: there is a sample but no worksheet it could fill in."],
        ),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(tmp_path, files, expected):
    assert problems(small.write(tmp_path, files)) == sorted(expected)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    small.write(tmp_path / "in", {f"{M}/checks.yaml": None})
    (tmp_path / "secret.yaml").write_text(small.CHECKS)
    (tmp_path / "in" / M / "checks.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "in" / M / "documents" / "loop.md").symlink_to("loop.md")
    sentence = "this is a link to a file outside the curriculum; copy the file here instead."
    found = problems(tmp_path / "in")
    assert f"{M}/checks.yaml:1: {sentence}" in found
    assert any(line.startswith(f"{M}/documents/loop.md:1: ") for line in found)
    assert len(found) == 2


def test_no_folder_at_all(tmp_path):
    assert problems(tmp_path / "gone") == [f"program.yaml:1: there is no folder {tmp_path / 'gone'}."]


def test_all_problems_come_at_once_in_the_order_of_the_files(tmp_path):
    found = problems(small.write(tmp_path, {
        SHEET: small.WORKSHEET.replace("min_rows: 2", "min_rows: two").replace("type: checklist", "type: chekclist"),
        LESSON: small.LESSON.replace("[F1]", "[F9]"),
        "program.yaml": small.PROGRAM.replace("weeks: 3", "weeks: many"),
    }))  # fmt: skip
    assert [line.split(": ")[0] for line in found] == [
        f"{LESSON}:7",
        f"{SHEET}:16",
        f"{SHEET}:58",
        "program.yaml:4",
    ]


def test_a_broken_worksheet_is_one_problem_not_one_per_reference(tmp_path):
    found = problems(small.write(tmp_path, {SHEET: "key: ["}))
    assert found == [f"{SHEET}:1: inside [ ] or {{ }} something is missing: the end, or quotes round a text."]


def outcome(what, error):
    """The error of this kind, or None; any other error fails the test."""
    try:
        what()
    except error as found:
        return found
    return None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_file_however_odd_is_more_than_a_problem(tmp_path, data):
    file = data.draw(st.sampled_from(sorted(small.FILES)))
    text = small.FILES[file]
    at = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 30))
    signs = st.text(alphabet="{}[]:,-#&*!|>'\"%@`?~ \n\tab1./\\é\x85\u2028", max_size=12)
    typed = data.draw(
        signs | st.sampled_from(["<<: *x", "- - -", "{{ 1.A.1", "///", "0x1F", "1.A.1", "~", "---"])
    )
    broken = text[:at] + typed + text[at + length :]
    found = outcome(lambda: rendered(read(small.write(tmp_path, {file: broken}))), CurriculumErrors)
    for problem in found.problems if found else []:
        assert problem.line >= 1
        assert problem.sentence.endswith((".", "?"))
    assert found is None or found.problems


@given(st.text(max_size=200) | st.text(alphabet="[]{}:-,&*!|>'\"\n ab", max_size=200))
def test_any_text_is_yaml_or_an_error_with_a_line(text):
    found = outcome(lambda: yaml_tree.plain(yaml_tree.parse(text)), yaml_tree.YamlError)
    if found:
        assert 1 <= found.line <= len(text) + 1
        assert found.sentence.endswith(".")


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
