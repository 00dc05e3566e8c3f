"""Where a text says a term of the glossary."""

import re
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from app.curriculum.glossary import TermFacts

# `[[term]]` or `[[term|the words that stand in the text]]`: explain it here.
MARKED = re.compile(r"\[\[([^\[\]|\n]+)(?:\|([^\[\]|\n]+))?\]\]")
AnyTerm = TypeVar("AnyTerm", bound=TermFacts)


class Found(NamedTuple, Generic[AnyTerm]):
    start: int
    end: int
    term: AnyTerm


class Finder(Generic[AnyTerm]):
    """Finds terms as whole words, in singular and plural, the longest first.

    A spelling with a capital after its first letter (AED, PAR-Q+) is found only as it is written; others also at the
    beginning of a sentence or in capitals.
    """

    def __init__(self, terms: Iterable[AnyTerm]) -> None:
        self._exact: dict[str, AnyTerm] = {}
        self._loose: dict[str, AnyTerm] = {}
        for term in terms:
            for spelling in term.spellings:
                for form in _forms(spelling):
                    if _is_exact(spelling):
                        self._exact.setdefault(form, term)
                    else:
                        self._loose.setdefault(form.casefold(), term)
        parts = (_either(self._exact), f"(?i:{_either(self._loose)})")
        # Not a part of a longer word: neither “self-assessment” nor “SOP-07” says the term.
        self._pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w]|-\w)")

    def find(self, text: str) -> Iterator[Found[AnyTerm]]:
        """Every place where the text says a term, in order."""
        for found in self._pattern.finditer(text):
            term = self.term(found[0])
            if term is not None:
                yield Found(found.start(), found.end(), term)

    def term(self, words: str) -> AnyTerm | None:
        """The term that these words are."""
        words = " ".join(words.split())
        return self._exact.get(words) or self._loose.get(words.casefold())


def _is_exact(spelling: str) -> bool:
    return spelling[1:] != spelling[1:].lower()


def _forms(spelling: str) -> Iterator[str]:
    """The spelling and its plural."""
    spelling = " ".join(spelling.split())
    yield spelling
    if re.search(r"[^aeiou]y$", spelling):
        yield f"{spelling[:-1]}ies"
    elif re.search(r"(s|x|z|ch|sh)$", spelling):
        yield f"{spelling}es"
    elif spelling[-1:].isalpha():
        yield f"{spelling}s"


def _either(spellings: Iterable[str]) -> str:
    """A pattern of all of them, longer ones first; a blank may be a line's end. Of none: what matches nothing."""
    ordered = sorted(spellings, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in ordered) or "(?!)"
