"""Paying once and only once, whatever people do with their tabs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Comes
from tests.journeys.prospect import PAY, Prospect
from tests.journeys.staff import Staff

Offered = Callable[..., tuple[Prospect, Staff]]


@pytest.fixture
def with_an_offer(comes: Comes) -> Offered:
    """A person who has applied in the demo, with the offer's page open."""

    def offered(key: str, **how: bool) -> tuple[Prospect, Staff]:
        person, sam = comes(Prospect, key, **how), comes(Staff, "sam")
        sam.signs_in_with_password()
        sam.offers_a_seat_to(person.who.name)
        person.opens_the_offer()
        return person, sam

    return offered


def has_one_seat_and_one_payment(person: Prospect, sam: Staff) -> None:
    person.has_paid_once()
    lines = sam.orders_of(person.who.name)
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("Received")
    expect(lines.get_by_role("link", name=re.compile("receipt for"))).to_have_count(1)  # one receipt


def test_leaving_the_payment_page_and_paying_in_two_tabs(with_an_offer: Offered) -> None:
    theo, sam = with_an_offer("theo")
    checkout = theo.tab.path
    theo.goes_to_the_payment_page()
    theo.leaves_without_paying()
    theo.goes_to_the_payment_page()
    second, third = theo.opens_another_tab(checkout), theo.opens_another_tab(checkout)
    second.goes_to_the_payment_page()

    theo.pays()
    with second.tab.expecting("status of 4.."):
        second.presses_pay()
    second.finds_it_paid()
    third.page.get_by_label("I have read what I get back").check()
    with third.tab.expecting("status of 409"):
        third.tab.presses(PAY)
    third.tab.reads("You are in", "Nothing was charged a second time.")
    has_one_seat_and_one_payment(theo, sam)


def test_going_back_after_paying_and_pressing_again(with_an_offer: Offered) -> None:
    noor, sam = with_an_offer("noor", phone=True)
    noor.goes_to_the_payment_page()
    noor.pays()
    noor.tab.arrives(noor.page.go_back)
    noor.finds_it_paid()
    has_one_seat_and_one_payment(noor, sam)
