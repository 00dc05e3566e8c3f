"""The empty Word file of the house: paper, margins, styles and lists, on the document that python-docx brings."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.shared import Twips

from app.manual.word.styles import HEADINGS, SERIF, Style, definitions, letters
from app.manual.word.wml import INK, W

PAPER = {"letter": (12_240, 15_840), "a4": (11_906, 16_838)}  # twips
_MARGINS = {
    "top_margin": 1420,
    "right_margin": 1250,
    "bottom_margin": 1250,
    "left_margin": 1480,
}  # room for holes
_ALONE = {"top_margin": 1300, "right_margin": 1140, "bottom_margin": 1140, "left_margin": 1250}
BULLETS, DECIMALS = (
    1,
    2,
)  # the two kinds of list; each numbered list is a new one of its kind, so that it begins at 1
INDENT = 360  # twips of each level of a list
_LEVELS = 9
_STALE = ("thumbnail", "stylesWithEffects", "customXml")  # parts of the empty document that nobody needs
_EPOCH = (1980, 1, 1, 0, 0, 0)


def empty(language: str, paper: str, *, is_alone: bool = False) -> WordDocument:
    """A new document in this look. Alone, a document's title is the first heading; bound, it is the second."""
    return Document(BytesIO(_template(language, paper, is_alone)))


def text_width(paper: str, *, is_alone: bool = False) -> int:
    """Between the margins, in twips."""
    margins = _ALONE if is_alone else _MARGINS
    return PAPER[paper][0] - margins["left_margin"] - margins["right_margin"]


def saved(document: WordDocument) -> bytes:
    """The file. Without the moment and the machine of its making: the same content gives the same bytes."""
    made, file = BytesIO(), BytesIO()
    document.save(made)
    with ZipFile(made) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(ZipInfo(name, _EPOCH), source.read(name), ZIP_DEFLATED)
    return file.getvalue()


def new_list(document: WordDocument, level: int) -> int:
    """The number of a new numbered list, which begins at 1."""
    numbering = document.part.numbering_part.element
    number = len(numbering)  # two kinds and the bullets stand before the first
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{DECIMALS}"/>'
            f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )
    )
    return number


def ask_to_update_fields(document: WordDocument) -> None:
    """Word then asks, when the file is opened, whether it may number the pages of the contents."""
    before = document.settings.element.find(f"{W}compat")
    before.addprevious(parse_xml(f'<w:updateFields {nsdecls("w")} w:val="true"/>'))


@lru_cache(maxsize=16)
def _template(language: str, paper: str, is_alone: bool) -> bytes:
    document = Document()
    for part in (document.part, document.part.package):
        for relation in [key for key, one in part.rels.items() if one.reltype.endswith(_STALE)]:
            del part.rels[relation]
    section = document.sections[0]
    section.page_width, section.page_height = (Twips(one) for one in PAPER[paper])
    for side, twips in (_ALONE if is_alone else _MARGINS).items():
        setattr(section, side, Twips(twips))
    section.header_distance, section.footer_distance = Twips(680), Twips(620)
    _replace_styles(document.styles.element, language, HEADINGS[1:] if is_alone else HEADINGS)
    _replace_lists(document.part.numbering_part.element)
    _tidy(document.settings.element)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _replace_styles(part: Any, language: str, sizes: tuple[float, ...]) -> None:
    for kind in ("docDefaults", "style"):
        for old in part.findall(W + kind):
            part.remove(old)
    text = letters(Style("", 10, font=SERIF, color=INK))
    spoken = f'<w:lang w:val="{language}" w:eastAsia="{language}" w:bidi="ar-SA"/>'
    defaults = f"<w:rPrDefault><w:rPr>{text}{spoken}</w:rPr></w:rPrDefault><w:pPrDefault/>"
    part.insert(0, parse_xml(f"<w:docDefaults {nsdecls('w')}>{defaults}</w:docDefaults>"))
    for style in parse_xml(f"<w:styles {nsdecls('w')}>{definitions(sizes)}</w:styles>"):
        part.append(style)


def _replace_lists(numbering: Any) -> None:
    for old in list(numbering):
        numbering.remove(old)
    for kind, form, signs in ((BULLETS, "bullet", "•–·"), (DECIMALS, "decimal", "")):
        levels = "".join(_level(level, form, signs) for level in range(_LEVELS))
        numbering.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{kind}">'
                f'<w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
            )
        )
    bullets = f'<w:num {nsdecls("w")} w:numId="{BULLETS}"><w:abstractNumId w:val="{BULLETS}"/></w:num>'
    numbering.append(parse_xml(bullets))


def _level(level: int, form: str, signs: str) -> str:
    text = signs[level % len(signs)] if signs else f"%{level + 1}."
    indent = f'<w:ind w:left="{INDENT * (level + 1)}" w:hanging="{INDENT}"/>'
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr>{indent}</w:pPr></w:lvl>'
    )


def _tidy(settings: Any) -> None:
    for setting in settings.iter(f"{W}compatSetting"):
        if setting.get(f"{W}name") == "compatibilityMode":
            setting.set(f"{W}val", "15")  # or Word opens it as a file of an older version
    for tag in ("rsids", "savePreviewPicture", "proofState"):
        for leftover in settings.findall(W + tag):
            settings.remove(leftover)
