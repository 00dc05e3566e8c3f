"""Whoever has paid sets up in five steps on a phone, and then the dashboard is theirs; without scripts as well."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Comes
from tests.journeys.people import Somebody


def test_five_steps_begun_without_scripts(comes: Comes) -> None:
    plain = comes(Somebody, "rosalind", phone=True, scripts=False)
    plain.signs_in_with_password()
    plain.tab.follows("Set up")
    plain.tab.is_at("Set up your practice")
    plain.page.locator("#time_zone").select_option("America/Chicago")
    plain.tab.presses("This is my zone")
    plain.tab.reads("Chicago time", "Your next step, 2 of 5")
    plain.tab.presses("Skip this for now")
    plain.tab.reads("Your next step, 3 of 5", "Skipped")

    rosalind = comes(Somebody, "rosalind", phone=True)
    rosalind.signs_in_with_password()
    tab, page = rosalind.tab, rosalind.page
    tab.follows("Set up")
    page.locator("summary", has_text="Your practice").click()  # what was skipped can be done later
    profile = page.locator("li:has(#setting)")
    with tab.expecting("status of 422"):
        tab.presses("Save", profile)
    tab.reads("Please choose the one that fits best.")
    page.locator("#setting").select_option(label="Online")
    page.locator("#hardest").select_option(index=3)
    tab.presses("Save", profile)
    with tab.expecting("status of 422"):
        tab.presses("Agree")
    tab.reads("Please tick the box")
    page.get_by_label("I agree to these rules.").check()
    tab.presses("Agree")
    tab.presses("Make my calendar address")
    tab.is_at("Dates in your calendar")
    answer = page.request.get(page.get_by_label("Calendar address").input_value())
    assert answer.status == 200
    assert answer.text().startswith("BEGIN:VCALENDAR\r\n")
    tab.follows("Go on setting up")
    tab.reads("Kick-off", re.compile("C[SD]T"))
    tab.presses("I will be there")
    tab.reads("You are set up.")
    expect(page.get_by_role("link", name="Set up")).to_have_count(0)
