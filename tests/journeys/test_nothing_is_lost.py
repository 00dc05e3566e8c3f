"""Nothing typed is lost: not to a second tab, a dropped connection, a closed page, nor without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant

DECISION, RHYTHM, DRAFT = "1.E.6", "1.F.3", re.compile(r"/systems/\d+/draft$")
ON_DEVICE = "Saved on this device, not yet on the server"


def test_two_tabs_change_the_same_answer(comes: Comes) -> None:
    """Mia has her worksheet open twice; both texts are shown, and she keeps both."""
    mia = comes(Participant, "mia")
    mia.signs_in_by_mail()
    mia.opens_the_worksheet()
    second = mia.opens_another_tab(mia.tab.path)
    mia.types_and_sees_it_saved(DECISION, "We keep the price until summer.")
    with second.tab.expecting("status of 409"):
        second.types(DECISION, "The price goes up in May.")
        second.tab.presses("see both texts")
    second.tab.is_at("Both texts, System 1")
    second.tab.reads("We keep the price until summer.", "The price goes up in May.")
    second.page.get_by_label("Keep both").check()
    second.tab.presses("Save what I chose")
    kept = second.sheet.text(DECISION)
    expect(kept).to_have_value(re.compile("We keep the price until summer."))
    expect(kept).to_have_value(re.compile("The price goes up in May."))


def test_a_dropped_connection_and_a_closed_page(comes: Comes) -> None:
    """Luis types in a train. When the connection is back the text arrives; a page closed meanwhile gives it back."""
    luis = comes(Participant, "luis", phone=True)
    luis.signs_in_by_mail()
    luis.opens_the_worksheet()
    browser, address = luis.page.context, luis.tab.path
    with luis.tab.expecting("ERR_INTERNET_DISCONNECTED"):
        browser.set_offline(True)
        luis.types(RHYTHM, " in the train")
        expect(luis.page.locator("#saved")).to_have_text(ON_DEVICE)
        with luis.page.expect_response(DRAFT):
            browser.set_offline(False)
        luis.sheet.says_saved()

        browser.set_offline(True)
        luis.types(RHYTHM, " and in a tunnel")
        expect(luis.page.locator("#saved")).to_have_text(ON_DEVICE)
        luis.page.close()
    browser.set_offline(False)
    again = luis.opens_another_tab(address)
    again.tab.reads("that the server has not")
    with again.page.expect_response(DRAFT):
        again.tab.button("Put it back").click()
    again.sheet.says_saved()
    again.tab.reloads()
    expect(again.sheet.text(RHYTHM)).to_have_value(re.compile("in the train and in a tunnel$"))


def test_the_worksheet_without_scripts(comes: Comes) -> None:
    """A browser that runs no scripts: Ana saves by button, adds a row, answers what Cora asked, and sends round 2."""
    ana = comes(Participant, "ana", scripts=False)
    ana.signs_in_with_password()
    ana.opens_the_worksheet()
    rows = ana.page.locator('table[data-table="1.C.3"] tbody tr')
    before = rows.count()
    ana.tab.presses("Add a row", ana.sheet.field("1.C.3"))
    expect(rows).to_have_count(before + 1)
    for key, value in {
        "sop": "SOP-07",
        "tester": "Kay",
        "date": "2026-11-02",
        "unclear": "Which door?",
    }.items():
        ana.sheet.control(f"1.C.3~{rows.last.get_attribute('data-row')}~{key}").fill(value)
    ana.answers_request("1.C.3")
    ana.answers_request("1.C.1", "The day I am away nobody trains.")
    ana.tab.presses(re.compile("^Save section C"))
    expect(rows.last.locator('[name$="~unclear"]')).to_have_value("Which door?")
    ana.submits(2)
    ana.tab.reads("Which door?")
