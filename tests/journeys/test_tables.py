"""Tables of a worksheet: by key, by button, from a spreadsheet, on a phone, without scripts."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.world import World

MAP = "1.B.1"
DRAFT = re.compile(r"/systems/\d+/draft$")
PASTE = """(cell, [text, html]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  if (html) data.setData("text/html", html);
  cell.focus();
  cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""
TOO_SMALL = """() => [...document.querySelectorAll("#work .rows button, .stepbar a, .views a")]
  .filter((one) => one.checkVisibility()).map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 80)])
  .filter(([box]) => box.width < 24 || box.height < 24).map(([, html]) => html)"""
NOT_CARDS = """() => [...document.querySelectorAll("#work table.rows")].flatMap((table) => {
  const row = table.tBodies[0].rows[0], wrong = [];
  const head = row.querySelector(".act").getBoundingClientRect();
  for (const cell of row.querySelectorAll("td[data-label]")) {
    const control = cell.querySelector(".in"), box = control.getBoundingClientRect();
    const label = getComputedStyle(cell, "::before");
    if (label.content.slice(1, -1) !== cell.dataset.label.replaceAll('"', '\\\\"')) wrong.push("no label");
    if (box.top < cell.getBoundingClientRect().top + 15) wrong.push("label not over its control");
    if (head.bottom > box.top) wrong.push("buttons not in the head");
    if (box.left < 0 || box.right > innerWidth || box.width < 200) wrong.push(`control is ${box.width} wide`);
  }
  return wrong.map((one) => `${table.dataset.table}: ${one}`);
})"""


class Table:
    """One table as the page shows it."""

    def __init__(self, who: Participant, field_id: str) -> None:
        self.page, self.who, self.field_id = who.page, who, field_id
        self.box = who.sheet.field(field_id)
        self.rows = self.box.locator("tbody tr")

    def cell(self, row: int, key: str) -> Locator:
        """Rows count from 1."""
        return self.rows.nth(row - 1).locator(f'[name$="~{key}"]')

    def column(self, key: str) -> list[str]:
        values: list[str] = self.box.locator(f'[name$="~{key}"]').evaluate_all(
            "all => all.map((one) => one.value)"
        )
        return values

    def says(self, words: str) -> None:
        expect(self.page.locator(".undo")).to_contain_text(words)

    def paste(self, row: int, key: str, text: str, html: str = "") -> None:
        self.cell(row, key).evaluate(PASTE, [text, html])


def begins(comes: Comes, world: World, who: str, module: str = "systems", **how: Any) -> Participant:
    somebody = comes(Participant, world.is_ahead(who), **how)
    somebody.signs_in_by_mail()
    somebody.tab.goes_to(f"/modules/{module}")
    somebody.begins_the_worksheet()
    return somebody


def filled(who: Participant, *steps: str) -> Table:
    table = Table(who, MAP)
    table.paste(1, "step", "\n".join(f"{one}\tcall of {one}" for one in steps))
    return table


def test_rows_by_key_and_by_button_each_with_a_way_back(comes: Comes, world: World) -> None:
    """Ines orders her client path without a mouse; the focus follows the row, and the order is what is saved."""
    ines = begins(comes, world, "enrolled3")
    keys = ines.page.keyboard
    table = filled(ines, "Inquiry", "Screening", "Intake")
    table.says("3 rows pasted.")

    table.cell(1, "step").focus()
    keys.press("Alt+ArrowDown")
    assert table.column("step")[:3] == ["Screening", "Inquiry", "Intake"]
    expect(table.cell(2, "step")).to_be_focused()
    expect(table.cell(2, "step")).to_have_accessible_name("Step, row 2")
    table.says("Row 1 moved down; it is now row 2.")
    keys.press("Control+d")
    assert table.column("step")[:4] == ["Screening", "Inquiry", "Inquiry", "Intake"]
    expect(table.cell(3, "step")).to_be_focused()
    keys.press("Control+Shift+Backspace")
    table.says("Row 3 removed.")
    assert table.column("step")[:3] == ["Screening", "Inquiry", "Intake"]

    table.box.get_by_role("button", name="Move up, row 3").press("Enter")
    assert table.column("step")[:3] == ["Screening", "Intake", "Inquiry"]
    expect(table.box.get_by_role("button", name="Move up, row 2")).to_be_focused()
    keys.press("Control+z")  # outside a text: ours
    assert table.column("step")[:3] == ["Screening", "Inquiry", "Intake"]
    for left in (4, 3, 3):  # the removed copy comes back, then it was never made, then the first move
        ines.page.get_by_role("button", name="Undo one more").click()
        assert len([one for one in table.column("step") if one]) == left
    assert table.column("step")[:3] == ["Inquiry", "Screening", "Intake"]

    table.box.get_by_role("button", name="Duplicate, row 2").click()
    table.box.get_by_role("button", name="Move down, row 1").click()
    with ines.page.expect_response(DRAFT):
        table.cell(2, "owner").fill("Ines")
    ines.sheet.says_saved()
    ines.tab.reloads()
    assert Table(ines, MAP).column("step")[:4] == ["Screening", "Inquiry", "Screening", "Intake"]
    assert Table(ines, MAP).column("owner")[:4] == ["", "Ines", "", ""]


def test_undo_leaves_what_was_typed_since(comes: Comes, world: World) -> None:
    """A row that comes back, and a paste that is undone, take nothing with them."""
    tomas = begins(comes, world, "enrolled4")
    table = filled(tomas, "Inquiry", "Screening", "Intake")
    table.box.get_by_role("button", name="Remove, row 1").click()
    table.cell(1, "owner").fill("Tomas")
    tomas.page.locator(".bar").get_by_role("button", name="Undo").click()
    assert table.column("step")[:3] == ["Inquiry", "Screening", "Intake"]
    assert table.column("owner")[:2] == ["", "Tomas"]

    table.paste(1, "step", "First call\tMail\nTalk\tVisit")
    table.cell(2, "trigger").fill("Walk-in")
    tomas.page.locator(".undo .plain").click()
    table.says("Undone, except for one cell changed since.")
    assert table.column("step")[:2] == ["Inquiry", "Screening"]
    assert table.column("trigger")[1] == "Walk-in"

    table.box.get_by_role("button", name="Duplicate, row 3").click()
    table.cell(4, "step").fill("Assessment")
    tomas.page.locator(".bar").get_by_role("button", name=re.compile("^Undo")).click()
    table.says("You have written in the copy since, so it stays.")
    assert table.column("step")[3] == "Assessment"


EXCEL = (
    "Exists today\tStep\tOwner\r\nIn use\tInquiry\tJo\r\n"
    'sometimes\t"First ""real"" call\nby phone"\tKay\r\nPARTLY\tIntake\tJo\r\n'
)
SHEETS = """<meta charset="utf-8"><google-sheets-html-origin><style>td{border:1px}</style>
<table style="width:0"><tbody><tr><td>SOP-01</td><td style="color:red">Kay<br>Ann</td><td>3/5/2026</td></tr>
<tr><td>SOP-02</td><td>Jo</td><td>last week</td></tr></tbody></table>"""


def test_cells_of_a_spreadsheet(comes: Comes, world: World) -> None:
    """Leah has her client path in Excel and her tests in Sheets. Names are matched; odd values stay as typed."""
    leah = begins(comes, world, "enrolled5")
    table = Table(leah, MAP)
    before = table.rows.count()
    table.paste(1, "step", EXCEL)
    table.says("3 rows pasted, 1 did not fit")
    assert table.column("step")[:3] == ["Inquiry", 'First "real" call\nby phone', "Intake"]
    assert table.column("owner")[:3] == ["Jo", "Kay", "Jo"]
    assert table.column("exists")[:3] == ["in-use", "sometimes", "partly"]
    assert table.rows.count() == max(before, 3)
    with leah.page.expect_response(DRAFT):
        table.cell(1, "record").fill("Log")
    expect(leah.page.locator(f'[id="{MAP}-problem"]')).to_contain_text("Row 2, Exists today: Choose one of")

    tests = Table(leah, "1.C.3")
    tests.paste(1, "sop", "SOP-01 Kay", SHEETS)
    tests.says("2 rows pasted, 1 did not fit")
    assert tests.column("tester") == ["Kay\nAnn", "Jo"]
    assert tests.column("date") == ["2026-03-05", "last week"]
    leah.page.locator(".bar").get_by_role("button", name=re.compile("^Undo$")).click()
    assert tests.column("tester") == ["", ""]
    assert tests.column("date") == ["", ""]

    with leah.page.expect_response(DRAFT):
        table.paste(3, "step", "\n".join(f"Step {number}\tTrigger" for number in range(1, 260)))
    table.says("198 rows pasted. 61 rows are left out: this table holds 200.")
    assert table.rows.count() == 200
    leah.sheet.says_saved()
    leah.tab.reloads()
    assert Table(leah, MAP).column("step")[199] == "Step 198"


def test_one_cell_is_pasted_as_any_text(comes: Comes, world: World) -> None:
    kofi = begins(comes, world, "enrolled8")
    table = Table(kofi, MAP)
    taken = table.cell(1, "step").evaluate(
        PASTE.replace("cell.dispatchEvent", "return cell.dispatchEvent"), ["two\nlines", ""]
    )
    assert taken, "the browser pastes it"


def test_every_table_of_every_module_is_cards_on_a_phone(comes: Comes, world: World) -> None:
    """Fiona goes through all open modules with her phone: each row is a card, and everything can be touched."""
    fiona = comes(Participant, world.is_ahead("enrolled7"), phone=True)
    fiona.signs_in_by_mail()
    fiona.tab.goes_to("/modules")
    links = fiona.page.locator("main a[href^='/modules/']").evaluate_all(
        "all => all.map((one) => one.pathname)"
    )
    begun = 0
    for path in dict.fromkeys(link for link in links if link.count("/") == 2):
        fiona.tab.goes_to(path)
        if not fiona.tab.button("Begin the worksheet").count():
            continue
        fiona.begins_the_worksheet()
        fiona.page.evaluate("document.querySelectorAll('details.shut').forEach((one) => (one.open = true))")
        begun += 1
        assert fiona.page.evaluate(NOT_CARDS) == [], path
        assert fiona.page.evaluate(TOO_SMALL) == [], path
    assert begun >= 9


def test_rows_without_scripts(comes: Comes, world: World) -> None:
    """A browser that runs no scripts: Theo moves and duplicates rows by button, in one section."""
    theo = begins(comes, world, "theo", scripts=False)
    theo.tab.follows("One at a time")
    theo.tab.follows(re.compile("Next: "))
    table = Table(theo, MAP)
    table.cell(1, "step").fill("Inquiry")
    table.cell(2, "step").fill("Screening")
    theo.tab.arrives(table.rows.nth(1).get_by_role("button", name="Up", exact=True).click)
    assert table.column("step")[:2] == ["Screening", "Inquiry"]
    theo.tab.arrives(table.rows.first.get_by_role("button", name="Duplicate").click)
    assert table.column("step")[:3] == ["Screening", "Screening", "Inquiry"]
    expect(theo.page).to_have_url(re.compile(r"section=1\.B#1\.B\.1$"))
    theo.tab.arrives(table.rows.first.get_by_role("button", name="Remove").click)
    assert table.column("step")[:2] == ["Screening", "Inquiry"]
    theo.tab.follows(re.compile("Lesson"), table.box)
    theo.tab.reads("Harborline")
