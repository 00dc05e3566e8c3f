"""Long texts: written with buttons, keys and by pasting, kept as Markdown; a plain textarea where no script runs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.clipboards import CLIPBOARDS
from tests.journeys.conftest import Comes
from tests.journeys.participant import PASTE, Participant
from tests.journeys.people import everything_is_saved
from tests.journeys.world import World

DECISION = "1.E.6"
DRAFT = re.compile(r"/systems/\d+/draft$")
HELD_BACK = "```\nkept as it is\n```"


class Writer(Participant):
    """Somebody with a worksheet of their own in which nothing is written yet."""

    def begins(self) -> None:
        self.signs_in_by_mail()
        self.tab.goes_to("/modules/systems")
        self.tab.presses("Begin the worksheet")

    def opens(self, field_id: str) -> Locator:
        """The text of the field, with its editor."""
        self.sheet.field(field_id)
        place = self.sheet.writing(field_id)
        expect(place).to_have_attribute("role", "textbox")
        return place

    def tool(self, field_id: str, words: str) -> Locator:
        return self.page.locator(f'.ed:has([name="{field_id}"])').get_by_role(
            "button", name=words, exact=True
        )

    def pastes(self, place: Locator, html: str = "", text: str = "") -> None:
        place.evaluate(PASTE, {kind: one for kind, one in (("text/html", html), ("text/plain", text)) if one})

    def sends(self, field_id: str, markdown: str | re.Pattern[str]) -> None:
        expect(self.sheet.text(field_id)).to_have_value(markdown)

    def finds_after_reload(self, field_id: str, markdown: str) -> None:
        """What the server has, and that opening the page saves nothing."""
        everything_is_saved(self.page, "#work")
        asked: list[str] = []
        self.page.on("request", lambda request: asked.append(request.url))
        self.tab.reloads()
        self.opens(field_id)
        self.sends(field_id, markdown)
        assert not [url for url in asked if DRAFT.search(url)]


def test_writing_with_buttons_and_keys(comes: Comes, world: World) -> None:
    writer = comes(Writer, world.is_ahead("enrolled3"))
    writer.begins()
    place = writer.opens(DECISION)
    keys = writer.page.keyboard
    place.focus()
    writer.tool(DECISION, "Heading").click()
    keys.type("Price")
    keys.press("Enter")
    keys.type("We go up in ")
    keys.press("Control+b")
    expect(writer.tool(DECISION, "Bold")).to_have_attribute("aria-pressed", "true")
    keys.type("May")
    keys.press("Control+b")
    keys.type(", not ")
    keys.press("Control+i")
    keys.type("before")
    keys.press("Control+i")
    keys.type(".")
    keys.press("Enter")
    keys.press("Control+Shift+Digit8")
    keys.type("one")
    keys.press("Enter")
    keys.press("Control+]")
    keys.type("inside")
    keys.press("Enter")
    keys.press("Control+[")
    keys.type("two * 2 # 1. snake_case")
    keys.press("Enter")
    keys.press("Enter")
    keys.press("Control+Shift+Digit7")
    keys.type("first")
    head, items = (
        "### Price\n\nWe go up in **May**, not *before*.",
        "- one\n  - inside\n- two * 2 # 1. snake_case",
    )
    written = f"{head}\n\n{items}\n\n1. first"
    writer.sends(DECISION, written)
    expect(writer.page.locator(f'.ed:has([name="{DECISION}"]) .ed__bar span')).to_have_text("16 words")

    keys.press("Control+z")
    writer.sends(DECISION, re.compile(r"snake_case(\n\n1\.)?$"))
    writer.tool(DECISION, "Redo").click()
    writer.sends(DECISION, written)
    writer.tab.looks()
    writer.finds_after_reload(DECISION, written)


def test_a_link_by_keys_only(comes: Comes, world: World) -> None:
    """Tab to the bar, along it by arrows, Escape from the text to the bar; a bad address is refused in words."""
    writer = comes(Writer, world.is_ahead("enrolled4"))
    writer.begins()
    place = writer.opens(DECISION)
    keys = writer.page.keyboard
    place.focus()
    keys.type("see the log")
    for _ in "log":
        keys.press("Shift+ArrowLeft")
    keys.press("Escape")
    expect(writer.tool(DECISION, "Bold")).to_be_focused()
    for _ in range(6):
        keys.press("ArrowRight")
    expect(writer.tool(DECISION, "Link")).to_be_focused()
    keys.press("Enter")
    address = writer.page.get_by_label("Web address, email or phone number")
    expect(address).to_be_focused()
    writer.tab.looks()
    keys.type("javascript:xq()")
    keys.press("Enter")
    expect(writer.page.locator(".ed__dialog .control__error")).to_contain_text("Only a web address")
    address.fill("example.org/log")
    keys.press("Enter")
    writer.sends(DECISION, "see the [log](https://example.org/log)")
    expect(place).to_be_focused()
    keys.press("Tab")
    expect(place).not_to_be_focused()
    assert writer.page.evaluate("!document.activeElement.closest('.ed')")
    keys.press("Shift+Tab")
    expect(place).to_be_focused()
    keys.press("Control+k")
    writer.page.get_by_role("button", name="Remove the link").click()
    writer.sends(DECISION, "see the log")


@pytest.mark.parametrize(("who", "name"), [("enrolled5", "Word"), ("enrolled6", "Google Docs")])
def test_pasting_comes_in_clean(comes: Comes, world: World, who: str, name: str) -> None:
    writer = comes(Writer, world.is_ahead(who), phone=True)
    writer.begins()
    place = writer.opens(DECISION)
    one = CLIPBOARDS[name]
    writer.pastes(place, one.html, one.text)
    writer.sends(DECISION, one.markdown)
    writer.tab.reads("Pictures cannot stand here; attach it as a file.")
    writer.tab.looks()
    place.press("Control+z")
    writer.sends(DECISION, "")
    place.press("Control+y")
    writer.finds_after_reload(DECISION, one.markdown)


def test_what_is_not_touched_stays_to_the_letter(comes: Comes, world: World) -> None:
    """Old Markdown in somebody's own manner: one word more in one paragraph changes nothing else."""
    writer = comes(Writer, world.is_ahead("enrolled8"), phone=True)
    writer.begins()
    writer.opens(DECISION)
    own = "Intro\n* star\n* __bold__\n\n\nSetext\n------\nlast  line\n\n1) one\n2) two\n"
    area = writer.sheet.text(DECISION)
    area.evaluate("(area, text) => { area.value = text; area.dispatchEvent(new Event('refresh')); }", own)
    place = writer.sheet.writing(DECISION)
    expect(place.locator("h3")).to_have_text("Setext")
    writer.sends(DECISION, own)
    place.locator("p", has_text="last").click()
    writer.page.keyboard.press("End")
    writer.page.keyboard.type(" more")
    writer.sends(DECISION, own.replace("\nlast  line", "\n\nlast  line more"))
    writer.page.keyboard.press("Control+z")
    writer.sends(DECISION, own)


