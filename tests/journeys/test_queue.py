"""The queue renews itself: what comes in is said, and nothing moves under a coach's hands."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes


def with_somebody_new(route: Route) -> None:
    """The server's own list, but its first round is one this page has not seen."""
    body = re.sub(r'data-id="\d+"', 'data-id="999999"', route.fetch().text(), count=1)
    route.fulfill(
        body=re.sub(r'(q__who"><b><a[^>]*>)[^<]+', r"\1Somebody New", body, count=1), content_type="text/html"
    )


def a_minute_passes(page: Page) -> None:
    with page.expect_response("**/coaching/queue/list*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_queue_renews_itself_and_moves_nothing(comes: Comes) -> None:
    cora = comes(Coach, "cora")
    cora.signs_in_with_password()
    cora.tab.goes_to("/coaching/queue?round=&flag=")
    page, new = cora.page, cora.page.locator("#queue-new")
    page.route("**/coaching/queue/list*", with_somebody_new)

    page.keyboard.press("j")  # inside a row: it is offered
    a_minute_passes(page)
    expect(new).to_contain_text("1 new")
    assert page.evaluate("Boolean(document.activeElement.closest('#queue .q'))")
    expect(page.locator("#queue")).not_to_contain_text("Somebody New")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#queue")).to_contain_text("Somebody New")
    expect(new).to_be_empty()
    assert page.evaluate("Boolean(document.activeElement.closest('#queue .q'))")

    cora.tab.reloads()  # nobody's hands are on it: it is put in and said
    a_minute_passes(page)
    expect(page.locator("#queue")).to_contain_text("Somebody New")
    expect(new).to_have_text("1 new")


def test_an_unchanged_queue_is_left_alone_and_keys_are_listed(comes: Comes) -> None:
    cora = comes(Coach, "cora")
    cora.signs_in_with_password()
    cora.tab.goes_to("/coaching/queue")
    cora.page.evaluate("document.querySelector('#queue').dataset.mark = 'the first'")
    a_minute_passes(cora.page)
    expect(cora.page.locator("#queue[data-mark]")).to_have_count(0)  # put in, so its version is known
    cora.page.evaluate("document.querySelector('#queue').dataset.mark = 'the same'")
    with cora.page.expect_response(
        lambda answer: answer.url.endswith("/coaching/queue/list") and answer.status == 304
    ):
        cora.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(cora.page.locator("#queue")).to_have_attribute("data-mark", "the same")
    cora.page.keyboard.press("?")
    expect(cora.page.get_by_role("dialog", name="Keys")).to_be_visible()
    cora.page.get_by_label("Single letters work as keys").uncheck()
    cora.page.keyboard.press("Escape")
    cora.page.keyboard.press("j")
    assert not cora.page.evaluate("Boolean(document.activeElement.closest('#queue .q'))")
