"""Words planted in what belongs to somebody, and who may ever read them.

A canary is a made-up word in a name, an answer, a draft, a comment, a payment. Whoever is answered with one that is
not theirs has found a hole, whatever the page is called and whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

ACTORS = ("ana", "ben", "uma", "cora", "cal", "pat", "wes", "sam", "nobody")


@dataclass(frozen=True)
class Canary:
    word: str
    readers: frozenset[str]  # may see it
    seen_by: frozenset[str]  # must see it on some page of theirs, or the word is not planted where it seems


@dataclass
class Canaries:
    planted: dict[str, Canary] = field(default_factory=dict)

    def plant(self, word: str, readers: str, seen_by: str = "") -> str:
        """Note the word, who may read it and who must find it (names separated by spaces). Returns the word."""
        assert word not in self.planted, f"{word} is planted twice"
        self.planted[word] = Canary(word, frozenset(readers.split()), frozenset(seen_by.split()))
        return word

    def in_text(self, text: str) -> set[str]:
        """The planted words in this text, wherever they stand and however they are written."""
        lower = text.lower()
        return {word for word in self.planted if word.lower() in lower}

    def not_for(self, reader: str, text: str) -> set[str]:
        """The planted words in this text that this reader must never see."""
        return {word for word in self.in_text(text) if reader not in self.planted[word].readers}

    def expected_by(self, reader: str) -> Iterable[str]:
        return (one.word for one in self.planted.values() if reader in one.seen_by)
