"""From a cohort's page to "You are in" on a phone, counted; and everything to know was in sight before paying.

A screen is a page one has to get past. The mailbox is not ours to count, and choosing a plan stays on its screen.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Frame, Page, expect

from app.site.demo.people import Person
from tests.journeys.conftest import Comes
from tests.journeys.prospect import Prospect
from tests.journeys.staff import Staff

NEWCOMER = Person("ines", "Ines Duarte", "America/Chicago")
MOST = 6
DAY = r"[A-Z][a-z]{2}, [A-Z][a-z]{2} \d{1,2}, \d{4}"
PRACTICE = "Duarte Medical Exercise"


class Screens:
    """The screens one page has shown, each once while one stays on it."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("framenavigated", lambda frame: self._note(page, frame))

    def _note(self, page: Page, frame: Frame) -> None:
        path = re.sub(r"[\w-]{30,}", "…", urlsplit(frame.url).path)
        if frame == page.main_frame and not path.startswith("/dev/mail") and self.seen[-1:] != [path]:
            self.seen.append(path)


def in_sight(page: Page, *sentences: str | re.Pattern[str]) -> None:
    """Each stands on the page and is not folded away."""
    for sentence in sentences:
        expect(page.get_by_text(sentence).filter(visible=True).first).to_be_visible()


def test_from_the_cohort_page_to_a_seat_in_six_screens(
    comes: Comes, capsys: pytest.CaptureFixture[str]
) -> None:
    ines, sam = comes(Prospect, NEWCOMER, phone=True), comes(Staff, "sam")
    page = ines.page
    ines.reads_the_front_page()
    ines.tab.follows(re.compile("^Join the cohort of "))
    screens = Screens(page)
    screens.seen.append(urlsplit(page.url).path)
    refund = _the_cohort_page(page)
    ines.applies_for_a_seat(PRACTICE)

    sam.signs_in_with_password()
    sam.offers_a_seat_to(NEWCOMER.name)

    ines.opens_the_offer()
    ines.tab.follows(re.compile("^In three installments"))
    _before_paying(page, refund)
    days = _the_schedule(page)
    page.get_by_label("I have read what I get back").check()
    ines.tab.presses("Take the seat and pay $850 today")
    ines.tab.is_at("Test payment page (no real money)")
    ines.tab.reads("$850.00")
    agreed = page.get_by_label("I agree to the seller")
    if agreed.count():
        agreed.check()
    ines.tab.presses(re.compile(r"^Pay \$850\.00"))
    ines.tab.is_at("You are in")

    to_get_past = screens.seen[:-1]
    with capsys.disabled():
        print(f"\n{len(to_get_past)} screens on a phone, then “You are in”: {' → '.join(screens.seen)}")
    assert len(to_get_past) <= MOST
    _afterwards(ines, days)


def _the_cohort_page(page: Page) -> list[str]:
    """The plans with what each comes to, the dates, and the refund rule, whose lines are returned."""
    in_sight(page, re.compile("First call"), re.compile("Ends"), re.compile("Apply by"))
    in_sight(page, "3 × $850", re.compile(r"\$2,550 in all, \$150 more than in full"))
    in_sight(
        page,
        re.compile("we write to you two days before each"),
        re.compile("everything stays open for 14 days"),
    )
    rows = page.locator("section[aria-labelledby=stop] tbody tr")
    assert rows.count() >= 2
    return [re.sub(r"\s+", " ", text) for text in rows.locator("td").all_inner_texts()]


def _before_paying(page: Page, refund: list[str]) -> None:
    """Every rule, in sight, for the plan that is chosen. The shares are those of the cohort's page, of this total."""
    shares = page.locator("section[aria-labelledby=stop] tbody td").all_inner_texts()
    assert len(shares) == len(refund)
    assert [re.findall(r"\d+%|all of it|nothing", one) for one in shares] == [
        re.findall(r"\d+%|all of it|nothing", one) for one in refund
    ]
    in_sight(
        page,
        re.compile(r"Of \$2,550 you get back"),
        re.compile(r"The share is of the whole price"),
        re.compile(r"you get everything back"),  # should the cohort be cancelled
        re.compile(r"That is \$150 more than in full"),
        re.compile(r"we write to you two days before"),
        re.compile(r"try the card again after 3, 7 and 14 days"),
        re.compile(r"For 14 days everything stays open"),
        re.compile(r"Nobody is removed for it, and there is no fee"),
        re.compile(r"held until"),
        re.compile(r"If you leave that page, nothing is charged"),
    )


def _the_schedule(page: Page) -> list[str]:
    """The days of the installments: three amounts that add up, and the words agreed to name each of them."""
    table = page.locator("section[aria-labelledby=when] table")
    expect(table).to_be_visible()
    rows = table.locator("tbody tr").all_inner_texts()
    days = [re.findall(DAY, row)[0] for row in rows if re.search(DAY, row)]
    amounts = [
        int(re.findall(r"\$([\d,]+)", row)[-1].replace(",", "")) for row in rows if re.search(DAY, row)
    ]
    assert len(days) == 3
    assert sum(amounts) == 2550
    consent = page.locator("label").filter(has_text="I have read what I get back").inner_text()
    assert [day for day in days[1:] if f"$850 on {day}" not in consent] == []
    assert "$850 today" in consent
    assert "without asking me again" in consent
    return days


def _afterwards(person: Prospect, days: list[str]) -> None:
    """What was said before paying stands on the payments page: the same days."""
    person.tab.goes_to("/payments")
    person.tab.reads(*days[1:])
