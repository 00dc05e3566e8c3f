"""Checks a glossary: spellings that are used twice, terms without an address, sources that are not there."""

import re
from collections.abc import Iterator

from app.curriculum.folder import Folder
from app.curriculum.glossary import GlossaryFile, slug_of
from app.curriculum.known import Known
from app.curriculum.loaded import Loaded
from app.curriculum.terms import MARKED

_UNUSABLE = re.compile(r"[\[\]|\n]")  # `[[…|…]]` marks a term in a text


def check(folder: Folder, glossary: Loaded[GlossaryFile], known: Known) -> None:
    for line, sentence in (*_spelling_problems(glossary), *_address_problems(glossary)):
        folder.problem(glossary.file, line, sentence)
    for number, term in enumerate(glossary.value.terms):
        for n, tag in enumerate(term.sources):
            if known.lacks_source(tag):
                line = glossary.line("terms", number, "sources", n)
                folder.problem(glossary.file, line, f"the source {tag} is not in sources.yaml.")


def _spelling_problems(glossary: Loaded[GlossaryFile]) -> Iterator[tuple[int, str]]:
    lines: dict[str, int] = {}
    for number, term in enumerate(glossary.value.terms):
        places = [(term.term, glossary.line("terms", number, "term"))]
        places += [(also, glossary.line("terms", number, "also", n)) for n, also in enumerate(term.also)]
        for spelling, line in places:
            if _UNUSABLE.search(spelling):
                yield line, f"“{spelling}” holds [, ] or |; a term cannot."
            words = " ".join(spelling.casefold().split())
            if words in lines:
                yield line, f"“{spelling}” is used twice; the first is in line {lines[words]}."
            lines.setdefault(words, line)


def _address_problems(glossary: Loaded[GlossaryFile]) -> Iterator[tuple[int, str]]:
    addresses: dict[str, str] = {}
    for number, term in enumerate(glossary.value.terms):
        line, slug = glossary.line("terms", number, "term"), slug_of(term.term)
        if not slug:
            yield line, f"“{term.term}” has no letter from a to z and no digit."
        elif addresses.setdefault(slug, term.term).casefold() != term.term.casefold():
            other = addresses[slug]
            yield line, f"“{term.term}” and “{other}” would have the same address; change one of them."


def mark_problems(line: str, known: Known, *, in_lesson: bool) -> Iterator[str]:
    """What is wrong with the `[[term]]` marks of a line."""
    for found in MARKED.finditer(line):
        if not in_lesson:
            yield f"“{found[0]}”: terms are explained in lessons only; write the words without brackets."
        elif line.lstrip().startswith("#"):
            yield f"“{found[0]}” stands in a heading; mark the term in the text below it."
        elif known.lacks_term(found[1]):
            yield f"“{found[0]}”: “{found[1].strip()}” is not in glossary.yaml."
