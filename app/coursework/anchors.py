"""Where the words a comment is about stand in a later text. Pure, bounded in time, and it never raises.

An anchor is a quote with some characters of what stood around it, in a row of a table where there is one. In the next
round the same words are looked for first, with their surroundings where they stand more than once; then the passage
that became of them, word by word. What is not found is said so, with the old words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nsmallest

CONTEXT = 32  # characters kept before and after a quote
SHORT = 12  # a quote shorter than this is told from others like it only by what stands around it
ALIKE = 0.6  # less than this in common is another passage
BETWEEN = 0.34  # enough for what stands exactly between the old surroundings
MOST_WORDS = 20_000  # a longer text is looked through for the same words only
MOST_PLACES = 200  # occurrences of one quote that are weighed against each other
MOST_WINDOWS = 6  # passages with most words in common that are compared word by word

_WORD = re.compile(r"\S+")
_MARKS = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True)
class Anchor:
    """What a comment is about. Everything empty: the whole field."""

    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    row_id: str = ""


@dataclass(frozen=True)
class FieldText:
    """An answer as plain text; of a table also each row by its stable id."""

    text: str
    rows: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """What became of a passage: `state` is 'field', 'here', 'edited', 'changed' (not found) or 'removed' (the row).

    `quote`, `prefix`, `suffix` and `row_id` lead to it in the text as it is now; empty when it is not there.
    """

    state: str
    quote: str = ""
    prefix: str = ""
    suffix: str = ""
    row_id: str = ""

    @property
    def is_there(self) -> bool:
        return self.state in ("here", "edited")

    @property
    def words(self) -> str:
        """What the page says of it; '' when there is nothing to say."""
        return {"edited": "words changed", "changed": "passage changed", "removed": "row removed"}.get(
            self.state, ""
        )


def place(anchor: Anchor, now: FieldText) -> Place:
    """Where the anchor's passage stands in the answer as it is now."""
    if anchor.row_id:
        return _in_rows(anchor, now.rows)
    if not anchor.quote.strip():
        return Place("field")
    return _passage(anchor, tidy(now.text)) or Place("changed")


