"""Word, Excel and PowerPoint files: archives, opened within bounds and never unpacked to disk.

Refused are macros, programs and links that load by themselves, archives that unpack to far more than they are, and
whatever is not exactly one document.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from app.files.rules import FileType
from app.lib.refusal import Refused

_MAIN: dict[bytes, FileType] = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
TYPES = frozenset(_MAIN.values())
CONTENTS = "[Content_Types].xml"
MOST_PARTS = 2_000
MOST_DIRECTORY = 500_000  # bytes of the archive's own list of parts
MOST_BYTES = 100 * 1024 * 1024  # unpacked, all together
MOST_RATIO = 100  # unpacked to packed
MOST_XML = 1024 * 1024  # bytes of a part that is read as XML here
_BROKEN = (
    BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, LookupError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
_RUNS = re.compile(
    r"vbaproject|vbadata|/activex/|\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|msi|lnk|php)$|"
    r"/embeddings/[^/]*\.(bin|docm|dotm|xlsm|xlsb|pptm|doc|xls|ppt|rtf|zip|html?)$",
    re.I,
)
_RUN_BY = (
    "/oleObject",
    "/control",
    "/vbaProject",
    "/aFChunk",
)  # relationships to what is loaded as a program would be
# Formulas and fields that start another program.
_STARTS = re.compile(
    rb"<(?:\w{1,9}:)?ddeLink\b|(?:instrText[^<>]{0,99}>|:instr=[\"'])\s{0,9}DDE(?:AUTO)?\b", re.I
)
_TYPED = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_SYMLINK = 0o120000
_DAMAGED = "is damaged. Open it, save it anew and send that, or send it as PDF."
_AS_PDF = "Save it without, or send it as PDF."


def type_of(data: bytes) -> FileType | None:
    """Which kind of document this archive says it is; None when it says none or several."""
    try:
        with _opened(data) as archive:
            contents = _read(archive, CONTENTS)
    except (*_BROKEN, Refused):
        return None
    found = [kind for main, kind in _MAIN.items() if b'"' + main + b'"' in contents]
    return found[0] if len(found) == 1 else None


def check(data: bytes) -> None:
    """Look through the whole document. Raises Refused; its sentence goes on after the file's name."""
    try:
        with _opened(data) as archive:
            _check_parts(archive.infolist(), len(data))
            _check_loads_nothing(archive)
            _read_all(archive)
    except _BROKEN as error:
        raise Refused(_DAMAGED) from error


def _opened(data: bytes) -> ZipFile:
    """The archive, unless its list of parts is longer than that of any document: reading it would cost memory."""
    end = data.rfind(b"PK\x05\x06", -65_557)
    if end < 0 or len(data) < end + 22:
        raise BadZipFile("no list of parts")
    count, size = struct.unpack("<HL", data[end + 10 : end + 16])
    if count > MOST_PARTS or size > MOST_DIRECTORY or data[end - 20 : end - 16] == b"PK\x06\x07":
        raise Refused("has more parts than a document. Send it as PDF.")
    return ZipFile(io.BytesIO(data))


def _check_parts(parts: list[ZipInfo], packed: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES or unpacked > packed * MOST_RATIO:
        raise Refused("unpacks to far more than a document holds. Send it as PDF.")
    for part in parts:
        if part.flag_bits & 1 or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused("is locked with a password. Save it without one and send that.")
        leads_out = part.filename.startswith("/") or "\\" in part.filename or ".." in part.filename.split("/")
        if leads_out or (part.external_attr >> 16) & 0o170000 == _SYMLINK:
            raise Refused(_DAMAGED)
        if _RUNS.search(f"/{part.filename}"):
            raise Refused(f"holds macros or a program. {_AS_PDF}")
    names = {part.filename.casefold() for part in parts}  # to an office program, "A.xml" is "a.xml"
    if len(names) < len(parts) or min(part.header_offset for part in parts) > 0:
        raise Refused(_DAMAGED)


def _check_loads_nothing(archive: ZipFile) -> None:
    """No macros by another name, and nothing that is fetched from elsewhere when the document is opened."""
    if b"macroenabled" in _read(archive, CONTENTS).lower():
        raise Refused(f"holds macros or a program. {_AS_PDF}")
    for name in archive.namelist():
        if name.lower().endswith(".rels"):
            for link in tree(_read(archive, name)):
                if link.get("Type", "").endswith(_RUN_BY):
                    raise Refused(f"holds macros or a program. {_AS_PDF}")
                outside = link.get("TargetMode", "").lower() == "external"
                if outside and not link.get("Type", "").endswith("/hyperlink"):
                    raise Refused(f"loads something from elsewhere when it is opened. {_AS_PDF}")


def tree(xml: bytes) -> ElementTree.Element:
    """A small part as a tree. Raises Refused for what no office program writes."""
    if b"<!" in xml.replace(b"<!--", b"") or b"\0" in xml:
        raise Refused(_DAMAGED)  # a document type, or another encoding
    try:
        return ElementTree.fromstring(xml)  # noqa: S314 - bounded above, and without a document type
    except ElementTree.ParseError as error:
        raise Refused(_DAMAGED) from error


def _read(archive: ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST_XML:
        raise Refused(_DAMAGED)
    return archive.read(name)


def _read_all(archive: ZipFile) -> None:
    """Every part to its end: sizes and check sums are as the list of parts says, and the sum stays within bounds."""
    left = MOST_BYTES
    for part in archive.infolist():
        is_xml, before = part.filename.lower().endswith((".xml", ".rels", ".vml")), b""
        with archive.open(part) as stream:
            while chunk := stream.read(65_536):
                left -= len(chunk)
                if left < 0:
                    raise Refused("unpacks to far more than a document holds. Send it as PDF.")
                if is_xml:
                    _check_xml(before + chunk)
                    before = chunk[-200:]


def _check_xml(piece: bytes) -> None:
    if _TYPED.search(piece.replace(b"\0", b"")):  # in any encoding
        raise Refused(_DAMAGED)
    if _STARTS.search(piece):
        raise Refused(f"holds macros or a program. {_AS_PDF}")
