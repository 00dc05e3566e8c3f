"""Our own cleaned HTML as Word paragraphs, lists and tables: what answers and documents are made of, nothing more.

Both allow-lists (`app/lib/markdown.py`, `app/curriculum/markdown.py`) end here: each of their elements has its place
below, and the text of one that had none would still stand there as a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import html as lxml_html

from app.manual.word import look, pieces, tables, wml
from app.manual.word.pieces import INLINE, Piece
from app.manual.word.wml import add, paragraph, run

_HEADING = re.compile(r"h([1-6])")
_STYLES = {"figcaption": "Caption", "dt": "Term", "dd": "Definition", "pre": "CodeBlock"}
_RULED = {"write-line", "blank__line"}
_DEEPEST = 8  # Word knows nine levels of a list
_IN_ANSWER = (
    3  # the level of the first headings within an answer, which keep their small size wherever they stand
)
_AFTER_LIST = 110  # twips below its last item, as below a paragraph

Put = Callable[[Any], Any]


@dataclass(frozen=True)
class Place:
    """Where what comes next goes, and how it is set there."""

    style: str = "Normal"
    level: int = -1  # of the list; -1 outside of any


class Body:
    """Sets HTML into a document. `shift` lowers its headings by so many levels; `width` is the text's, in twips."""

    def __init__(self, document: WordDocument, put: Put, *, shift: int, width: int) -> None:
        self._document, self.put, self._shift, self.width = document, put, shift, width
        self._last: Any = None  # the paragraph that was put last

    def write(self, html: str, place: Place | None = None) -> None:
        """All of this HTML, at the end of what is there."""
        tree = lxml_html.fragment_fromstring(wml.printable(html), create_parent="div")
        self.children(tree, place or Place())

    def in_cell(self, cell: Any, element: Any, style: str) -> None:
        """What stands in this element of a table, into a cell of one."""
        Body(self._document, cell.append, shift=self._shift, width=self.width).children(element, Place(style))

    def children(self, parent: Any, place: Place) -> None:
        """What stands in this element, block after block; text between blocks is a paragraph of its own."""
        for block in _blocks(parent):
            if isinstance(block, list):
                self._paragraph(block, place)
            else:
                self._block(block, place)

    def text(self, text: str, style: str, *, look: str | None = None, keep_next: bool = False) -> Any:
        """One paragraph of plain text in a style; `look` is that of its letters."""
        p = paragraph(style, keep_next=keep_next)
        if text:
            run(p, text, style=look)
        self.put(p)
        return p

    def _block(self, element: Any, place: Place) -> None:
        tag, names = element.tag, set((element.get("class") or "").split())
        heading = _HEADING.fullmatch(tag)
        if heading:
            level = max(int(heading[1]), _IN_ANSWER if _stands_in_answer(element) else 0)
            self._paragraph(pieces.inside(element), Place(f"Heading{self.heading_level(level)}"))
        elif tag == "p" and names & _RULED:
            self.text("", "WriteLine")
        elif tag in ("p", *_STYLES):
            self._line(element, names, place)
        elif tag in ("ul", "ol"):
            self._list(element, names, place)
        elif tag == "table":
            tables.write(self, element, self.put)
        elif tag == "hr":
            self.text("", "Divider")
        elif tag == "blockquote":
            self.children(element, replace(place, style="Quote"))
        elif tag == "aside" or names & {"exercise", "side"}:
            self.children(element, replace(place, style="Callout"))
        else:
            self.children(element, place)

    def heading_level(self, level: int) -> int:
        """An `h2` is the first below a title; Word's headings end at 6 as HTML's do."""
        return min(6, level + self._shift)

    def _line(self, element: Any, names: set[str], place: Place) -> None:
        style = "Caption" if "blank__label" in names else _STYLES.get(element.tag, place.style)
        text = [Piece(element.text_content())] if element.tag == "pre" else pieces.inside(element)
        introduces = element.tag == "p" and _leads_to_table(element)
        self._paragraph(text, replace(place, style=style), keep_next=introduces)

    def _list(self, element: Any, names: set[str], place: Place) -> None:
        level = min(_DEEPEST, place.level + 1)
        is_numbered, is_ticked = element.tag == "ol", "ticks" in names
        number = look.new_list(self._document, level) if is_numbered else look.BULLETS
        inside = Place("ListParagraph", level)
        for item in element.iterchildren("li"):
            for place_in_item, block in enumerate(_blocks(item)):
                if not isinstance(block, list) and block.tag != "p":
                    self._block(block, inside)
                    continue
                text = block if isinstance(block, list) else pieces.inside(block)
                if is_ticked:
                    self._paragraph(text, replace(place, style="Tick"))
                else:
                    self._paragraph(text, inside, number=None if place_in_item else number)
        if level == 0 and self._last is not None:
            wml.space_after(self._last, _AFTER_LIST)

    def _paragraph(
        self, text: Iterable[Piece], place: Place, *, number: int | None = None, keep_next: bool = False
    ) -> None:
        """Set the text as one paragraph, unless there is nothing in it."""
        found = pieces.collapsed(text)
        if not found:
            return
        p = paragraph(place.style, keep_next=keep_next)
        properties = p[0]
        if number is not None:
            numbering = add(properties, "numPr")
            add(numbering, "ilvl", val=place.level)
            add(numbering, "numId", val=number)
        if wml.reads_right_to_left("".join(piece.text for piece in found)):
            add(properties, "bidi")
        if number is None and place.level >= 0:  # goes on below an item
            add(properties, "ind", left=look.INDENT * (place.level + 1))
        for piece in found:
            self._run(p, piece)
        self._last = p
        self.put(p)

    def _run(self, p: Any, piece: Piece) -> None:
        address = wml.link_address(piece.href) if piece.href else None
        if address is None:
            run(p, piece.text, piece.marks)
            return
        relation = self._document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        run(wml.hyperlink(p, relation), piece.text, piece.marks, "Hyperlink")


def _blocks(parent: Any) -> Iterator[Any]:
    """The block elements in this element, and between them what belongs to none, as a list of pieces."""
    between = list(pieces.loose(parent.text))
    for child in parent:
        if child.tag in INLINE:
            between += pieces.of(child)
        elif isinstance(child.tag, str):
            yield from filter(_has_text, [between])
            between = []
            yield child
        between += pieces.loose(child.tail)
    yield from filter(_has_text, [between])


def _has_text(text: list[Piece]) -> bool:
    return any(piece.text.strip(" \n") for piece in text)


def _stands_in_answer(element: Any) -> bool:
    return any(one.get("class") == "answer" for one in element.iterancestors("div"))


def _leads_to_table(element: Any) -> bool:
    following = element.getnext()
    if following is not None and following.tag == "figure" and len(following):
        following = following[0]
    return following is not None and following.tag == "table"
