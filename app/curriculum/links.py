"""Where the links of the curriculum's texts lead: to other sites, to pages of this one, to headings."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from app.curriculum.folder import Folder
from app.curriculum.known import Known
from app.curriculum.loaded import LoadedProgram, LoadedText
from app.curriculum.markdown import heading_ids

LINK = re.compile(r"(!\[[^\[\]]*)?\]\([ \t]{0,9}<?([^)\s>]*)")
# Pages of the site that every program has. Cohorts come and go, so a text names their list and no single one.
SITE: tuple[str, ...] = (
    "/",
    "/reasons",
    "/program",
    "/cohorts",
    "/modules",
    "/manual",
    "/calendar",
    "/dashboard",
    "/payments",
)
SITE += ("/account", "/sign-in", "/glossary")
_ADVICE = "write https://…, mailto:… or an address like /program."
AnyText = LoadedText[Any]


class Addresses:
    """Every address a text may link to, and the text behind it where the curriculum has one."""

    def __init__(self, folder: Folder, program: LoadedProgram) -> None:
        self.texts: dict[str, AnyText | None] = dict.fromkeys(SITE)
        self._lacks_anchor = Known(program).lacks_anchor
        for slug, page in program.pages.items():
            address = {"home": "/", "program": "/program"}.get(slug, f"/{slug}")
            if address in self.texts or slug.startswith("reasons/"):
                self.texts[address] = page
        for module in program.modules:
            self.texts[f"/modules/{module.slug}"] = module.head
            for name in folder.names(f"{module.folder}/lessons"):
                slug = name.removesuffix(".md")[
                    3:
                ]  # without its number; one that cannot be read counts as well
                self.texts[f"/modules/{module.slug}/{slug}"] = module.lessons.get(slug)

    def problems(self, line: str, own: AnyText) -> Iterator[str]:
        for picture, target in LINK.findall(line):
            if not picture and (wrong := self._wrong(target, own)):
                yield f"the link to “{target}” leads nowhere; {wrong}"

    def _wrong(self, target: str, own: AnyText) -> str | None:
        try:
            parts = urlsplit(target)
        except ValueError:
            return _ADVICE
        if parts.scheme in ("http", "https"):
            return None if "." in parts.netloc else "the name of the site is missing."
        if parts.scheme == "mailto":
            return None if "@" in parts.path.strip("@") else "the mail address is missing."
        if parts.scheme or parts.netloc or not target.startswith(("/", "#")):
            return _ADVICE
        if parts.path and parts.path not in self.texts:
            return f"this site has {_nearest(parts.path, self.texts)}"
        if parts.path == "/glossary" and self._lacks_anchor(parts.fragment):
            return f"the glossary has no term at “{parts.fragment}”."
        text = self.texts[parts.path] if parts.path else own
        if parts.fragment and text and parts.fragment not in heading_ids(text.body):
            return f"no heading there is called “{parts.fragment}”."
        return None


def _nearest(path: str, known: Iterable[str]) -> str:
    """What to write instead: the address that reads most like it."""
    close = get_close_matches(path, known, n=1, cutoff=0.6)
    return f"no such page; did you mean {close[0]}?" if close else "no such page."
