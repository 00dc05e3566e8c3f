"""A small search engine over texts that fit into memory: one release's lessons and terms, one person's own answers.

Pure. In memory rather than in the database: the texts of a release never change, one person's work is a few hundred
answers, and the results are the same on every database. Words are compared by their stem (Snowball, M. F. Porter,
snowballstem.org), in the language of the program; ranked by how rare and how frequent they are (tf-idf), and a word
in a title counts as five in the text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

import snowballstemmer
from markupsafe import Markup, escape

MAX_QUERY = 200  # characters; more is no question any more
MAX_WORDS = 12
IN_TITLE = 5
EXCERPT = 32  # words
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# ISO 639-1 → the name of the stemmer; other languages are compared word by word.
_STEMMERS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One thing that can be found. `endpoint` and `arguments` say where it is; `place` says so to a person."""

    kind: str  # 'lesson', 'term', 'answer'
    title: str
    place: str
    text: str
    endpoint: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Hit:
    """An entry as it is shown: its title, and the stretch of its text that answers the question, both marked."""

    entry: Entry
    title: Markup
    excerpt: Markup


@dataclass(frozen=True)
class Question:
    """What somebody typed, as stems. The last word may be unfinished, so it also matches what begins with it."""

    stems: tuple[str, ...]
    beginning: str
    language: str

    def matches(self, word: str) -> bool:
        folded = fold(word)
        return stem(folded, self.language) in self.stems or (
            bool(self.beginning) and folded.startswith(self.beginning)
        )


def ask(typed: str, language: str) -> Question:
    """The question in these words; without any word it matches nothing."""
    words = [fold(word) for word in _WORD.findall(typed[:MAX_QUERY])][:MAX_WORDS]
    unfinished = bool(words) and not typed[:MAX_QUERY].endswith((" ", '"')) and len(words[-1]) > 1
    return Question(tuple(stem(word, language) for word in words), words[-1] if unfinished else "", language)


class Index:
    """Entries by the stems of their words."""

    def __init__(self, entries: Iterable[Entry], language: str) -> None:
        self.entries: Sequence[Entry] = tuple(entries)
        self.language = language
        self._postings: dict[str, dict[int, int]] = defaultdict(dict)
        self._words: dict[str, str] = {}  # folded word → its stem
        self._lengths: list[int] = []
        for number, entry in enumerate(self.entries):
            counts = Counter(fold(word) for word in _WORD.findall(entry.text))
            for word in _WORD.findall(entry.title):
                counts[fold(word)] += IN_TITLE
            for word, count in counts.items():
                stemmed = self._words.setdefault(word, stem(word, language))
                self._postings[stemmed][number] = self._postings[stemmed].get(number, 0) + count
            self._lengths.append(sum(counts.values()))

    def search(self, question: Question) -> list[Entry]:
        """Everything in which all words of the question occur, the best first."""
        if not question.stems:
            return []
        found: dict[int, float] | None = None
        for position, asked in enumerate(question.stems):
            is_last = position == len(question.stems) - 1
            scores = self._scores(asked, question.beginning if is_last else "")
            both = scores.keys() if found is None else found.keys() & scores.keys()
            found = {number: scores[number] + (found or {}).get(number, 0.0) for number in both}
        ranked = sorted((found or {}).items(), key=lambda pair: (-pair[1], pair[0]))
        return [self.entries[number] for number, _score in ranked]

    def instead(self, typed: str) -> str:
        """The question with its unknown words replaced by the nearest known ones; empty if there is nothing better."""
        words = _WORD.findall(typed[:MAX_QUERY])[:MAX_WORDS]
        better = [self._nearest(fold(word)) for word in words]
        known = all(stem(word, self.language) in self._postings for word in better)
        return " ".join(better) if known and better != [fold(word) for word in words] else ""

    def _nearest(self, word: str) -> str:
        if stem(word, self.language) in self._postings:
            return word
        return next(iter(get_close_matches(word, self._words, n=1, cutoff=0.75)), word)

    def _scores(self, asked: str, beginning: str) -> dict[int, float]:
        stems = {asked}
        if beginning:
            stems |= {stemmed for word, stemmed in self._words.items() if word.startswith(beginning)}
        scores: dict[int, float] = defaultdict(float)
        for one in stems:
            entries = self._postings.get(one, {})
            rare = math.log(1 + len(self.entries) / (1 + len(entries)))
            for number, count in entries.items():
                scores[number] += rare * count / (count + 0.5 + self._lengths[number] / 400)
        return scores


def hit(entry: Entry, question: Question) -> Hit:
    return Hit(entry, marked(entry.title, question), excerpt(entry.text, question))


def could_match(text: str, question: Question) -> bool:
    """Whether the text may hold all words of the question: cheap, so that not every answer must be taken apart."""
    folded = fold(text)
    return all(asked[:2] in folded for asked in question.stems)


def marked(text: str, question: Question) -> Markup:
    """The text, escaped, with the words that match the question marked."""
    parts: list[Markup] = []
    end = 0
    for found in _WORD.finditer(text):
        if question.matches(found[0]):
            parts += [escape(text[end : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
            end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def excerpt(text: str, question: Question) -> Markup:
    """The stretch of the text with most of the question in it, marked; its beginning where none of it occurs."""
    words = list(_WORD.finditer(text))
    places = [number for number, word in enumerate(words) if question.matches(word[0])]
    start = max(0, _densest(places) - 6) if places else 0
    last = min(len(words), start + EXCERPT)
    if not words:
        return escape(text[:200])
    left, right = words[start].start(), words[last - 1].end()
    before, after = "… " if start else "", " …" if last < len(words) else ""
    shown = " ".join(text[left : right if after else len(text)].split())[:400]
    return Markup("{}{}{}").format(before, marked(shown, question), after)


def _densest(places: Sequence[int]) -> int:
    """The place from which most other places lie within one excerpt."""
    return max(places, key=lambda at: (sum(at <= other < at + EXCERPT - 6 for other in places), -at))


def fold(text: str) -> str:
    """Without case and accents: 'Café' is found by 'cafe'."""
    return _fold(text) if len(text) < 40 else _plain(text)


@lru_cache(maxsize=50_000)
def _fold(word: str) -> str:
    return _plain(word)


def _plain(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(sign for sign in split if not unicodedata.combining(sign))


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """The stem of a folded word; `language` as in program.yaml, 'en-US'."""
    stemmer = _stemmer(language[:2])
    return str(stemmer.stemWord(word)) if stemmer else word


@lru_cache(maxsize=len(_STEMMERS))
def _stemmer(code: str) -> snowballstemmer.stemmer | None:
    name = _STEMMERS.get(code)
    return snowballstemmer.stemmer(name) if name else None
