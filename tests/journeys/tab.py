"""A browser tab that criticizes every page it comes to.

Of each page: WCAG 2.2 A and AA by axe, in light and in dark; nothing wider than a phone; nothing in the console; no
request to anybody else; no answer of 500 or more. What is wrong is collected, so that one walk tells everything at
once; `conftest.py` fails the test with the list.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, expect

from tests.journeys.world import World

AXE = (Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js").read_text()
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN_AXE = """([tags, rules]) => axe.run(document, {
  runOnly: tags.length ? {type: "tag", values: tags} : {type: "rule", values: rules},
  resultTypes: ["violations"], iframes: false, elementRef: false,
}).then((found) => found.violations.map(({id, help, nodes}) => [id, help, nodes.map((n) => n.html.slice(0, 160))]))"""
SIDEWAYS = """() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= innerWidth) return "";
  const isWide = (one) => one.getBoundingClientRect().right > innerWidth + 1;
  const wide = [...document.body.querySelectorAll("*")].filter(isWide).slice(0, 3);
  return `${page.scrollWidth - innerWidth} px: ${wide.map((one) => one.cloneNode().outerHTML.slice(0, 90))}`;
}"""
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PATIENCE = 60_000  # ms; a wait ends when what it waits for is there, so only what is broken takes as long
expect.set_options(timeout=PATIENCE)


class Tab:
    """One tab of one person. `seen` remembers, for the whole test process, what was looked at in the dark."""

    def __init__(
        self, page: Page, world: World, complaints: list[str], seen: set[str], *, scripts: bool = True
    ) -> None:
        self.page, self.world, self.scripts = page, world, scripts
        self.complaints, self.seen = complaints, seen
        self.excused: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complain(f"script failed: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)

    # --- going about ---

    def goes_to(self, path: str) -> None:
        self.page.goto(path if "://" in path else self.world.site + path)
        self.looks()

    def follows(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Follow the first link of that name."""
        self.arrives(lambda: self.link(name, within).click())

    def presses(self, name: str | re.Pattern[str], within: Locator | None = None) -> None:
        """Press a button that leads to a page."""
        self.arrives(lambda: self.button(name, within).click())

    def arrives(self, act: Callable[[], object]) -> None:
        """Do what leads to another page, and look at that page."""
        with self.page.expect_event("load"):
            act()
        self.looks()

    def reloads(self) -> None:
        self.page.reload()
        self.looks()

    def link(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("link", name=name).first

    def button(self, name: str | re.Pattern[str], within: Locator | None = None) -> Locator:
        return (within or self.page).get_by_role("button", name=name).first

    # --- reading ---

    def reads(self, *sentences: str | re.Pattern[str]) -> None:
        """The page shows each of these."""
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence)

    def is_at(self, heading: str | re.Pattern[str]) -> None:
        expect(self.page.locator("h1")).to_have_text(heading)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    # --- criticizing ---

    def looks(self) -> None:
        """Criticize the page as it stands. Without scripts axe cannot run; the others see the same pages with it."""
        kind = re.sub(r"(?<=/assessment/)[\w-]{43}|\d+|(?<=/link/)[\w-]+", "#", self.path)
        if self.scripts and self._is_new(self._drawn()):
            self.page.evaluate(AXE)
            self._run_axe(STANDARD, [])
            if self._is_new(f"{kind} in the dark"):  # colors are the same wherever a kind of page is met
                self.page.emulate_media(color_scheme="dark")
                self._run_axe([], ["color-contrast", "link-in-text-block"], "in the dark, ")
                self.page.emulate_media(color_scheme="light")
        if self._is_new(f"{kind} {self.scripts}"):
            self._measures()

    def _drawn(self) -> str:
        """What tells one page from another: its markup without numbers and tokens, and the window's width."""
        markup = re.sub(
            r"/assessment/[\w-]{43}|\d+|value=\"[^\"]*\"|/link/[\w-]+|cs_test_\w+", "", self.page.content()
        )
        return f"{self.page.viewport_size} {hash(markup)}"

    def _is_new(self, what: str) -> bool:
        is_new = what not in self.seen
        self.seen.add(what)
        return is_new

    def _run_axe(self, tags: list[str], rules: list[str], where: str = "") -> None:
        for rule, words, nodes in self.page.evaluate(RUN_AXE, [tags, rules]):
            some = "\n    ".join(nodes[:3])
            self.complain(f"{where}axe {rule}: {words} ({len(nodes)} times)\n    {some}")

    def _measures(self) -> None:
        size = self.page.viewport_size or DESK
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        sideways = self.page.evaluate(SIDEWAYS)
        self.page.set_viewport_size(size)
        if sideways:
            self.complain(f"wider than a phone by {sideways}")

    def complain(self, what: str) -> None:
        sentence = f"{self.path}: {what}"
        if sentence not in self.complaints and not any(re.search(one, what) for one in self.excused):
            self.complaints.append(sentence)

    @contextlib.contextmanager
    def expecting(self, *patterns: str) -> Iterator[None]:
        """Complaints that match are meant to come here, such as the browser's own line about an answer of 409."""
        self.excused = list(patterns)
        yield
        self.excused = []

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complain(f"console: {message.text} {message.location.get('url', '')}".rstrip())

    def _asked(self, request: Request) -> None:
        wanted = urlsplit(request.url)
        if wanted.scheme in ("data", "blob", "about"):
            return
        own = {urlsplit(self.world.site).netloc}
        if request.is_navigation_request() or self.page.url.startswith(self.world.stripe):
            own.add(urlsplit(self.world.stripe).netloc)  # a whole page of Stripe's, and what that page loads
        if wanted.netloc not in own:
            self.complain(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complain(f"{response.url} answered {response.status}")
