"""Three rounds: every request is answered, one is not settled and asked for again, another comes in; the third round is
accepted, nothing is open any more, and the chapter stands in the manual."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.world import World

NAME = "Leah Goldfarb"
EXCEPTION, TESTED, PRICE = "1.C.1", "1.C.3", "1.E.6"
ASKED = {
    EXCEPTION: "Who decides on a day you are away?",
    TESTED: "Hand the page over once more and write down the first question.",
    PRICE: "Say when the new price is announced.",
}
BECAUSE = "Both testers are in the table already."
ONCE, AT_LAST, MAY = (
    "Somebody decides.",
    "Kay decides alone when Leah is away.",
    "Announced on the first of May.",
)


class Leah(Participant):
    @property
    def first(self) -> Locator:
        """What to change first."""
        return self.page.locator("#first")

    def opens_what_was_asked(self, sheet: str, *fields: str) -> None:
        """These and no others wait for an answer."""
        self.tab.goes_to("/dashboard")
        self.tab.reads(f"0 of {len(fields)} answered. Next:")
        self.tab.goes_to(sheet)
        expect(self.first).to_contain_text(f"0 of {len(fields)} answered")
        expect(self.first.locator("li")).to_have_count(len(fields))
        expect(self.page.locator("fieldset.answer")).to_have_count(len(fields))
        for field_id in fields:
            expect(self.sheet.field(field_id).locator(".word")).to_contain_text([ASKED[field_id]])

    def finds_settled_in_the_first_round(self, sheet: str, field_id: str, but_not: str) -> None:
        self.tab.goes_to(f"{sheet}/submissions/1")
        asked = self.page.locator(".word")
        expect(asked.filter(has_text=ASKED[field_id])).to_contain_text("settled")
        expect(asked.filter(has_text=ASKED[but_not])).not_to_contain_text("settled")


class Cora(Coach):
    @property
    def row(self) -> Locator:
        return self.page.locator("li.q").filter(has_text=NAME)

    def sees_in_the_queue(self, *words: str) -> None:
        self.tab.goes_to("/coaching/queue")
        for one in words:
            expect(self.row).to_contain_text(one)

    def decides(self, choices: dict[str, str]) -> None:
        """What was asked on a field is 'settled' or 'open'; all of it and nothing else is asked about."""
        asked = self.page.locator("#requests [data-request]")
        expect(asked).to_have_count(len(choices))
        for field_id, choice in choices.items():
            asked.filter(has_text=ASKED[field_id]).locator(f"input[value={choice}]").check()


def test_the_third_round_is_accepted(comes: Comes, world: World) -> None:
    leah, cora = comes(Leah, world.is_ahead("enrolled5")), comes(Cora, "cora")
    leah.signs_in_by_mail()
    leah.opens_module_one()
    leah.begins_the_worksheet()
    sheet = leah.tab.path
    leah.fills_everything()
    leah.sheet.rate("meets")
    leah.submits(1)

    cora.signs_in_with_password()
    cora.sees_in_the_queue("First review")
    cora.takes_from_the_queue(NAME)
    for field_id in (EXCEPTION, TESTED):
        cora.comments(field_id, "Required", ASKED[field_id])
    cora.rates(sops="not_yet")
    cora.praises("Your client path is clear.")
    cora.requests_changes()
    assert world.counts(leah.who)["required"] == {"open": 2}

    leah.opens_what_was_asked(sheet, EXCEPTION, TESTED)
    leah.types(EXCEPTION, f"\n\n{ONCE}")
    leah.answers_request(EXCEPTION)
    leah.answers_request(TESTED, BECAUSE)
    leah.submits(2)

    # one is settled, one is not, and something new is asked
    cora.sees_in_the_queue("Round 2, two required changes answered")
    expect(cora.row).not_to_contain_text("third round or later")
    cora.takes_from_the_queue(NAME)
    cora.tab.reads("Changed here.", BECAUSE)
    cora.decides({EXCEPTION: "open", TESTED: "settled"})
    cora.tab.presses("All fields")
    cora.comments(PRICE, "Required", ASKED[PRICE])
    cora.rates(sops="not_yet", numbers="not_yet")
    cora.requests_changes()
    cora.tab.reads("Still open from earlier rounds")
    assert world.counts(leah.who)["required"] == {"open": 2, "settled": 1}

    leah.opens_what_was_asked(sheet, EXCEPTION, PRICE)
    leah.tab.reads("Your earlier answer, “changed here”, did not settle it")
    expect(leah.sheet.field(TESTED).locator(".word")).to_have_count(0)
    leah.finds_settled_in_the_first_round(sheet, TESTED, but_not=EXCEPTION)
    leah.tab.goes_to(sheet)
    leah.types(EXCEPTION, f" {AT_LAST}")
    leah.types(PRICE, f"\n\n{MAY}")
    leah.answers_request(EXCEPTION)
    leah.answers_request(PRICE)
    leah.submits(3)

    # the third round says so, and shows all of it
    cora.sees_in_the_queue("Round 3, two required changes answered", "third round or later")
    cora.tab.goes_to("/coaching/queue?round=third")
    expect(cora.row).to_have_count(1)
    cora.takes_from_the_queue(NAME)
    expect(cora.field(EXCEPTION).locator("ins")).to_contain_text([AT_LAST])
    cora.decides({EXCEPTION: "settled", PRICE: "settled"})
    cora.rates()
    cora.praises("Somebody else could run a Friday from these pages.")
    cora.accepts()
    assert world.counts(leah.who) == {
        "system": "accepted",
        "rounds": {"decided": 3},
        "reviews": {"published": 3},
        "required": {"settled": 3},
    }

    for who, address in ((leah, f"{sheet}/compare"), (cora, f"/coaching{sheet}/compare")):
        who.tab.goes_to(f"{address}?from=1&to=3")
        who.tab.reads("Round 1, then round 3: two fields changed")
        expect(who.page.locator(f'[id="f{EXCEPTION}"] ins')).to_contain_text([f"{ONCE} {AT_LAST}"])
        expect(who.page.locator(f'[id="f{PRICE}"] ins')).to_contain_text([MAY])

    leah.tab.goes_to("/dashboard")
    leah.tab.reads("1 of 10 chapters accepted")
    expect(leah.page.locator("body")).not_to_contain_text("Answer the changes your coach asked for")
    leah.has_the_manual_bound()
    leah.tab.reads("1 of 10 chapters accepted")
    leah.reads_the_chapter("Operations", AT_LAST)
    leah.tab.goes_to(sheet)
    expect(leah.page.locator("fieldset.answer")).to_have_count(0)
    leah.tab.reads(re.compile("accepted", re.IGNORECASE))
