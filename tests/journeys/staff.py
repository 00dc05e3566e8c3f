"""METI's staff: deciding about applications, and seeing seats and money."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from tests.journeys.people import Somebody


class Staff(Somebody):
    def opens_the_open_cohort(self) -> None:
        self.tab.goes_to("/staff")
        # of two open ones the later is full; the latest stands first
        row = self.page.locator("main tr, main li, main article").filter(has_text="open").last
        self.tab.follows(re.compile("^Cohort of "), row)

    def offers_a_seat_to(self, name: str) -> None:
        self.opens_the_open_cohort()
        self.tab.follows(name)
        self.tab.is_at(name)
        self.tab.presses("Offer a seat at $2,400")
        self.tab.reads(f"A seat is held for {name} until ")

    def orders_of(self, name: str) -> Locator:
        """The lines of that person in the cohort's money."""
        self.opens_the_open_cohort()
        return self.page.locator("table.ledgerwide tbody tr").filter(has_text=name)
