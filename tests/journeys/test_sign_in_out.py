"""Signing in by password and by mail, out so that it really ends, and the other devices."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Comes
from tests.journeys.people import Somebody


def test_signing_out_ends_the_session_itself_not_only_the_cookie(comes: Comes) -> None:
    uma = comes(Somebody, "uma")
    uma.signs_in_with_password()
    uma.tab.is_at("Lakeline Exercise Practice")
    kept = uma.page.context.cookies()
    uma.signs_out()
    uma.page.context.add_cookies(kept)  # type: ignore[arg-type]  # what a thief would have copied
    uma.tab.goes_to("/dashboard")
    uma.tab.is_at("Sign in")


def test_a_wrong_password_says_so_and_keeps_the_address(comes: Comes) -> None:
    wes = comes(Somebody, "wes", phone=True)
    wes.tab.goes_to("/sign-in")
    form = wes.page.locator("form:has(input[type=password])")
    form.get_by_label("Email").fill(wes.who.email)
    form.get_by_label("Password").fill("something quite different")
    with wes.tab.expecting("status of 422"):
        wes.tab.presses("Sign in", form)
    wes.tab.reads("That email and password do not go together.")
    expect(form.get_by_label("Email")).to_have_value(wes.who.email)


def test_a_mailed_link_signs_in_once(comes: Comes) -> None:
    nora, thief = comes(Somebody, "nora", phone=True), comes(Somebody, "nora")
    nora.signs_in_by_mail()
    nora.tab.is_at("Castellan Exercise")
    thief.opens_mail("Your sign-in link")
    link = thief.tab.link(re.compile("sign-in.link."))
    with thief.tab.expecting("status of 410"):
        thief.tab.arrives(lambda: link.press("Enter"))
    thief.tab.is_at("This link no longer works")


def test_another_device_can_be_signed_out(comes: Comes) -> None:
    laptop, phone = comes(Somebody, "cal"), comes(Somebody, "cal", phone=True)
    phone.signs_in_with_password()
    laptop.signs_in_with_password()
    laptop.tab.goes_to("/account")
    devices = laptop.page.locator("#devices li")
    expect(devices).to_have_count(2)
    laptop.tab.presses(re.compile("^Sign out"), devices.filter(has_not_text="this one"))
    laptop.tab.reads("That device is signed out.")
    expect(devices).to_have_count(1)
    phone.tab.reloads()
    phone.tab.is_at("Sign in")
