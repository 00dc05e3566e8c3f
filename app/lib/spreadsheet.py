"""Tables to take along as CSV or for Excel, in which no spreadsheet finds a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # characters; Excel calls a file with more in a cell damaged


def amount(cents: int) -> Decimal:
    """Cents as the number that stands in a cell."""
    return Decimal(cents).scaleb(-2)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """The table as text: a byte order mark, so that Excel reads UTF-8; CRLF; instants in ISO 8601, UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_cell(words) for words in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    """Text that a program would take for a formula gets an apostrophe, which says that it is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, str):
        value = value.replace("\0", "")
        return f"'{value}" if _looks_like_formula(value) else value
    return value


def _looks_like_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA)


# --- the same for Excel ---------------------------------------------------------------------------------------------

# The places of the formats in the style sheet below.
_PLAIN, _HEAD, _AMOUNT, _DAY, _QUOTED = range(5)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" '
    'formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">'
    "<border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def xlsx_bytes(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The table as a workbook of one sheet. Text is typed as text, amounts (Decimal) are numbers, days are dates."""
    lines = [_row(1, head, _HEAD), *(_row(n, row) for n, row in enumerate(rows, start=2))]
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{max(12, min(60, len(words) + 3))}" customWidth="1"/>'
        for n, words in enumerate(head, start=1)
    )
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{columns}</cols>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{_sheet_name(name)}" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for path, text in (_PARTS | {"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet}).items():
            # The same table is the same file: no part carries the time at which it was made.
            file.writestr(zipfile.ZipInfo(path), _XML + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sheet_name(name: str) -> str:
    return escape(_NOT_IN_A_NAME.sub(" ", _NOT_XML.sub("", name))[:31].strip() or "Table", {'"': "&quot;"})


def _row(number: int, values: Sequence[Any], style: int = _PLAIN) -> str:
    cells = "".join(_xml_cell(f"{_letters(n)}{number}", value, style) for n, value in enumerate(values))
    return f'<row r="{number}">{cells}</row>'


def _letters(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _xml_cell(at: str, value: Any, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    if isinstance(value, datetime):
        value = value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return f'<c r="{at}" s="{_DAY}"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, Decimal | int):
        return f'<c r="{at}" s="{_AMOUNT if isinstance(value, Decimal) else style}"><v>{value}</v></c>'
    text = _NOT_XML.sub("", str(value))[:LONGEST_CELL]
    # Typed as text it is no formula; the mark keeps it so when somebody edits the cell.
    shown = _QUOTED if _looks_like_formula(text) else style
    return f'<c r="{at}" s="{shown}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
