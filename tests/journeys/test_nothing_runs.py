"""Nine hundred strings that try to be script, at every place where somebody else's words are shown: none runs.

A browser looks at the pages twice, with the content policy and without it: the first layer must hold alone, or the
second hides its hole. The site answers from this very process, so that the pages come from a small program of ours.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.client import Client
from tests.factories import participant, published_review, submitted_system
from tests.house.hostile_corpus import corpus
from tests.programs import COMPLETE
from tests.releases import module_of, moved, published

SITE = "http://localhost"
ORACLE = "window.ran = []; window.xq = (number) => window.ran.push(number ?? 'a string without a number');"
# What the page holds that would run at a touch, or lead out of the page.
FOUND = """() => {
  const found = [...window.ran.map((number) => `string ${number} ran`)];
  const schemes = ["http:", "https:", "mailto:", "tel:", "about:"];
  for (const one of document.querySelectorAll("*")) {
    for (const { name, value } of one.attributes) {
      if (name.startsWith("on")) found.push(`${name}=${value}`);
    }
    for (const name of ["href", "src", "action", "formAction", "data"]) {
      const value = one[name];
      if (typeof value !== "string" || !one.getAttribute(name.toLowerCase())) continue;
      try {
        if (!schemes.includes(new URL(value, document.baseURI).protocol)) found.push(`${name}=${value}`);
      } catch { /* an address no browser can read leads nowhere */ }
    }
    if (["IFRAME", "OBJECT", "EMBED", "BASE", "STYLE"].includes(one.tagName)) found.push(one.outerHTML.slice(0, 80));
    if (one.tagName === "SCRIPT" && !one.src) found.push(one.outerHTML.slice(0, 80));
  }
  return found;
}"""


EACH = 60  # strings of one section of the worksheet
SECTIONS = ("H", "J", "K")
LONG, SHORT = "1.{0}.{1}", "1.{0}S.{1}"


def with_room_for_strings(data: dict[str, Any]) -> None:
    """Sections of long texts and sections of short ones; nothing in them is required."""
    sections = module_of(data)["worksheet"]["sections"]
    for name in SECTIONS:
        for letters, kind in ((name, "long_text"), (f"{name}S", "short_text")):
            fields = [
                {"id": f"1.{letters}.{number}", "label": f"Field {number}", "type": kind}
                for number in range(1, EACH + 1)
            ]
            sections.append({"id": letters, "title": f"Strings {letters}", "fields": fields})


def answers_with(strings: list[str]) -> dict[str, str]:
    found = {}
    for place, one in enumerate(strings):
        name, number = SECTIONS[place // EACH], place % EACH + 1
        found[LONG.format(name, number)] = found[SHORT.format(name, number)] = one
    return found


@pytest.fixture
def pages(app: Any, cast: Any, write: Any, sign_in: Any) -> list[tuple[Client, str]]:
    """Who opens which page: the person who wrote the strings, and the coach who reads them and wrote some too."""
    moved(cast.spring, published(with_room_for_strings), cast.sam)
    strings, room = corpus(), EACH * len(SECTIONS)
    people = []
    with write():
        for at in range(0, len(strings), room):
            some = strings[at : at + room]
            enrollment = participant(cast.spring, at)
            enrollment.user.name, enrollment.practice_name = some[0][:100], some[1][:100]
            answers = {**COMPLETE, **answers_with(some)}
            submission = submitted_system(enrollment.id, answers=answers)
            said = [
                (LONG.format(SECTIONS[n // EACH], n % EACH + 1), "required", one)
                for n, one in enumerate(some)
            ]
            review = published_review(submission, cast.cora, comments=said, strength=some[0])
            review.note = some[-1]
            for comment, one in zip(review.comments, some, strict=True):
                comment.quote, comment.answer, comment.answer_text = one[:300], "disagree", one
            people.append((enrollment.user_id, submission.system_id, review.id))
    cora = sign_in(cast.cora)
    found = []
    for user_id, system_id, review_id in people:
        person = sign_in(user_id)
        found += [
            (person, path)
            for path in (
                f"/systems/{system_id}",
                f"/systems/{system_id}/submissions/1",
                "/search?q=xq",
                "/dashboard",
            )
        ]
        found.append((cora, f"/reviews/{review_id}"))
    return found


@pytest.mark.parametrize("policy", [True, False], ids=["with the policy", "without it"])
def test_nothing_runs(chromium: Browser, pages: list[tuple[Client, str]], policy: bool) -> None:
    context = chromium.new_context(bypass_csp=not policy)
    tab = context.new_page()
    tab.add_init_script(ORACLE)
    tab.on("dialog", lambda dialog: (faults.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    faults: list[str] = []
    at: list[Client] = []
    tab.route("**/*", lambda route: _answer(route, at[-1], faults))
    for browser, path in pages:
        at.append(browser)
        response = tab.goto(SITE + path)
        assert response is not None and response.status == 200, path
        assert "xq(" in tab.content(), f"{path} shows none of the strings"
        faults += [f"{path}: {one}" for one in tab.evaluate(FOUND)]
    context.close()
    assert not faults, f"{len(faults)} faults:\n" + "\n".join(faults[:20])


def _answer(route: Route, browser: Client, faults: list[str]) -> None:
    """From the application in this process; nothing else is asked."""
    address = route.request.url
    if not address.startswith(SITE):
        faults.append(f"asked {address}")
        route.abort()
        return
    with browser.application.app_context():
        answer = browser.get(address.removeprefix(SITE), critical=False)
    route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.get_data())
