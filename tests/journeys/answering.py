"""Somebody who answers the self-assessment, with a thumb and with or without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.people import Somebody

REASONS, STATEMENTS = 10, 30
SCALE = (
    "Does not exist / never",
    "In my head, done now and then",
    "Partly: some clients, or not written",
    "Written and used most of the time",
    "Written, used every time, and I could show you evidence today",
)


class Answering(Somebody):
    def begins(self) -> None:
        self.tab.follows("Not sure yet? See where you stand")
        self.tab.is_at("Where does your practice stand?")
        self.tab.presses("Begin")
        self.tab.is_at("Lack of systems")

    def statement(self, words: str) -> Locator:
        return self.page.get_by_role("group", name=words)

    def answers(self, box: Locator, step: int) -> None:
        """Tap an answer; with scripts it is saved before anything is pressed."""
        choice = box.get_by_text(SCALE[step], exact=True)
        if not self.tab.scripts:
            choice.click()
            return
        with self.page.expect_response(re.compile(r"/assessment/reasons/[\w-]+$")) as saving:
            choice.click()
        assert saving.value.ok

    def answers_this_page(self, *steps: int) -> None:
        for box, step in zip(self.page.locator("fieldset").all(), steps, strict=True):
            self.answers(box, step)

    def goes_on(self) -> None:
        self.tab.presses("Next reason")

    def answers_the_rest(self, *steps: int) -> None:
        """This page and those after it, all alike, to the result."""
        while not self.tab.button("See my result").count():
            self.answers_this_page(*steps)
            self.goes_on()
        self.answers_this_page(*steps)
        self.tab.presses("See my result")

    def has_answered(self, count: int) -> None:
        expect(self.page.locator("#count")).to_have_text(f"{count} of {STATEMENTS}")

    def sees_the_same_numbers_twice(self) -> None:
        """What the drawing says to a screen reader is what the table shows."""
        said = self.page.locator("#r-d").text_content() or ""
        rows = self.page.locator("table.tbl tbody tr")
        expect(rows).to_have_count(REASONS)
        for row in rows.all():
            name, score = (
                row.locator("th").inner_text().split(" ", 1)[1],
                row.locator("td.r").last.inner_text(),
            )
            assert f"{name} {score}" in said, (name, score, said)

    @property
    def private_link(self) -> str:
        return self.page.get_by_label("Private link to this result").input_value()

    def mails_the_link(self) -> None:
        self.page.get_by_label("Mail me the link").fill(self.who.email)
        self.tab.presses("Send the mail")
        self.tab.reads(f"The link is on its way to {self.who.email}.")

    def opens_the_mailed_link(self) -> None:
        self.tab.goes_to("/dev/mail")
        mine = self.page.get_by_role("row").filter(has_text=self.who.email)
        self.tab.follows("The result of your self-assessment", mine)
        link = self.tab.link(re.compile("assessment."))
        self.tab.arrives(lambda: link.press("Enter"))
