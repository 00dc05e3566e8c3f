"""Reading Word files back in tests: as python-docx reads them, and as the schema orders their parts."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from docx import Document
from docx.document import Document as WordDocument
from docx.text.paragraph import Paragraph
from lxml import etree

from app.manual.word import look
from app.manual.word.body import Body
from app.manual.word.wml import W

# What must stand before what (of what we write); Word calls a file with another order damaged.
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs bidi spacing ind jc outlineLvl sectPr",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs u vertAlign rtl lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook",
    "tcPr": "tcW gridSpan vMerge tcBorders shd tcMar vAlign",
    "tcBorders": "top left bottom right",
    "pBdr": "top left bottom right between",
    "style": "name basedOn next semiHidden qFormat pPr rPr tblPr tblStylePr",
    "lvl": "start numFmt lvlText lvlJc pPr",
    "abstractNum": "multiLevelType lvl",
    "numbering": "abstractNum num",
    "styles": "docDefaults latentStyles style",
    "sectPr": "headerReference footerReference type pgSz pgMar cols titlePg docGrid",
}


def set_in_word(html: str) -> bytes:
    """This HTML as a Word file, as a document's text is set."""
    word = look.empty("en-US", "letter", is_alone=True)
    Body(word, word.element.body.sectPr.addprevious, shift=0, width=9_000).write(html)
    return look.saved(word)


def opened(data: bytes) -> WordDocument:
    """The file as python-docx reads it, after a look at the order of its parts."""
    with ZipFile(BytesIO(data)) as file:
        for name in file.namelist():
            if name.endswith((".xml", ".rels")):
                wrong = list(out_of_order(etree.fromstring(file.read(name))))
                assert not wrong, f"{name}: {wrong[:3]}"
    return Document(BytesIO(data))


def out_of_order(tree: Any) -> Iterator[str]:
    for element in tree.iter(etree.Element):
        place = element.tag.removeprefix(W)
        if place in ORDER:
            known = ORDER[place].split()
            found = [child.tag.removeprefix(W) for child in element.iterchildren(etree.Element)]
            ranks = [known.index(one) if one in known else -1 for one in found]
            if -1 in ranks or ranks != sorted(ranks):
                yield f"{place} holds {' '.join(found)}"


def lines(word: WordDocument) -> list[tuple[str, str]]:
    """Style and text of every paragraph, those in tables too, in their order."""
    found = [Paragraph(p, word._body) for p in word.element.body.iter(f"{W}p")]
    return [(one.style.name if one.style else "", one.text) for one in found]


def text_of(word: WordDocument) -> str:
    return "\n".join(text for _style, text in lines(word))
