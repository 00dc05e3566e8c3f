"""Everything by keys: a coach's whole review, the way past the menu, and where the focus is."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.people import Somebody
from tests.journeys.world import World

RING = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const drawn = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const box = one.getBoundingClientRect();
  return one === document.body ? null : {
    name: `${one.tagName} ${one.textContent.trim().slice(0, 40) || one.name}`,
    drawn: drawn, seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


def stops(page: Page) -> list[str]:
    """Tab once through the page; the names of the stops that cannot be seen to have the focus."""
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(RING)
        if here is None:
            break
        if not (here["drawn"] and here["seen"]):
            hidden.append(here["name"])
    return hidden


def test_the_focus_is_always_seen_and_the_menu_can_be_skipped(comes: Comes) -> None:
    uma = comes(Somebody, "uma")
    uma.signs_in_with_password()
    for path in ("/dashboard", "/modules", "/account", "/manual"):
        uma.tab.goes_to(path)
        uma.page.keyboard.press("Tab")
        expect(uma.page.get_by_role("link", name="Skip to the page")).to_be_focused()
        uma.page.keyboard.press("Enter")
        uma.page.keyboard.press("Tab")
        assert uma.page.evaluate("Boolean(document.activeElement.closest('main'))"), path
        uma.tab.reloads()
        assert not stops(uma.page), path


def test_a_coach_reviews_with_keys_only(comes: Comes, world: World) -> None:
    _colleague, person = world.has_two_coaches()
    cora = comes(Coach, "cora")
    cora.signs_in_with_password()
    cora.tab.goes_to("/coaching/queue")
    keys = cora.page.keyboard
    for _ in range(cora.page.locator(".q").count()):
        keys.press("j")
        assert cora.page.evaluate("Boolean(document.activeElement.closest('.q'))")
        if person.name in cora.page.evaluate("document.activeElement.closest('.q').textContent"):
            break
    cora.tab.arrives(lambda: keys.press("Enter"))
    expect(cora.page).to_have_url(re.compile(r"/reviews/\d+"))
    expect(cora.page.locator(".bar")).to_contain_text(person.name)

    keys.press("j")
    keys.press("j")
    keys.press("c")
    expect(cora.page.get_by_label("Comment on 1.A.2")).to_be_focused()
    keys.type("Ask your insurer about the gym before you tick it.")
    keys.press("Escape")
    levels = cora.page.locator("#rubric input:checked")
    cora.page.evaluate("document.activeElement.blur()")
    for rated in range(1, 6):
        keys.press("2")
        expect(levels).to_have_count(rated)
    cora.tabs_to(cora.page.get_by_label("One strength"))
    keys.type("Clear from the first page.")
    cora.saves_by_key()
    cora.tabs_to(cora.tab.button("Accept system"))
    cora.tab.arrives(lambda: keys.press("Enter"))
    cora.tab.reads("The system is accepted, and Person is told by mail.", "Ask your insurer about the gym")
