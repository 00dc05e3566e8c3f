"""Numbers as words, names within a sentence, and what was typed."""

from __future__ import annotations

import unicodedata

SMALL = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def in_words(number: int) -> str:
    """'three', '14': in words up to twelve; 'no' for 0."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def count(number: int, one: str, many: str) -> str:
    """'one change', 'three changes', '14 changes'."""
    return f"{in_words(number)} {one if number == 1 else many}"


def begin_sentence(words: str) -> str:
    """With a capital first letter; the rest stays as it is: 'Field 1.C.1 Cancellation rule'."""
    return words[:1].upper() + words[1:]


def mid_sentence(name: str, language: str = "en-US") -> str:
    """A name as it stands within a sentence: its first letter is small in English, unless it is an abbreviation."""
    if not language.startswith("en") or name[1:2].isupper():
        return name
    return name[:1].lower() + name[1:]


def clean_text(text: str) -> str:
    """What was typed, without characters that cannot be shown or kept (a NUL breaks a database); trimmed."""
    return "".join(sign for sign in text if sign in "\n\t" or _can_be_shown(sign)).strip()


def _can_be_shown(sign: str) -> bool:
    point = ord(sign)
    is_none = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # what Unicode keeps free of any sign
    return not is_none and unicodedata.category(sign) not in ("Cc", "Cs", "Co")
