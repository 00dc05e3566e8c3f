"""What everybody does: sign in, read their mail, sign out. The others (prospect.py and so on) add their own verbs."""

from __future__ import annotations

import re
from typing import Self

from playwright.sync_api import Locator, Page, expect

from app.site.demo.people import Person
from tests.journeys.tab import Tab

NO_COPY = "(form) => !localStorage.getItem(document.querySelector(form).dataset.copy)"


def everything_is_saved(page: Page, form: str) -> None:
    """The server has the last word typed into this form (a selector): then this device keeps no copy of it.

    What the page says may be of an earlier save, since nobody types fast on a busy machine.
    """
    page.wait_for_function(NO_COPY, arg=form)


class Somebody:
    """One person at one browser."""

    def __init__(self, tab: Tab, who: Person) -> None:
        self.tab, self.who = tab, who
        self.page = tab.page

    def opens_another_tab(self, path: str) -> Self:
        """The same browser, so signed in alike."""
        other = self.goes_on_in(self.page.context.new_page())
        other.tab.goes_to(path)
        return other

    # --- signing in and out ---

    def signs_in_with_password(self) -> None:
        self.tab.goes_to("/sign-in")
        self.gives_the_password()

    def gives_the_password(self) -> None:
        form = self.page.locator("form:has(input[type=password])")
        form.get_by_label("Email").fill(self.who.email)
        form.get_by_label("Password").fill(self.tab.world.passwords[self.who.key])
        self.tab.presses("Sign in", form)
        expect(self.page).not_to_have_url(re.compile("/sign-in"))

    def goes_on_in(self, page: Page) -> Self:
        """This person in a tab that the page opened by itself."""
        return type(self)(Tab(page, self.tab.world, self.tab.complaints, self.tab.seen), self.who)

    def asks_for_a_link(self) -> None:
        self.tab.goes_to("/sign-in")
        form = self.page.locator("form[action$='/sign-in/link']")
        form.get_by_label("Email").fill(self.who.email)
        self.tab.presses("Mail me a link", form)
        self.tab.is_at("Look in your mail")

    def signs_in_by_mail(self) -> None:
        self.asks_for_a_link()
        self.opens_mail("Your sign-in link")
        self.uses_the_link_in_it()

    def uses_the_link_in_it(self) -> None:
        """The mail's link leads to a page with one button, because mail scanners open links."""
        link = self.tab.link(re.compile("sign-in.link."))
        # By key: a click just after scrolling past the mail's frame, a process of its own, can land in that frame.
        self.tab.arrives(lambda: link.press("Enter"))
        self.tab.is_at(f"Sign in as {self.who.name}")
        self.tab.presses("Sign in")

    def signs_out(self) -> None:
        self.tab.presses("Sign out")
        expect(self.page).to_have_url(re.compile("/sign-in"))

    # --- by keys ---

    def tabs_to(self, place: Locator) -> None:
        """Press Tab until the focus is there."""
        for _ in range(300):
            if place.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key never reaches {place}")

    # --- mail ---

    def opens_mail(self, subject: str) -> None:
        """The newest mail to this person whose subject begins so."""
        self.tab.goes_to("/dev/mail")
        mine = self.page.get_by_role("row").filter(has_text=self.who.email)
        self.tab.follows(re.compile(f"^{re.escape(subject)}"), mine)
        self.tab.reads(f"To {self.who.name}")
