"""What is spotted in one answer before it is sent: possible client data, words of care, words of a template. Pure.

Scanning a whole worksheet costs some milliseconds, and a save changes one field of thirty. So what was spotted in a
text is remembered by its value, for as long as the process has room for it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.coursework import care_words, identifiers, leftovers, typed_text
from app.curriculum import fields
from app.curriculum.care_words import Wording
from app.curriculum.field_types import Field, FileField

REMEMBERED = 4096  # fields, a few hundred bytes each
SHOWN = 6  # passages in a sentence


@dataclass(frozen=True)
class Context:
    """What a scan needs to know: the program's words, how telephone numbers are written there, and what of it all is
    the practice's own (its name, the participant's e-mail address)."""

    wording: Wording
    region: str = "US"
    own: tuple[str, ...] = ()


NOTHING_KNOWN = Context(Wording())


@dataclass(frozen=True)
class Spot:
    """One topic in one answer; `sentence` goes on after the field's name, `passages` are quoted below it."""

    topic: str
    sentence: str
    passages: tuple[str, ...]
    why: str


def in_answer(field: Field, value: Any, context: Context) -> tuple[Spot, ...]:
    """Everything spotted, without what the field asks for on purpose and what is the practice's own."""
    found = _remembered(Asked(field, value), context.wording, context.region)
    mine = [own.casefold() for own in context.own if own]
    kept = []
    for spot in found:
        passages = tuple(one for one in spot.passages if not _is_own(one, mine))
        if passages:
            kept.append(Spot(spot.topic, spot.sentence, passages, spot.why))
    return (*kept, *_authors(field, value, mine))


def _authors(field: Field, value: Any, mine: list[str]) -> list[Spot]:
    """Whom its files name as having written or changed them; only known at the moment who is who."""
    said, found = [], []
    for file in fields.files_of(value) if isinstance(field, FileField) else ():
        if people := [one for one in file.get("people", ()) if not _is_mine(one, mine)]:
            said.append(f"“{file['name']}” says it was written or changed by {_listed(people)}.")
            found += people
    if not found:
        return []
    return [Spot("authors", f"{' '.join(said)} Is that you or your practice?", _once(found), WHY_AUTHORS)]


def _is_mine(name: str, mine: list[str]) -> bool:
    """Also the whole own name with something about it: 'Ana Ruiz, PT'."""
    return _is_own(name, mine) or any(own in name.casefold() for own in mine if len(own) > 3)


def _listed(people: list[str]) -> str:
    *first, last = [f"‘{one}’" for one in people]
    return f"{', '.join(first)} and {last}" if first else last


def _is_own(passage: str, mine: list[str]) -> bool:
    """An own e-mail address, its domain as a web address, or a part of the practice's name."""
    bare = (
        passage.casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.").split("/")[0]
    )
    return any(bare in own.split("@") or passage.casefold() in own for own in mine)


class Asked:
    """A field and its value, equal by the value's digest. Holds the field, so its id is not given to another."""

    def __init__(self, field: Field, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        self.key = (id(field), hashlib.sha256(text.encode("utf-8", "replace")).digest())
        self.field = field
        self.value = value

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asked) and self.key == other.key


@lru_cache(maxsize=REMEMBERED)
def _remembered(asked: Asked, wording: Wording, region: str) -> tuple[Spot, ...]:
    field, value = asked.field, asked.value
    asked.value = None  # what is remembered is what was spotted, not what was written
    pieces = list(typed_text.pieces(field, value))
    spots = [
        *_template_words(field, value, pieces),
        *_identifiers(field, [*pieces, *typed_text.file_names(field, value)], region),
        *_care_words(field, pieces, wording),
    ]
    return tuple(spot for spot in spots if spot.topic not in field.may_hold)


def _template_words(field: Field, value: Any, pieces: list[str]) -> list[Spot]:
    found = []
    if left := [one for piece in pieces for one in leftovers.found_in(piece)]:
        found.append(Spot("blanks", "holds words of a template.", _once(left), WHY_BLANKS))
    if copied := leftovers.copied([*pieces, *typed_text.rows(field, value)], field.example):
        found.append(Spot("example", "still holds the example of this field.", _once(copied), WHY_EXAMPLE))
    return found


def _identifiers(field: Field, pieces: list[str], region: str) -> list[Spot]:
    found: dict[str, list[str]] = {}
    for piece in pieces:
        for kind, passages in identifiers.found_in(piece, region).items():
            found.setdefault(kind, []).extend(passages)
    return [
        Spot(key, f"{kind.says}.", _once(found[key]), kind.why)
        for key, kind in identifiers.KINDS.items()
        if key in found
    ]


def _care_words(field: Field, pieces: list[str], wording: Wording) -> list[Spot]:
    own = tuple(field.say_instead.items())
    found = {one.word.casefold(): one for piece in pieces for one in care_words.found_in(piece, wording, own)}
    if not found:
        return []
    instead: dict[str, list[str]] = {}
    for one in found.values():
        instead.setdefault(one.instead, []).append(f"“{one.word}”")
    advice = "; ".join(f"for {' and '.join(words)}, {say}" for say, words in instead.items())
    words = _once([one.word for one in found.values()])
    return [Spot("care_words", f"sounds like licensed care. Better: {advice}.", words, wording.why)]


def _once(passages: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(passages))


WHY_AUTHORS = "Such names travel with the file. In Word, File › Info › Inspect Document takes them off."
WHY_BLANKS = "A coach cannot tell what you meant to write there, and a client would read it as it stands."
WHY_EXAMPLE = "The example is another practice’s. What you hand in is to be your own."
