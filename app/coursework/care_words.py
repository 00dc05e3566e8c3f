"""Words of licensed care in a text, each with what to say instead. Pure; the words are the program's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from app.coursework.sentences import Sentences
from app.curriculum.care_words import Wording

MOST = 20  # words of one text
LOOKED_AT = 500  # places of a text whose sentence is read


class Said(NamedTuple):
    """A word as it stands in the text, and what to say in its place."""

    word: str
    instead: str


def found_in(text: str, wording: Wording, own: Iterable[tuple[str, str]] = ()) -> list[Said]:
    """Each such word once, in order; `own` are the field's words with what it says instead, before the program's.

    A word in quotation marks, after a denial in its sentence, or inside a phrase that is fine is not found.
    """
    kept: dict[str, Said] = {}
    for one in _found(text, _finder(wording, tuple(own))):
        kept.setdefault(one.word.casefold(), one)
        if len(kept) == MOST:
            break
    return list(kept.values())


class _Finder:
    def __init__(self, wording: Wording, own: Iterable[tuple[str, str]]) -> None:
        self.instead = {word.casefold(): one.say for one in wording.care_words for word in one.words}
        self.instead |= {word.casefold(): f"“{say}”" for word, say in own}
        fine = {*wording.fine_in, *(phrase for one in wording.care_words for phrase in one.fine_in)}
        # The phrases stand first, the longest before the others: what they hold is passed over with them.
        self.fine = {" ".join(phrase.casefold().split()) for phrase in fine}
        words = [*sorted(self.fine, key=len, reverse=True), *sorted(self.instead, key=len, reverse=True)]
        either = "|".join(re.escape(one).replace(r"\ ", r"\s{1,3}") for one in words) or "(?!)"
        self.pattern = re.compile(rf"(?<![\w-])(?:{either})(?!\w|-\w)", re.IGNORECASE)


@lru_cache(maxsize=64)
def _finder(wording: Wording, own: tuple[tuple[str, str], ...]) -> _Finder:
    return _Finder(wording, own)


def _found(text: str, finder: _Finder) -> Iterator[Said]:
    sentences = Sentences(text)
    for one in islice(finder.pattern.finditer(text), LOOKED_AT):
        plain = " ".join(one[0].casefold().split())
        if plain not in finder.instead or plain in finder.fine:
            continue
        if not sentences.is_quoted(one.start()) and not sentences.is_denied(one.start()):
            yield Said(" ".join(one[0].split()), finder.instead[plain])
