"""User text to safe HTML. A linear-time renderer with raw HTML off, then an allow-list on top of it."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {
    "p", "br", "h3", "h4", "strong", "em", "ul", "ol", "li", "blockquote", "a",
    "table", "thead", "tbody", "tr", "th", "td", "hr", "code",
}  # fmt: skip

_renderer = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")


def user_html(text: str) -> Markup:
    """Render what a person typed (Markdown allowed) to cleaned HTML. Links get rel="noopener noreferrer nofollow"."""
    html = _renderer.render(text)
    # The page around it owns h1 and h2, so a participant's headings begin at h3.
    for level in (2, 1):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    for typed, box in (("[ ] ", "☐ "), ("[x] ", "☑ "), ("[X] ", "☑ ")):  # a list of things to tick
        html = html.replace(f"<li>{typed}", f"<li>{box}").replace(f"<li>\n<p>{typed}", f"<li>\n<p>{box}")
    return Markup(
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener noreferrer nofollow",
        )
    )
