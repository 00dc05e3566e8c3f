"""Cleaned HTML of a long text as plain blocks: what two texts are compared by. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

_BLOCK_TAGS = {"p", "h3", "h4", "li", "blockquote", "tr", "hr"}
_LIST_TAGS = {"ul", "ol"}


@dataclass(frozen=True)
class Block:
    """One paragraph, heading or list item: its tag, the list it is in ('ul', 'ol' or ''), its text."""

    tag: str
    text: str
    within: str = ""


def blocks(html: str) -> list[Block]:
    """The blocks of cleaned HTML as plain text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.found


class _Reader(HTMLParser):
    """Cleaned HTML to blocks. Table rows become paragraphs, their cells separated by a bar."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self.lists: list[str] = []
        self.tag = "p"
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LIST_TAGS:
            self.end_block()
            self.lists.append(tag)
        elif tag in _BLOCK_TAGS:
            if tag == "p" and self.tag in ("li", "blockquote") and not "".join(self.text).strip():
                return  # a loose list item wraps its text in a paragraph
            self.end_block()
            self.tag = tag
        elif tag in ("br", "td", "th"):
            self.text.append(" | " if tag != "br" and "".join(self.text).strip() else " ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCK_TAGS:
            self.end_block()
        elif tag in _LIST_TAGS:
            self.end_block()
            if self.lists:
                self.lists.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def end_block(self) -> None:
        text = " ".join("".join(self.text).split())
        within = self.lists[-1] if self.lists else ""
        if text:
            tag = "li" if within else self.tag if self.tag in ("h3", "h4", "blockquote") else "p"
            self.found.append(Block(tag, text, within))
        self.tag, self.text = "p", []
