"""Journeys: a real browser before a real running site. Each uses people of its own, so they run in any order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

import run
from app.site.demo.people import Person
from tests.journeys.people import Somebody
from tests.journeys.tab import DESK, PHONE, Tab
from tests.journeys.world import World, running
from tests.tools.screens import FLAGS

HERE = os.path.dirname(__file__)
QUIET = ["--disable-gpu", "--disable-quic", "--disable-dev-shm-usage"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium; Playwright's downloads are never used."""
    path = run.find_browser()
    if not path and os.environ.get("CI") == "true":
        pytest.fail(
            "With CI=true the journeys must run, and there is no Chromium (Debian: apt-get install chromium)."
        )
    if not path:
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *QUIET, *sandbox])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if (
        "PYTEST_XDIST_WORKER" in os.environ
    ):  # one site in all: a second process that walks journeys stumbles here
        (tmp_path_factory.getbasetemp().parent / "journeys").mkdir()
    with running(tmp_path_factory.mktemp("world")) as found:
        yield found


@pytest.fixture(scope="session")
def seen() -> set[str]:
    return set()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the tabs of this test found wrong with the pages they visited."""
    found: list[str] = []
    yield found
    assert not found, f"{len(found)} complaints about the pages visited:\n" + "\n".join(found)


Comes = Callable[..., Somebody]


@pytest.fixture
def comes(chromium: Browser, world: World, complaints: list[str], seen: set[str]) -> Iterator[Comes]:
    """`comes(Prospect, "pat")`: that person sits down at a browser of their own, at a desk or with a phone."""
    contexts = []

    def sits_down(
        kind: type[Somebody], who: str | Person, *, phone: bool = False, scripts: bool = True
    ) -> Somebody:
        person = world.person(who) if isinstance(who, str) else who
        context = chromium.new_context(
            viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
            locale="en-US",
            timezone_id="America/New_York",
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        return kind(Tab(context.new_page(), world, complaints, seen, scripts=scripts), person)

    yield sits_down
    for context in contexts:
        context.close()
