"""After a review: three changes are answered and talked about, both sides see what the other has read; what is
accepted is improved and accepted again, and the manual is right at each step."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.world import World

NAME = "Ines Caldera"
CHANGES = {
    "1.C.1": "Who decides on a day you are away?",
    "1.A.1": "Name the practice as your clients know it.",
    "1.D.1": "Say when you look at it.",
}
SEEN = re.compile(r"/read$")


class Ines(Participant):
    def reads_the_manual(self, *, there: str, not_there: str) -> None:
        """Her manual, chapter 1, and its count on the dashboard."""
        self.tab.goes_to("/manual/systems")
        self.tab.reads(there)
        expect(self.page.locator("main")).not_to_contain_text(not_there)
        self.tab.goes_to("/dashboard")
        self.tab.reads("1 of 10 chapters accepted")

    def words(self, field_id: str) -> Locator:
        return self.sheet.field(field_id).locator(".word")

    def replies(self, field_id: str, words: str) -> None:
        box = self.words(field_id)
        box.locator("details.respond > summary").click()
        box.get_by_label(f"Your reply to the comment on {field_id}").fill(words)
        self.tab.presses(re.compile("^Send reply"), box)
        expect(self.words(field_id).locator(".reply--mine")).to_contain_text(words)

    def has_before_her_eyes(self, field_id: str) -> None:
        """What is on the screen for a moment is noted as read, without a press of anything."""
        with self.page.expect_response(SEEN) as noted:
            self.words(field_id).locator(".thread").scroll_into_view_if_needed()
        assert noted.value.ok


def test_from_three_changes_to_a_better_accepted_system(comes: Comes, world: World) -> None:
    ines, cora = comes(Ines, world.is_ahead("enrolled3")), comes(Coach, "cora")
    ines.signs_in_by_mail()
    ines.opens_module_one()
    ines.begins_the_worksheet()
    sheet = ines.page.url
    ines.fills_everything()
    ines.sheet.rate("meets")
    ines.submits(1)

    cora.signs_in_with_password()
    cora.takes_from_the_queue(NAME)
    for field_id, words in CHANGES.items():
        cora.comments(field_id, "Required" if field_id != "1.A.1" else "Suggested", words)
    cora.rates(sops="not_yet")
    cora.praises("Your client path is clear.")
    cora.requests_changes()
    first_review = cora.page.url

    # what to change first, in one order; a reply is no answer
    ines.tab.goes_to("/dashboard")
    ines.tab.reads("0 of 2 answered. Next:")
    ines.tab.goes_to(sheet)
    first = ines.page.locator("#first")
    expect(first).to_contain_text("0 of 2 answered")
    expect(first.locator("li").last).to_contain_text("Suggested")
    ines.has_before_her_eyes("1.C.1")
    ines.replies("1.C.1", "Only Priya is there on Fridays. Is that enough?")
    expect(first).to_contain_text("0 of 2 answered")

    # the coach sees what was read, reads the reply, and answers it
    cora.tab.goes_to(first_review)
    thread = cora.field("1.C.1").locator(".thread")
    expect(thread).to_contain_text("Read by Ines")
    expect(thread).to_contain_text("Is that enough?")
    with cora.page.expect_response(SEEN):
        thread.scroll_into_view_if_needed()
    thread.locator("summary").click()
    thread.get_by_label("Your reply to the comment on 1.C.1").fill("Yes, if she may decide alone.")
    cora.tab.presses(re.compile("^Send reply"), thread)

    ines.tab.goes_to("/dashboard")
    ines.tab.reads("A reply from your coach")
    ines.tab.goes_to(sheet)
    expect(ines.words("1.C.1")).to_contain_text("Cora has read this")
    expect(ines.words("1.C.1")).to_contain_text("Yes, if she may decide alone.")
    ines.types("1.C.1", "\n\nPriya decides alone on Fridays.")
    ines.answers_request("1.C.1")
    ines.answers_request("1.D.1", "I look at it every Monday, as 1.D.1 says.")
    ines.answers_request("1.A.1")
    expect(ines.page.locator("#first")).to_contain_text("Every required change has your answer")
    ines.submits(2)

    cora.takes_from_the_queue(NAME)
    cora.tab.reads("Yes, if she may decide alone.", "Changed here.")
    cora.settles_every_request()
    cora.rates()
    cora.praises("Somebody else could run a Friday from these pages.")
    cora.accepts()
    better = "Kay decides when Priya is away too."
    ines.reads_the_manual(there="Priya decides alone on Fridays.", not_there=better)

    # improve it: the accepted round stays until the better one is accepted
    ines.tab.goes_to(sheet)
    ines.tab.presses("Improve this system")
    ines.tab.reads("Accepted; improving, drafting round 3", "Stop improving")
    ines.types_and_sees_it_saved("1.C.1", f"\n\n{better}")
    ines.reads_the_manual(there="Priya decides alone on Fridays.", not_there=better)
    ines.tab.goes_to(f"{sheet}/compare?from=2&to=draft")
    expect(ines.page.locator("ins")).to_contain_text([better])
    ines.tab.goes_to(sheet)
    ines.submits(3)
    ines.reads_the_manual(there="Priya decides alone on Fridays.", not_there=better)

    cora.takes_from_the_queue(NAME)
    cora.tab.reads("Ines is improving a system that is accepted.")
    cora.rates()
    cora.praises("Nobody is missed any more.")
    cora.accepts()
    ines.tab.goes_to("/manual/systems")
    ines.tab.reads(better)
