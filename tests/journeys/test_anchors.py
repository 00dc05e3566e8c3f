"""Comments on chosen words, by mouse, by touch and by keys; drawn in the text; and the way to them in the worksheet."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.world import World

CHOOSE = """([field, words]) => {
  const answer = document.getElementById(field).querySelector(".wf__body");
  const walker = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return true;
  }
  return false;
}"""
DRAWN = "() => [...CSS.highlights.get('passage')].map((one) => String(one).replace(/\\s+/g, ' ').trim())"


def test_words_rows_and_sentences_are_commented_on(comes: Comes, world: World) -> None:
    person = world.has_a_second_round()
    cora = comes(Coach, "cora")
    cora.signs_in_with_password()
    cora.takes_from_the_queue(person)
    page, keys = cora.page, cora.page.keyboard

    # by mouse: choose words, press the button beside them
    assert page.evaluate(CHOOSE, ["f1.C.1", "is treated by"]) or page.evaluate(
        CHOOSE, ["f1.C.1", "same rule"]
    )
    chosen = " ".join(page.evaluate("String(getSelection())").split())
    page.get_by_role("button", name="Comment on this").click()
    box = cora.field("1.C.1").locator("details:has(textarea:focus)")
    expect(box.locator("[data-quote] q")).to_have_text(chosen)
    keys.type("Say which rule.")
    cora.saves_by_key()
    assert chosen in page.evaluate(DRAWN)

    # a sentence by keys: q, then the list
    keys.press("Escape")
    keys.press("q")
    expect(page.locator("#passages")).to_be_visible()
    cora.tab.looks()
    keys.press("j")
    sentence = page.evaluate("document.activeElement.textContent")
    keys.press("Enter")
    keys.type("Who does this when you are away?")
    cora.saves_by_key()
    expect(cora.field("1.C.1").locator("textarea[name^='comment-new-']")).to_have_count(1)
    assert sentence in page.evaluate(DRAWN)

    # a row by its button
    cora.field("1.C.3").get_by_role("button", name="Comment on row 1").click()
    keys.type("Which step?")
    cora.saves_by_key()
    assert len(page.evaluate(DRAWN)) >= 3

    # the bank: searched while typing, inserted as a copy
    keys.press("Escape")
    keys.press("b")
    expect(page.locator("#bank-list li")).not_to_have_count(0)
    keys.type("rehearsal")
    expect(page.locator("#bank-list li:visible")).to_have_count(1)
    cora.tab.looks()
    keys.press("Enter")
    expect(page.locator("textarea:focus")).to_have_value(re.compile("rehearsal is missing"))
    cora.saves_by_key()

    # all of it is there again, and so the participant will see it
    cora.tab.reloads()
    assert {chosen, sentence} <= set(page.evaluate(DRAWN))
    keys.press("?")
    cora.tab.looks()
    cora.tab.reads("Choose a sentence of the current field to comment on")
    keys.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)  # its keys are its own until it is gone
    cora.tab.arrives(lambda: keys.press("p"))
    cora.tab.reads("Nothing is published yet.", "Who does this when you are away?")
    assert {chosen, sentence} <= set(page.evaluate(DRAWN))

    # on a phone the same button stands below the chosen words
    page.set_viewport_size({"width": 360, "height": 740})
    cora.tab.follows("Back to writing")
    assert page.evaluate(CHOOSE, ["f1.C.1", "same rule"])
    button = page.get_by_role("button", name="Comment on this")
    expect(button).to_be_visible()
    size = button.bounding_box()
    assert size and size["height"] >= 24 and size["x"] + size["width"] <= 360
    cora.tab.looks()
