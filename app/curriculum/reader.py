"""Reads a curriculum's folder into a `Program`, or says everything that is wrong with it at once.

One function per kind of file; what files say about each other is checked in `references`. Nothing here knows this
program: another folder with the same kinds of files is another program.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.curriculum import references
from app.curriculum.assessment_types import SelfAssessment
from app.curriculum.fields import tidy
from app.curriculum.folder import MAX_FILES, Folder
from app.curriculum.loaded import (
    ChecksFile,
    Loaded,
    LoadedModule,
    LoadedProgram,
    LoadedText,
    Model,
    ProgramFile,
    SourcesFile,
)
from app.curriculum.problems import CurriculumErrors, Problem
from app.curriculum.scalars import count_words
from app.curriculum.schema import (
    Document,
    DocumentFacts,
    Lesson,
    LessonFacts,
    Module,
    ModuleFacts,
    Page,
    PageFacts,
    Program,
    Rubric,
    Sample,
    SampleFacts,
    Worksheet,
)
from app.curriculum.validation import check_yaml, read_yaml

WORDS_A_MINUTE = 200
_NUMBERED = re.compile(r"([0-9]{2})-((?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*)")
_NAMED = re.compile(r"(?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_TOP = {"program.yaml", "sources.yaml", "assessment.yaml", "README.md", "pages", "modules"}
_IN_MODULE = {
    "module.md",
    "lessons",
    "worksheet.yaml",
    "rubric.yaml",
    "checks.yaml",
    "documents",
    "samples",
    "README.md",
}


def read(directory: Path | str) -> Program:
    """The program in this folder. Raises CurriculumErrors with every problem; its texts are not rendered yet."""
    folder = Folder(Path(directory))
    if not folder.is_folder("."):
        raise CurriculumErrors([Problem("program.yaml", 1, f"there is no folder {directory}.")])
    loaded = _load(folder)
    references.check(folder, loaded)
    if folder.problems or loaded.head is None:
        raise CurriculumErrors(folder.problems)
    return _program(loaded.head, loaded)


# --- loading -----------------------------------------------------------------------------------------------------


def _load(folder: Folder) -> LoadedProgram:
    for name in folder.names("."):
        if name not in _TOP:
            folder.problem(name, 1, f"“{name}” is not part of a curriculum; move or remove it.")
    head = read_yaml(folder, "program.yaml", ProgramFile)
    sources = read_yaml(folder, "sources.yaml", SourcesFile) if folder.exists("sources.yaml") else None
    assessment = (
        read_yaml(folder, "assessment.yaml", SelfAssessment) if folder.exists("assessment.yaml") else None
    )
    modules = list(_modules(folder, head) if head else _found_modules(folder))
    return LoadedProgram(
        head, sources, folder.exists("sources.yaml"), modules, dict(_pages(folder)), assessment
    )


def _modules(folder: Folder, head: Loaded[ProgramFile]) -> Iterator[LoadedModule]:
    listed = head.value.modules
    for index, name in enumerate(listed):
        line = head.line("modules", index)
        found = _NUMBERED.fullmatch(name)
        if not found:
            folder.problem(
                head.file, line, f"“{name}” is not the name of a module's folder; write it like 01-systems."
            )
        elif name in listed[:index]:
            folder.problem(head.file, line, f"“{name}” is listed twice.")
        elif int(found[1]) != index + 1:
            right = f"{index + 1:02}-{found[2]}"
            folder.problem(
                head.file, line, f"“{name}” stands at place {index + 1}; its folder must be called {right}."
            )
        elif not folder.is_folder(f"modules/{name}"):
            folder.problem(
                head.file, line, f"there is no folder modules/{name}; make it or take it off the list."
            )
        else:
            yield _module(folder, f"modules/{name}", index + 1, found[2])
    for name in folder.names("modules"):
        if name not in listed and name != "README.md":
            folder.problem(f"modules/{name}", 1, f"“{name}” is not listed under “modules” in program.yaml.")


def _found_modules(folder: Folder) -> Iterator[LoadedModule]:
    """Without a readable program.yaml: whatever looks like a module, so its problems are told as well."""
    for name in folder.names("modules"):
        found = _NUMBERED.fullmatch(name)
        if found and folder.is_folder(f"modules/{name}"):
            yield _module(folder, f"modules/{name}", int(found[1]), found[2])


def _module(folder: Folder, path: str, number: int, slug: str) -> LoadedModule:
    for name in folder.names(path):
        if name not in _IN_MODULE:
            folder.problem(
                f"{path}/{name}", 1, f"“{name}” is not part of a module; move, rename or remove it."
            )
    module = LoadedModule(path, number, slug, head=_text(folder, f"{path}/module.md", ModuleFacts))
    module.lessons = dict(_lessons(folder, f"{path}/lessons"))
    module.has_worksheet = folder.exists(f"{path}/worksheet.yaml")
    if module.has_worksheet:
        module.worksheet = read_yaml(folder, f"{path}/worksheet.yaml", Worksheet)
        module.rubric = read_yaml(folder, f"{path}/rubric.yaml", Rubric)
    elif folder.exists(f"{path}/rubric.yaml"):
        folder.problem(f"{path}/rubric.yaml", 1, "there is a rubric but no worksheet.yaml to judge by it.")
    if folder.exists(f"{path}/checks.yaml"):
        module.checks = read_yaml(folder, f"{path}/checks.yaml", ChecksFile)
    for file in folder.files(f"{path}/documents", ".md"):
        document = _text(folder, file, DocumentFacts)
        if document and _named(folder, file):
            module.documents[Path(file).stem] = document
    for file in folder.files(f"{path}/samples", ".yaml"):
        sample = read_yaml(folder, file, SampleFacts)
        if sample and _named(folder, file):
            module.samples[Path(file).stem] = sample
    return module


def _lessons(folder: Folder, path: str) -> Iterator[tuple[str, LoadedText[LessonFacts]]]:
    slugs: set[str] = set()
    for number, file in enumerate(folder.files(path, ".md"), start=1):
        lesson = _text(folder, file, LessonFacts)
        found = _NUMBERED.fullmatch(Path(file).stem)
        if not found:
            folder.problem(
                file, 1, "the name of a lesson is a number and a few words, like 04-capacity-and-price.md."
            )
            continue
        if int(found[1]) != number:
            folder.problem(
                file, 1, f"this is lesson {number} of the module; its name must begin with {number:02}-."
            )
        if found[2] in slugs:
            folder.problem(file, 1, f"two lessons are called “{found[2]}”; rename one.")
        slugs.add(found[2])
        if lesson:
            yield found[2], lesson


def _pages(folder: Folder) -> Iterator[tuple[str, LoadedText[PageFacts]]]:
    left = list(reversed(folder.names("pages")))
    seen = 0
    while left and seen < MAX_FILES:
        name, seen = left.pop(), seen + 1
        file = f"pages/{name}"
        if folder.is_folder(file) and name.count("/") < 2:
            left.extend(f"{name}/{inner}" for inner in reversed(folder.names(file)))
        elif not name.endswith(".md"):
            folder.problem(file, 1, "only .md files belong in pages/; move or remove it.")
        elif not name.endswith("README.md") and _named(folder, file):
            page = _text(folder, file, PageFacts)
            if page:
                yield name.removesuffix(".md"), page


def _named(folder: Folder, file: str) -> bool:
    """Whether the file's name can be part of an address."""
    if _NAMED.fullmatch(Path(file).stem):
        return True
    folder.problem(
        file, 1, "a file's name is made of small letters, digits and -, at most 60, like fee-schedule."
    )
    return False


