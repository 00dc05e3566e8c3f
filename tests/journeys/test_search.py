"""A participant looks something up: as they type, and without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Comes
from tests.journeys.people import Somebody


def test_the_results_follow_the_typing_and_lead_to_the_section(comes: Comes) -> None:
    uma = comes(Somebody, "uma", phone=True)
    uma.signs_in_with_password()
    uma.tab.goes_to("/search")
    field = uma.page.get_by_role("searchbox", name="Words to look for")
    expect(field).to_be_focused()
    field.press_sequentially("cancellation")
    expect(uma.page.get_by_role("status")).to_contain_text("places with “cancellation”")
    expect(uma.page).to_have_url(re.compile(r"q=cancellation"))
    uma.tab.looks()
    work = uma.page.get_by_role("region", name="Your work")
    expect(work.locator("mark").first).to_have_text(re.compile("cancellation", re.IGNORECASE))
    uma.tab.follows(re.compile("cancellation", re.IGNORECASE), within=work)
    expect(uma.page).to_have_url(re.compile(r"/systems/\d+#\d+\.[A-Z]\.\d+"))


def test_without_scripts_the_button_does_it_and_a_slip_is_mended(comes: Comes) -> None:
    uma = comes(Somebody, "uma", scripts=False)
    uma.signs_in_with_password()
    uma.tab.goes_to("/search")
    uma.page.get_by_role("searchbox").fill("contraindcation")
    uma.tab.arrives(lambda: uma.page.get_by_role("button", name="Search").click())
    uma.tab.follows("contraindication")
    uma.tab.reads("with “contraindication”")
