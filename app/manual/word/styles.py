"""The styles of a Word file of the house. Everything in it is set in one of them, so that whoever changes "Heading 3"
in Word changes it in the whole manual.

The faces of the PDF are not on everybody's computer, and a file that embeds none is set in what is there: Georgia and
Calibri come with Word, and other programs know what to take for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.manual.word.wml import CLOTH, HAIR, INK, PAPER, SOFT

SERIF, SANS, MONO = "Georgia", "Calibri", "Consolas"
SINGLE = 240  # a line of the height of its letters, in Word's 240ths
HEADINGS = (
    25.0,
    20.0,
    13.0,
    10.5,
    10.0,
    10.0,
)  # points: chapter, document, section, field, and what is below it
_TITLES, _SECTIONS = 2, 3  # the first so many are titles; after these, headings are bold text


@dataclass(frozen=True)
class Line:
    """A border: eighths of a point, color, points between it and the text, and its drawing."""

    size: int = 6
    color: str = INK
    space: int = 8
    drawing: str = "single"

    def xml(self, side: str) -> str:
        return f'<w:{side} w:val="{self.drawing}" w:sz="{self.size}" w:space="{self.space}" w:color="{self.color}"/>'


@dataclass(frozen=True)
class Style:
    """A style. Letters in points, room and indents in twips; `exact` is the height of its lines, come what may."""

    name: str
    size: float = 0
    before: int = 0
    after: int = 0
    line: int = 264
    exact: int = 0
    font: str = ""
    color: str = ""
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    left: int = 0
    right: int = 0
    hanging: int = 0
    align: str = ""
    keep_next: bool = False
    keep_lines: bool = False
    lines: dict[str, Line] = field(default_factory=dict)  # in the order top, left, bottom, right, between
    shade: str = ""
    outline: int = 0  # the level of a heading, from 1
    based: str = "Normal"

    def xml(self, identity: str) -> str:
        """Its definition, in the order the schema asks for."""
        based = "" if identity == self.based else f'<w:basedOn w:val="{self.based}"/>'
        default = ' w:default="1"' if identity == "Normal" else ""
        following = '<w:next w:val="Normal"/><w:qFormat/>' if self.outline else ""
        return (
            f'<w:style w:type="paragraph"{default} w:styleId="{identity}"><w:name w:val="{self.name}"/>{based}'
            f"{following}<w:pPr>{''.join(self._paragraph())}</w:pPr><w:rPr>{letters(self)}</w:rPr></w:style>"
        )

    def _paragraph(self) -> Iterator[str]:
        if self.keep_next:
            yield "<w:keepNext/>"
        if self.keep_lines:
            yield "<w:keepLines/>"
        if self.lines:
            yield f"<w:pBdr>{''.join(line.xml(side) for side, line in self.lines.items())}</w:pBdr>"
        if self.shade:
            yield f'<w:shd w:val="clear" w:color="auto" w:fill="{self.shade}"/>'
        height = (
            f'w:line="{self.exact}" w:lineRule="exact"'
            if self.exact
            else f'w:line="{self.line}" w:lineRule="auto"'
        )
        yield f'<w:spacing w:before="{self.before}" w:after="{self.after}" {height}/>'
        if self.left or self.right:
            yield f'<w:ind w:left="{self.left}" w:right="{self.right}" w:hanging="{self.hanging}"/>'
        if self.align:
            yield f'<w:jc w:val="{self.align}"/>'
        if self.outline:
            yield f'<w:outlineLvl w:val="{self.outline - 1}"/>'


def letters(style: Style) -> str:
    """How the letters of a style look; what it leaves open it takes from the style it is based on."""
    faces = "".join(f' w:{script}="{style.font}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    half_points = f"{style.size * 2:.0f}"
    parts = {
        f"<w:rFonts{faces}/>": style.font,
        "<w:b/><w:bCs/>": style.bold,
        "<w:i/><w:iCs/>": style.italic,
        f'<w:color w:val="{style.color}"/>': style.color,
        f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>': style.size,
        '<w:u w:val="single"/>': style.underlined,
    }
    return "".join(part for part, is_set in parts.items() if is_set)


def headings(sizes: tuple[float, ...]) -> dict[str, Style]:
    """A style for each of these sizes, the first being level 1. The last is in italics."""
    return {f"Heading{level}": _heading(level, size, len(sizes)) for level, size in enumerate(sizes, 1)}


def _heading(level: int, size: float, count: int) -> Style:
    is_title, is_text = size in HEADINGS[:_TITLES], size in HEADINGS[_SECTIONS:]
    before, after = (20, 110) if is_title else (180, 50) if is_text else (280, 90)
    style = Style(
        f"heading {level}", size, before, after, 252, keep_next=True, keep_lines=True, outline=level
    )
    return replace(style, bold=is_text and level < count, italic=level == count)


_SOFT = Style("", font=SANS, color=SOFT)
_TABLE = Style("Table Text", 9, line=252, font=SANS)
_ASIDE = Style("Callout", after=110, left=300, lines={"left": Line(18, CLOTH, 10)}, shade="F3F0E8")
_RULE = Line(4, HAIR, 1)

STYLES: dict[str, Style] = {
    "Normal": Style("Normal", after=110, line=276),
    "Title": Style("Title", 36, after=120, line=252),
    "Subtitle": Style("Subtitle", 15, after=300, color=SOFT),
    "Kicker": replace(_SOFT, name="Kicker", size=9, after=20, keep_next=True),
    "Intro": replace(_SOFT, name="Intro", size=9.5, after=240, lines={"bottom": Line()}),
    "Letterhead": Style("Letterhead", 15, after=480, lines={"bottom": Line()}),
    "ListParagraph": Style("List Paragraph", after=50),
    "Tick": Style("Tick", after=60, left=360, hanging=360),
    "Callout": _ASIDE,
    "Quote": replace(_ASIDE, name="Quote", shade="", lines={"left": Line(12, CLOTH, 10)}),
    "Term": Style("Term", 9.5, before=60, after=20, font=SANS, bold=True, keep_next=True),
    "Definition": Style("Definition", after=90, left=360),
    "Caption": replace(_SOFT, name="caption", size=8.5, before=40, after=120),
    "CodeBlock": Style("Code Block", 9, after=110, line=SINGLE, font=MONO, left=300),
    "WriteLine": Style("Write Line", after=60, exact=460, lines={"bottom": _RULE, "between": _RULE}),
    "Divider": Style("Divider", 4, before=60, after=200, lines={"bottom": Line(6, HAIR, 1, "dashed")}),
    "TableText": _TABLE,
    "TableTextNumber": replace(_TABLE, name="Table Number", right=160, align="right"),
    "TableHead": replace(_TABLE, name="Table Head", bold=True, keep_next=True),
    "TableHeadNumber": replace(
        _TABLE, name="Table Head Number", bold=True, keep_next=True, right=160, align="right"
    ),
    "AfterTable": Style("After Table", 4, exact=160),
    "SectionEnd": Style("Section End", 1, exact=20),
    "Standing": replace(
        _SOFT, name="Standing", size=8, before=280, after=60, keep_lines=True, lines={"top": Line(space=6)}
    ),
    "SmallPrint": replace(_SOFT, name="Small Print", size=7.5, after=60, line=247, keep_lines=True),
    "BandNumber": Style("Band Number", 12, color=CLOTH, align="center"),
    "BandNumberOpen": Style("Band Number Open", 12, color=PAPER, align="center"),
    "ContentsTitle": Style("TOC Heading", 24, after=200),
    "ContentsOpen": replace(_SOFT, name="Contents Open", size=9, before=200, after=60),
    "TOC1": Style("toc 1", 12, before=130, after=20),
    "TOC2": replace(_SOFT, name="toc 2", size=9, after=10, line=247, left=360),
    "Header": replace(_SOFT, name="header", size=8.5, lines={"bottom": Line(4, INK, 5)}),
    "Footer": replace(_SOFT, name="footer", size=8),
}
LETTERS: dict[str, Style] = {  # styles of letters within a paragraph
    "Hyperlink": Style("Hyperlink", color=CLOTH, underlined=True),
    "CodeText": Style("Code Text", 9, font=MONO),
    "LetterTitle": replace(_SOFT, name="Letter Title", size=8.5),
}
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_SOFT_LINE, _FORM_LINE = Line(3, "CFC8B8", 0), Line(4, HAIR, 0)


def tables() -> str:
    """Answers with fine rules between the rows; forms with all their lines and a shaded head."""
    rows = "".join(_SOFT_LINE.xml(side) for side in ("bottom", "insideH"))
    grid = "".join(_FORM_LINE.xml(side) for side in _SIDES)
    return _table("Answers", rows, 0, "") + _table("Form", grid, 100, "F3F0E8")


def _table(name: str, lines: str, left: int, shade: str) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    margins = {"top": 50, "left": left, "bottom": 50, "right": 100}
    cells = "".join(f'<w:{side} w:w="{twips}" w:type="dxa"/>' for side, twips in margins.items())
    return (
        f'<w:style w:type="table" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>{cells}</w:tblCellMar></w:tblPr>"
        f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>{Line(space=0).xml("bottom")}</w:tcBorders>{fill}'
        "</w:tcPr></w:tblStylePr></w:style>"
    )


def definitions(sizes: tuple[float, ...]) -> str:
    """All of them, with headings of these sizes, as the styles part of a file holds them."""
    paragraphs = "".join(style.xml(identity) for identity, style in {**STYLES, **headings(sizes)}.items())
    within = "".join(
        f'<w:style w:type="character" w:styleId="{identity}"><w:name w:val="{style.name}"/>'
        f"<w:rPr>{letters(style)}</w:rPr></w:style>"
        for identity, style in LETTERS.items()
    )
    return _OF_WORD + paragraphs + within + tables()


_OF_WORD = (  # what Word expects to find
    '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/><w:semiHidden/></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:semiHidden/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
    '<w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:semiHidden/></w:style>'
)
