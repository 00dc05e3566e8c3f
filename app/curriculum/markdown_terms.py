"""Terms of the glossary, explained where a lesson says them first: a link to a short list at the lesson's end."""

import html
import re
from collections.abc import Collection, Iterable
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from app.curriculum.glossary import Term
from app.curriculum.terms import MARKED, Finder

# A heading, a link or the head of a table stays as it is; a title of a block is a <b>, emphasis in the text is not.
_LEFT_ALONE = {
    "h1", "h2", "h3", "h4", "h5", "a", "code", "pre", "th", "dt", "b", "sup", "caption", "figcaption", "details",
}  # fmt: skip
_BLOCKS_LEFT_ALONE = {"build", "next build"}
_MARK = "term"  # an attribute of ours on a span, until the tree is walked


class Terms(Extension):
    """Explains each term once; `unexplained` are words that this text leaves alone."""

    def __init__(self, glossary: Iterable[Term], unexplained: Collection[str] = ()) -> None:
        super().__init__()
        self.by_slug = {term.slug: term for term in glossary}
        self.finder = Finder(self.by_slug.values())
        left_alone = [self.finder.term(words) for words in unexplained]
        self.never = {slug for slug, one in self.by_slug.items() if one.marked_only or one in left_alone}
        self.marked: set[str] = set()
        self.explained: dict[str, Term] = {}  # by slug, in the order of the text

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.inlinePatterns.register(
            _Marked(self), "curriculum-term", 176
        )  # after escapes and code, before citations
        # After the last touch on tables and cards, before heading ids are final.
        md.treeprocessors.register(_Explain(md, self), "curriculum-terms", 12)

    def section(self) -> str:
        """What was explained, as a list; nothing if nothing was."""
        if not self.explained:
            return ""
        items = "".join(
            f'<div><dt id="t-{slug}"><a href="#u-{slug}">{html.escape(term.term)}</a></dt>'
            f'<dd id="d-{slug}">{html.escape(term.meaning)}</dd></div>'
            for slug, term in self.explained.items()
        )
        return (
            f'<section class="terms"><h2 id="h-terms">Terms on this page</h2><dl>{items}</dl>'
            '<p><a href="/glossary">All terms</a></p></section>'
        )


class _Marked(InlineProcessor):
    def __init__(self, terms: Terms) -> None:
        super().__init__(MARKED.pattern)
        self._terms = terms

    def handleMatch(self, m: re.Match[str], data: str) -> Any:  # type: ignore[override]  # noqa: N802
        term = self._terms.finder.term(m[1])
        if term is None:
            return None, None, None
        self._terms.marked.add(term.slug)
        place = Element("span", {_MARK: term.slug})
        place.text = AtomicString((m[2] or m[1]).strip())
        return place, m.start(0), m.end(0)


class _Explain(Treeprocessor):
    def __init__(self, md: Markdown, terms: Terms) -> None:
        super().__init__(md)
        self._terms = terms

    def run(self, root: Element) -> None:
        self._walk(root, explains=True)

    def _walk(self, element: Element, *, explains: bool) -> None:
        """In the order of the text: what stands before the first child, then each child and what follows it."""
        explains = (
            explains and element.tag not in _LEFT_ALONE and element.get("class") not in _BLOCKS_LEFT_ALONE
        )
        children = list(element)
        element.text, first = self._linked(element.text, explains=explains)
        rebuilt = first
        for child in children:
            element.remove(child)
            if _MARK in child.attrib:
                self._settle(child, explains=explains)
            else:
                self._walk(child, explains=explains)
            child.tail, more = self._linked(child.tail, explains=explains)
            rebuilt += [child, *more]
        element.extend(rebuilt)

    def _settle(self, place: Element, *, explains: bool) -> None:
        """A marked word becomes the place where its term is explained, unless that is done or not possible here."""
        slug = place.attrib.pop(_MARK)
        if explains and slug not in self._terms.explained:
            self._make_link(place, self._terms.by_slug[slug])

    def _linked(self, text: str | None, *, explains: bool) -> tuple[str | None, list[Element]]:
        """The text up to the first term to explain, and links with what follows each."""
        if not text or not explains or isinstance(text, AtomicString):
            return text, []
        links: list[Element] = []
        head, end = text, 0
        for found in self._terms.finder.find(text):
            if self._is_settled(found.term):
                continue
            before = text[end : found.start]
            if links:
                links[-1].tail = before
            else:
                head = before
            link = Element("a")
            link.text = text[found.start : found.end]
            self._make_link(link, found.term)
            links.append(link)
            end = found.end
        if links:
            links[-1].tail = text[end:]
        return head, links

    def _is_settled(self, term: Term) -> bool:
        terms = self._terms
        return term.slug in terms.explained or term.slug in terms.marked or term.slug in terms.never

    def _make_link(self, place: Element, term: Term) -> None:
        self._terms.explained[term.slug] = term
        place.tag = "a"
        place.attrib |= {
            "class": "term",
            "id": f"u-{term.slug}",
            "href": f"#t-{term.slug}",
            "aria-describedby": f"d-{term.slug}",
        }
