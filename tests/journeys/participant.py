"""Somebody who builds a system: reads, fills the worksheet, sends it, answers the coach, takes the manual home."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Locator, Page, expect

import run
from tests.journeys.people import Somebody, everything_is_saved

UNTIL_BOUND = """async () => {
  for (let tries = 0; tries < 1000; tries++) {
    const page = await (await fetch("/manual")).text();
    if (page.includes("Download the PDF")) return;
    await new Promise((again) => setTimeout(again, 300));
  }
  throw new Error("the manual was not bound within five minutes");
}"""
SAVED = re.compile(r"^Saved at \d")
PASTE = """(place, carried) => {
  const clipboardData = new DataTransfer();
  for (const [type, value] of Object.entries(carried)) clipboardData.setData(type, value);
  place.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@cache
def good_answers() -> dict[str, Any]:
    """The good sample of module 1, as the curriculum has it."""
    sample = run.ROOT / "curriculum" / "modules" / "01-systems" / "samples" / "good.yaml"
    answers: dict[str, Any] = yaml.safe_load(sample.read_text())["answers"]
    return answers


class Worksheet:
    """The form of one worksheet, field by field, as a person fills it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def field(self, field_id: str) -> Locator:
        """The field, its section opened if it was shut."""
        box = self.page.locator(f'[id="{field_id}"]')
        shut = self.page.locator(f'details.shut:not([open]):has([id="{field_id}"]) > summary')
        if shut.count():
            shut.click()
        return box

    def control(self, name: str) -> Locator:
        return self.page.locator(f'#work [name="{name}"]:not([type=hidden])')

    def text(self, field_id: str) -> Locator:
        """What the form sends; under the rich text editor it is not seen."""
        self.field(field_id)
        return self.control(field_id)

    def writing(self, name: str) -> Locator:
        """Where a person writes: the control, or the rich text editor over it once that has come."""
        box = self.page.locator(f'.ed:has([name="{name}"])')
        if not box.count():
            return self.control(name)
        box.scroll_into_view_if_needed()
        expect(box).to_have_attribute("data-opened", re.compile("yes|plain"))
        return box.locator(".ed__text, textarea:not([hidden])")

    def write(self, name: str, words: str) -> None:
        """Put these words, Markdown in a long text, in the place of what is there."""
        place = self.writing(name)
        if place.get_attribute("role") != "textbox":
            place.fill(words)
            return
        place.press("Control+a")
        place.evaluate(PASTE, {"text/plain": words})

    def fill(self, field_id: str, answer: Any) -> None:
        box = self.field(field_id)
        match box.get_attribute("data-type"):
            case "table":
                self._fill_rows(field_id, answer)
            case "group":
                for part, value in answer.items():
                    self.write(f"{field_id}~{part}", value)
            case "multi_choice" | "checklist":
                for key in answer:
                    box.locator(f'input[value="{key}"]').check()
            case "choice":
                box.locator(f'input[value="{answer}"]').check()
            case _:
                self.write(field_id, answer)

    def _fill_rows(self, field_id: str, answer: list[dict[str, str]]) -> None:
        rows = self.page.locator(f'table[data-table="{field_id}"] tbody tr')
        for _ in range(len(answer) - rows.count()):
            self.field(field_id).get_by_role("button", name="Add a row").click()
        tags = rows.first.locator("[name]").evaluate_all(
            "all => all.map(one => [one.name.split('~').pop(), one.tagName])"
        )
        chosen = {key for key, tag in tags if tag == "SELECT"}
        for row, wanted in zip(rows.all(), answer, strict=False):
            for key, value in wanted.items():
                if key in chosen:
                    row.locator(f'[name$="~{key}"]').select_option(value)
                elif key != "id":
                    row.locator(f'[name$="~{key}"]').fill(value)

    def rate(self, level: str) -> None:
        """The same level for each criterion."""
        for one in self.page.locator(f'.selfrate input[value="{level}"]').all():
            one.check()

    def says_saved(self) -> None:
        everything_is_saved(self.page, "#work")
        expect(self.page.locator("#saved")).to_have_text(SAVED)


class Participant(Somebody):
    @property
    def sheet(self) -> Worksheet:
        return Worksheet(self.page)

    # --- reading and beginning ---

    def opens_module_one(self) -> None:
        self.tab.goes_to("/dashboard")
        self.tab.follows("Modules")
        self.tab.follows(re.compile("."), self.page.locator("#module-1"))

    def reads_the_first_lesson(self) -> None:
        self.tab.follows(re.compile("^1 "), self.page.locator("section", has=self.page.locator("#lessons")))
        expect(self.page.locator("article.prose h1")).to_be_visible()
        self.page.go_back()

    def begins_the_worksheet(self) -> None:
        self.tab.presses("Begin the worksheet")
        expect(self.page).to_have_url(re.compile(r"/systems/\d+$"))

    def opens_the_worksheet(self) -> None:
        """From the dashboard's spine, whatever the one next step is."""
        self.tab.goes_to("/dashboard")
        address = self.page.locator('a[href^="/systems/"]').first.get_attribute("href") or ""
        self.tab.goes_to(re.match(r"/systems/\d+", address)[0])  # type: ignore[index]

    # --- writing ---

    def types(self, field_id: str, words: str) -> None:
        """Key by key at the end of what is there."""
        self.sheet.field(field_id)
        place = self.sheet.writing(field_id)
        place.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(words)

    def types_and_sees_it_saved(self, field_id: str, words: str) -> None:
        with self.page.expect_response(re.compile(r"/systems/\d+/draft$")) as saving:
            self.types(field_id, words)
        assert saving.value.ok
        self.sheet.says_saved()

    def fills_everything(self) -> None:
        for field_id, answer in good_answers().items():
            self.sheet.fill(field_id, answer)

    def notes_what_is_right(self) -> None:
        """A note to every point of the check: what the sample says is the practice's own."""
        save = self.page.locator('.bar button[name="save"]')
        if self.tab.scripts:  # the page stays and is told
            self.sheet.says_saved()
            with self.page.expect_response(re.compile(r"/systems/\d+/draft$")):
                save.click()
            self.sheet.says_saved()
        else:
            self.tab.arrives(save.click)
        for note in self.page.locator("details.checks__note").all():
            if not note.locator("textarea").is_visible():
                note.locator("summary").click()
            note.locator("textarea").fill("This is how my own practice does it.")

    def gets_ready(self) -> None:
        """Everything that is asked before sending but the two sentences, which are not kept."""
        self.notes_what_is_right()
        self.page.get_by_label("When …").fill("the next inquiry comes in")
        self.page.get_by_label("I will …").fill("open this chapter first")

    def states(self) -> None:
        self.page.get_by_label("This is my own work for my own practice.").check()
        self.page.get_by_label("Nothing in it can identify a real client").check()

    def submits(self, number: int) -> None:
        self.gets_ready()
        self.states()
        self.tab.presses(f"Submit round {number}")
        self.tab.is_at(f"System 1, round {number}")
        self.tab.reads("We have your work", "You will hear by", re.compile("[0-9a-f]{64}"))

    def answers_request(self, field_id: str, words: str = "") -> None:
        """'Changed here'; with words, 'I disagree, because' and the words."""
        asked = self.sheet.field(field_id).locator(".word", has=self.page.locator("fieldset.answer"))
        asked.get_by_label("I disagree" if words else "Changed here").check()
        if words:
            asked.locator('textarea[name^="request~"]').fill(words)

    # --- the manual ---

    def has_the_manual_bound(self) -> None:
        """By the button, unless the worker noticed the accepted system first; then the page is reloaded, as it says."""
        self.tab.goes_to("/manual")
        if self.tab.button("Bind the manual").count():
            self.tab.presses("Bind the manual")
        self.page.evaluate(UNTIL_BOUND)
        self.tab.reloads()

    def reads_the_chapter(self, title: str, words: str) -> None:
        """And comes back to the manual."""
        self.tab.follows(title)
        self.tab.is_at(title)
        self.tab.reads(words)
        self.tab.goes_to("/manual")

    def downloads_the_manual(self, folder: Path) -> Path:
        with self.page.expect_download() as download:
            self.tab.link("Download the PDF").click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path
