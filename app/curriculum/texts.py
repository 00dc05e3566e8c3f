"""Checks the running text of lessons, documents and pages: blocks, citations, links, placeholders."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.curriculum import block_check, glossary_check, lines, placeholders
from app.curriculum.blocks import FENCE
from app.curriculum.folder import Folder
from app.curriculum.known import Known
from app.curriculum.links import Addresses
from app.curriculum.loaded import Loaded, LoadedModule, LoadedProgram, LoadedText
from app.curriculum.markdown import BLOCKS, CITATION
from app.curriculum.module_types import SampleFacts

_SPACED = re.compile(r"\s\[[A-Z]{1,2}[0-9]{1,3}[a-z]?\](?!\()")
MAX_BLOCKS_DEEP = 3
AnyText = LoadedText[Any]


def check(folder: Folder, program: LoadedProgram) -> None:
    """Report what is wrong in any text, and where a text leads nowhere."""
    texts = _Texts(folder, Known(program), Addresses(folder, program))
    for module in program.modules:
        texts.check_module(module)
    for page in program.pages.values():
        texts.check(page)
        texts.check_sources(page, page.value.sources)
        block_check.check_other(folder, page)
    _check_reasons(folder, program)


class _Texts:
    def __init__(self, folder: Folder, known: Known, addresses: Addresses) -> None:
        self._folder = folder
        self._known = known
        self._addresses = addresses

    def check_module(self, module: LoadedModule) -> None:
        if module.head:
            self.check(module.head)
        for lesson in module.lessons.values():
            self.check(lesson, builds=True)
            self.check_sources(lesson, lesson.value.sources)
            for number, words in enumerate(lesson.value.unexplained):
                if self._known.lacks_term(words):
                    sentence = f"“unexplained” names “{words}”, which is not in glossary.yaml."
                    self._folder.problem(lesson.file, lesson.line("unexplained", number), sentence)
            for number, field_id in enumerate(lesson.value.feeds):
                if self._known.lacks_field(field_id):
                    sentence = f"“feeds” names {field_id}, but no worksheet has that field."
                    self._folder.problem(lesson.file, lesson.line("feeds", number), sentence)
                elif self._known.is_retired(field_id):
                    sentence = (
                        f"“feeds” names {field_id}, which is retired; no worksheet asks for it any more."
                    )
                    self._folder.problem(lesson.file, lesson.line("feeds", number), sentence)
        block_check.check_module(self._folder, module)
        for sample in module.samples.values():
            self.check_why(sample)
        for document in module.documents.values():
            self.check(document, cites=False, fills=True)
            block_check.check_other(self._folder, document)
            for line, sentence in (
                _placeholder_problems(document, self._known) if module.has_worksheet else ()
            ):
                self._folder.problem(document.file, line, sentence)

    def check(self, text: AnyText, *, builds: bool = False, cites: bool = True, fills: bool = False) -> None:
        """`builds`: build cards lead somewhere here. `cites`: sources are listed. `fills`: answers are put in."""
        for number, sentence in self._found(text, builds=builds, cites=cites, fills=fills):
            self._folder.problem(text.file, number, sentence)

    def _found(self, text: AnyText, *, builds: bool, cites: bool, fills: bool) -> Iterator[lines.Line]:
        numbered = list(enumerate(text.body.split("\n"), start=text.body_line))
        yield from lines.problems(numbered)
        yield from _block_problems(numbered, self._known, builds=builds)
        for number, line in numbered:
            line = lines.without_code(line)
            yield from ((number, wrong) for wrong in _citation_problems(line, self._known, cites=cites))
            yield from ((number, wrong) for wrong in self._addresses.problems(line, text))
            marks = glossary_check.mark_problems(line, self._known, in_lesson=builds)
            yield from ((number, wrong) for wrong in marks)
            if not fills and ("{{" in line or "}}" in line):
                yield number, "only a document puts answers in the place of {{ }}; write words here."

    def check_why(self, sample: Loaded[SampleFacts]) -> None:
        """The reasons why a sample is good or weak: text within YAML, so all is told at the line of its key."""
        why = LoadedText(sample.value, sample.file, sample.tree, sample.value.why, 1)
        for _, sentence in self._found(why, builds=False, cites=True, fills=False):
            self._folder.problem(sample.file, sample.line("why"), f"in “why”: {sentence}")

    def check_sources(self, text: AnyText, listed: Iterable[str]) -> None:
        for number, tag in enumerate(listed):
            if self._known.lacks_source(tag):
                sentence = f"the source {tag} is not in sources.yaml."
                self._folder.problem(text.file, text.line("sources", number), sentence)


def _check_reasons(folder: Folder, program: LoadedProgram) -> None:
    heads = [module.head for module in program.modules]
    if program.head is None or None in heads or len(heads) != len(program.head.value.modules):
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


def _citation_problems(line: str, known: Known, *, cites: bool) -> Iterator[str]:
    for tag in CITATION.findall(line):
        if not cites:
            yield f"a document lists no sources; take [{tag}] out, or say in words where the figure is from."
        elif known.lacks_source(tag):
            yield f"the source [{tag}] is not in sources.yaml."
    if cites and (found := _SPACED.search(line)):
        yield f"write{found[0]} directly after the word, without a space."


# --- blocks ------------------------------------------------------------------------------------------------------


def _block_problems(numbered: Iterable[lines.Line], known: Known, *, builds: bool) -> Iterator[lines.Line]:
    open_blocks: list[tuple[str, str, int]] = []  # slashes, name, line
    for number, line in numbered:
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
        yield from ((number, sentence) for sentence in _opening_problems(name, title, known, builds=builds))
        if open_blocks and open_blocks[-1][0] == slashes:
            outer = open_blocks.pop()
            yield (
                number,
                f"the {outer[1]} block of line {outer[2]} is still open; close it with “{slashes}” first.",
            )
        open_blocks.append((slashes, name, number))
        if len(open_blocks) == MAX_BLOCKS_DEEP + 1:
            yield number, f"this block stands in {MAX_BLOCKS_DEEP} others; close one of them first."
    for slashes, name, number in open_blocks:
        yield number, f"this {name} block is never closed; put a line “{slashes}” after it."


def _opening_problems(name: str, title: str | None, known: Known, *, builds: bool) -> Iterator[str]:
    title = (title or "").strip()
    if name not in BLOCKS:
        yield f"there is no block “{name}”; the blocks are {', '.join(BLOCKS)}."
    elif name == "build" and not builds:
        yield "a “build” block stands in a lesson; here it would lead nowhere."
    elif name == "build" and known.lacks_field(title):
        yield f"“build” leads to “{title}”, but no worksheet has that field."
    elif name == "build" and known.is_retired(title):
        yield f"“build” leads to “{title}”, which is retired; no worksheet asks for it any more."


# --- placeholders ------------------------------------------------------------------------------------------------


def _placeholder_problems(text: AnyText, known: Known) -> Iterator[lines.Line]:
    open_line: int | None = None
    for found in placeholders.BRACES.finditer(text.body):
        line = text.body_line + text.body.count("\n", 0, found.start())
        inside = found[1]
        if inside.strip() == "/?":
            if open_line is None:
                yield line, "“{{/?}}” closes nothing; “{{? … }}” is missing before it."
            open_line = None
            continue
        if inside.startswith("?"):
            if open_line is not None:
                yield line, f"“{{{{? }}}}” of line {open_line} is still open; close it first."
            open_line, inside = line, inside[1:]
        if sentence := _placeholder_problem(inside, known):
            yield line, sentence
    if open_line is not None:
        yield open_line, "“{{? … }}” is never closed; write {{/?}} where the part ends."
    rest = placeholders.BRACES.sub(lambda found: "\n" * found[0].count("\n"), text.body)
    for number, line_text in enumerate(rest.split("\n"), start=text.body_line):
        if "{{" in line_text or "}}" in line_text:
            yield number, "a “{{” or “}}” has no partner."


def _placeholder_problem(inside: str, known: Known) -> str | None:
    placeholder = placeholders.parse(inside)
    if placeholder is None:
        return f"“{{{{{inside}}}}}” is not a placeholder; write {{{{ 1.A.1 }}}} or {{{{ 1.D.1 | event }}}}."
    if known.is_unread(placeholder.field):
        return None
    wrong = placeholders.problem(placeholder, known.fields)
    return f"“{{{{{inside}}}}}”: {wrong}" if wrong else None
