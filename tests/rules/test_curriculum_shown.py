"""What a worksheet shows of other modules and takes as files: read, and every mistake told with its line."""

from pathlib import Path

import pytest

from app.curriculum.expressions import Reference
from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from app.curriculum.references import reference_problem
from app.curriculum.schema import structure_hash
from tests.rooms.curriculum import small
from tests.rules.broken.case import CARD, SHEET


def problems(directory: Path) -> list[str]:
    with pytest.raises(CurriculumErrors) as errors:
        read(directory)
    return [str(problem) for problem in errors.value.problems]


OVEN = {
    f"modules/02-oven/{name}": text
    for name, text in (("worksheet.yaml", small.WORKSHEET_2), ("rubric.yaml", small.RUBRIC))
}
LOG = "modules/02-oven/worksheet.yaml"
OVEN_SAMPLE = "kind: good\ntitle: A log\nwhy: Full.\nanswers:\n"


def test_a_worksheet_shows_answers_of_another_module(tmp_path):
    sheet = read(small.write(tmp_path, OVEN)).module("oven").worksheet
    reference, log = sheet.fields()
    assert (reference.to, reference.columns, log.shows) == ("1.A.2", ("item", "cost"), "1.A.2 | total")
    assert (log.max_files, log.accept, log.or_text) == (2, ("pdf", "txt"), True)


# What stands in the second worksheet, what is written instead, all problems.
SHOWN = {
    "a field of nobody": ('to: "1.A.2"', 'to: "1.A.9"', [f"{LOG}:7: “to”: no worksheet has a field 1.A.9."]),
    "itself": ('to: "1.A.2"', 'to: "2.A.1"', [f"{LOG}:7: “to”: a field cannot show itself."]),
    "its own worksheet": ('to: "1.A.2"', 'to: "2.A.2"',
        [f"{LOG}:7: “to”: 2.A.2 stands in this worksheet already; name an answer of another module."]),
    "a column of nobody": ("[item, cost]", "[item, price]",
        [f"{LOG}:7: “to”: the table 1.A.2 has no column “price”; it has item, cost, organic."]),
    "columns of a text": ('to: "1.A.2"', 'to: "1.A.1"',
        [f"{LOG}:7: “to”: only a table has columns; the field 1.A.1 is short_text."]),
    "no place": ('"1.A.2 | total"', "the costs",
        [f"{LOG}:12: “shows”: “the costs” is no answer; write 2.B.4, or 2.B.4 | group, sent_to."]),
    "shown, a field of nobody": ('"1.A.2 | total"', '"1.C.7"', [f"{LOG}:12: “shows”: no worksheet has a field 1.C.7."]),
    "shown, no part": ('"1.A.2 | total"', '"1.A.3.weight"',
        [f"{LOG}:12: “shows”: the field 1.A.3 has no “weight”; it has price, note."]),
    "a reference that shows": ("columns: [item, cost]}", 'columns: [item, cost], shows: "1.A.1"}',
        [f"{LOG}:7: a reference shows an answer already; remove “shows”."]),
    "a reference to fill in": ("columns: [item, cost]}", "columns: [item, cost], required: true}",
        [f"{LOG}:7: nothing is typed into a reference."]),
    "a reference to no id": ('to: "1.A.2"', "to: costs",
        [f"{LOG}:7: “to” is “costs”; write a field id like 1.E.3."]),
    "headings without a text": ("        or_text: true\n", "",
        [f"{LOG}:15: “headings” is about a text; write “or_text: true”, or remove it.",
         f"{LOG}:16: “min_words” is about a text; write “or_text: true”, or remove it."]),
    "a type of file we do not keep": ("[pdf, txt]", "[pdf, exe]",
        [f"{LOG}:14: entry 2 of “accept” is “exe”; it must be pdf, docx, xlsx, pptx, png, jpg, txt, csv or "
         "md."]),
    "a type of file twice": ("[pdf, txt]", "[pdf, txt, pdf]",
        [f"{LOG}:14: the type “pdf” is used twice; the first is in line 14."]),
    "no file": ("max_files: 2", "max_files: 0", [f"{LOG}:13: “max_files” is 0; the least is 1."]),
    "too many files": ("max_files: 2", "max_files: 11", [f"{LOG}:13: “max_files” is 11; the most is 10."]),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_mistake_about_other_modules_and_files_is_told_with_its_line(tmp_path, name):
    old, new, expected = SHOWN[name]
    assert old in small.WORKSHEET_2, "the test no longer breaks anything"
    broken = OVEN | {LOG: small.WORKSHEET_2.replace(old, new, 1)}
    assert problems(small.write(tmp_path, broken)) == sorted(expected)


def test_a_reference_is_shown_by_nobody_else(tmp_path):
    """Not by a reference, not in a document, not in an expression."""
    broken = {
        SHEET: small.WORKSHEET.replace(
            "label: Name of the bread", 'label: Name\n        shows: "2.A.1"'
        ).replace("{1.A.3.price} - sum", "{2.A.1} - sum"),
        CARD: small.DOCUMENT.replace("{{ 1.A.1 }}", "{{ 2.A.1 }}"),
    }
    assert problems(small.write(tmp_path, OVEN | broken)) == [
        f"{CARD}:6: “{{{{ 2.A.1 }}}}”: the field 2.A.1 only shows 1.A.2; name that one.",
        f"{SHEET}:9: “shows”: the field 2.A.1 only shows 1.A.2; name that one.",
        f"{SHEET}:40: in the expression of “margin”: {{2.A.1}} leads nowhere; this worksheet has no field 2.A.1.",
    ]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("2.A.1", "{2.A.1} is a reference, not a number."), ("2.A.2", "{2.A.2} is a file, not a number.")],
)
def test_an_expression_counts_neither_references_nor_files(tmp_path, field, sentence):
    sheet = read(small.write(tmp_path, OVEN)).module("oven").worksheet
    assert reference_problem(sheet, Reference(field, None, 0), None, set()) == sentence


