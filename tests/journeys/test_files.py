"""A file in a worksheet: on a phone with its progress, and in a browser that runs no scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.world import World
from tests.rooms.files import made

FIELD = "7.E.1"
UPLOAD = re.compile(rf"/systems/\d+/files/{FIELD}$")
REMOVED = re.compile(r"/systems/\d+/files/\d+/remove$")


class Records(Participant):
    """Somebody who builds the records system."""

    def begins(self) -> None:
        self.signs_in_by_mail()
        self.tab.goes_to("/modules/documentation")
        self.tab.presses("Begin the worksheet")
        self.box = self.sheet.field(FIELD)

    @property
    def tick(self) -> Locator:
        return self.box.get_by_label("nothing here can identify a real client")

    def chooses(self, *files: Path) -> None:
        self.box.locator("input[type=file]").set_input_files(list(files))


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    made_of = {
        "file.pdf": made.PDF,
        "large.pdf": made.PDF[:-6] + b"%" + b"x" * 3_000_000 + b"\n%%EOF\n",
        "photo.jpg": made.located_photo(),
        "setup.exe": made.EXE,
    }
    for name, data in made_of.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in made_of}


def test_a_file_is_sent_from_a_phone(comes: Comes, world: World, papers: dict[str, Path]) -> None:
    """Jude forgets the tick, watches the file go, is refused a program, takes the file out and puts it back."""
    jude = comes(Records, world.is_ahead("jude"), phone=True)
    jude.begins()
    said = jude.page.locator(f'[id="{FIELD}-problem"]')
    jude.chooses(papers["large.pdf"])
    expect(said).to_contain_text("Tick the sentence first")
    expect(jude.tick).to_be_focused()

    slow = jude.page.context.new_cdp_session(jude.page)
    slow.send("Network.enable")
    narrow = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 1_500_000}
    slow.send("Network.emulateNetworkConditions", narrow)
    with jude.page.expect_response(UPLOAD) as sent:
        jude.tick.check()  # the chosen file goes at once
        bar = jude.box.get_by_role("progressbar")
        expect(bar).to_have_attribute("value", re.compile(r"^[1-9]\d$"))
        jude.tab.looks()
    assert sent.value.ok
    slow.send("Network.emulateNetworkConditions", narrow | {"uploadThroughput": -1})
    expect(bar).to_have_count(0)
    expect(jude.box).to_contain_text("“large.pdf” is attached.")
    jude.tab.looks()

    with jude.tab.expecting("status of 422"):
        jude.chooses(papers["setup.exe"])
        expect(said).to_contain_text("“setup.exe” is of a kind we cannot keep.")
    jude.chooses(papers["photo.jpg"], papers["file.pdf"])
    expect(jude.box.locator("[data-files]").get_by_role("link")).to_have_text(
        ["large.pdf", "photo.jpg", "file.pdf"]
    )
    expect(jude.box).to_contain_text("There is room for 3 files")
    expect(said).to_be_hidden()
    jude.tab.looks()

    with jude.page.expect_response(REMOVED):
        jude.tab.button("Take out photo.jpg").click()
    expect(jude.tab.button("Put it back")).to_be_focused()
    jude.tab.looks()
    jude.page.keyboard.press("Enter")
    expect(jude.box.locator("[data-files]").get_by_role("link")).to_have_text(
        ["large.pdf", "file.pdf", "photo.jpg"]
    )
    jude.types("7.A.2", "HB-014_note")
    jude.sheet.says_saved()
    jude.tab.reloads()
    jude.sheet.field(FIELD)
    expect(jude.box.locator("[data-files]").get_by_role("link")).to_have_text(
        ["large.pdf", "file.pdf", "photo.jpg"]
    )
    with jude.page.expect_download() as download:
        jude.box.get_by_role("link", name="file.pdf").click()
    assert Path(download.value.path()).read_bytes() == made.PDF


def test_stopping_sends_nothing(comes: Comes, world: World, papers: dict[str, Path]) -> None:
    """Fiona stops a file on its way; then the connection breaks off, and the third time it arrives."""
    fiona = comes(Records, world.is_ahead("enrolled7"))
    fiona.begins()
    fiona.tick.check()
    fiona.sheet.says_saved()
    held: list[Route] = []
    fiona.page.route(UPLOAD, lambda route: held.append(route))
    fiona.chooses(papers["file.pdf"])
    expect(fiona.box.get_by_role("progressbar")).to_be_visible()
    fiona.tab.button("Stop").click()
    expect(fiona.box).to_contain_text("Stopped. Nothing was sent.")
    fiona.page.unroute(UPLOAD)

    with fiona.tab.expecting("ERR_FAILED"):
        fiona.page.route(UPLOAD, lambda route: route.abort())
        fiona.chooses(papers["file.pdf"])
        expect(fiona.box).to_contain_text("the connection broke off")
        fiona.page.unroute(UPLOAD)
    fiona.chooses(papers["file.pdf"])
    expect(fiona.box.locator("[data-files]").get_by_role("link")).to_have_text(["file.pdf"])


def test_a_file_without_scripts(comes: Comes, world: World, papers: dict[str, Path]) -> None:
    """Peter's browser runs no scripts: each button sends the whole worksheet, and nothing typed is lost."""
    peter = comes(Records, world.is_ahead("enrolled2"), scripts=False)
    peter.begins()
    peter.sheet.text("7.A.2").fill("HB-014_note")
    peter.sheet.field(FIELD)
    peter.chooses(papers["file.pdf"])
    with peter.tab.expecting("status of 422"):
        peter.tab.presses("Upload")
    peter.tab.reads("Tick the sentence first")
    expect(peter.sheet.text("7.A.2")).to_have_value("HB-014_note")

    peter.sheet.field(FIELD)
    peter.tick.check()
    peter.chooses(papers["file.pdf"])
    peter.tab.presses("Upload")
    peter.sheet.field(FIELD)
    expect(peter.box.locator("[data-files]").get_by_role("link")).to_have_text(["file.pdf"])
    peter.sheet.text("7.A.2").fill("HB-015_note")
    peter.sheet.field(FIELD)
    peter.tab.presses("Take out file.pdf")
    peter.sheet.field(FIELD)
    expect(peter.box.locator("[data-files]").get_by_role("link")).to_have_count(0)
    peter.tab.presses("Put it back")
    peter.sheet.field(FIELD)
    expect(peter.box.locator("[data-files]").get_by_role("link")).to_have_text(["file.pdf"])
    expect(peter.sheet.text("7.A.2")).to_have_value("HB-015_note")
