"""Reads a curriculum's folder into a `Program`, or says everything that is wrong with it at once.

One function per kind of file; what files say about each other is checked in `agreement`. Nothing here knows this
program: another folder with the same kinds of files is another program.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from app.curriculum import agreement, media_folder
from app.curriculum.assessment_types import SelfAssessment
from app.curriculum.blocks import blocks_of, question_key
from app.curriculum.care_words import Wording
from app.curriculum.fields import tidy
from app.curriculum.folder import MAX_FILES, Folder
from app.curriculum.glossary import GlossaryFile, Term, TermFacts, slug_of
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
from app.curriculum.module_types import DocumentFacts, LessonFacts, ModuleFacts, SampleFacts
from app.curriculum.open_points import open_points
from app.curriculum.problems import CurriculumErrors, Problem
from app.curriculum.scalars import count_words
from app.curriculum.schema import (
    Document,
    HomePageFacts,
    Lesson,
    Module,
    Page,
    PageFacts,
    Program,
    ReasonPageFacts,
    ReflectQuestion,
    Rubric,
    Sample,
    Worksheet,
)
from app.curriculum.validation import check_yaml, read_yaml

WORDS_A_MINUTE = 200
_NUMBERED = re.compile(r"([0-9]{2})-((?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*)")
_NAMED = re.compile(r"(?=.{1,60}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_TOP = {
    "program.yaml", "sources.yaml", "glossary.yaml", "assessment.yaml", "wording.yaml", "README.md", "pages", "modules",
}  # fmt: skip
_IN_MODULE = {
    "module.md",
    "lessons",
    "media",
    "worksheet.yaml",
    "rubric.yaml",
    "checks.yaml",
    "documents",
    "samples",
    "README.md",
}


class Reading(NamedTuple):
    """The program, and what it leaves open although nothing in it is wrong."""

    program: Program
    open_points: list[Problem]


def read(directory: Path | str) -> Program:
    """The program in this folder. Raises CurriculumErrors with every problem; its texts are not rendered yet."""
    return read_closely(directory).program


def read_closely(directory: Path | str) -> Reading:
    """Like `read`, and says as well what is still open."""
    folder = Folder(Path(directory))
    if not folder.is_folder("."):
        raise CurriculumErrors([Problem("program.yaml", 1, f"there is no folder {directory}.")])
    loaded = _load(folder)
    agreement.check(folder, loaded)
    if folder.problems or loaded.head is None:
        raise CurriculumErrors(folder.problems)
    return Reading(_program(loaded.head, loaded), open_points(loaded))


# --- loading -----------------------------------------------------------------------------------------------------


def _load(folder: Folder) -> LoadedProgram:
    folder.only(".", _TOP, "a curriculum")
    head = read_yaml(folder, "program.yaml", ProgramFile)
    modules = list(_modules(folder, head) if head else _found_modules(folder))
    return LoadedProgram(
        head,
        sources=_if_there(folder, "sources.yaml", SourcesFile),
        has_sources=folder.exists("sources.yaml"),
        glossary=_if_there(folder, "glossary.yaml", GlossaryFile),
        has_glossary=folder.exists("glossary.yaml"),
        modules=modules,
        pages=dict(_pages(folder)),
        assessment=_if_there(folder, "assessment.yaml", SelfAssessment),
        wording=_if_there(folder, "wording.yaml", Wording),
    )


def _if_there(folder: Folder, file: str, model: type[Model]) -> Loaded[Model] | None:
    return read_yaml(folder, file, model) if folder.exists(file) else None


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
        elif not folder.leads_out(f"modules/{name}"):
            yield _module(folder, f"modules/{name}", index + 1, found[2])
    for name in folder.names("modules") if all(map(_NUMBERED.fullmatch, listed)) else ():
        if name not in listed and name != "README.md":
            folder.problem(f"modules/{name}", 1, f"“{name}” is not listed under “modules” in program.yaml.")


def _found_modules(folder: Folder) -> Iterator[LoadedModule]:
    """Without a readable program.yaml: whatever looks like a module, so its problems are told as well."""
    for name in folder.names("modules"):
        found = _NUMBERED.fullmatch(name)
        if found and folder.is_folder(f"modules/{name}") and not folder.leads_out(f"modules/{name}"):
            yield _module(folder, f"modules/{name}", int(found[1]), found[2])


def _module(folder: Folder, path: str, number: int, slug: str) -> LoadedModule:
    folder.only(path, _IN_MODULE, "a module")
    module = LoadedModule(path, number, slug, head=_text(folder, f"{path}/module.md", ModuleFacts))
    module.lessons = dict(_lessons(folder, f"{path}/lessons", module.lesson_slugs))
    module.media_names = set(folder.names(f"{path}/media"))
    module.media = media_folder.read(folder, f"{path}/media")
    module.has_worksheet = folder.exists(f"{path}/worksheet.yaml")
    if module.has_worksheet:
        module.worksheet = read_yaml(folder, f"{path}/worksheet.yaml", Worksheet)
        module.rubric = read_yaml(folder, f"{path}/rubric.yaml", Rubric)
    elif folder.exists(f"{path}/rubric.yaml"):
        folder.problem(f"{path}/rubric.yaml", 1, "there is a rubric but no worksheet.yaml to judge by it.")
    if folder.exists(f"{path}/checks.yaml"):
        module.checks = read_yaml(folder, f"{path}/checks.yaml", ChecksFile)
    for file in folder.files(f"{path}/documents", ".md"):
        module.documents_found += 1
        document = _text(folder, file, DocumentFacts)
        if document and _named(folder, file):
            module.documents[Path(file).stem] = document
    for file in folder.files(f"{path}/samples", ".yaml"):
        sample = read_yaml(folder, file, SampleFacts)
        if sample and _named(folder, file):
            module.samples[Path(file).stem] = sample
    return module


def _lessons(folder: Folder, path: str, slugs: set[str]) -> Iterator[tuple[str, LoadedText[LessonFacts]]]:
    """The lessons that can be read; `slugs` gets the name of each that is there."""
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
    for needed in ("pages/home.md", "pages/program.md"):
        if not folder.exists(needed):
            folder.problem(needed, 1, "this file is missing; the site has a page for it.")
    left = list(reversed(folder.names("pages")))
    seen = 0
    while left and seen < MAX_FILES:
        name, seen = left.pop(), seen + 1
        file = f"pages/{name}"
        if folder.is_folder(file) and name.count("/") < 2:
            left.extend(f"{name}/{inner}" for inner in reversed(folder.names(file)))
        elif not name.endswith(".md"):
            folder.problem(file, 1, "only .md files belong in pages/; move or remove it.")
        elif name == "README.md":
            continue
        elif "/" not in name and name not in ("home.md", "program.md"):
            folder.problem(file, 1, "no page shows this text; move it to pages/reasons/ or remove it.")
        elif _named(folder, file):
            page = _text(folder, file, _page_model(name.removesuffix(".md")))
            if page:
                yield name.removesuffix(".md"), page


def _page_model(slug: str) -> type[PageFacts]:
    """Two kinds of pages have short texts besides the running one, and each its own."""
    if slug == "home":
        return HomePageFacts
    return ReasonPageFacts if slug.startswith("reasons/") else PageFacts


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
        glossary=_glossary(loaded.glossary.value.terms if loaded.glossary else ()),
        pages=tuple(_page(slug, page) for slug, page in loaded.pages.items()),
        assessment=loaded.assessment.value if loaded.assessment else None,
        wording=loaded.wording.value if loaded.wording else Wording(),
    )


def _glossary(terms: Iterable[TermFacts]) -> tuple[Term, ...]:
    found = [Term(**one.model_dump(), slug=slug_of(one.term)) for one in terms]
    return tuple(sorted(found, key=lambda one: one.slug))


def _page(slug: str, loaded: LoadedText[PageFacts]) -> Page:
    facts = loaded.value.model_dump(mode="json", exclude_none=True)
    return Page(**facts, slug=slug, body=loaded.body.strip())


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
        media=tuple(module.media.values()),
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
    return Lesson(
        **_facts(loaded) | {"minutes": minutes},
        slug=slug,
        number=number,
        body=loaded.body.strip(),
        questions=tuple(
            ReflectQuestion(key=question_key(block.title), text=block.title)
            for block in blocks_of(enumerate(loaded.body.split("\n")))
            if block.name == "reflect"
        ),
    )


def _facts(loaded: Loaded[Model]) -> dict[str, Any]:
    return {name: getattr(loaded.value, name) for name in type(loaded.value).model_fields}
