"""`python3 run.py screens [NAME …]`: every page as a picture, phone and desktop, light and dark, into var/screens/.

With names, only the pages whose name begins with one of them.

Starts a demo of its own on fresh data (or looks at the running one that SCREENS_URL names) and signs in through the
form, as people do. A page that answers badly, is wider than the screen or complains in the console is named at the
end, and the exit code is 1.
"""

import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, sync_playwright
from playwright.sync_api import Page as Tab

import run
from tests.tools.pages import NOBODY, PAGES, STATUS, NoWay, Page, address_of, sign_ins
from tests.tools.processes import Died, Processes

OUT = run.ROOT / "var" / "screens"
SIZES = {360: 740, 1440: 900}  # width and height of the window, CSS pixels
THEMES = ("light", "dark")
# Root cannot use Chromium's sandbox; the rest keeps it from calling home.
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@contextlib.contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Address of a running demo and its sign-ins, as printed."""
    running = os.environ.get("SCREENS_URL")
    if running:
        # Loading what is loaded already changes nothing, so this only asks for the sign-ins.
        yield running.rstrip("/"), run.prepare_demo(run.data_dir(), run.wanted_port())[1]
        return
    port = two_free_ports()
    with tempfile.TemporaryDirectory() as folder:
        environment, printed = run.prepare_demo(Path(folder), port)
        with Processes(run.ROOT, Path(folder) / "log", environment) as processes:
            run.start_demo(processes, port)
            yield f"http://localhost:{port}", printed


def two_free_ports() -> int:
    """The first of two neighbors that nothing listens on."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port


class Camera:
    """One browser; each person signs in once and keeps their cookie."""

    def __init__(self, browser: Browser, base: str, people: dict):
        self.browser, self.base, self.people, self.cookies = browser, base, people, {NOBODY: None}
        self.complaints: dict[str, list[str]] = {}  # what is wrong: where

    def cookie_of(self, who: str):
        if who not in self.cookies:
            context = self.browser.new_context()
            page = context.new_page()
            page.goto(f"{self.base}/sign-in")
            email, password = self.people[who]
            form = page.locator("form:has(input[type=password])")
            form.locator("input[name=email]").fill(email)
            form.locator("input[type=password]").fill(password)
            form.locator("input[type=password]").press("Enter")
            page.wait_for_url(lambda address: "/sign-in" not in address, timeout=60_000)
            self.cookies[who] = context.storage_state()
            context.close()
        return self.cookies[who]

    def complain(self, what: str, where: str) -> None:
        self.complaints.setdefault(what, []).append(where)

    def shoot(self, wanted: Page) -> None:
        """Every size and theme of one page."""
        for width, height in SIZES.items():
            context = self.browser.new_context(
                viewport={"width": width, "height": height},
                reduced_motion="reduce",
                storage_state=self.cookie_of(wanted.who),
            )
            try:
                address = address_of(
                    wanted, lambda path, web=context.request: web.get(self.base + path).text()
                )
                self._shoot(context.new_page(), wanted, address, width)
            except NoWay as error:
                self.complain(f"{wanted.name}: {error}", str(width))
            finally:
                context.close()

    def _shoot(self, tab: Tab, wanted: Page, address: str, width: int) -> None:
        status, where = STATUS.get(wanted.name, 200), str(width)
        tab.on("console", lambda message: self._heard(wanted, message, where))
        tab.on("pageerror", lambda error: self.complain(f"{wanted.name}: {error}", where))
        answer = tab.goto(self.base + address, wait_until="load")
        if answer is None or answer.status != status:
            self.complain(
                f"{wanted.name}: {address} answered {answer.status if answer else 'nothing'}", where
            )
        if wanted.press:
            tab.locator(f"form[action$='{wanted.press}'] button").first.click()
            tab.wait_for_load_state("load")
        for theme in THEMES:
            tab.emulate_media(color_scheme=theme, media="print" if wanted.paper else "screen")
            tab.screenshot(path=str(OUT / f"{wanted.name}-{width}-{theme}.png"), full_page=True)
        over = tab.evaluate(OVERFLOW)
        if over > 0:
            self.complain(f"{wanted.name}: {over} px wider than the screen", where)

    def _heard(self, wanted: Page, message: ConsoleMessage, where: str) -> None:
        """Errors in the console, but for the page's own status, which is judged by itself."""
        source = message.location.get("url", "")
        if message.type == "error" and source != message.page.url:
            self.complain(f"{wanted.name}: {message.text} {source}".rstrip(), where)


def main() -> int:
    executable = run.find_browser()
    if not executable:
        raise run.Stop("No Chromium found (Debian: `apt-get install chromium`).")
    OUT.mkdir(parents=True, exist_ok=True)
    flags = FLAGS + (["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])
    with demo() as (base, printed), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        camera = Camera(browser, base, sign_ins(printed))
        names = tuple(sys.argv[1:])
        for page in (one for one in PAGES if not one.is_file and (not names or one.name.startswith(names))):
            camera.shoot(page)
            print(page.name, flush=True)
        browser.close()
    print(f"\nPictures: {OUT}")
    for what, where in camera.complaints.items():
        print(f"{what}  ({', '.join(dict.fromkeys(where))})")
    return 1 if camera.complaints else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (run.Stop, Died) as stop:
        sys.exit(f"screens: {stop}")
