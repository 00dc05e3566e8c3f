"""What may be kept in the comment bank. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.lib.refusal import Refused

TEXT_LIMIT = 1_000
SHORT = 3  # a name of one or two letters is too often a word

_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|‘[^’]*’")


def checked(text: str) -> str:
    """The sentence as it is kept. Raises Refused when there is none, or too much of it."""
    text = text.strip()
    if not text:
        raise Refused("Write the comment you want to keep.", "text")
    if len(text) > TEXT_LIMIT:
        raise Refused(
            f"A kept comment has room for {TEXT_LIMIT:,} characters; this one has {len(text):,}.", "text"
        )
    return text


def without_their_words(text: str, quote: str, answer: str, name: str) -> str:
    """The comment without what the participant wrote: the quote it is about, and what stands in quotation
    marks and is in their answer, becomes '…'.

    Raises Refused when it names the participant, because nobody can say what should stand there instead.
    """
    said = [_plain(one) for one in (quote, answer) if one.strip()]
    text = _QUOTED.sub(lambda found: "…" if _is_theirs(found[0][1:-1], said) else found[0], text)
    if len(quote.strip()) > SHORT:  # also where it stands without marks
        text = re.sub(r"\s+".join(map(re.escape, quote.split())), "…", text, flags=re.IGNORECASE)
    for part in name.split():
        if len(part) >= SHORT and re.search(rf"\b{re.escape(part)}\b", text, re.IGNORECASE):
            raise Refused(f"This comment names {part}. Take the name out before you keep it for others.")
    return text


def _is_theirs(words: str, said: Iterable[str]) -> bool:
    words = _plain(words)
    return any(words in one or (len(one) > SHORT and one in words) for one in said if words)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