def _text(folder: Folder, file: str, model: type[Model]) -> LoadedText[Model] | None:
    """A Markdown file: the front matter between two lines of ---, then the text."""
    text = folder.text(file)
    if text is None:
        return None
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        folder.problem(
            file, 1, "the file must begin with a line of three dashes (---), then title: and so on."
        )
        return None
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if end is None:
        folder.problem(file, 1, "the front matter is not closed; put a second line of --- under it.")
        return None
    head = check_yaml(folder, file, "\n".join(lines[1:end]), model, first_line=2)
    body = "\n".join(lines[end + 1 :])
    if not body.strip():
        folder.problem(file, end + 1, "there is no text below the front matter.")
        return None
    return LoadedText(head.value, head.file, head.tree, body, end + 2) if head else None


# --- putting together --------------------------------------------------------------------------------------------


def _program(head: Loaded[ProgramFile], loaded: LoadedProgram) -> Program:
    """All checks passed, so every part is there."""
    facts = {name: getattr(head.value, name) for name in ProgramFile.model_fields if name != "modules"}
    return Program(
        **facts,
        modules=tuple(_built(module) for module in loaded.modules),
        sources=loaded.sources.value.root if loaded.sources else {},
        pages=tuple(
            Page(**_facts(page), slug=slug, body=page.body.strip()) for slug, page in loaded.pages.items()
        ),
        assessment=loaded.assessment.value if loaded.assessment else None,
    )


def _built(module: LoadedModule) -> Module:
    assert module.head
    lessons = tuple(_lesson(n, slug, one) for n, (slug, one) in enumerate(module.lessons.items(), start=1))
    sheet = module.worksheet.value if module.worksheet else None
    return Module(
        **_facts(module.head),
        number=module.number,
        slug=module.slug,
        opening=module.head.body.strip(),
        lessons=lessons,
        worksheet=sheet,
        rubric=module.rubric.value if module.rubric else None,
        checks=module.checks.value.checks if module.checks else (),
        documents=tuple(
            Document(**_facts(one), slug=slug, body=one.body.strip())
            for slug, one in module.documents.items()
        ),
        samples=tuple(
            Sample(**_facts(one) | {"answers": tidy(sheet, one.value.answers)}, slug=slug)
            for slug, one in module.samples.items()
            if sheet
        ),
    )


def _lesson(number: int, slug: str, loaded: LoadedText[LessonFacts]) -> Lesson:
    minutes = loaded.value.minutes or max(1, round(count_words(loaded.body) / WORDS_A_MINUTE))
    return Lesson(**_facts(loaded) | {"minutes": minutes}, slug=slug, number=number, body=loaded.body.strip())


def _facts(loaded: Loaded[Model]) -> dict[str, Any]:
    return {name: getattr(loaded.value, name) for name in type(loaded.value).model_fields}
