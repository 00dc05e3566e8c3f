"""Tables in Word: fixed widths from what stands in the columns, a head repeated on each page, rows in one piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.manual.word.wml import INK, W, add, keep_with_next, make, paragraph

if TYPE_CHECKING:
    from app.manual.word.body import Body

CHARACTER = 100  # twips that a letter of a table takes on average
_MARGIN = 2  # letters of room between two columns
_NUMBER = 2  # letters more to the right of numbers, so that they do not touch the text beside them
_SHORTEST, _LONGEST = 4, 90  # characters between which the text of a column asks for room
_LINE = 30  # characters up to which all of it counts: what is longer is set in several lines
_WORD = 18  # characters of a word that is not broken
_WRITING = 12  # characters of room for a pen
_ONE_PIECE = 900  # characters of a cell up to which its row is kept on one page
_SHORT = 4  # rows of a form that stay together
_PEN = 560  # twips, 1 cm: the height of a row that is filled in by hand
_WIDTHS = {"fill--1": 0.55, "fill--2": 0.30, "fill--3": 0.21}  # share of each column that is only for writing


@dataclass(frozen=True)
class Cell:
    element: Any
    text: str
    span: int

    @property
    def names(self) -> list[str]:
        return (self.element.get("class") or "").split()


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    is_head: bool
    is_sum: bool


def write(body: Body, table: Any, put: Callable[[Any], Any]) -> None:
    """This `<table>`, its caption above, and a thin paragraph below: without one, two tables would become one."""
    rows = [_row(tr) for tr in table.iter("tr")]
    columns = max((sum(cell.span for cell in row.cells) for row in rows), default=0)
    if not columns:
        return
    names = (table.get("class") or "").split()
    for caption in table.iter("caption"):
        body.text(" ".join(caption.text_content().split()), "Term")
    is_form = "fill" in names or any(
        "blank" in (one.get("class") or "") for one in table.iterancestors("div")
    )
    widths = _widths(rows, columns, body.width, names)
    tbl = _frame("Form" if is_form else "Answers", widths, has_head=bool(rows and rows[0].is_head))
    keep_all = is_form and len(rows) <= _SHORT + 1
    for number, row in enumerate(rows):
        is_last = number == len(rows) - 1
        together = row.is_head or (not is_last and (keep_all or number <= 1 or number == len(rows) - 2))
        tbl.append(_tr(body, row, widths, is_form=is_form, together=together and not is_last))
    put(tbl)
    put(paragraph("AfterTable"))


def _row(tr: Any) -> Row:
    cells = tuple(
        Cell(cell, " ".join(cell.text_content().split()), _span(cell))
        for cell in tr
        if cell.tag in ("td", "th")
    )
    return Row(
        cells,
        tr.getparent().tag == "thead",
        "sum" in (tr.get("class") or "") or tr.getparent().tag == "tfoot",
    )


def _span(cell: Any) -> int:
    span = cell.get("colspan") or "1"
    return int(span) if span.isdecimal() and 0 < int(span) < 100 else 1


def _widths(rows: list[Row], columns: int, width: int, names: list[str]) -> list[int]:
    """Twips of each column, together the width of the text."""
    least, wished, is_open = [0] * columns, [0] * columns, [True] * columns
    for row in rows:
        column = 0
        for cell in row.cells:
            if cell.span == 1:
                longest = max(map(len, cell.text.split()), default=0) + _NUMBER * ("n" in cell.names)
                least[column] = max(least[column], min(_WORD, longest), _SHORTEST)
                wished[column] = max(wished[column], _wish(len(cell.text)))
                is_open[column] &= row.is_head or not cell.text
            column += cell.span
    open_share = next((share for name, share in _WIDTHS.items() if name in names), 0.0)
    if open_share:
        return _with_open_columns(wished, is_open, width, open_share)
    wished = [max(wish, _WRITING) if free else wish for wish, free in zip(wished, is_open, strict=True)]
    room = width / CHARACTER - sum(least) - columns * _MARGIN
    spare = [max(0, wish - low) for wish, low in zip(wished, least, strict=True)]
    share = max(0.0, room) / (sum(spare) or 1)
    return _filled([low + _MARGIN + share * more for low, more in zip(least, spare, strict=True)], width)


def _wish(length: int) -> int:
    return min(_LONGEST, length if length <= _LINE else _LINE + (length - _LINE) // 3)


def _with_open_columns(wished: list[int], is_open: list[bool], width: int, share: float) -> list[int]:
    printed = sum(wish for wish, free in zip(wished, is_open, strict=True) if not free) or 1
    left = 1 - share * sum(is_open)
    return _filled(
        [share if free else left * wish / printed for wish, free in zip(wished, is_open, strict=True)], width
    )


def _filled(parts: list[float], width: int) -> list[int]:
    """Whole twips in these proportions that add up to the width."""
    widths = [int(width * part / sum(parts)) for part in parts]
    widths[-1] += width - sum(widths)
    return widths


def _frame(style: str, widths: list[int], *, has_head: bool) -> Any:
    tbl = make("tbl")
    properties = add(tbl, "tblPr")
    add(properties, "tblStyle", val=style)
    add(properties, "tblW", w=sum(widths), type="dxa")
    add(properties, "tblLayout", type="fixed")
    add(properties, "tblLook", val="0420" if has_head else "0400", firstRow=int(has_head), noVBand=1)
    grid = add(tbl, "tblGrid")
    for width in widths:
        add(grid, "gridCol", w=width)
    return tbl


def _tr(body: Body, row: Row, widths: list[int], *, is_form: bool, together: bool) -> Any:
    tr = make("tr")
    properties = add(tr, "trPr")
    if max((len(cell.text) for cell in row.cells), default=0) <= _ONE_PIECE:  # a longer one may fill a page
        add(properties, "cantSplit")
    if is_form and not row.is_head and not all(cell.text for cell in row.cells):
        add(properties, "trHeight", val=_PEN, hRule="atLeast")
    if row.is_head:
        add(properties, "tblHeader")
    column = 0
    for cell in row.cells:
        width = sum(widths[column : column + cell.span]) or widths[-1]
        column += cell.span
        tr.append(_tc(body, cell, width, row))
    if together:
        keep_with_next(tr)
    return tr


def _tc(body: Body, cell: Cell, width: int, row: Row) -> Any:
    tc = make("tc")
    properties = add(tc, "tcPr")
    add(properties, "tcW", w=width, type="dxa")
    if cell.span > 1:
        add(properties, "gridSpan", val=cell.span)
    if row.is_sum:
        lines = add(properties, "tcBorders")
        add(lines, "top", val="single", sz=6, space=0, color=INK)
        add(lines, "bottom", val="double", sz=6, space=0, color=INK)
    is_head = cell.element.tag == "th" or row.is_sum
    style = ("TableHead" if is_head else "TableText") + ("Number" if "n" in cell.names else "")
    body.in_cell(tc, cell.element, style)
    if tc[-1].tag != f"{W}p":  # a cell ends with a paragraph, whatever it holds
        tc.append(paragraph(style))
    return tc
