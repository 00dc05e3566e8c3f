"""The server is killed in the middle of what somebody does in a browser: at many stages of sending a round and of
publishing a review. What was confirmed is there; nothing is half done; once more does it once."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

import run
from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.people import everything_is_saved
from tests.journeys.world import World
from tests.tools.processes import Processes
from tests.tools.screens import two_free_ports

EVERY = 5  # stages; each of them dies without a browser in tests/rooms/coursework/test_killed.py
DIED = [r"ERR_EMPTY_RESPONSE", r"ERR_CONNECTION_RESET", r"ERR_CONNECTION_REFUSED", r"chrome-error"]


class Mortal:
    """The same site at another port, whose process dies when it is told to."""

    def __init__(self, site: str, wish: Path) -> None:
        self.site, self.wish, self.deaths = site, wish, 0

    def dies_at(self, stage: int, path: str) -> None:
        self.wish.write_text(f"POST {path} {stage}")

    def died(self) -> bool:
        """Whether the last request was killed; then another process is there already, or in a moment."""
        said = self.wish.read_text()
        self.wish.write_text("")
        assert said in ("", "lived"), f"nobody asked for {said}"
        self.deaths += said == ""
        return said == ""


@pytest.fixture(scope="module")
def mortal(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    folder = tmp_path_factory.mktemp("mortal")
    port, wish = two_free_ports(), folder / "wish"
    wish.write_text("")
    environment = {**world.environment, "DIE_AT": str(wish), "BASE_URL": f"http://localhost:{port}"}
    with Processes(run.ROOT, folder, environment) as processes:
        gunicorn = f"-m gunicorn --preload --workers 1 --bind 127.0.0.1:{port} --no-control-socket"
        processes.start("site", [sys.executable, *gunicorn.split(), "tests.journeys.dying:site"])
        processes.wait_for(port, "/readyz", run.READY_WITHIN)
        yield Mortal(f"http://localhost:{port}", wish)


def at_every_stage(
    mortal: Mortal, path: Callable[[], str], act: Callable[[], None], look: Callable[[], None]
) -> int:
    """Kill what `act` asks of the server at one stage after the other, until it lives; the number of deaths.

    `look` goes back to the page after each death, says what it finds there, and makes `act` possible again.
    """
    for deaths, stage in enumerate(range(0, 400, EVERY)):
        mortal.dies_at(stage, path())
        act()
        if not mortal.died():
            return deaths
        look()
    raise AssertionError("400 stages, and still dying")


def goes_back(page: Page, url: str) -> None:
    """To the page again; the browser's own page about the dropped answer may still come in between, once."""
    try:
        page.goto(url)
    except Error as error:
        if "interrupted by another navigation" not in error.message:
            raise
        page.goto(url)


@contextmanager
def at_the_mortal_site(mortal: Mortal, *people: Any) -> Iterator[None]:
    """Everybody goes there, and a dropped answer is no fault of the page."""
    for one in people:
        one.tab.world = replace(one.tab.world, site=mortal.site)
        one.tab.excused = DIED
    yield
    for one in people:
        one.tab.excused = []


def test_killed_while_sending_and_while_publishing(
    comes: Comes, world: World, mortal: Mortal, capsys: Any
) -> None:
    kofi, cora = comes(Participant, world.is_ahead("enrolled8")), comes(Coach, "cora")
    with at_the_mortal_site(mortal, kofi, cora):
        kofi.signs_in_by_mail()
        kofi.opens_module_one()
        kofi.begins_the_worksheet()
        kofi.fills_everything()
        kofi.sheet.rate("meets")
        kofi.gets_ready()
        kofi.sheet.says_saved()
        sending = _killed_while_sending(kofi, mortal)
        cora.signs_in_with_password()
        publishing = _killed_while_publishing(cora, mortal, kofi.who.name)
    with capsys.disabled():
        print(
            f"\nkilled before the eyes of a browser: {sending} times sending, {publishing} times publishing"
        )
    assert sending >= 8 and publishing >= 8


def _killed_while_sending(kofi: Participant, mortal: Mortal) -> int:
    page, sheet = kofi.page, kofi.tab.path
    answered = kofi.sheet.text("1.C.1").input_value().strip()

    def sends() -> None:
        kofi.states()
        with page.expect_event("load"):
            kofi.tab.button("Submit round").click()

    def looks() -> None:
        goes_back(page, mortal.site + sheet)
        if page.get_by_role("button", name="Submit round").count():
            assert kofi.sheet.text("1.C.1").input_value().strip() == answered
            return
        page.get_by_role("link", name="See the receipt").click()
        kofi.tab.reads("We have your work", re.compile("[0-9a-f]{64}"))
        page.get_by_role("button", name="Take this round back").click()
        expect(page.get_by_role("button", name="Submit round")).to_be_visible()

    deaths = at_every_stage(mortal, lambda: f"{sheet}/submit", sends, looks)
    kofi.tab.reads("We have your work")
    return deaths


def _killed_while_publishing(cora: Coach, mortal: Mortal, name: str) -> int:
    page = cora.page

    at = ""

    def begins() -> None:
        nonlocal at
        cora.takes_from_the_queue(name)
        at = cora.tab.path
        cora.rates()
        cora.praises("Your client path is clear.")
        everything_is_saved(page, "#review")  # after a withdrawal all of it is there already

    def publishes() -> None:
        with page.expect_event("load"):
            cora.tab.button("Accept system").click()

    def looks() -> None:
        goes_back(page, mortal.site + at)
        if page.get_by_role("button", name="Accept system").count():
            return
        cora.tab.reads("Your client path is clear.")
        page.get_by_role("button", name="Withdraw").click()
        begins()

    begins()
    deaths = at_every_stage(mortal, lambda: at, publishes, looks)
    cora.tab.reads("The system is accepted, and")
    return deaths
