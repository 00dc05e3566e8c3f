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
from app.curriculum.markdown_terms import Terms
from app.curriculum.media import MediaFile
from app.curriculum.schema import Source

__all__ = ["BLOCKS", "CITATION", "heading_ids", "render", "with_build_links"]

CITATION = re.compile(r"\[([A-Z]{1,2}[0-9]{1,3}[a-z]?)\](?!\()")
_ID = re.compile(r' id="([^"]+)"')
_BUILD_LINK = re.compile(r'href="build:([0-9A-Z.]+)"')

TAGS = {
    "p", "br", "hr", "h2", "h3", "h4", "h5", "strong", "em", "b", "code", "pre", "blockquote", "a", "sup", "span",
    "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
    "aside", "section", "div", "figure", "figcaption", "img", "video", "source", "track", "details", "summary",
}  # fmt: skip
ATTRIBUTES = {
    "*": {"class", "id", "aria-label", "aria-labelledby"},
    "a": {"href", "aria-describedby"},
    "th": {"scope"},
    "td": {"data-label"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height", "loading"},
    "video": {"controls", "preload"},
    "source": {"src", "type"},
    "track": {"kind", "src", "srclang", "label", "default"},
}
_OURS = re.compile(r"/media/[0-9a-f]{64}/[a-z0-9.-]+")  # what a page of ours may load by itself


def render(
    text: str,
    sources: Mapping[str, Source],
    labels: Mapping[str, str],
    *,
    listed: tuple[str, ...] = (),
    lead: bool = False,
    terms: Terms | None = None,
    media: Mapping[str, MediaFile] | None = None,
    language: str = "en",
) -> str:
    """Safe HTML of a text of the curriculum.

    `labels` names the worksheet fields that build cards lead to; `listed` are sources to name below even if the text
    does not cite them; with `lead` the first paragraph is set larger; `terms` are explained where they occur first;
    `media` are the files its blocks may name, in this `language`.
    """
    notes = _Notes(sources)
    extensions: list[Extension] = [
        TableExtension(use_align_attribute=True),
        DefListExtension(),
        SaneListExtension(),
        TocExtension(slugify=heading_id),
        CurriculumBlocks(labels, media or {}, language),
        Forms(),
        TidyTree(lead=lead),
        notes,
    ]
    renderer = Markdown(extensions=[*extensions, terms] if terms else extensions, output_format="html")
    # Raw HTML is off: a "<" is a "<".
    renderer.preprocessors.deregister("html_block")
    renderer.inlinePatterns.deregister("html")
    for picture in (
        "image_link",
        "image_reference",
        "short_image_ref",
    ):  # only blocks show pictures, and only ours
        renderer.inlinePatterns.deregister(picture)
    notes.order(text)
    body = renderer.convert(text)
    return clean(body + (terms.section() if terms else "") + notes.section(listed))


def heading_ids(text: str) -> set[str]:
    """What a link with # may name in this text."""
    return set(_ID.findall(render(text, {}, {})))


def clean(rendered: str) -> str:
    """Through the allow-list of the curriculum."""
    return nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_only_ours,
        url_schemes={"http", "https", "mailto", "build"},
        link_rel="noopener",
    )


def _only_ours(element: str, attribute: str, value: str) -> str | None:
    return None if attribute == "src" and not _OURS.fullmatch(value) else value


def with_build_links(rendered: str, address: Callable[[str], str]) -> Markup:
    """The HTML of a lesson with the addresses of one person's worksheet: `address("1.E.3")` gives the link."""
    return Markup(_BUILD_LINK.sub(lambda found: f'href="{html.escape(address(found[1]))}"', rendered))  # noqa: S704


def heading_id(text: str, separator: str = "-") -> str:
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

    def order(self, text: str) -> None:
        """Number them as they are read; the library would come to callouts and tables after the paragraphs."""
        for tag in CITATION.findall(text):
            self.number(tag)

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
