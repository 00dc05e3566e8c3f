"""Somebody who looks for a seat, applies for it and pays."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.people import Somebody

PAY = "Take the seat and pay $2,400"


class Prospect(Somebody):
    def reads_the_front_page(self) -> None:
        self.tab.goes_to("/")
        self.tab.reads("Price", "$2,400", re.compile(r"\d+ still free"))

    def reads_about_the_next_cohort(self) -> None:
        """Price, dates, seats left and the refund rule, before anybody asks for anything."""
        self.tab.follows(re.compile("^Join the cohort of "))
        self.tab.reads("If you have to stop", "$2,400", re.compile(r"\d+ of \d+"), "Apply by", "First call")

    def applies_for_a_seat(self, practice: str) -> None:
        self.tab.follows("Apply for a seat")
        self.tab.is_at("Apply for a seat")
        self.page.get_by_label("Your name").fill(self.who.name)
        self.page.get_by_label("Email").fill(self.who.email)
        self.page.get_by_label("Your time zone").select_option(self.who.time_zone)
        self.page.get_by_label("Name of your practice").fill(practice)
        self.page.get_by_label("Who do you work with").fill(
            "Adults after joint replacement, in a rented room."
        )
        self.page.get_by_label("Why now").fill("My calendar is full and nothing is written down.")
        self.page.get_by_label("Four or five hours").check()
        self.tab.presses("Send the application")
        self.tab.is_at("Thank you for applying")

    def opens_the_offer(self) -> None:
        """From the mail, signed in by its link, to the checkout."""
        self.opens_mail("Your seat is held: ")
        self.uses_the_link_in_it()
        self.tab.is_at("Take your seat")
        self.tab.reads("$2,400", "what I get back if I stop", "held until")

    def goes_to_the_payment_page(self) -> None:
        self.page.get_by_label("I have read what I get back").check()
        self.tab.presses(PAY)
        self.tab.is_at("Test payment page (no real money)")
        self.tab.reads("$2,400.00")

    def is_declined(self) -> None:
        with self.tab.expecting("status of 402"):
            self.tab.presses("Decline")
        self.tab.reads("Your card was declined")

    def leaves_without_paying(self) -> None:
        self.tab.follows("Cancel and go back")
        self.tab.is_at("Take your seat")
        self.tab.reads("Nothing was charged, and your seat is still held.")

    def pays(self) -> None:
        agreed = self.page.get_by_label("I agree to the seller")
        if agreed.count():
            agreed.check()
        self.presses_pay()
        self.tab.is_at("You are in")

    def presses_pay(self) -> None:
        self.tab.presses(re.compile(r"^Pay \$2,400\.00"))

    def finds_it_paid(self) -> None:
        """The payment page says that nothing was charged twice, and leads back to the seat."""
        self.tab.reads("This is already paid. Nothing was charged a second time.")
        self.tab.follows("Back to the seller")
        self.tab.is_at("You are in")

    def has_paid_once(self) -> None:
        """One payment on the person's own page."""
        self.tab.goes_to("/payments")
        expect(self.page.get_by_role("link", name=re.compile("^Receipt R-"))).to_have_count(1)
