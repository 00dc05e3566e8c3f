"""What is filled in by hand on a printed page: lines to write on, empty cells of a table, boxes to tick.

A paragraph of nothing but `_` becomes a ruled line (`write-line`), a table with empty cells is drawn with all its lines
(`fill`), and a list of `- [ ]` items outside a checklist gets its boxes (`ticks`).
"""

import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

BOX = "☐"
_UNTICKED = re.compile(r"\s*(?:\[ \]|☐)\s+")
_LONG = 24  # characters in a printed cell, above which the columns to write in must be given their width
_SHORT = 4  # rows that stay together on one page
_MANY = 7  # columns, above which none can be given a width


class Forms(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.parser.blockprocessors.register(
            _WriteLine(md.parser), "curriculum-write-line", 55
        )  # before "hr" (50)
        md.treeprocessors.register(_Forms(md), "curriculum-forms", 16)  # after inline markup (20)


class _WriteLine(BlockProcessor):
    """Lines of at least ten `_`, which would otherwise be a rule across the page."""

    _LINES = re.compile(r"(?:[ ]{0,3}_{10,}[ ]*(?:\n|$))+")

    def test(self, parent: Element, block: str) -> bool:
        return bool(self._LINES.fullmatch(block))

    def run(self, parent: Element, blocks: list[str]) -> None:
        for _line in blocks.pop(0).strip().split("\n"):
            SubElement(parent, "p", {"class": "write-line"}).text = "_" * 12


class _Forms(Treeprocessor):
    def run(self, root: Element) -> None:
        for table in _outside(root, "ledger", "table"):
            _open_cells(table)
        for items in _outside(root, "checklist", "ul"):
            _boxes(items)


def _outside(root: Element, box: str, tag: str) -> list[Element]:
    """The elements that do not stand in a box of this class, which has its own way with them."""
    boxed = {id(one) for div in root.iter("div") if div.get("class") == box for one in div.iter(tag)}
    return [one for one in root.iter(tag) if id(one) not in boxed]


def _open_cells(table: Element) -> None:
    """Mark what is empty; say how many columns are for writing only, when printed text would take their room."""
    rows = [list(row) for body in table.iter("tbody") for row in body.iter("tr")]
    empty = [cell for row in rows for cell in row if _is_empty(cell)]
    if not empty:
        return
    for cell in empty:
        cell.set("class", "write")
    columns = list(zip(*rows, strict=False))
    open_columns = sum(all(_is_empty(cell) for cell in column) for column in columns)
    longest = max((_length(cell) for row in rows for cell in row), default=0)
    crowded = longest > _LONG and 0 < open_columns < len(columns)
    names = {
        "fill": True,
        f"fill--{open_columns}": crowded,
        "fill--short": len(rows) <= _SHORT,
        "fill--many": len(columns) > _MANY,
    }
    table.set("class", " ".join(name for name, applies in names.items() if applies))


def _boxes(items: Element) -> None:
    holders = [_text_of(item) for item in items.findall("li")]
    if holders and all(_UNTICKED.match(one.text or "") for one in holders):
        items.set("class", "ticks")
        for one in holders:
            one.text = _UNTICKED.sub(f"{BOX} ", one.text or "", count=1)


def _text_of(item: Element) -> Element:
    """Where the item's text begins: in the item itself, or in its first paragraph."""
    first: Any = next(iter(item), None)
    return first if first is not None and first.tag == "p" and not (item.text or "").strip() else item


def _is_empty(cell: Element) -> bool:
    return _length(cell) == 0


def _length(cell: Element) -> int:
    texts: Iterable[str] = cell.itertext()
    return len("".join(texts).strip())
