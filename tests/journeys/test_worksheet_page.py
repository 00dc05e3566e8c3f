"""The worksheet around its fields: one section at a time, copies of this device, what opens beside, a choice undone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Comes
from tests.journeys.test_tables import DRAFT, MAP, Table, begins
from tests.journeys.world import World

A_CHOICE = """async () => {
  const [{clearable}, {Undo}] = await Promise.all([import("/static/js/choices.js"), import("/static/js/undo.js")]);
  const form = document.getElementById("work"), box = document.createElement("div");
  box.setAttribute("role", "radiogroup");
  box.innerHTML = `<input type="hidden" name="z" value=""><label><input type="radio" name="z" value="gym"> Gym</label>
    <label><input type="radio" name="z" value="online"> Online</label>`;
  form.prepend(box);
  const said = [];
  clearable(form, new Undo(document.querySelector(".bar")), () => said.push(new FormData(form).getAll("z").join()));
  window.said = said;
}"""


def test_one_section_at_a_time_on_a_phone(comes: Comes, world: World) -> None:
    """Dev writes in one section and goes on: it is saved first. A link to a field leads to its section."""
    dev = begins(comes, world, "enrolled6", phone=True)
    dev.tab.follows("One at a time")
    bar = dev.page.get_by_role("navigation", name="Previous and next section")
    expect(bar).to_contain_text("1 of")
    box = bar.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 741, "it stays in sight"
    first = dev.page.locator("#work input[type=text], #work textarea").first
    first.fill("Malhotra Exercise Practice")
    name = first.get_attribute("name") or ""
    with dev.page.expect_response(DRAFT):
        dev.tab.follows(re.compile("Next: "), bar)
    expect(bar).to_contain_text("2 of")
    expect(dev.page.locator("#saved")).to_contain_text("Saved at")
    table = Table(dev, MAP)
    table.cell(1, "step").fill("Inquiry")
    with dev.page.expect_response(DRAFT):
        table.cell(1, "step").press("Enter")
    dev.sheet.says_saved()
    dev.tab.arrives(lambda: dev.page.evaluate("location.hash = '1.F.3'"))
    expect(dev.page).to_have_url(re.compile(r"section=1\.F#1\.F\.3$"))
    expect(dev.page.locator('[id="1.F.3"]')).to_be_visible()
    dev.tab.follows(re.compile("^Send"), dev.page.get_by_role("navigation", name="Sections"))
    dev.tab.follows(re.compile("Go there"))
    expect(dev.page).to_have_url(re.compile(r"section=1\.[A-F]#1\."))
    dev.tab.follows("All sections")
    expect(dev.page.locator(f'#work [name="{name}"]')).to_have_value("Malhotra Exercise Practice")


def test_a_copy_of_one_section_is_told_in_the_others(comes: Comes, world: World) -> None:
    """Marta closes her laptop without a connection; another section says so; throwing it away can be undone."""
    marta = begins(comes, world, "enrolled9")
    browser, address = marta.page.context, marta.tab.path
    marta.tab.goes_to(f"{address}?section=1.F")
    with marta.tab.expecting("ERR_INTERNET_DISCONNECTED"):
        browser.set_offline(True)
        marta.types("1.F.3", "Only on this device")
        expect(marta.page.locator("#saved")).to_contain_text("Saved on this device")
        marta.page.close()
    browser.set_offline(False)
    again = marta.opens_another_tab(f"{address}?section=1.B")
    again.tab.reads("This device holds text of section 1.F that the server has not.")
    again.tab.follows("Open it there")
    again.tab.button("Throw it away").click()
    again.page.get_by_role("button", name="Undo").click()
    again.tab.goes_to(address)
    with again.page.expect_response(DRAFT):
        again.tab.button("Put it back").click()
    again.sheet.says_saved()
    again.tab.reloads()
    expect(again.sheet.text("1.F.3")).to_have_value("Only on this device")


def test_the_lesson_beside_the_field(comes: Comes, world: World) -> None:
    """Noor reads lesson, sample and rubric beside the field she is at; Escape and Back bring her back to it."""
    noor = begins(comes, world, "noor")
    noor.sheet.field(MAP)
    lesson = noor.page.locator(f'[id="{MAP}"] .beside a', has_text="Lesson").first
    lesson.click()
    panel = noor.page.get_by_role("complementary", name=re.compile("^Lesson"))
    expect(panel).to_contain_text("Harborline")
    noor.tab.looks()
    noor.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(lesson).to_be_focused()
    noor.page.locator(f'[id="{MAP}"] .beside a', has_text="in full").click()
    expect(noor.page.locator(".aside__text")).to_contain_text("Inquiry")
    noor.page.go_back()
    expect(noor.page.locator(".aside")).to_be_hidden()
    noor.page.locator(f'[id="{MAP}"] .beside a', has_text="Rubric").click()
    expect(noor.page.locator(".aside__text")).to_contain_text("Exceeds")
    assert "/systems/" in noor.page.url


def test_a_choice_is_taken_back(comes: Comes, world: World) -> None:
    """Cleared, the form sends the blank; undone, the same option is chosen again."""
    wes = begins(comes, world, "wes")
    wes.page.evaluate(A_CHOICE)
    clear = wes.page.get_by_role("button", name="Clear this choice").first
    expect(clear).to_be_hidden()
    wes.page.get_by_role("radio", name="Online").check()
    clear.click()
    expect(wes.page.get_by_role("radio", name="Online")).not_to_be_checked()
    expect(clear).to_be_hidden()
    wes.page.keyboard.press("Control+z")
    expect(wes.page.get_by_role("radio", name="Online")).to_be_checked()
    assert wes.page.evaluate("said") == ["", ",online"]
