"""Whom an Office file names beside its content, and how its author properties are taken off.

Both are for documents that `office.check` has let pass. Taken off are author, last editor, company and manager, and in
Word the list of people; every other part stays byte for byte. Authors of comments and of tracked changes are part of
what they wrote, so they stay, and are named to the person who sends the file.
"""

from __future__ import annotations

import html
import io
import re
from xml.etree.ElementTree import Element
from zipfile import ZipFile, ZipInfo

from app.files import office
from app.files.hints import Hints, names
from app.files.rules import FileType
from app.lib.refusal import Refused

MOST_READ = 20 * 1024 * 1024  # bytes of a document that are read for names
_PEOPLE = ("creator", "lastModifiedBy", "Company", "Manager")
_FILLED = re.compile(
    rb"(<(?:[\w.-]{1,40}:)?(?:%s)(?:\s[^<>]{0,400})?>)[^<]+(?=</)" % "|".join(_PEOPLE).encode()
)
_BARE = {
    "core": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "app": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "people": b'<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"/>',
}
_KINDS = {"core-properties": "core", "extended-properties": "app", "custom-properties": "custom"}
_USUAL = {"docprops/core.xml": "core", "docprops/app.xml": "app", "docprops/custom.xml": "custom"}
_QUOTED = rb"""\s?=\s?(?:"([^"<]{1,200})"|'([^'<]{1,200})')"""
_NAMED: dict[FileType, tuple[tuple[re.Pattern[str], re.Pattern[bytes]], ...]] = {
    "docx": (
        (re.compile(r"word/people\.xml", re.I), re.compile(rb":(?:author|userId)" + _QUOTED)),
        (re.compile(r"word/[^/]*\.xml", re.I), re.compile(rb":author" + _QUOTED)),
    ),
    "xlsx": (
        (re.compile(r"xl/persons/.*", re.I), re.compile(rb"\bdisplayName" + _QUOTED)),
        (re.compile(r"xl/comments[^/]*|xl/comments/.*", re.I), re.compile(rb"<author>([^<]{1,200})</author>()")),
        (re.compile(r"xl/(?:workbook|revisions/.*)\.xml", re.I), re.compile(rb"\buserName" + _QUOTED)),
    ),
    "pptx": (
        (re.compile(r"ppt/(?:commentAuthors|authors)\.xml", re.I), re.compile(rb"\bname" + _QUOTED)),
    ),
}  # fmt: skip


def without_authors(data: bytes) -> bytes:
    """The document without its author properties; the very bytes when it has none, or is signed as it is."""
    with ZipFile(io.BytesIO(data)) as archive:
        new = {} if _is_signed(archive) else _emptied(archive)
        if not new:
            return data
        out = io.BytesIO()
        with ZipFile(out, "w") as copy:
            for part in archive.infolist():
                bare = ZipInfo(part.filename)  # always of 1980: the same document twice is one file
                copy.writestr(bare, new.get(part.filename, archive.read(part)), part.compress_type)
    return out.getvalue()


def _is_signed(archive: ZipFile) -> bool:
    return any(name.lower().startswith("_xmlsignatures/") for name in archive.namelist())


def _emptied(archive: ZipFile) -> dict[str, bytes]:
    """The parts that change, by name."""
    new = {}
    for name, kind in _properties(archive).items():
        before = archive.read(name) if archive.getinfo(name).file_size <= office.MOST_XML else b""
        after = before
        if kind == "people" and b":person" in before:
            after = _BARE[kind]
        elif kind in ("core", "app"):
            after = _FILLED.sub(rb"\1", before)
            if _still_names(after):
                after = _BARE[kind]
        if after != before:
            new[name] = after
    return new


def _properties(archive: ZipFile) -> dict[str, str]:
    """Which parts hold properties: those the document says, and those at the usual place."""
    by_name = {name.casefold(): name for name in archive.namelist()}
    found = {by_name[usual]: kind for usual, kind in _USUAL.items() if usual in by_name}
    if "word/people.xml" in by_name:
        found[by_name["word/people.xml"]] = "people"
    if "_rels/.rels" in by_name:
        for link in office.tree(archive.read(by_name["_rels/.rels"])):
            kind = _KINDS.get(link.get("Type", "").rpartition("/")[2])
            name = by_name.get(link.get("Target", "").lstrip("./").casefold())
            if kind and name:
                found[name] = kind
    return found


def _still_names(xml: bytes) -> bool:
    """Whether these properties name somebody in a way no office program writes, or cannot be read."""
    try:
        return any(_tag(one) in _PEOPLE and _words(one) for one in office.tree(xml).iter())
    except Refused:
        return True


def _tag(one: Element) -> str:
    return one.tag.rpartition("}")[2] if isinstance(one.tag, str) else ""


def _words(one: Element) -> str:
    return "".join(one.itertext()).strip()


def hints(data: bytes, kind: FileType) -> Hints:
    """Whom the document still names, and its title."""
    with ZipFile(io.BytesIO(data)) as archive:
        people, titles = _in_properties(archive)
        left = MOST_READ
        for part in archive.infolist():
            pattern = next((look for name, look in _NAMED[kind] if name.fullmatch(part.filename)), None)
            if pattern and left > 0:
                with archive.open(part) as stream:
                    text = stream.read(left)
                left -= len(text)
                people += [
                    html.unescape((found[1] or found[2]).decode("utf-8", "replace"))
                    for found in pattern.finditer(text)
                ]
    return Hints(names(people), names(titles))


def _in_properties(archive: ZipFile) -> tuple[list[str], list[str]]:
    people: list[str] = []
    titles: list[str] = []
    for name, kind in _properties(archive).items():
        if kind == "people" or archive.getinfo(name).file_size > office.MOST_XML:
            continue
        try:
            root = office.tree(archive.read(name))
        except Refused:
            continue
        people += [_words(one) for one in root.iter() if _tag(one) in _PEOPLE]
        people += [_words(one) for one in root if re.search("author|e-?mail", one.get("name", ""), re.I)]
        titles += [_words(one) for one in root if kind == "core" and _tag(one) == "title"]
    return people, titles
