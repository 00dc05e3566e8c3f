"""The few things of WordprocessingML that python-docx has no words for: runs in bulk, fields, bookmarks, links.

An element is made with `add(parent, "tag", attribute="value")`; the order of calls is the order the schema asks for.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote, urlsplit

from docx.oxml.ns import nsmap
from docx.oxml.parser import oxml_parser
from lxml import etree

W = f"{{{nsmap['w']}}}"
INK, SOFT, CLOTH, PAPER, HAIR = "17233A", "4A566B", "123F40", "F4EFE2", "8A8778"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 may not hold
_LONGEST_LINK = 2_000  # characters; Word calls a file with a longer one damaged
_MARKS = {"b": "b", "i": "i"}


def add(parent: Any, tag: str, **attributes: str | int) -> Any:
    """A new last child `w:tag` of the element, with its `w:` attributes."""
    child = etree.SubElement(parent, W + tag)
    for name, value in attributes.items():
        child.set(W + name, str(value))
    return child


def make(tag: str, **attributes: str | int) -> Any:
    """The same without a parent."""
    element = oxml_parser.makeelement(W + tag, nsmap={"w": nsmap["w"]})
    for name, value in attributes.items():
        element.set(W + name, str(value))
    return element


def printable(text: str) -> str:
    """Without what no XML file may hold: one control character or half a surrogate spoils the whole document."""
    return _FORBIDDEN.sub("", text)


def paragraph(style: str, *, keep_next: bool = False) -> Any:
    p = make("p")
    properties = add(p, "pPr")
    add(properties, "pStyle", val=style)
    if keep_next:
        add(properties, "keepNext")
    return p


def keep_with_next(element: Any) -> None:
    """Let a paragraph, or a row of a table and the thin paragraph below it, stand on the page of what follows."""
    for p in element.iter(f"{W}p") if element.tag == f"{W}tr" else [element]:
        if p[0].find(f"{W}keepNext") is None:
            p[0].insert(1, make("keepNext"))
    above = element.getprevious()
    if above is not None and above.tag == f"{W}tbl":
        keep_with_next(above[-1])


def space_after(p: Any, twips: int) -> None:
    """Room below this paragraph that its style does not give it."""
    spacing, indent = make("spacing", after=twips), p[0].find(f"{W}ind")
    if indent is None:
        p[0].append(spacing)
    else:
        indent.addprevious(spacing)


def run(parent: Any, text: str, marks: frozenset[str] = frozenset(), style: str | None = None) -> Any:
    """Text with its marks: b, i, sup, code. A line break in the text is one in the paragraph."""
    text = printable(text)
    r = add(parent, "r")
    is_rtl = reads_right_to_left(text)
    if marks or style or is_rtl:
        _properties(r, marks, style, is_rtl)
    for number, line in enumerate(text.split("\n")):
        if number:
            add(r, "br")
        if line:
            add(r, "t").text = line
            r[-1].set(f"{{{nsmap['xml']}}}space", "preserve")
    return r


def _properties(r: Any, marks: frozenset[str], style: str | None, is_rtl: bool) -> None:
    properties = add(r, "rPr")
    if style or "code" in marks:
        add(properties, "rStyle", val=style or "CodeText")
    for mark, tag in _MARKS.items():
        if mark in marks:
            add(properties, tag)
            add(properties, f"{tag}Cs")
    if "sup" in marks:
        add(properties, "vertAlign", val="superscript")
    if is_rtl:
        add(properties, "rtl")


def reads_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is Hebrew, Arabic or another script that runs to the left."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def field(parent: Any, instruction: str, shown: str = "") -> None:
    """A field that Word computes (PAGE, PAGEREF); `shown` stands there until it does."""
    begin(parent, instruction)
    if shown:
        run(parent, shown)
    end(parent)


def begin(parent: Any, instruction: str) -> None:
    add(add(parent, "r"), "fldChar", fldCharType="begin")
    add(add(parent, "r"), "instrText").text = f" {instruction} "
    add(add(parent, "r"), "fldChar", fldCharType="separate")


def end(parent: Any) -> None:
    add(add(parent, "r"), "fldChar", fldCharType="end")


def bookmark(p: Any, name: str, number: int) -> None:
    """Mark this paragraph, so that the contents can point to it."""
    add(p, "bookmarkStart", id=number, name=name)
    add(p, "bookmarkEnd", id=number)


def link_address(href: str) -> str | None:
    """An address as Word reads it; None for one that would make it call the file damaged."""
    try:
        scheme = urlsplit(href).scheme
    except ValueError:
        return None
    if scheme not in ("http", "https", "mailto", "tel") or len(href) > _LONGEST_LINK:
        return None
    return quote(printable(href), safe=":/?#@!$&'()*+,;=%~-._")


def hyperlink(p: Any, relation: str = "", bookmark: str = "") -> Any:
    """A link to an address outside (by its relation in the file) or to a bookmark; its text is put into it."""
    link = add(p, "hyperlink", **({"anchor": bookmark} if bookmark else {}))
    if relation:
        link.set(f"{{{nsmap['r']}}}id", relation)
    return link
