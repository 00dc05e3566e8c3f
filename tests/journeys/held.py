"""A slow line: a file that a page asks for, held back until the test lets it go."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route


class Held:
    """What this page asks for at addresses like `pattern` does not arrive before `arrives()`."""

    def __init__(self, page: Page, pattern: re.Pattern[str]) -> None:
        self.waiting: list[Route] = []
        self.open = False
        page.route(pattern, self._asked)

    def _asked(self, route: Route) -> None:
        if self.open:
            route.continue_()
        else:
            self.waiting.append(route)

    def arrives(self) -> None:
        """Now, and at once from now on."""
        self.open = True
        for one in self.waiting:
            one.continue_()
