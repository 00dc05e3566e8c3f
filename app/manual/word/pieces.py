"""The text of one paragraph: stretches with their marks and where they lead, spaced as a browser would space them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

MARKS = {"strong": "b", "b": "b", "em": "i", "i": "i", "sup": "sup", "code": "code"}
INLINE = {*MARKS, "a", "br", "span"}
_SPACE = re.compile(r"[ \t\n\r\f]+")  # a space that may not break stays what it is


@dataclass(frozen=True)
class Piece:
    """A stretch of text, a line break being "\\n"; `href` is the address it leads to."""

    text: str
    marks: frozenset[str] = frozenset()
    href: str | None = None


def loose(text: str | None, like: Piece | None = None) -> Iterator[Piece]:
    """Text that stands somewhere in an element, with the marks of what it stands in."""
    if text:
        yield replace(like or Piece(""), text=_SPACE.sub(" ", text))


def inside(element: Any, like: Piece | None = None) -> Iterator[Piece]:
    """The text of an element that holds no blocks."""
    yield from loose(element.text, like)
    for child in element:
        yield from of(child, like)
        yield from loose(child.tail, like)


def of(element: Any, like: Piece | None = None) -> Iterator[Piece]:
    """An inline element; what a web page says only to screen readers is left out."""
    like = like or Piece("")
    if not isinstance(element.tag, str) or "hide" in (element.get("class") or "").split():
        return
    if element.tag == "br":
        yield Piece("\n")
        return
    if element.tag in MARKS:
        like = replace(like, marks=like.marks | {MARKS[element.tag]})
    if element.tag == "a":
        like = replace(like, href=element.get("href"))
    yield from inside(element, like)


def collapsed(pieces: Iterable[Piece]) -> list[Piece]:
    """One space where there are several, none at the ends of a line; empty when there is nothing to read."""
    found: list[Piece] = []
    for piece in pieces:
        at_start = not found or found[-1].text[-1] in " \n"
        text = piece.text.lstrip(" ") if at_start else piece.text
        if text == "\n" and found:
            found[-1] = replace(found[-1], text=found[-1].text.rstrip(" ") or " ")
        if text:
            found.append(replace(piece, text=text))
    while found and not found[-1].text.strip(" \n"):
        found.pop()
    if found:
        found[-1] = replace(found[-1], text=found[-1].text.rstrip(" \n"))
    return found
