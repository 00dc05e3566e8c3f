"""Every hostile file that is taken, opened in a browser at its own address: none runs.

Each line of defense must hold alone: as a download with and without the content policy; shown in place, with the
sandbox; and shown in place with nothing but its type. The site answers from this very process.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Route

from app.coursework import rules
from tests.client import Client
from tests.rooms.coursework.worksheets import JSON, begun
from tests.rooms.files import made
from tests.rooms.files.door import held, send
from tests.rooms.files.uploads import TAKEN

SITE = "http://localhost"
ORACLE = "window.ran = []; window.xq = () => window.ran.push('a script');"
ATTACHMENT, SANDBOX = "Content-Disposition", "Content-Security-Policy"


@pytest.fixture
def addresses(
    app: Any, cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[Client, dict[str, str]]:
    """Where each file is; what was taken out can be fetched for a day."""
    monkeypatch.setattr(rules, "QUOTA", 2**30)
    ana = sign_in(cast.ana)
    url, found = begun(ana), {}
    for what, (name, data, _how) in TAKEN.items():
        assert send(ana, url, name, data, "Typed").status_code == 200, what
        found[what] = f"{url}/files/{held()[0]['id']}"
        ana.post(f"{found[what]}/remove", headers=JSON)
    return ana, found


class Watched:
    """A tab that is answered by the application in this process, less the headers left out."""

    def __init__(
        self, chromium: Browser, browser: Client, *, policy: bool = True, without: tuple[str, ...] = ()
    ):
        self.context = chromium.new_context(bypass_csp=not policy, accept_downloads=False)
        self.tab: Page = self.context.new_page()
        self.browser, self.without = browser, without
        self.faults: list[str] = []
        self.tab.add_init_script(ORACLE)
        self.tab.on(
            "dialog", lambda dialog: (self.faults.append(f"a dialog: {dialog.message}"), dialog.dismiss())
        )
        self.tab.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        address = route.request.url
        if address.startswith("chrome"):  # the browser's own reader of PDFs
            route.continue_()
            return
        if not address.startswith(SITE):
            self.faults.append(f"asked {address}")
            route.abort()
            return
        with self.browser.application.app_context():
            answer = self.browser.get(address.removeprefix(SITE), critical=False)
        headers = {name: value for name, value in answer.headers if name not in self.without}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.get_data())

    def opens(self, what: str, path: str) -> bool:
        """Whether it was shown; False when it was taken for a download."""
        shown = True
        try:
            self.tab.goto(SITE + path)
        except Error as error:
            if not any(word in str(error) for word in ("Download is starting", "ERR_ABORTED")):
                raise
            shown = False
        self.faults += [f"{what}: {one} ran" for one in self.tab.evaluate("window.ran || []")]
        if not shown:
            self.tab.goto("about:blank")
        return shown


@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "without it"])
def test_a_file_is_a_download_and_nothing_runs(chromium: Browser, addresses: Any, policy: bool) -> None:
    ana, found = addresses
    watched = Watched(chromium, ana, policy=policy)
    shown = [what for what, path in found.items() if watched.opens(what, path)]
    watched.context.close()
    assert (shown, watched.faults) == ([], [])
    assert len(found) > 30


@pytest.mark.parametrize(
    "without", [(ATTACHMENT,), (ATTACHMENT, SANDBOX)], ids=["the sandbox alone", "the type alone"]
)
def test_even_shown_in_place_nothing_runs(
    chromium: Browser, addresses: Any, without: tuple[str, ...]
) -> None:
    ana, found = addresses
    watched = Watched(chromium, ana, without=without)
    shown = [what for what, path in found.items() if watched.opens(what, path)]
    watched.context.close()
    assert watched.faults == []
    assert "a web page behind its limit of looking" not in shown  # a browser opens no table
    assert {"the test virus", "a picture, then a web page"} <= set(shown)


def test_the_watch_sees_what_runs(chromium: Browser, addresses: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tab before a web page that may run: otherwise the tests above prove nothing."""
    ana, found = addresses
    watched = Watched(chromium, ana)
    page = made.HTML
    watched.tab.unroute_all()
    watched.tab.route("**/*", lambda route: route.fulfill(status=200, content_type="text/html", body=page))
    assert watched.opens("a web page", next(iter(found.values())))
    watched.context.close()
    assert watched.faults == ["a web page: a script ran"]
