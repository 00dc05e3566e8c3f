"""The folder of a curriculum when it is more than plain files: links, folders for files, what nobody may read."""

import os
from pathlib import Path

import pytest

from app.curriculum import folder as folders
from app.curriculum.reader import read
from tests.rooms.curriculum import small
from tests.rules.broken.case import CARD, CHECKS, OVEN, PROGRAM, SHEET, M
from tests.rules.test_curriculum_broken import problems

FILE_OUT = "this is a link to a file outside the curriculum; copy the file here instead."
FOLDER_OUT = "this is a link to a folder outside the curriculum; copy the folder here instead."


@pytest.fixture
def curriculum(tmp_path) -> Path:
    return small.write(tmp_path / "in")


def emptied(path: Path) -> Path:
    """The same place without what stood there."""
    for inner in sorted(path.rglob("*"), reverse=True):
        inner.rmdir() if inner.is_dir() else inner.unlink()
    path.rmdir() if path.is_dir() else path.unlink()
    return path


def test_no_folder_at_all(tmp_path):
    assert problems(tmp_path / "gone") == [f"program.yaml:1: there is no folder {tmp_path / 'gone'}."]
    (tmp_path / "file").write_text("x")
    assert problems(tmp_path / "file") == [f"program.yaml:1: there is no folder {tmp_path / 'file'}."]


def test_a_link_within_the_folder_is_as_good_as_a_file(curriculum):
    (curriculum / "pages/reasons/cold-oven.md").unlink()
    (curriculum / "pages/reasons/cold-oven.md").symlink_to("no-recipe.md")
    assert read(curriculum) == read(curriculum)


def test_a_link_to_a_file_outside_is_not_followed(curriculum, tmp_path):
    (tmp_path / "secret.yaml").write_text(small.CHECKS)
    emptied(curriculum / CHECKS).symlink_to(tmp_path / "secret.yaml")
    assert problems(curriculum) == [f"{CHECKS}:1: {FILE_OUT}"]


@pytest.mark.parametrize("place", [f"{M}/lessons", "modules/02-oven"])
def test_a_link_to_a_folder_outside_is_not_followed(curriculum, tmp_path, place):
    emptied(curriculum / place).symlink_to(small.write(tmp_path / "out") / place)
    assert f"{place}:1: {FOLDER_OUT}" in problems(curriculum)


@pytest.mark.parametrize("place", [CARD, f"{M}/lessons"])
def test_a_link_in_a_circle_is_said_to_be_unreadable(curriculum, place):
    emptied(curriculum / place).symlink_to(Path(place).name)
    found = problems(curriculum)
    kind = "file" if place == CARD else "folder"
    assert any(line.startswith(f"{place}:1: this {kind} cannot be read: ") for line in found), found


@pytest.mark.parametrize("place", [PROGRAM, SHEET, OVEN])
def test_a_folder_where_a_file_should_be(curriculum, place):
    emptied(curriculum / place).mkdir()
    assert f"{place}:1: this is a folder; it must be a file." in problems(curriculum)


@pytest.mark.parametrize("place", ["pages", f"{M}/lessons", f"{M}/documents", f"{M}/samples"])
def test_a_file_where_a_folder_should_be(curriculum, place):
    emptied(curriculum / place).write_text("x")
    assert f"{place}:1: this is a file; it must be a folder." in problems(curriculum)


def test_a_file_where_all_modules_should_be(curriculum):
    emptied(curriculum / "modules").write_text("x")
    found = problems(curriculum)
    assert "modules:1: this is a file; it must be a folder." in found
    assert "program.yaml:11: there is no folder modules/01-dough; make it or take it off the list." in found


def test_a_folder_among_the_lessons(curriculum):
    (curriculum / M / "lessons/02-bake.md").mkdir()
    sentence = f"only .md files belong in {M}/lessons/; move or remove it."
    assert problems(curriculum) == [f"{M}/lessons/02-bake.md:1: {sentence}"]


def test_what_is_no_file_is_not_waited_for(curriculum):
    """Reading from a pipe would wait for somebody to write."""
    os.mkfifo(emptied(curriculum / CHECKS))
    assert problems(curriculum) == [f"{CHECKS}:1: this is not a file."]


def test_a_file_nobody_may_read(curriculum, monkeypatch):
    """Refused by the system, whoever runs the tests."""
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "checks.yaml":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert problems(curriculum) == [f"{CHECKS}:1: this file cannot be read: permission denied."]


def test_a_folder_nobody_may_read(curriculum, monkeypatch):
    scandir = os.scandir

    def refuse(path: Path):
        if Path(path).name == "lessons":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert problems(curriculum) == [f"{M}/lessons:1: this folder cannot be read: permission denied."]


def test_hidden_files_and_authors_notes_are_left_alone(curriculum):
    for name in (
        ".DS_Store",
        "README.md",
        f"{M}/README.md",
        f"{M}/lessons/.draft.md",
        f"{M}/lessons/README.md",
    ):
        (curriculum / name).write_text("x")
    assert read(curriculum)


def test_the_reader_stops_after_so_many_files(curriculum, monkeypatch):
    monkeypatch.setattr(folders, "MAX_FILES", 6)
    assert problems(curriculum) == [
        f"{M}/documents/recipe-card.md:1: there are more than 6 files; this one and the rest was not read."
    ]
