"""Checks the running text of lessons, documents and pages: blocks, citations, headings, links, placeholders."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.curriculum import placeholders
from app.curriculum.folder import Folder
from app.curriculum.loaded import Known, LoadedModule, LoadedProgram, LoadedText
from app.curriculum.markdown import BLOCKS, CITATION

_BLOCK = re.compile(r" {0,3}(/{3,})(?!/)\s*([a-z_-]*)\s*(?:\|\s*(.*?)\s*)?")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]*)")
_GOOD_LINK = ("https://", "http://", "mailto:", "/", "#")
AnyText = LoadedText[Any]


def check_module(folder: Folder, module: LoadedModule, known: Known) -> None:
    if module.head:
        _check_text(folder, module.head, known)
    for lesson in module.lessons.values():
        _check_text(folder, lesson, known)
        _check_sources(folder, lesson, lesson.value.sources, known)
        for number, field_id in enumerate(lesson.value.feeds):
            if known.lacks_field(field_id):
                sentence = f"“feeds” names {field_id}, but no worksheet has that field."
                folder.problem(lesson.file, lesson.line("feeds", number), sentence)
            elif known.is_retired(field_id):
                sentence = f"“feeds” names {field_id}, which is retired; no worksheet asks for it any more."
                folder.problem(lesson.file, lesson.line("feeds", number), sentence)
    for document in module.documents.values():
        _check_text(folder, document, known)
        _check_placeholders(folder, document, known)


def check_pages(folder: Folder, program: LoadedProgram, known: Known) -> None:
    for page in program.pages.values():
        _check_text(folder, page, known)
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


def _check_text(folder: Folder, text: AnyText, known: Known) -> None:
    lines = list(enumerate(text.body.split("\n"), start=text.body_line))
    for number, line in lines:
        for sentence in (*_citation_problems(line, known), *_heading_problems(line), *_link_problems(line)):
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


def _link_problems(line: str) -> Iterator[str]:
    for target in _LINK.findall(line):
        if not target.startswith(_GOOD_LINK):
            yield f"the link to “{target}” leads nowhere; write https://…, mailto:… or an address like /program."


def _block_problems(lines: Iterable[tuple[int, str]], known: Known) -> Iterator[tuple[int, str]]:
    open_blocks: list[tuple[str, str, int]] = []  # slashes, name, line
    for number, line in lines:
        found = _BLOCK.fullmatch(line.rstrip())
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
    elif name == "build" and known.is_retired(title or ""):
        yield f"“build” leads to “{title}”, which is retired; no worksheet asks for it any more."


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
