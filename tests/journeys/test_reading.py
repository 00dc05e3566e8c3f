"""A lesson in a browser: terms beside their words, a private note that is never lost, a lesson marked as read."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Comes
from tests.journeys.held import Held
from tests.journeys.participant import Participant
from tests.journeys.people import everything_is_saved
from tests.journeys.world import World

LESSON = "/modules/systems/what-a-system-is"
READ = re.compile(r"/read$")
ON_DEVICE = "Saved on this device, not yet on the server"
SAVING = re.compile(r"/js/autosave\.js")  # the file that saves, fetched once the page is there
MEANING = "one page that tells another person how a thing is done here"


class Reader(Participant):
    @property
    def note(self) -> Locator:
        return self.page.locator("form.reflect textarea")

    @property
    def saved(self) -> Locator:
        return self.page.locator(".reflect__saved")

    @property
    def term(self) -> Locator:
        return self.page.locator("a.term").filter(has_text="standard operating procedure")

    @property
    def explanation(self) -> Locator:
        return self.page.locator(".term-box")

    def opens_the_lesson(self) -> None:
        self.signs_in_by_mail()
        self.tab.goes_to(LESSON)

    def opens_a_slow_tab(self) -> tuple[Reader, Held]:
        """The lesson once more, where what saves is on its way."""
        other = self.goes_on_in(self.page.context.new_page())
        held = Held(other.page, SAVING)
        other.tab.goes_to(LESSON)
        return other, held

    def writes(self, words: str) -> None:
        self.note.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(words)

    def writes_and_sees_it_saved(self, words: str) -> None:
        self.writes(words)
        self.sees_it_saved()

    def sees_it_saved(self) -> None:
        everything_is_saved(self.page, "form.reflect")
        expect(self.saved).to_have_text(re.compile(r"^Saved at \d"))


def test_a_term_is_explained_by_pointing_and_by_keys(comes: Comes) -> None:
    grace = comes(Reader, "grace")
    grace.opens_the_lesson()
    expect(grace.explanation).to_be_hidden()
    grace.term.hover()
    expect(grace.explanation).to_contain_text(MEANING)
    grace.tab.looks()
    grace.explanation.hover()  # the pointer may go onto it
    expect(grace.explanation).to_be_visible()
    grace.page.keyboard.press("Escape")
    expect(grace.explanation).to_be_hidden()

    grace.page.locator("h1").click()
    grace.tabs_to(grace.term)
    expect(grace.explanation).to_contain_text(MEANING)
    expect(grace.term).to_have_accessible_description(re.compile(MEANING))
    grace.page.keyboard.press("Enter")  # on to the list below, where it stands for everybody
    expect(grace.page.locator("#t-sop")).to_be_in_viewport()
    grace.tab.follows("All terms")
    grace.tab.is_at("Glossary")


def test_a_note_saves_itself_and_a_second_tab_is_told(comes: Comes, world: World) -> None:
    leah = comes(Reader, world.is_ahead("enrolled5"))
    leah.opens_the_lesson()
    second = leah.opens_another_tab(LESSON)
    leah.writes_and_sees_it_saved("The alarm code.")
    expect(second.saved).to_contain_text("Changed in another tab")
    with second.tab.expecting("status of 409"):
        second.writes("The keys.")
        second.tab.presses("see both texts")
    second.tab.reads("This note was changed in another tab", "The alarm code.")
    second.tab.presses("Keep both, one below the other")
    expect(second.note).to_have_value("The alarm code.\n\nThe keys.")


def test_keeping_the_other_text_is_the_end_of_it(comes: Comes, world: World) -> None:
    tomas = comes(Reader, world.is_ahead("enrolled4"))
    tomas.opens_the_lesson()
    second = tomas.opens_another_tab(LESSON)
    tomas.writes_and_sees_it_saved("The alarm code.")
    with second.tab.expecting("status of 409"):
        second.writes("The keys.")
        second.tab.presses("see both texts")
    second.tab.presses("Keep the other text")
    expect(second.note).to_have_value(re.compile(r"The alarm code\.$"))
    expect(second.saved).to_have_text(re.compile(r"^Saved at \d"))


def test_what_is_written_before_the_page_can_save_is_kept_and_saved(comes: Comes, world: World) -> None:
    """On a slow line: a tab is closed before it could save; the next one puts the words back, and takes more."""
    marta = comes(Reader, world.is_ahead("enrolled9"))
    marta.opens_the_lesson()
    slow, _held = marta.opens_a_slow_tab()
    slow.writes("Written early.")
    expect(slow.saved).to_have_text(ON_DEVICE)
    slow.page.close()

    slow, held = marta.opens_a_slow_tab()
    expect(slow.note).to_have_value("Written early.")
    expect(slow.saved).to_have_text("Put back from this device")
    slow.writes(" And later.")
    held.arrives()
    slow.sees_it_saved()
    slow.tab.reloads()
    expect(slow.note).to_have_value("Written early. And later.")


def test_a_tab_that_comes_late_is_told_as_well(comes: Comes, world: World) -> None:
    dev = comes(Reader, world.is_ahead("enrolled6"))
    dev.opens_the_lesson()
    slow, held = dev.opens_a_slow_tab()
    dev.writes_and_sees_it_saved("Where the keys are.")
    expect(slow.saved).not_to_contain_text("Changed")
    held.arrives()
    expect(slow.saved).to_contain_text("Changed in another tab")


def test_a_lesson_is_marked_as_read_without_leaving_it(comes: Comes) -> None:
    grace = comes(Reader, "grace")
    grace.opens_the_lesson()
    with grace.page.expect_response(READ):
        grace.tab.button("Mark as read").click()
    grace.tab.reads("You marked this lesson as read on")
    expect(grace.page.locator(".lesson__nav li").first).to_contain_text("read")
    expect(grace.tab.button("Mark as unread")).to_be_focused()
    grace.tab.looks()
    grace.tab.goes_to("/modules/systems")
    grace.tab.reads("1 of 6 lessons read")
    grace.tab.goes_to(LESSON)
    with grace.page.expect_response(READ):
        grace.tab.button("Mark as unread").click()
    expect(grace.tab.button("Mark as read")).to_be_focused()


def test_what_is_written_in_a_tunnel_arrives(comes: Comes) -> None:
    """On a telephone, without a connection; and the page is closed before there is one again."""
    nora = comes(Reader, "nora", phone=True)
    nora.opens_the_lesson()
    browser = nora.page.context
    with nora.tab.expecting("ERR_INTERNET_DISCONNECTED"):
        browser.set_offline(True)
        nora.writes("In the train.")
        expect(nora.saved).to_have_text(ON_DEVICE)
        browser.set_offline(False)
        nora.sees_it_saved()
        browser.set_offline(True)
        nora.writes(" In a tunnel.")
        expect(nora.saved).to_have_text(ON_DEVICE)
        nora.page.close()
    browser.set_offline(False)
    again = nora.goes_on_in(browser.new_page())
    again.tab.goes_to(LESSON)
    expect(again.note).to_have_value("In the train. In a tunnel.")
    again.sees_it_saved()
    again.tab.reloads()
    expect(again.note).to_have_value("In the train. In a tunnel.")


def test_a_lesson_without_scripts(comes: Comes) -> None:
    jude = comes(Reader, "jude", scripts=False)
    jude.opens_the_lesson()
    jude.tab.link("standard operating procedure").click()
    expect(jude.page.locator("#t-sop")).to_be_in_viewport()
    jude.note.fill("Only I know the code.")
    jude.tab.presses("Save", jude.page.locator("form.reflect"))
    expect(jude.note).to_have_value("Only I know the code.")
    jude.tab.reads("Saved at")
    jude.tab.presses("Mark as read")
    jude.tab.reads("You marked this lesson as read on")
    jude.tab.presses("Mark as unread")
    expect(jude.tab.button("Mark as read")).to_be_visible()
