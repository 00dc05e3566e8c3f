"""An application that was begun is still there when its page is opened again, here or elsewhere, until it is sent."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from app.site.demo.people import Person
from tests.journeys.conftest import Comes
from tests.journeys.people import everything_is_saved
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


def opens_the_form(somebody: Prospect) -> str:
    """From the list of cohorts; returns the address of the form."""
    somebody.tab.goes_to("/cohorts")
    somebody.tab.follows("See this cohort")
    address = f"{somebody.tab.path}/apply"
    somebody.tab.goes_to(address)
    return address


def test_what_was_typed_before_signing_in_is_on_every_device_and_two_tabs_lose_nothing(comes: Comes) -> None:
    pat = comes(Prospect, "pat", phone=True)
    address = opens_the_form(pat)
    pat.page.get_by_label("Email").fill(pat.who.email)
    pat.page.get_by_label("Why now").fill("Typed before I signed in.")
    expect(pat.page.locator("#saved")).to_have_text("Kept on this device until you send it.")
    pat.signs_in_with_password()
    pat.tab.goes_to(address)
    expect(pat.page.get_by_label("Why now")).to_have_value("Typed before I signed in.")
    everything_is_saved(pat.page, "#application")
    expect(pat.page.locator("#saved")).to_contain_text("Saved at")

    desk = comes(Prospect, "pat")
    desk.signs_in_with_password()
    desk.tab.reads("Go on with your application")
    desk.tab.follows("Go on")
    why = desk.page.get_by_label("Why now")
    expect(why).to_have_value("Typed before I signed in.")
    with desk.page.expect_response(
        re.compile(r"/apply/draft$")
    ):  # the page may still be waiting for its scripts
        why.fill("Typed at the desk.")
    everything_is_saved(desk.page, "#application")

    with pat.tab.expecting("status of 409"):
        pat.page.bring_to_front()
        pat.page.get_by_label("Why now").fill("Typed on the phone.")
        pat.page.get_by_role("button", name="see both texts").click()
        pat.tab.is_at("Both texts, your application")
        pat.tab.looks()
    pat.tab.reads("Typed at the desk.", "Typed on the phone.")
    pat.page.get_by_label("Keep both, one below the other").check()
    pat.tab.presses("Save what I chose")
    expect(pat.page.get_by_label("Why now")).to_have_value("Typed at the desk.\n\nTyped on the phone.")
    pat.tab.presses("Throw this draft away")
    pat.tab.reads("The draft is deleted")
    expect(pat.page.get_by_label("Why now")).to_have_value("")


def test_without_scripts_a_button_saves_it(comes: Comes) -> None:
    pat = comes(Prospect, "pat", scripts=False)
    pat.signs_in_with_password()
    address = opens_the_form(pat)
    pat.page.get_by_label("Why now").fill("Without scripts.")
    pat.tab.presses("Save and go on later")
    pat.tab.reads("Saved. You can go on here or on another device")
    pat.tab.goes_to(address)
    expect(pat.page.get_by_label("Why now")).to_have_value("Without scripts.")
    pat.tab.presses("Throw this draft away")
