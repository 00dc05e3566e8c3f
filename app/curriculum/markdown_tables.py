"""The last touch on a rendered lesson: tables as ledgers or figures, formulas, the lead, one amber card."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

_NUMBER = re.compile(r"[-−]?[$€£]?[0-9][0-9.,]*( ?%| [a-z ]{1,24})?")
_CAPTION = "Table: "
LONGEST_RESULT = 24  # characters that stand in one line beside the words of a row, on a phone as well


class TidyTree(Extension):
    def __init__(self, *, lead: bool) -> None:
        super().__init__()
        self._lead = lead

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        # After inline markup (20), so that a bold cell is seen as such; before heading ids are final (5).
        md.treeprocessors.register(_Tidy(md, lead=self._lead), "curriculum-tidy", 15)


class _Tidy(Treeprocessor):
    def __init__(self, md: Markdown, *, lead: bool) -> None:
        super().__init__(md)
        self._lead = lead

    def run(self, root: Element) -> None:
        if self._lead and len(root) and root[0].tag == "p":
            root[0].set("class", "lead")
        for box in root.iter("div"):
            if box.get("class") == "ledger":
                for table in list(box.iter("table")):
                    _to_ledger(table)
            elif box.get("class") == "checklist":
                _untick(box)
        _frame_tables(root)
        for definitions in list(root.iter("dl")):
            _to_formulas(definitions)
        _number_cards([card for card in root.iter("section") if card.get("class") == "build"])


def _number_cards(cards: list[Element]) -> None:
    """Amber marks one next step of a screen: the last build card of the lesson. Each is named by its heading."""
    for number, card in enumerate(cards, start=1):
        card.set("aria-labelledby", f"build-{number}")
        for heading in card.iter("h2"):
            heading.set("id", f"build-{number}")
    for card in cards[-1:]:
        card.set("class", "next build")
        for link in card.iter("a"):
            link.set("class", (link.get("class") or "").replace("btn--quiet", "btn--next"))


def _to_ledger(table: Element) -> None:
    """First column: the line; last: the result; between: how. A row whose first cell is bold is the sum.

    A last column of longer words is no result to stand on the right: it breaks its lines like any other.
    """
    ends = [
        "".join(row[-1].itertext()).strip()
        for row in table.iter("tr")
        if len(row) > 1 and row[-1].tag == "td"
    ]
    last = "n" if all(len(text) <= LONGEST_RESULT for text in ends) else "how"
    heads = ["".join(cell.itertext()).strip() for cell in next(table.iter("tr"))]
    for row in table.iter("tr"):
        cells = list(row)
        if not cells or cells[0].tag != "td":
            continue
        if len(cells[0]) and cells[0][0].tag == "strong" and not (cells[0].text or "").strip():
            row.set("class", "sum")
        cells[0].tag = "th"
        cells[0].set("scope", "row")
        for cell in cells[1:-1]:
            cell.set("class", "how")
        if len(cells) > 1:
            cells[-1].set("class", last)
        if last == "how":  # on a phone such cells stand below each other, each with its heading
            for cell, head in zip(cells[1:], heads[1:], strict=False):
                cell.set("data-label", head)
    _tidy_cells(table)


def _frame_tables(root: Element) -> None:
    """Tables outside an example stand in a figure; a paragraph "Table: …" right below is its caption."""
    for parent, table in list(_tables_outside_ledgers(root)):
        _tidy_cells(table)
        place = list(parent).index(table)
        figure = Element("figure", {"class": "figure"})
        figure.tail, table.tail = table.tail, None
        parent[place] = figure
        figure.append(table)
        below = parent[place + 1] if place + 1 < len(parent) else None
        if below is not None and below.tag == "p" and (below.text or "").startswith(_CAPTION):
            parent.remove(below)
            below.tag = "figcaption"
            below.text = (below.text or "").removeprefix(_CAPTION)
            figure.append(below)


def _tables_outside_ledgers(parent: Element) -> Iterator[tuple[Element, Element]]:
    for child in parent:
        if child.tag == "table":
            yield parent, child
        elif child.get("class") != "ledger":
            yield from _tables_outside_ledgers(child)


def _tidy_cells(table: Element) -> None:
    for row in table.iter("tr"):
        for cell in row:
            if cell.attrib.pop("align", None) == "right" or (
                cell.tag == "td"
                and cell.get("class") is None
                and _NUMBER.fullmatch("".join(cell.itertext()).strip())
            ):
                cell.set("class", "n")
            if cell.tag == "th" and not cell.get("scope"):
                cell.set("scope", "col")


def _to_formulas(definitions: Element) -> None:
    """Each term with what it is in one row."""
    definitions.set("class", "formulas")
    children = list(definitions)
    for child in children:
        definitions.remove(child)
    row: Element | None = None
    for child in children:
        if child.tag == "dt" or row is None:
            row = SubElement(definitions, "div")
        row.append(child)


def _untick(box: Element) -> None:
    """`- [ ] a line` reads better in the source; the box itself is drawn by the style sheet."""
    for item in box.iter("li"):
        for holder in (item, *item):
            if holder.text and holder.text.lstrip().startswith("[ ]"):
                holder.text = holder.text.lstrip().removeprefix("[ ]").lstrip()
