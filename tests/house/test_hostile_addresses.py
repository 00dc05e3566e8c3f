"""No address, argument, header or cookie breaks a page, or reaches what is not there."""

from __future__ import annotations

import pytest

from tests.house.doors import DOORS
from tests.house.hostile import IDS, MOMENTS, SHARP, STRINGS, WORDS, check
from tests.house.visits import House


@pytest.mark.parametrize("actor", ["ana", "cora", "sam", "nobody"])
def test_addresses_of_nothing(house: House, actor: str):
    """Every number and word in an address, replaced by what cannot be one: 404, or the way to sign in."""
    browser, tried = house.browser(actor), 0
    for rule in house.app.url_map.iter_rules():
        if not rule.arguments or rule.endpoint == "static":
            continue
        for hostile in IDS if "<id:" in rule.rule else WORDS:
            address = "".join(
                hostile if is_dynamic else text for is_dynamic, text in rule._trace if text != "|"
            )
            for method in rule.methods & {"GET", "POST"}:
                send = browser.get if method == "GET" else browser.post
                response = send(address, critical=False)
                allowed = (
                    {404, 405, 410, 303, 308}
                    if actor == "nobody" or "<id:" not in rule.rule
                    else {404, 405, 308}
                )
                assert response.status_code in allowed, (
                    f"{method} {address[:80]} as {actor}: {response.status_code}"
                )
                check(response, address[:80])
                tried += 1
    assert tried > 200


ARGUMENTS = {
    "accounts.sign_in": ("next", "email"),
    "accounts.ask_for_code": ("next",),
    "accounts.ask_for_reset": ("email",),
    "admissions.checkout_return": ("session_id",),
    "admissions.withdrawal": ("told_on",),
    "admissions.deferral": ("told_on", "to"),
    "payments.came_back": ("session_id",),
    "coaching.queue": ("after", "cohort", "module", "round", "flag", "whose"),
    "coaching.queue_list": ("after", "cohort", "module", "round", "flag", "whose"),
    "reviews.review": ("show",),
}


@pytest.mark.parametrize("actor", ["nobody", "cora", "pat"])
def test_arguments_of_pages(house: House, actor: str):
    browser = house.browser(actor)
    for door in {door.endpoint: door for door in DOORS if door.is_open_to(actor)}.values():  # each page once
        names = ARGUMENTS.get(door.endpoint, ("page", "next"))
        if door.method == "POST" or door.endpoint == "static":
            continue
        address = house.address(door, actor).split("?")[0]
        for string in [*STRINGS, *MOMENTS] if door.endpoint in ARGUMENTS else SHARP[:3]:
            sent = dict.fromkeys(names, string[:20_000])
            check(browser.get(address, query_string=sent, critical=False), f"{door} with {string[:30]!r}")


def test_headers_and_cookies(house: House):
    for string in ("\x80\xff", "a" * 5000, "<script>xq()</script>", "x=y; z", "=?utf-8?q?x?="):
        for name in ("User-Agent", "Referer", "Accept", "Accept-Language", "Accept-Encoding", "If-None-Match",
                     "If-Modified-Since", "Range", "Origin", "X-Forwarded-For", "X-Requested-With", "HX-Request",
                     "HX-Current-URL", "Cookie"):  # fmt: skip
            for path in ("/sign-in", "/dashboard", "/manual.pdf", "/static/css/base.css"):
                browser = house.browser("ana")
                check(browser.get(path, headers={name: string}, critical=False), f"{name}: {string[:20]!r}")
    nobody = house.browser("nobody")
    for value in ("", "x", "." * 3000, "eyJhbGciOiJub25lIn0.e30.", "%00"):
        nobody.set_cookie("session", value)
        assert nobody.get("/dashboard").status_code == 303
