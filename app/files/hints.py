"""What a file says of people beside its content: its authors and its title. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 10  # names kept of one file
LONGEST = 100  # characters of one
# What programs write when they know nobody.
_NOBODY = {
    "author", "autor", "auteur", "unknown", "unspecified", "anonymous", "user", "windows user", "untitled",
    "microsoft office user", "administrator", "(anonymous)", "(unspecified)",
}  # fmt: skip


@dataclass(frozen=True)
class Hints:
    people: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def as_json(self) -> dict[str, list[str]]:
        """What there is of it; {} when there is nothing."""
        return {
            key: list(found) for key, found in (("people", self.people), ("titles", self.titles)) if found
        }


NONE = Hints()


def names(found: Iterable[str]) -> tuple[str, ...]:
    """Each once, visible, of one line, not too long; none of those that name nobody."""
    kept: dict[str, str] = {}
    for one in found:
        seen = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in one[: 4 * LONGEST])
        words = " ".join(seen.split())[:LONGEST].strip()
        if words and words.casefold() not in _NOBODY:
            kept.setdefault(words.casefold(), words)
        if len(kept) == MOST:
            break
    return tuple(kept.values())