def tidy(text: str) -> str:
    """One space between words: how a quote and the text it is looked for in are compared."""
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a text, to choose one from."""
    found = re.split(r"(?<=[.!?;:])\s+|\n+", text)
    return [one for one in (tidy(part) for part in found) if one]


# --- rows -------------------------------------------------------------------------------------------------------


def _in_rows(anchor: Anchor, rows: Mapping[str, str]) -> Place:
    """The row by its id; a row typed or pasted anew is found by its words."""
    if anchor.row_id in rows:
        if not anchor.quote.strip():
            return Place("here", row_id=anchor.row_id)
        found = _passage(anchor, tidy(rows[anchor.row_id]))
        return _of_row(found, anchor.row_id) if found else Place("changed", row_id=anchor.row_id)
    for row_id, text in rows.items():
        if len(anchor.quote) >= SHORT and tidy(anchor.quote) in tidy(text):
            found = _passage(anchor, tidy(text))
            return _of_row(found, row_id) if found else Place("changed", row_id=row_id)
    return Place("removed")


def _of_row(found: Place, row_id: str) -> Place:
    return Place(found.state, found.quote, found.prefix, found.suffix, row_id)


# --- passages ---------------------------------------------------------------------------------------------------


def _passage(anchor: Anchor, text: str) -> Place | None:
    return _same_words(anchor, text) or _between(anchor, text) or _rewritten(anchor, text)


def _same_words(anchor: Anchor, text: str) -> Place | None:
    quote, prefix, suffix = tidy(anchor.quote), tidy(anchor.prefix), tidy(anchor.suffix)
    best, most = -1, -1
    for start in _places(quote, text):
        around = _ends_alike(text[:start].rstrip(), prefix) + _begins_alike(
            text[start + len(quote) :].lstrip(), suffix
        )
        if around > most:
            best, most = start, around
    if best < 0:
        return None
    if len(quote) < SHORT and (prefix or suffix) and most < 3:
        return None  # "no fee" somewhere else in the text is not the passage that was meant
    return _at(text, best, best + len(quote), "here")


def _places(quote: str, text: str) -> Iterator[int]:
    start = text.find(quote)
    for _ in range(MOST_PLACES):
        if start < 0:
            return
        yield start
        start = text.find(quote, start + 1)


def _between(anchor: Anchor, text: str) -> Place | None:
    """What stands now exactly between the words that stood around the quote."""
    quote, prefix, suffix = tidy(anchor.quote), tidy(anchor.prefix), tidy(anchor.suffix)
    if len(prefix) < SHORT or len(suffix) < SHORT:
        return None
    for before in _places(prefix, text):
        start = before + len(prefix)
        end = text.find(suffix, start, start + 3 * len(quote) + len(suffix))
        if end > start and _alike(quote.split(), text[start:end].split()) >= BETWEEN:
            inside = text[start:end]
            start += len(inside) - len(inside.lstrip())
            return _at(text, start, start + len(inside.strip()), "edited")
    return None


def _rewritten(anchor: Anchor, text: str) -> Place | None:
    """The passage that has most words in common with the quote, in their order."""
    quote = [_bare(one) for one in anchor.quote.split()]
    spots, words = _words(text)
    if len(quote) < 3 or not spots or len(spots) > MOST_WORDS:
        return None
    best, most = (0, 0), ALIKE
    for first, last in _windows(quote, words):
        first, last = _core(quote, words, first, last)
        alike = _alike(quote, words[first:last])
        if alike > most:
            best, most = (first, last), alike
    if not best[1]:
        return None
    return _at(text, spots[best[0]][0], spots[best[1] - 1][1], "edited")


@lru_cache(maxsize=32)  # a page looks for many passages in few texts
def _words(text: str) -> tuple[list[tuple[int, int]], list[str]]:
    """Where each word of the text stands, and the bare words."""
    spots = [(one.start(), one.end()) for one in _WORD.finditer(text)]
    return spots, [_bare(text[start:end]) for start, end in spots]


def _windows(quote: Sequence[str], words: Sequence[str]) -> list[tuple[int, int]]:
    """Stretches of the text with most of the quote's words: of its own length, and half as long again and twice."""
    wanted, enough = Counter(quote), len(quote) * BETWEEN
    found: list[tuple[int, int, int]] = []
    for size in sorted({len(quote), len(quote) * 3 // 2, len(quote) * 2}):
        size = min(size, len(words))
        held: Counter[str] = Counter()
        common = 0
        for index, word in enumerate(words):
            held[word] += 1
            common += held[word] <= wanted[word]
            if index >= size:
                gone = words[index - size]
                common -= held[gone] <= wanted[gone]
                held[gone] -= 1
            at_edge = words[index - size + 1] in wanted or word in wanted
            if index >= size - 1 and common >= enough and at_edge:
                found.append((common, index - size + 1, index + 1))
    best = nsmallest(MOST_WINDOWS, found, key=lambda one: (-one[0], one[2] - one[1], one[1]))
    return [(first, last) for _, first, last in best]


def _core(quote: Sequence[str], words: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """The stretch from the first to the last word it shares with the quote, and as many around as the quote has."""
    blocks = [
        one
        for one in SequenceMatcher(None, quote, words[first:last], False).get_matching_blocks()
        if one.size
    ]
    if not blocks:
        return first, first
    head, tail = blocks[0], blocks[-1]
    left = len(quote) - tail.a - tail.size
    return first + max(0, head.b - head.a), min(last, first + tail.b + tail.size + left)


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, False).ratio()


def _bare(word: str) -> str:
    """A word without case and the marks around it; a mark alone stays what it is."""
    return _MARKS.sub("", word).casefold() or word


def _ends_alike(text: str, prefix: str) -> int:
    return _begins_alike(text[-len(prefix) :][::-1] if prefix else "", prefix[::-1])


def _begins_alike(text: str, suffix: str) -> int:
    count = 0
    for left, right in zip(text, suffix, strict=False):
        if left != right:
            break
        count += 1
    return count


def _at(text: str, start: int, end: int, state: str) -> Place:
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return Place(state, text[start:end], before.strip(), after.strip())
