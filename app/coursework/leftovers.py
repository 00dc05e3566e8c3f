"""Words of a template that somebody forgot to replace: brackets, “TBD”, the field's own example. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 20
COPIED = 8  # words in a row that are the example's and not one's own

# Neither a link of Markdown nor a box to tick.
_BRACKETS = re.compile(r"\[(?!\s?[xX✓ ]?\])[^\[\]\n]{1,60}\](?![(:\[])")
_WORDS = re.compile(
    r"(?<![\w])(?:lorem ipsum|TB[DA]|TODO|x{3,}|to be determined|fill in here|placeholder|"
    r"your (?:practice|name|text|address) here|insert (?:your |the |a )?(?:name|date|text|number|address|practice)|"
    r"\?{3,})(?![\w])",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\W_]+")


def found_in(text: str) -> list[str]:
    """The brackets and words, as they stand in the text."""
    found = [*_BRACKETS.finditer(text), *_WORDS.finditer(text)]
    kept = dict.fromkeys(" ".join(one[0].split()) for one in sorted(found, key=lambda one: one.start()))
    return list(kept)[:MOST]


def copied(pieces: Iterable[str], example: str | None) -> list[str]:
    """The pieces that are the field's own example, or hold it, or a part of it of some length."""
    model = _tokens(example or "")
    if model.count(" ") < COPIED:  # with a blank at both ends: fewer words than that say nothing
        return []
    found = []
    for piece in pieces:
        own = _tokens(piece)
        if own.count(" ") > COPIED and (own in model or model in own):
            found.append(" ".join(piece.split())[:120])
    return found[:MOST]


def _tokens(text: str) -> str:
    return f" {' '.join(_TOKEN.findall(text.casefold()))} "
