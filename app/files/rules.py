"""What may be kept as a file: its types, its sizes and its name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Literal, get_args

FileType = Literal["pdf", "docx", "xlsx", "pptx", "png", "jpg", "txt", "csv", "md"]
FILE_TYPES: tuple[FileType, ...] = get_args(FileType)
LARGEST = 25 * 1024 * 1024  # bytes of one file

# What each type is called, what browsers call it, and the endings it comes with (the first is ours).
_NAMES: dict[FileType, tuple[str, str, tuple[str, ...]]] = {
    "pdf": ("PDF", "application/pdf", ("pdf",)),
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "pptx": (
        "PowerPoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ("pptx",),
    ),
    "png": ("PNG", "image/png", ("png",)),
    "jpg": ("JPG", "image/jpeg", ("jpg", "jpeg", "jpe", "jfif")),
    "txt": ("text", "text/plain", ("txt", "text")),
    "csv": ("CSV", "text/csv", ("csv",)),
    "md": ("Markdown", "text/markdown", ("md", "markdown")),
}
_ENDINGS = {ending: kind for kind, (_, _, endings) in _NAMES.items() for ending in endings}
_LONGEST_STEM = 100  # characters of a name before its ending


def type_name(kind: str) -> str:
    """'PDF', 'Word': what people call this type; an unknown one as it is."""
    known = _NAMES.get(kind)  # type: ignore[call-overload]
    return known[0] if known else kind


def type_names(kinds: Collection[FileType]) -> str:
    """'PDF, Word or text'."""
    *first, last = [type_name(kind) for kind in FILE_TYPES if kind in kinds]
    return f"{', '.join(first)} or {last}" if first else last


def content_type(kind: FileType) -> str:
    return _NAMES[kind][1]


def endings(kinds: Collection[FileType]) -> list[str]:
    """Every ending with its dot, as a browser's file chooser takes them."""
    return [f".{ending}" for kind in FILE_TYPES if kind in kinds for ending in _NAMES[kind][2]]


def type_by_ending(name: str) -> FileType | None:
    """What the name says it is; its content decides."""
    return _ENDINGS.get(name.rpartition(".")[2].casefold()) if "." in name else None


def visible_name(name: str) -> str:
    """The name without folders and without anything invisible; empty when nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    return " ".join("".join(" " if c.isspace() else c for c in last if _is_visible(c)).split())


def _is_visible(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign)[0] != "C"


def clean_name(name: str, kind: FileType) -> str:
    """The name a file is kept under: visible, not too long, with the ending of what it really is."""
    words = visible_name(name)
    stem, dot, ending = words.rpartition(".")
    if not dot or ending.casefold() not in _ENDINGS:
        stem = words
    stem = stem.strip(". ")[:_LONGEST_STEM].strip(". ") or "file"
    kept = ending.casefold() if dot and _ENDINGS.get(ending.casefold()) == kind else _NAMES[kind][2][0]
    return f"{stem}.{kept}"


def size_words(size: int) -> str:
    """'820 bytes', '120 KB', '2.4 MB' (of 1,024)."""
    if size < 1024:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    megabytes = f"{size / 1024 / 1024:.1f}".removesuffix(".0")
    return f"{megabytes} MB"
