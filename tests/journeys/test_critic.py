"""The critic itself: it complains about a page with every fault, so its silence elsewhere means something."""

from __future__ import annotations

from playwright.sync_api import Browser, Route

from tests.journeys.tab import DESK, Tab
from tests.journeys.world import World

FAULTY = """<!doctype html><html lang="en"><head><title>Faults</title></head><body><main><h1>Faults</h1>
<style>@media (prefers-color-scheme: dark) { p { color: #333; background: #000 } }</style>
<p>Gray on black, in the dark only.</p><input><div style="width: 700px">wide</div>
<img alt="" src="http://elsewhere.invalid/pixel.png"><script>missing()</script></main></body></html>"""


def test_every_fault_of_a_page_is_noticed(chromium: Browser, world: World) -> None:
    found: list[str] = []
    page = chromium.new_page(viewport=DESK)  # type: ignore[arg-type]
    tab = Tab(page, world, found, set())

    def answer(route: Route) -> None:
        route.fulfill(
            body=FAULTY, content_type="text/html", status=500
        ) if "faults" in route.request.url else route.abort()

    page.route("**/*", answer)
    tab.goes_to("/faults")
    page.close()
    wanted = (
        "axe label",
        "in the dark, axe color-contrast",
        "wider than a phone",
        "asked another host",
        "script failed",
    )
    assert [
        one for one in (*wanted, "answered 500", "console") if not any(one in said for said in found)
    ] == []