def test_what_the_editor_cannot_hold_stays_plain(comes: Comes, world: World) -> None:
    writer = comes(Writer, world.is_ahead("enrolled9"))
    writer.begins()
    writer.opens(DECISION)
    area = writer.sheet.text(DECISION)
    area.evaluate(
        "(area, text) => { area.value = text; area.dispatchEvent(new Event('refresh')); }", HELD_BACK
    )
    expect(area).to_be_visible()
    expect(area).to_have_value(HELD_BACK)
    writer.tab.reads("This text has parts that the editor would change")
    writer.tool(DECISION, "Bold").click()
    expect(area).to_have_value(re.compile(r"\*\*"))
    writer.tab.looks()


def test_a_copy_put_back_fills_the_editor(comes: Comes, world: World) -> None:
    writer = comes(Writer, world.is_ahead("enrolled7"))
    writer.begins()
    address, browser = writer.tab.path, writer.page.context
    place = writer.opens(DECISION)
    with writer.tab.expecting("ERR_INTERNET_DISCONNECTED"):
        browser.set_offline(True)
        place.focus()
        writer.page.keyboard.type("written in a tunnel")
        expect(writer.page.locator("#saved")).to_have_text("Saved on this device, not yet on the server")
        writer.page.close()
    browser.set_offline(False)
    again = writer.opens_another_tab(address)
    again.opens(DECISION)
    with again.page.expect_response(DRAFT):
        again.tab.button("Put it back").click()
    expect(again.sheet.writing(DECISION)).to_have_text("written in a tunnel")
    again.finds_after_reload(DECISION, "written in a tunnel")


def test_without_scripts_it_is_a_textarea(comes: Comes, world: World) -> None:
    writer = comes(Writer, world.is_ahead("enrolled2"), scripts=False)
    writer.begins()
    area = writer.sheet.text(DECISION)
    expect(area).to_be_visible()
    expect(writer.page.locator(".ed__bar")).to_have_count(0)
    area.fill("### Plain\n\n- and *kept*")
    writer.tab.presses(re.compile("^Save section E"))
    expect(writer.sheet.text(DECISION)).to_have_value("### Plain\n\n- and *kept*")
