"""The first two pages of the manual in Word: the cover with its spine, and the contents."""

from __future__ import annotations

from typing import Any

from app.manual.book import Book, Chapter
from app.manual.word.body import Body
from app.manual.word.wml import CLOTH, PAPER, add, begin, end, field, hyperlink, make, paragraph, run

_SPINE, _HIGH = 1000, 11_600  # twips: the width of the spine, and how far it reaches down the page
_LOW = 4_000  # above the title
_HIGHEST_BAND = 1_160


def mark_of(chapter: Chapter, document: int = 0) -> tuple[str, int]:
    """The bookmark of a chapter or of its n-th document: its name and its number in the file."""
    number = chapter.number * 1000 + document
    return f"_Toc{number:06}", number


def write(book: Book, body: Body) -> None:
    """The spine, a band for each chapter, and beside it whose manual this is."""
    height = min(_HIGHEST_BAND, _HIGH // max(1, len(book.chapters)))
    tbl = make("tbl")
    properties = add(tbl, "tblPr")
    add(properties, "tblW", w=body.width, type="dxa")
    add(properties, "tblLayout", type="fixed")
    grid = add(tbl, "tblGrid")
    for width in (_SPINE, body.width - _SPINE):
        add(grid, "gridCol", w=width)
    for chapter in book.chapters:
        tr = add(tbl, "tr")
        add(add(tr, "trPr"), "trHeight", val=height, hRule="exact")
        _band(add(tr, "tc"), chapter)
        _face(add(tr, "tc"), body.width - _SPINE, book if chapter is book.chapters[0] else None)
    body.put(tbl)


def _band(tc: Any, chapter: Chapter) -> None:
    properties = add(tc, "tcPr")
    add(properties, "tcW", w=_SPINE, type="dxa")
    lines = add(properties, "tcBorders")
    for side in ("top", "left", "bottom", "right"):
        add(lines, side, val="single", sz=24, space=0, color=CLOTH)
    add(properties, "shd", val="clear", color="auto", fill=PAPER if chapter.work else CLOTH)
    add(properties, "vAlign", val="center")
    p = paragraph("BandNumber" if chapter.work else "BandNumberOpen")
    run(p, "–" if chapter.excused else str(chapter.number))
    tc.append(p)


def _face(tc: Any, width: int, book: Book | None) -> None:
    """The right side is one cell over all rows; only the first holds the words."""
    properties = add(tc, "tcPr")
    add(properties, "tcW", w=width, type="dxa")
    add(properties, "vMerge", **({"val": "restart"} if book else {}))
    margins = add(properties, "tcMar")
    add(margins, "left", w=700, type="dxa")
    for style, text in _words(book) if book else [("Normal", "")]:
        p = paragraph(style)
        run(p, text)
        tc.append(p)
    if book:
        tc[1][0].append(make("spacing", before=_LOW, after=60))


def _words(book: Book) -> list[tuple[str, str]]:
    count = len(book.chapters)
    whole = f", in {count} chapters" if len(book.bound) == count else ""
    return [
        ("Kicker", "Practice manual"),
        ("Title", book.practice),
        ("Subtitle", f"How this practice is run{whole}"),
        ("Term", "Owner"),
        ("Definition", book.owner),
        ("Term", "Version"),
        ("Definition", f"{book.version}. {len(book.bound)} of {count} chapters accepted"),
        ("Term", "Next review"),
        ("Definition", book.next_review),
        ("Term", "Reviewed by"),
        ("WriteLine", ""),
        ("SmallPrint", book.legal),
    ]


def contents(book: Book, body: Body) -> None:
    """The table of contents as a field, filled with its entries; Word adds the pages when it is asked to update."""
    body.text("Contents", "ContentsTitle")
    entries = [
        (style, text, name)
        for chapter in book.bound
        for style, text, name in [
            ("TOC1", f"{chapter.number}  {chapter.title}", mark_of(chapter)[0]),
            *(
                ("TOC2", document.title, mark_of(chapter, number)[0])
                for number, document in enumerate(chapter.documents, 1)
            ),
        ]
    ]
    for place, (style, text, name) in enumerate(entries):
        p = body.text("", style)
        tabs = add(p[0], "tabs")
        add(tabs, "tab", val="right", pos=body.width, leader="dot")
        if place == 0:
            begin(p, r'TOC \o "1-2" \h \z \u')
        link = hyperlink(p, bookmark=name)
        run(link, text)
        add(add(link, "r"), "tab")
        field(link, f"PAGEREF {name} \\h")
        if place == len(entries) - 1:
            end(p)
    rest = [one for one in book.chapters if not one.work]
    for words, found in (
        ("Still open", [one for one in rest if not one.excused]),
        ("– Excused", [one for one in rest if one.excused]),
    ):
        if found:
            listed = "; ".join(f"{one.number} {one.title}" for one in found)
            body.text(f"{words}: {listed}.", "ContentsOpen")