def test_what_is_shown_of_a_worksheet_that_could_not_be_read_is_not_called_missing(tmp_path):
    found = problems(small.write(tmp_path, OVEN | {SHEET: "key: ["}))
    assert found == [f"{SHEET}:1: inside [ ] or {{ }} something is missing: the end, or quotes round a text."]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ('"2.A.2": {deidentified: "yes", text: Hot all day}', []),
        ('"2.A.2": Hot all day',
            ["the answer to 2.A.2 must be written as deidentified and text; a sample has no files."]),
        ('"2.A.2": {deidentified: "yes", files: []}',
            ["the answer to 2.A.2 names “files”, which does not exist; there is deidentified, text."]),
        ('"2.A.2": {deidentified: "", text: Hot}',
            ["2.A.2: So far 1 word; this needs about 3 to be usable.",
             "2.A.2: Tick the sentence above it first; what is not ticked is not sent."]),
        ('"2.A.1": x\n  "2.A.2": {deidentified: "yes", text: Hot all day}',
            ["2.A.1 is only shown; leave it out of the answers."]),
    ],
)  # fmt: skip
def test_a_sample_of_files_is_a_tick_and_a_text(tmp_path, answer, expected):
    file = "modules/02-oven/samples/good.yaml"
    small.write(tmp_path, OVEN | {file: f"{OVEN_SAMPLE}  {answer}\n"})
    if expected:
        assert problems(tmp_path) == [f"{file}:5: {sentence}" for sentence in expected]
    else:
        kept = read(tmp_path).module("oven").samples[0].answers
        assert kept == {"2.A.2": {"deidentified": "yes", "text": "Hot all day", "files": []}}


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("label: Log", "label: The log", True),
        ("headings: [Day, Heat]", "headings: [Day]", True),
        ('shows: "1.A.2 | total"', 'shows: "1.A.3"', True),
        ("max_files: 2", "max_files: 3", False),
        ("[pdf, txt]", "[pdf]", False),
        ("min_words: 3", "min_words: 4", False),
        ("or_text: true\n        headings: [Day, Heat]\n        min_words: 3", "or_text: false", False),
        ("[item, cost]", "[item]", False),
        ('to: "1.A.2", columns: [item, cost]', 'to: "1.A.3"', False),
    ],
)
def test_the_structure_hash_of_files_and_references(tmp_path, old, new, same):
    def hashed(text):
        return structure_hash(read(small.write(tmp_path, OVEN | {LOG: text})).module("oven").worksheet, None)

    assert old in small.WORKSHEET_2
    assert (hashed(small.WORKSHEET_2) == hashed(small.WORKSHEET_2.replace(old, new, 1))) is same
