"""Where in a text a sentence begins and ends, and what stands in quotation marks. Pure, and linear in the text."""

from __future__ import annotations

import re
from bisect import bisect_right

_END = re.compile(r"[.!?;]+(?=\s)|\n")
_HEADING = re.compile(r"^#{1,6}[^\n]{0,200}", re.MULTILINE)
_MARK = re.compile(r"[“”\"\n]")
# After one of these a sentence says what is not done.
_DENIED = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|without|cannot|avoid|avoids|instead|rather|exclude[sd]?|except|"
    r"refuse[sd]?|outside|reserve[sd]?|protected|\w{2,8}n['’]t)\b",
    re.IGNORECASE,
)
REACH = 160  # characters in which a denial before a word is looked for


class Sentences:
    """A text by its sentences."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(found.end() for found in _END.finditer(text))]
        headings = list(_HEADING.finditer(text))
        self._headings = [one.start() for one in headings]
        self._denies = [_DENIED.search(one[0]) is not None for one in headings]
        self._quoted = list(_quotations(text))
        self._quotes = [start for start, _ in self._quoted]

    def around(self, at: int) -> str:
        """The sentence in which this place is, at most 300 characters to either side."""
        place = bisect_right(self._starts, at)
        start = self._starts[place - 1]
        end = self._starts[place] if place < len(self._starts) else len(self.text)
        return self.text[max(start, at - 300) : min(end, at + 300)]

    def is_quoted(self, at: int) -> bool:
        place = bisect_right(self._quotes, at) - 1
        return place >= 0 and at < self._quoted[place][1]

    def is_denied(self, at: int) -> bool:
        """Whether the sentence says before this place what is not done, or the heading above it does."""
        heading = bisect_right(self._headings, at) - 1
        if heading >= 0 and self._denies[heading]:
            return True
        start = max(self._starts[bisect_right(self._starts, at) - 1], at - REACH)
        return _DENIED.search(self.text, start, at) is not None


def _quotations(text: str) -> list[tuple[int, int]]:
    """Quotations within a line; a mark without its partner quotes nothing."""
    found, opened, sign = [], -1, ""
    for mark in _MARK.finditer(text):
        what = mark[0]
        if what == "\n" or (opened < 0 and what == "”"):
            opened = -1
        elif opened < 0:
            opened, sign = mark.start(), what
        elif (sign, what) in (("“", "”"), ('"', '"')):
            found.append((opened, mark.end()))
            opened = -1
    return found
