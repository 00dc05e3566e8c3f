"""Checks the running text of lessons, documents and pages: blocks, citations, headings, links, placeholders."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from app.curriculum import block_check, placeholders
from app.curriculum.blocks import FENCE
from app.curriculum.folder import Folder
from app.curriculum.known import Known
from app.curriculum.loaded import LoadedModule, LoadedProgram, LoadedText
from app.curriculum.markdown import BLOCKS, CITATION, heading_id
from app.curriculum.terms import MARKED

_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]*)[^)]*\)?")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")
_GOOD_LINK = ("https://", "http://", "mailto:", "/", "#")
_HEADING = re.compile(r"(?m)^ {0,3}#{2,5}\s+(.*)$")
_LISTS = {"h-sources", "h-terms"}  # below a lesson
AnyText = LoadedText[Any]


def check_module(folder: Folder, module: LoadedModule, known: Known) -> None:
    if module.head:
        _check_text(folder, module.head, known)
    for lesson in module.lessons.values():
        _check_text(folder, lesson, known, is_lesson=True)
        _check_sources(folder, lesson, lesson.value.sources, known)
        for number, words in enumerate(lesson.value.unexplained):
            if known.lacks_term(words):
                line = lesson.line("unexplained", number)
                folder.problem(
                    lesson.file, line, f"“unexplained” names “{words}”, which is not in glossary.yaml."
                )
        for number, field_id in enumerate(lesson.value.feeds):
            if known.lacks_field(field_id):
                sentence = f"“feeds” names {field_id}, but no worksheet has that field."
                folder.problem(lesson.file, lesson.line("feeds", number), sentence)
    block_check.check_module(folder, module)
    for document in module.documents.values():
        _check_text(folder, document, known)
        block_check.check_other(folder, document)
        _check_placeholders(folder, document, known)


def check_pages(folder: Folder, program: LoadedProgram, known: Known) -> None:
    for page in program.pages.values():
        _check_text(folder, page, known)
        block_check.check_other(folder, page)
        _check_sources(folder, page, page.value.sources, known)
    heads = [module.head for module in program.modules]
    if program.head is None or None in heads:
        return  # which reasons there are is not known yet
    reasons = {head.value.reason_slug: head for head in heads if head}
    written = {slug.removeprefix("reasons/") for slug in program.pages if slug.startswith("reasons/")}
    for slug in sorted(written - reasons.keys()):
        file = f"pages/reasons/{slug}.md"
        folder.problem(
            file, 1, f"no module has the reason_slug “{slug}”; rename the file or correct the module."
        )
    for slug, head in reasons.items():
        if written and slug not in written and not folder.exists(f"pages/reasons/{slug}.md"):
            sentence = f"the reason “{slug}” has no page; write pages/reasons/{slug}.md."
            folder.problem(head.file, head.line("reason_slug"), sentence)


def _check_sources(folder: Folder, text: AnyText, listed: Iterable[str], known: Known) -> None:
    for number, tag in enumerate(listed):
        if known.lacks_source(tag):
            folder.problem(
                text.file, text.line("sources", number), f"the source {tag} is not in sources.yaml."
            )


def _check_text(folder: Folder, text: AnyText, known: Known, *, is_lesson: bool = False) -> None:
    lines = list(enumerate(text.body.split("\n"), start=text.body_line))
    anchors = _LISTS | {heading_id(heading) for heading in _HEADING.findall(text.body)}
    for number, line in lines:
        sentences = (
            *_citation_problems(line, known),
            *_heading_problems(line),
            *_link_problems(line, folder, known, anchors),
            *(_marked_problems(line, known) if is_lesson else _no_marks(line)),
        )
        for sentence in sentences:
            folder.problem(text.file, number, sentence)
    for number, sentence in _block_problems(lines, known):
        folder.problem(text.file, number, sentence)


def _citation_problems(line: str, known: Known) -> Iterator[str]:
    for tag in CITATION.findall(line):
        if known.lacks_source(tag):
            yield f"the source [{tag}] is not in sources.yaml."


def _heading_problems(line: str) -> Iterator[str]:
    if re.match(r" {0,3}#(?!#)\s", line):
        yield "a single # is the page's title, which comes from the front matter; begin with ##."


def _link_problems(line: str, folder: Folder, known: Known, anchors: Collection[str]) -> Iterator[str]:
    for target in _PICTURE.findall(line):
        yield f"the picture “{target}” is not shown; write an image block, with its file in the module’s media folder."
    for target in _LINK.findall(_PICTURE.sub("", line)):
        where = f"the link to “{target}” leads nowhere"
        if not target.startswith(_GOOD_LINK) or target.startswith("//"):
            yield f"{where}; write https://…, mailto:… or an address like /program."
        elif target.startswith("#") and target[1:] not in anchors:
            yield f"{where}; no heading of this text has that address."
        elif target.startswith("/") and _lacks_place(target, folder, known):
            yield f"{where}; there is no such module, lesson, reason or term."


def _lacks_place(target: str, folder: Folder, known: Known) -> bool:
    found = urlsplit(target)
    if found.path.startswith("/reasons/"):
        return not folder.exists(f"pages{found.path.rstrip('/')}.md")
    return known.lacks_place(found.path, found.fragment)


def _marked_problems(line: str, known: Known) -> Iterator[str]:
    for found in MARKED.finditer(line):
        if line.lstrip().startswith("#"):
            yield f"“{found[0]}” stands in a heading; mark the term in the text below it."
        elif known.lacks_term(found[1]):
            yield f"“{found[0]}”: “{found[1].strip()}” is not in glossary.yaml."


def _no_marks(line: str) -> Iterator[str]:
    for found in MARKED.finditer(line):
        yield f"“{found[0]}”: terms are explained in lessons only; write the words without brackets."


def _block_problems(lines: Iterable[tuple[int, str]], known: Known) -> Iterator[tuple[int, str]]:
    open_blocks: list[tuple[str, str, int]] = []  # slashes, name, line
    for number, line in lines:
        found = FENCE.fullmatch(line.rstrip())
        if not found:
            continue
        slashes, name, title = found.groups()
        if not name and title is None:
            if open_blocks and open_blocks[-1][0] == slashes:
                open_blocks.pop()
            else:
                yield number, f"“{slashes}” closes a block that is not open."
            continue
        yield from ((number, sentence) for sentence in _opening_problems(name, title, known))
        if open_blocks and open_blocks[-1][0] == slashes:
            outer = open_blocks.pop()
            yield (
                number,
                f"the {outer[1]} block of line {outer[2]} is still open; close it with “{slashes}” first.",
            )
        open_blocks.append((slashes, name, number))
    for slashes, name, number in open_blocks:
        yield number, f"this {name} block is never closed; put a line “{slashes}” after it."


def _opening_problems(name: str, title: str | None, known: Known) -> Iterator[str]:
    if name not in BLOCKS:
        yield f"there is no block “{name}”; the blocks are {', '.join(BLOCKS)}."
    elif name == "build" and known.lacks_field(title or ""):
        yield f"“build” leads to “{title or ''}”, but no worksheet has that field."


def _check_placeholders(folder: Folder, text: AnyText, known: Known) -> None:
    open_line: int | None = None
    for found in placeholders.BRACES.finditer(text.body):
        line = text.body_line + text.body.count("\n", 0, found.start())
        inside = found[1]
        if inside.strip() == "/?":
            if open_line is None:
                folder.problem(text.file, line, "“{{/?}}” closes nothing; “{{? … }}” is missing before it.")
            open_line = None
            continue
        if inside.startswith("?"):
            if open_line is not None:
                folder.problem(
                    text.file, line, f"“{{{{? }}}}” of line {open_line} is still open; close it first."
                )
            open_line, inside = line, inside[1:]
        placeholder = placeholders.parse(inside)
        if placeholder is None:
            sentence = (
                f"“{{{{{inside}}}}}” is not a placeholder; write {{{{ 1.A.1 }}}} or {{{{ 1.D.1 | event }}}}."
            )
            folder.problem(text.file, line, sentence)
        elif known.is_unread(placeholder.field):
            continue
        elif wrong := placeholders.problem(placeholder, known.fields):
            folder.problem(text.file, line, f"“{{{{{inside}}}}}”: {wrong}")
    if open_line is not None:
        folder.problem(text.file, open_line, "“{{? … }}” is never closed; write {{/?}} where the part ends.")
    rest = placeholders.BRACES.sub(lambda found: "\n" * found[0].count("\n"), text.body)
    for number, line_text in enumerate(rest.split("\n"), start=text.body_line):
        if "{{" in line_text or "}}" in line_text:
            folder.problem(text.file, number, "a “{{” or “}}” has no partner.")
