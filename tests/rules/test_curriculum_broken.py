"""Every mistake an author can make is told with its file, its line, and what would be right."""

from pathlib import Path

import pytest

from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from tests.rooms.curriculum import small
from tests.rules.broken import files, programs, samples, texts, worksheets, yaml_traps
from tests.rules.broken.case import LESSON, PROGRAM, SHEET, Case

THEMES = (yaml_traps, worksheets, samples, texts, programs, files)
ALL = {
    f"{theme.__name__.rpartition('.')[2]}: {name}": case
    for theme in THEMES
    for name, case in theme.BROKEN.items()
}


def problems(directory: Path) -> list[str]:
    with pytest.raises(CurriculumErrors) as errors:
        read(directory)
    return [str(problem) for problem in errors.value.problems]


@pytest.mark.parametrize("case", ALL.values(), ids=ALL.keys())
def test_a_mistake_is_told_with_its_file_its_line_and_what_is_right(tmp_path, case: Case):
    assert sorted(problems(small.write(tmp_path, case.files))) == sorted(case.expected)


def test_the_table_is_as_long_as_what_can_go_wrong():
    assert len(ALL) >= 240
    assert len(ALL) == sum(len(theme.BROKEN) for theme in THEMES)


def test_nobody_is_told_the_same_about_everything():
    """What is said differs from mistake to mistake: a sentence that fits all would help nobody."""
    said = {line.split(": ", 1)[1] for case in ALL.values() for line in case.expected}
    assert len(said) >= 180


def test_all_problems_come_at_once_in_the_order_of_the_files(tmp_path):
    found = problems(small.write(tmp_path, {
        SHEET: small.WORKSHEET.replace("min_rows: 2", "min_rows: two").replace("type: checklist", "type: chekclist"),
        LESSON: small.LESSON.replace("[F1]", "[F9]"),
        PROGRAM: small.PROGRAM.replace("weeks: 3", "weeks: many"),
    }))  # fmt: skip
    assert [line.split(": ")[0] for line in found] == [
        f"{LESSON}:7",
        f"{SHEET}:16",
        f"{SHEET}:58",
        f"{PROGRAM}:4",
    ]


def test_a_broken_worksheet_is_one_problem_not_one_per_reference(tmp_path):
    found = problems(small.write(tmp_path, {SHEET: "key: ["}))
    assert found == [f"{SHEET}:1: inside [ ] or {{ }} something is missing: the end, or quotes round a text."]


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_lines_are_counted_the_same_whatever_ends_them(tmp_path, ending):
    """Windows and old Macs, with the mark that some editors put in front of a file."""
    files = {
        name: b"\xef\xbb\xbf" + text.replace("\n", ending).encode() for name, text in small.FILES.items()
    }
    assert read(small.write(tmp_path / "odd", files)) == read(small.write(tmp_path / "plain"))
    files[SHEET] = files[SHEET].replace(b"min_rows: 2", b"min_rows: two")
    files[LESSON] = files[LESSON].replace(b"[F1]", b"[F1] \xe9")
    assert problems(small.write(tmp_path / "odd", files)) == [
        f"{LESSON}:7: this is not UTF-8 text; save the file as UTF-8.",
        f"{SHEET}:16: “min_rows” is “two”; write a whole number in digits, like 12.",
    ]
