"""What comes in: a file is what its content says, whatever its name claims. Slow work, to be done without a lock.

Allowed is what `rules.FILE_TYPES` lists. Everything is taken for hostile until it was looked at: pictures are drawn
anew (`pictures`), office files are opened within bounds (`office`) and lose their author (`office_people`), PDFs must
be whole and run nothing (`pdf`), texts must be text and no web page.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import puremagic

from app.files import office, office_people, pdf, pictures
from app.files.hints import NONE, Hints
from app.files.rules import (
    LARGEST,
    FileType,
    clean_name,
    content_type,
    size_words,
    type_by_ending,
    type_names,
    visible_name,
)
from app.lib.refusal import Refused

_TEXTS = frozenset({"txt", "csv", "md"})
_MAGIC: dict[str, FileType] = {".pdf": "pdf", ".png": "png", ".jpg": "jpg"}
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # also what Word and Excel make of a file with a password
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*(<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|<iframe|<object|#!)", re.I)


@dataclass(frozen=True)
class Incoming:
    """A file that may be kept: its bytes as they will be stored."""

    name: str
    type: FileType
    data: bytes
    hints: Hints = NONE

    @property
    def content_type(self) -> str:
        return content_type(self.type)


def take(name: str, data: bytes, accept: Collection[FileType]) -> Incoming:
    """Look at one uploaded file. Raises Refused with a sentence that says what to do."""
    shown = visible_name(name)[:100]
    called = f"“{shown}”" if shown else "The file"
    if not data:
        raise Refused(f"{called} is empty. Look at it on your device and send it again.")
    _check_size(called, data)
    kind = _type_of(name, data)
    if kind is None:
        raise Refused(f"{called} {_what_it_is(name, data)}")
    if kind not in accept:
        raise Refused(f"{called} is a {type_names([kind])} file. Here we take {type_names(accept)}.")
    try:
        data, hints = _looked_at(data, kind)
    except Refused as refusal:
        raise Refused(f"{called} {refusal.sentence}") from refusal
    _check_size(called, data)  # a picture drawn anew may have grown
    return Incoming(clean_name(name, kind), kind, data, hints)


def _looked_at(data: bytes, kind: FileType) -> tuple[bytes, Hints]:
    """The bytes as they are kept, and whom they name. Raises Refused; its sentence goes on after the file's name."""
    if kind in ("png", "jpg"):
        return pictures.redrawn(data, kind), NONE
    if kind in office.TYPES:
        office.check(data)
        kept = office_people.without_authors(data)
        return kept, office_people.hints(kept, kind)
    if kind == "pdf":
        pdf.check(data)
        return data, pdf.hints(data)
    return data, NONE


def _check_size(called: str, data: bytes) -> None:
    if len(data) > LARGEST:
        raise Refused(
            f"{called} has {size_words(len(data))}; one file may have {size_words(LARGEST)}. "
            "Save a smaller version, or send it in parts."
        )


def _type_of(name: str, data: bytes) -> FileType | None:
    """By content; only among the kinds of text, which all look alike, the ending decides."""
    found = _magic(data)
    for ending, kind in _MAGIC.items():
        if ending in found:
            return kind
    if ".docx" in found:  # any archive looks like one
        return office.type_of(data)
    claimed = type_by_ending(name)
    return claimed if claimed in _TEXTS and _is_text(data) else None


def _magic(data: bytes) -> set[str]:
    try:
        return {one.extension for one in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):  # nothing it knows
        return set()


def _is_text(data: bytes) -> bool:
    """Words without control characters, as UTF-8 or the old Western code page, and no markup a program would run."""
    return not _NO_TEXT.search(data) and not _MARKUP.match(data[:2000].decode("utf-8-sig", "replace"))


def _what_it_is(name: str, data: bytes) -> str:
    """Why this is none of the types we keep, and what to do."""
    if data.startswith(_OLD_OFFICE):
        return "is in an old Office format, or locked with a password. Save it as .docx, .xlsx or PDF without one."
    if any(one in _magic(data) for one in (".heif", ".heic", ".tiff", ".gif", ".bmp", ".webp", ".svg")):
        return "is a picture of a kind we cannot keep. Save it as JPG or PNG and send that."
    claimed = type_by_ending(name)
    if claimed in _TEXTS:
        return "is not plain text inside. Save it as plain text (UTF-8), or as PDF."
    if claimed:
        return f"is not {type_names([claimed])} inside, whatever its name says. Save it anew, or as PDF."
    return "is of a kind we cannot keep. Save it as PDF and send that."
