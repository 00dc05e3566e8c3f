"""Thirty statements with a thumb, with scripts and without: nothing is lost, and the result says what to do first."""

from __future__ import annotations

from playwright.sync_api import expect

from app.site.demo.people import Person
from tests.journeys.answering import SCALE, Answering
from tests.journeys.conftest import Comes

VISITOR = Person("robin", "Robin Tallis", "America/Chicago")


def test_a_visitor_answers_on_a_phone_and_keeps_the_result(comes: Comes) -> None:
    robin = comes(Answering, VISITOR, phone=True)
    robin.tab.goes_to("/")
    robin.begins()
    robin.answers_this_page(3, 4, 2)
    robin.has_answered(3)
    robin.goes_on()

    with robin.tab.expecting("status of 422"):
        robin.answers(robin.statement("I can say in one sentence"), 1)
        robin.goes_on()
    expect(robin.page.get_by_text("Please choose one of the 5 answers")).to_have_count(2)
    expect(robin.page.locator(":focus")).to_have_attribute("name", "answer-2b")

    # closed in the middle, opened again, and open in a second tab: every tap is there
    robin.answers(robin.statement("At least half of my current clients"), 2)
    robin.page.close()
    robin = robin.opens_another_tab("/assessment")
    robin.tab.reads("5 of 30 answered", "About 7 minutes left.")
    robin.tab.presses("Go on")
    second = robin.opens_another_tab(robin.tab.path)
    second.answers(second.statement("I have a written list"), 0)
    robin.page.bring_to_front()  # in the background a page is slow to be pressed
    robin.answers(robin.statement("At least half of my current clients"), 3)
    robin.goes_on()
    robin.tab.arrives(robin.page.go_back)
    expect(robin.statement("I have a written list").get_by_label(SCALE[0])).to_be_checked()
    expect(robin.statement("At least half of my current clients").get_by_label(SCALE[3])).to_be_checked()
    robin.goes_on()

    robin.answers_this_page(3, 0, 3)
    robin.goes_on()
    robin.answers_the_rest(3, 3, 4)
    robin.tab.is_at("Structured")
    robin.tab.reads(
        "Safety first", "One thing to close", "No rehearsed red-flag procedure", f"Statement 3b: “{SCALE[0]}”"
    )
    robin.sees_the_same_numbers_twice()
    link = robin.private_link
    assert link == robin.page.url

    robin.tab.arrives(robin.page.go_back)  # to the last statements, to mend a slip
    robin.tab.presses("Save and see my result")
    robin.mails_the_link()
    robin.opens_the_mailed_link()
    robin.tab.is_at("Structured")

    stranger = comes(Answering, "jude")
    stranger.tab.goes_to(link)
    stranger.tab.is_at("Structured")
    expect(stranger.tab.link("Correct your answers")).to_have_count(0)

    robin.page.get_by_text("Erase my answers").click()
    robin.tab.presses("Erase them now")
    robin.tab.reads("Your answers and their result are erased.")
    with stranger.tab.expecting("status of 404"):
        stranger.tab.reloads()
    stranger.tab.is_at("This result is not here")


def test_a_dropped_connection_loses_no_tap(comes: Comes) -> None:
    robin = comes(Answering, VISITOR, phone=True)
    robin.tab.goes_to("/")
    robin.begins()
    browser, address = robin.page.context, robin.tab.path
    with robin.tab.expecting("ERR_INTERNET_DISCONNECTED"):
        browser.set_offline(True)
        robin.page.locator("fieldset").first.get_by_text(SCALE[4], exact=True).click()
        robin.tab.reads("Kept on this device; the server does not answer yet.")
        robin.page.close()
    browser.set_offline(False)
    robin = robin.opens_another_tab(address)
    robin.has_answered(1)
    robin.tab.reloads()
    expect(robin.page.locator("fieldset").first.get_by_label(SCALE[4])).to_be_checked()


def test_without_scripts_the_buttons_save(comes: Comes) -> None:
    robin = comes(Answering, VISITOR, phone=True, scripts=False)
    robin.tab.goes_to("/")
    robin.begins()
    robin.answers_this_page(1, 1, 1)
    robin.goes_on()
    robin.answers(robin.statement("I can say in one sentence"), 1)
    robin.tab.presses("Save and finish later")
    robin.tab.reads("4 of 30 answered")
    robin.tab.presses("Go on")
    robin.answers(robin.page.locator("fieldset").nth(1), 1)
    with robin.tab.expecting("status of 422"):
        robin.goes_on()
    robin.tab.reads("Please choose one of the 5 answers")
    robin.answers_the_rest(1, 1, 1)
    robin.tab.is_at("The practice is you")
    robin.tab.reads("30 of 120", "Four things to close before the next new client")
    assert robin.private_link == robin.page.url


def test_results_of_an_account_stand_side_by_side(comes: Comes) -> None:
    """Uma answered before her cohort and at its end; now, long after, once more."""
    uma = comes(Answering, "uma", phone=True)
    uma.signs_in_with_password()
    uma.tab.follows("Your self-assessment")
    expect(uma.page.locator("ol.past li")).to_have_count(2)
    uma.tab.presses("Answer again")
    uma.answers_the_rest(4, 3, 4)
    uma.tab.reads("week 0", "week 12", "Your dashboard")
    expect(uma.page.locator(".g-before")).to_have_count(1)
    uma.sees_the_same_numbers_twice()
    assert "/assessment/results/" in uma.page.url


def test_with_keys_alone(comes: Comes) -> None:
    """The arrow keys go through the answers of one statement and do not lead away from it; Enter leads on."""
    robin = comes(Answering, VISITOR)
    robin.tab.goes_to("/")
    robin.begins()
    first = robin.page.locator('input[name="answer-1a"]')
    robin.tabs_to(first.first)
    robin.page.keyboard.press("ArrowDown")
    robin.page.keyboard.press("ArrowDown")
    expect(first.nth(2)).to_be_focused()
    expect(first.nth(2)).to_be_checked()
    for key in ("1b", "1c"):
        robin.tabs_to(robin.page.locator(f'input[name="answer-{key}"]').first)
        robin.page.keyboard.press("Space")
    robin.tab.arrives(lambda: robin.page.keyboard.press("Enter"))
    robin.tab.is_at("Lack of focus")
    robin.has_answered(3)
