"""From the front page to a seat, and from the first lesson to the printed manual.

One person cannot walk both halves: the cohort that still has seats has not begun. So a newcomer takes a seat in it,
and Omar, who has a seat in the running one, builds.
"""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader

from app.site.demo.people import Person
from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.prospect import Prospect
from tests.journeys.staff import Staff

NEWCOMER = Person("quinn", "Quinn Abara", "America/Chicago")


def test_a_newcomer_finds_the_cohort_and_takes_a_seat(comes: Comes) -> None:
    quinn, sam = comes(Prospect, NEWCOMER, phone=True), comes(Staff, "sam")
    quinn.reads_the_front_page()
    quinn.reads_about_the_next_cohort()
    quinn.applies_for_a_seat("Abara Medical Exercise")
    quinn.opens_mail("We have your application: ")

    sam.signs_in_with_password()
    sam.offers_a_seat_to("Quinn Abara")

    quinn.opens_the_offer()
    quinn.goes_to_the_payment_page()
    quinn.is_declined()
    quinn.pays()
    quinn.tab.follows("Go to your dashboard")
    quinn.tab.is_at("Abara Medical Exercise")
    quinn.has_paid_once()
    quinn.opens_mail("Your seat is confirmed")
    expect(sam.orders_of("Quinn Abara")).to_contain_text("Received")


def test_a_participant_builds_a_system_until_it_stands_in_the_manual(comes: Comes, tmp_path: Path) -> None:
    omar, cora = comes(Participant, "omar"), comes(Coach, "cora")
    omar.signs_in_by_mail()
    omar.opens_module_one()
    omar.reads_the_first_lesson()
    omar.begins_the_worksheet()
    omar.types_and_sees_it_saved("1.A.1", "Haddad")
    omar.fills_everything()
    omar.sheet.rate("meets")
    omar.submits(1)

    cora.signs_in_with_password()
    cora.takes_from_the_queue("Omar Haddad")
    cora.comments("1.C.1", "Required", "Who decides about an exception on a day you are away?")
    cora.rates(sops="not_yet")
    cora.praises("Your client path is clear.")
    cora.requests_changes()

    omar.tab.goes_to("/dashboard")
    omar.tab.follows("Open the worksheet")
    omar.tab.reads("Who decides about an exception on a day you are away?")
    omar.types("1.C.1", "\n\nPriya decides on days when the owner is away.")
    omar.answers_request("1.C.1")
    omar.submits(2)

    cora.takes_from_the_queue("Omar Haddad")
    expect(cora.field("1.C.1").locator("ins")).to_contain_text(
        ["Priya decides on days when the owner is away."]
    )
    cora.tab.reads("Changed here.")
    cora.settles_every_request()
    cora.rates()
    cora.praises("Somebody else could run a Tuesday from these pages.")
    cora.accepts()

    omar.has_the_manual_bound()
    omar.tab.reads("1 of 10 chapters accepted")
    omar.reads_the_chapter("Operations", "Priya decides on days when the owner is away.")
    check_pdf(omar.downloads_the_manual(tmp_path))


def check_pdf(path: Path) -> None:
    """The cover's name, contents that say the right page, the running title, and the last word that was written."""
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]
    assert "Haddad Exercise Rooms" in pages[0] and "Owner Omar Haddad" in pages[0]
    told = re.search(r"1 Operations[ .]+(\d+)", pages[1])
    assert told and "Chapter 1 Operations Accepted" in pages[int(told[1]) - 1]
    running = r"Haddad Exercise Rooms Operations Version of .* identifies a real client\. 4$"
    assert re.search(running, pages[3]), pages[3][-160:]
    assert any("Priya decides on days when the owner is away." in page for page in pages)
