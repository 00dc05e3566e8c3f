"""A second round with three requested changes: from opening the queue to published with the next one open.

Counted: every key and every click in `Hands`, nothing else touches the page. What is written (the one strength) is
typing and is not counted, the key that leads into its box is.
"""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.world import World

MOST = 12


class Hands:
    """A coach's hands: presses and clicks are counted, typing is not."""

    def __init__(self, coach: Coach) -> None:
        self.page = coach.page
        self.acts: list[str] = []

    def press(self, key: str, why: str) -> None:
        self.acts.append(f"{key}: {why}")
        self.page.keyboard.press(key)

    def click(self, place: Locator, why: str) -> None:
        self.acts.append(f"click: {why}")
        place.click()

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)


def test_a_second_round_takes_at_most_twelve_actions(comes: Comes, world: World) -> None:
    person = world.has_a_second_round()
    cora = comes(Coach, "cora")
    cora.signs_in_with_password()
    cora.tab.goes_to("/account")
    page, hands = cora.page, Hands(cora)

    cora.tab.arrives(lambda: hands.click(cora.tab.link("Queue"), "open the queue"))
    row = page.locator("li.q").filter(has_text=person)
    cora.tab.arrives(lambda: hands.click(row.get_by_role("button"), f"open the review of {person}"))
    expect(page.locator(".bar")).to_contain_text(person)
    expect(page.locator("#requests [data-request]")).to_have_count(3)
    read = page.locator("#requests h2 span")
    for number in (1, 2, 3):
        hands.press("s", f"request {number} is settled")
        expect(read).to_have_text(f"{number} of 3 settled")
    hands.press("a", "keep the marks of round 1 where nothing changed")
    rated = page.locator("[data-rated]")
    expect(rated).to_have_text("3 of 5 rated")
    hands.press("2", "procedures meet the standard")
    hands.press("2", "numbers meet the standard")
    expect(rated).to_have_text("5 of 5 rated")
    hands.press("w", "to the one strength")
    hands.type("The exception works on a day you are not there.")
    hands.press("Control+Enter", "publish")
    expect(page.locator("#publish")).to_contain_text("The system is accepted.")
    cora.tab.looks()
    cora.tab.arrives(lambda: hands.press("Enter", "yes, and open the next"))

    print(f"\n{len(hands.acts)} actions for a second round with three requested changes:")
    print("\n".join(f"  {one}" for one in hands.acts))
    cora.tab.reads("The system is accepted, and Person is told by mail.", "See it or take it back")
    expect(page).to_have_url(re.compile(r"/reviews/\d+|/coaching/queue"))
    expect(page.locator("body")).not_to_contain_text(person)
    assert len(hands.acts) <= MOST

    cora.tab.follows("See it or take it back")
    expect(page.locator(".bar")).to_contain_text(person)
    cora.tab.reads("Accepted", "Withdraw the review")
