"""An application that was begun is still there when its page is opened again, until it is sent."""

from __future__ import annotations

from playwright.sync_api import expect

from app.site.demo.people import Person
from tests.journeys.conftest import Comes
from tests.journeys.prospect import Prospect

RIVER = Person("river", "River Stone", "America/Denver", "Stone Movement")


def test_what_was_typed_is_back_and_is_forgotten_once_sent(comes: Comes) -> None:
    river = comes(Prospect, RIVER, phone=True)
    river.tab.goes_to("/cohorts")
    river.tab.follows("See this cohort")
    river.tab.follows("Apply for a seat")
    address = river.tab.path
    river.page.get_by_label("Why now").fill("My calendar is full.")
    river.page.get_by_label("Four or five hours").check()
    expect(river.page.locator("#saved")).to_have_text("Kept on this device until you send it.")
    river.tab.goes_to("/")
    river.tab.goes_to(address)
    expect(river.page.get_by_label("Why now")).to_have_value("My calendar is full.")
    expect(river.page.get_by_label("Four or five hours")).to_be_checked()
    river.page.get_by_role("button", name="Throw it away").click()
    expect(river.page.get_by_label("Why now")).to_have_value("")
    river.tab.goes_to("/cohorts")
    river.tab.goes_to(address.removesuffix("/apply"))
    river.applies_for_a_seat(RIVER.practice)
    river.tab.goes_to(address)
    expect(river.page.get_by_label("Why now")).to_have_value("")
    expect(river.page.locator("#saved")).to_have_text("")
