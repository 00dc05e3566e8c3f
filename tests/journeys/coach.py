"""A coach: takes the oldest promise from the queue, comments, rates and answers."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.people import Somebody, everything_is_saved


class Coach(Somebody):
    def takes_from_the_queue(self, name: str) -> None:
        self.tab.goes_to("/coaching/queue")
        row = self.page.locator("li.q").filter(has_text=name)
        self.tab.presses(re.compile(f"(Start|Continue) review of {name}"), row)
        expect(self.page).to_have_url(re.compile(r"/reviews/\d+"))

    def field(self, field_id: str) -> Locator:
        return self.page.locator(f'[id="f{field_id}"]')

    def comments(self, field_id: str, kind: str, words: str) -> None:
        box = self.field(field_id).locator("details.said--add")
        box.locator("summary").click()
        box.get_by_label(f"Comment on {field_id}").fill(words)
        box.get_by_label(kind).check()
        self.tab.presses("Keep", box)
        expect(self.field(field_id)).to_contain_text(words)

    def rates(self, **levels: str) -> None:
        """Every criterion 'meets', but for those named: rates(sops="not_yet")."""
        for item in self.page.locator(".crit-item[data-criterion]").all():
            key = item.get_attribute("data-criterion") or ""
            level = item.locator(f'input[value="{levels.get(key, "meets")}"]')
            if not item.locator("details[open]").count():
                item.locator("summary").click()
            if not level.is_checked():
                level.check()

    def settles_every_request(self) -> None:
        for one in self.page.locator("#requests input[value=settled]").all():
            one.check()

    def praises(self, words: str) -> None:
        self.page.get_by_label("One strength").fill(words)

    def praises_and_sees_it_saved(self, words: str) -> None:
        self.praises(words)
        self.sees_it_saved()

    def saves_by_key(self) -> None:
        self.page.keyboard.press("Control+s")
        self.sees_it_saved()

    def sees_it_saved(self) -> None:
        everything_is_saved(self.page, "#review")
        expect(self.page.locator("#saved")).to_contain_text("Draft saved at")

    def requests_changes(self) -> None:
        self.tab.presses("Request changes")
        self.tab.reads("Changes are requested, and")

    def accepts(self) -> None:
        self.tab.presses("Accept system")
        self.tab.reads("The system is accepted, and")
