"""What a curriculum that is right in every line leaves open: questions to the institute, parts not written yet."""

from collections.abc import Iterator
from typing import Any

from app.curriculum.blocks import FENCE
from app.curriculum.loaded import Loaded, LoadedModule, LoadedProgram, LoadedText
from app.curriculum.problems import Problem


def open_points(program: LoadedProgram) -> list[Problem]:
    """Each with its file and line, in the order of the files."""
    title = program.head.value.open_questions_title if program.head else None
    found = [point for module in program.modules for point in _unwritten(module)]
    if title:
        found += [point for text in _texts(program) for point in _questions(text, title)]
    return sorted(found)


def _texts(program: LoadedProgram) -> Iterator[LoadedText[Any]]:
    for module in program.modules:
        if module.head:
            yield module.head
        yield from module.lessons.values()
        yield from module.documents.values()
    yield from program.pages.values()


def _questions(text: LoadedText[Any], title: str) -> Iterator[Problem]:
    """The callouts with this title: each is one question."""
    opened: tuple[int, str] | None = None  # line and slashes of the callout we are in
    words: list[str] = []
    for number, line in enumerate(text.body.split("\n"), start=text.body_line):
        found = FENCE.fullmatch(line.rstrip())
        if opened and found and not found[2] and found[1] == opened[1]:
            yield Problem(text.file, opened[0], " ".join(words))
            opened, words = None, []
        elif opened:
            words += line.split()
        elif found and _same_words(found[3] or "", title):
            opened = number, found[1]


def _same_words(one: str, other: str) -> bool:
    return one.casefold().split() == other.casefold().split()


def _unwritten(module: LoadedModule) -> Iterator[Problem]:
    if not module.worksheet:
        if module.head:
            sentence = (
                "there is no worksheet.yaml, so the module is announced and nothing can be built in it."
            )
            yield Problem(module.head.file, 1, sentence)
        return
    kinds = {sample.value.kind for sample in module.samples.values()}
    for kind in ("good", "weak"):
        if kind not in kinds:
            yield _at_top(module.worksheet, f"there is no {kind} sample of this worksheet in samples/.")
    if not module.checks:
        yield _at_top(
            module.worksheet, "there is no checks.yaml, so nobody asks whether the system is in use."
        )
    if not module.lessons:
        yield _at_top(module.worksheet, "there is no lesson that leads to this worksheet.")


def _at_top(sheet: Loaded[Any], sentence: str) -> Problem:
    return Problem(sheet.file, 1, sentence)
