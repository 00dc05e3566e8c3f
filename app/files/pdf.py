"""PDFs: one whole file that nobody has locked and that runs nothing, as far as its objects show without a reader.

What is looked at are the bytes as they are and the compressed lists of objects, within bounds. Whoever means harm can
hide from that; so a PDF is handed out as a sandboxed attachment and never opened in here.
"""

from __future__ import annotations

import html
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from zipfile import is_zipfile

from app.files.hints import Hints, names
from app.lib.refusal import Refused

MOST_LIST = 2 * 1024 * 1024  # bytes of one compressed list of objects, either side
MOST_LISTS = 32 * 1024 * 1024  # of all of them, unpacked
_AGAIN = "Print it to PDF once more and send that."
MOST_PLACES = 5_000  # of such lists
MOST_NAMES = 50  # places that name an author or a title


def _name(word: str) -> bytes:
    """A pattern for this name, each letter as it is or by its number: /JavaScript, /J#61vaScript."""
    return b"/" + b"".join(b"(?:%c|#%02X|#%02x)" % ((ord(one),) * 3) for one in word) + b"(?![A-Za-z0-9#])"


_LOCKED = re.compile(_name("Encrypt") + rb"\s{0,9}(?:\d{1,10}\s{1,9}\d{1,5}\s{1,9}R|<<)")
_RUNS = re.compile(b"|".join(_name(word) for word in ("JavaScript", "Launch", "RichMedia")))
_HOLDS = re.compile(b"|".join(_name(word) for word in ("EmbeddedFile", "EmbeddedFiles")))
_LIST = re.compile(_name("ObjStm"))
_STRING = rb"\s{0,9}(?:\(((?:[^()\\]|\\.){0,400})\)|<([0-9A-Fa-f\s]{0,800})>)"
_IN_XMP = rb"\s{0,99}<rdf:(?:Seq|Alt|Bag)>\s{0,99}<rdf:li[^>]{0,99}>([^<]{1,400})<"
_AUTHOR = (b"/Author", re.compile(_STRING, re.S)), (b"<dc:creator>", re.compile(_IN_XMP))
_TITLE = (b"/Title", re.compile(_STRING, re.S)), (b"<dc:title>", re.compile(_IN_XMP))
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.S)


def check(data: bytes) -> None:
    """Raise Refused; its sentence goes on after the file's name."""
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:] or is_zipfile(io.BytesIO(data)):
        raise Refused(f"is damaged, or not only a PDF. {_AGAIN}")
    if _LOCKED.search(data):
        raise Refused("is locked: whoever opens it needs a password or is kept from something. " + _AGAIN)
    for piece in _pieces(data):
        if _RUNS.search(piece):
            raise Refused(f"holds a program. {_AGAIN}")
        if _HOLDS.search(piece):
            raise Refused(
                "holds another file. Send that one by itself, and this one printed to PDF once more."
            )


def hints(data: bytes) -> Hints:
    """Whom the file names as its author, and its title, as far as they can be read."""
    people: list[str] = []
    titles: list[str] = []
    for piece in _pieces(data):
        people += _said(piece, _AUTHOR)
        titles += _said(piece, _TITLE)
    return Hints(names(people), names(titles))


def _said(piece: bytes, places: Iterable[tuple[bytes, re.Pattern[bytes]]]) -> Iterator[str]:
    for key, value in places:
        for start in islice(re.finditer(key, piece), MOST_NAMES):
            if found := value.match(piece, start.end()):
                yield _text(*found.groups()) if len(found.groups()) == 2 else _plain(found[1])


def _pieces(data: bytes) -> Iterator[bytes]:
    """The file itself, and each compressed list of objects."""
    yield data
    left, end = MOST_LISTS, 0
    for found in islice(_LIST.finditer(data), MOST_PLACES):
        if found.start() < end:
            continue
        begin = data.find(b"stream", found.end(), found.end() + 2_000) + len(b"stream")
        if begin < found.end():
            continue
        begin += 2 if data[begin : begin + 2] == b"\r\n" else 1
        end = data.find(b"endstream", begin, begin + MOST_LIST)
        if end < 0:
            return
        try:
            unpacked = zlib.decompressobj().decompress(data[begin:end], min(left, MOST_LIST))
        except zlib.error:
            continue
        yield unpacked
        left -= len(unpacked)
        if left <= 0:
            return


def _text(literal: bytes | None, digits: bytes | None) -> str:
    """A PDF's string: in parentheses with escapes, or in hexadecimal digits; UTF-16 if it begins with its mark."""
    if literal is not None:
        raw = _ESCAPE.sub(_unescaped, literal)
    else:
        clean = b"".join((digits or b"").split())
        raw = bytes.fromhex((clean + b"0" * (len(clean) % 2)).decode())
    if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
        return raw.decode("utf-16", "replace")
    return raw.removeprefix(b"\xef\xbb\xbf").decode(
        "utf-8" if raw.startswith(b"\xef") else "latin-1", "replace"
    )


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign.isdigit():
        return bytes([int(sign, 8) & 255]) if sign[:1] < b"8" else sign
    return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\n": b"", b"\r\n": b""}.get(sign, sign)


def _plain(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace"))
