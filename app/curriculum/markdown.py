"""Lessons and public texts from Markdown to HTML. Only for the curriculum's own text, never for what people type.

Rendered once, when a release is published. Raw HTML in the source is shown as text; what comes out passes an
allow-list, has no inline style or script, and uses the class names of the style sheets: `lead`, `callout`, `ledger`,
`formulas`, `exercise`, `side`, `build`, `sources`, `fill`, `write`, `write-line`, `ticks`.
"""

import html
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import InlineProcessor
from markupsafe import Markup

from app.curriculum.markdown_blocks import BLOCKS, CurriculumBlocks
from app.curriculum.markdown_forms import Forms
from app.curriculum.markdown_tables import TidyTree
from app.curriculum.schema import Source

__all__ = ["BLOCKS", "CITATION", "render", "with_build_links"]

CITATION = re.compile(r"\[([A-Z]{1,2}[0-9]{1,3}[a-z]?)\](?!\()")
_BUILD_LINK = re.compile(r'href="build:([0-9A-Z.]+)"')

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "strong", "em", "b", "code", "pre", "blockquote", "a", "sup", "span",
    "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "aside", "section", "div", "figure", "figcaption",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "id", "aria-label", "aria-labelledby"},
    "a": {"href"},
    "th": {"scope"},
    "ol": {"start"},
}


def render(
    text: str,
    sources: Mapping[str, Source],
    labels: Mapping[str, str],
    *,
    listed: tuple[str, ...] = (),
    lead: bool = False,
) -> str:
    """Safe HTML of a text of the curriculum.

    `labels` names the worksheet fields that build cards lead to; `listed` are sources to name below even if the text
    does not cite them; with `lead` the first paragraph is set larger.
    """
    notes = _Notes(sources)
    blocks = CurriculumBlocks(labels)
    tree = TidyTree(lead=lead)
    renderer = Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            DefListExtension(),
            SaneListExtension(),
            TocExtension(slugify=_heading_id),
            blocks,
            Forms(),
            tree,
            notes,
        ],
        output_format="html",
    )
    # Raw HTML is off: a "<" is a "<".
    renderer.preprocessors.deregister("html_block")
    renderer.inlinePatterns.deregister("html")
    body = renderer.convert(text)
    return clean(body + notes.section(listed))


def clean(rendered: str) -> str:
    """Through the allow-list of the curriculum."""
    return nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "build"},
        link_rel="noopener",
    )


def with_build_links(rendered: str, address: Callable[[str], str]) -> Markup:
    """The HTML of a lesson with the addresses of one person's worksheet: `address("1.E.3")` gives the link."""
    return Markup(_BUILD_LINK.sub(lambda found: f'href="{html.escape(address(found[1]))}"', rendered))  # noqa: S704


def _heading_id(text: str, separator: str) -> str:
    """Ids of headings begin with h-, so they never meet an id of the page around them."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return separator.join(["h", *words])


class _Notes(Extension):
    """`[F22]` becomes a small numbered link to the list of sources at the end, numbered in the order of the text."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        super().__init__()
        self._sources = sources
        self._numbers: dict[str, int] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.inlinePatterns.register(_Citation(self), "curriculum-note", 175)  # after escapes, before links

    def number(self, tag: str) -> int | None:
        return self._numbers.setdefault(tag, len(self._numbers) + 1) if tag in self._sources else None

    def section(self, listed: tuple[str, ...]) -> str:
        for tag in listed:
            self.number(tag)
        if not self._numbers:
            return ""
        items = "".join(self._item(tag, number) for tag, number in self._numbers.items())
        return f'<section class="sources"><h2 id="h-sources">Sources</h2><ol>{items}</ol></section>'

    def _item(self, tag: str, number: int) -> str:
        source = self._sources[tag]
        text = source.text if source.text.endswith((".", "?", "!")) else f"{source.text}."
        return f'<li id="s{number}">{html.escape(text)} Quality {source.quality}.</li>'


class _Citation(InlineProcessor):
    def __init__(self, notes: _Notes) -> None:
        super().__init__(CITATION.pattern)
        self._notes = notes

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]  # noqa: N802
        number = self._notes.number(m[1])
        if number is None:
            return None, None, None
        note = Element("sup")
        link = Element("a", {"href": f"#s{number}", "aria-label": f"Source {number}"})
        link.text = str(number)
        note.append(link)
        return note, m.start(0), m.end(0)
