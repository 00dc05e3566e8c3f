"""Two coaches of one cohort at the same round: one writes, the other sees who and until when. After a take-over, a
hand-over, half an hour without a key, or a round that was pulled back, one answer stands and nobody's text is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

import run
from app.site.demo.people import Person
from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.participant import Participant
from tests.journeys.world import World
from tests.tools.processes import Processes
from tests.tools.screens import two_free_ports

HERS, HIS = "Somebody else could run a Tuesday from this.", "The exceptions are rules, not moods."
REFUSED, BOTH = "status of 422", "status of 409"
WHY = "My clinic is full until Friday."
MINUTES = 31  # a round is one coach's alone for half an hour from the last save


@pytest.fixture(scope="module")
def later(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the same site, half an hour and a minute later."""
    folder, port = tmp_path_factory.mktemp("later"), two_free_ports()
    site = f"http://localhost:{port}"
    environment = {**world.environment, "BASE_URL": site, "MINUTES_AHEAD": str(MINUTES)}
    with Processes(run.ROOT, folder, environment) as processes:
        gunicorn = f"-m gunicorn --workers 1 --bind 127.0.0.1:{port} --no-control-socket"
        processes.start("site", [run.VENV_PYTHON, *gunicorn.split(), "tests.journeys.later:site"])
        processes.wait_for(port, "/readyz", run.READY_WITHIN)
        yield site


class Reviewer(Coach):
    def begins(self, name: str, words: str) -> str:
        """Takes the round up, rates it and writes; returns the address of the review."""
        self.takes_from_the_queue(name)
        self.rates()
        self.praises_and_sees_it_saved(words)
        return self.tab.path

    def cannot_write(self) -> None:
        for one in ("Accept system", "Request changes", "Save draft"):
            expect(self.page.get_by_role("button", name=one)).to_have_count(0)
        expect(self.page.locator("main textarea")).to_have_count(0)

    def is_refused(self, sentence: str, own: str) -> None:
        """Presses publish; nothing is published, it is said why, and what was written stands there."""
        with self.tab.expecting(REFUSED):
            self.tab.presses("Accept system")
            expect(self.page.get_by_role("alert")).to_contain_text(sentence)
        self.tab.reads(own)

    def reads_the_draft(self, address: str, *sentences: str) -> None:
        self.tab.goes_to(address)
        self.tab.reads(*sentences)
        self.cannot_write()


def two_at_their_desks(comes: Comes, world: World) -> tuple[Reviewer, Reviewer, Person]:
    colleague, person = world.has_two_coaches()
    cora, robin = comes(Reviewer, "cora"), comes(Reviewer, colleague)
    cora.signs_in_with_password()
    robin.signs_in_by_mail()
    return cora, robin, person


def test_a_colleague_takes_over_and_one_answer_stands(comes: Comes, world: World) -> None:
    cora, robin, person = two_at_their_desks(comes, world)
    hers = cora.begins(person.name, HERS)

    # who has it and until when, in the queue and beside the text; the colleague reads and cannot write
    robin.tab.goes_to("/coaching/queue")
    row = robin.page.locator("li.q").filter(has_text=person.name)
    expect(row).to_contain_text(re.compile(r"Cora Bennett has it open until \d+:\d\d [ap]\.m\."))
    expect(row.get_by_role("button")).to_have_count(0)
    robin.tab.follows(re.compile("^See the draft"), row)
    robin.tab.reads(re.compile(r"Cora Bennett has this open until \d+:\d\d [ap]\.m\."), HERS)
    robin.cannot_write()

    # taken over on purpose: his own draft, and hers to read
    robin.tab.presses("Take it over")
    his = robin.tab.path
    assert his != hers
    robin.rates()
    robin.praises_and_sees_it_saved(HIS)
    robin.reads_the_draft(hers, HERS, "Cora Bennett’s draft, saved at")

    # she types on: kept, and told whose it is; her press publishes nothing
    with cora.page.expect_response(re.compile(r"/reviews/\d+$")) as saving:
        cora.praises(f"{HERS} Even a Friday.")
    assert saving.value.ok
    expect(cora.page.locator("#saved")).to_contain_text(f"{robin.who.name} has taken this over.")
    cora.is_refused(f"{robin.who.name} took this review over", f"{HERS} Even a Friday.")
    cora.cannot_write()
    assert world.counts(person)["reviews"] == {"draft": 2}
    cora.reads_the_draft(his, HIS)

    robin.tab.goes_to(his)
    expect(robin.page.get_by_label("One strength")).to_have_value(HIS)
    robin.accepts()
    assert world.counts(person) == {
        "system": "accepted",
        "rounds": {"decided": 1},
        "reviews": {"draft": 1, "published": 1},
        "required": {},
    }
    cora.reads_the_draft(hers, f"{HERS} Even a Friday.", f"{robin.who.name} published a review of this round")
    cora.tab.follows("Read it")
    cora.tab.reads(HIS)

    # the participant hears one answer
    reader = comes(Participant, person)
    reader.signs_in_by_mail()
    reader.opens_the_worksheet()
    sheet = reader.tab.path
    reader.tab.goes_to(f"{sheet}/submissions/1")
    reader.tab.reads(HIS)
    expect(reader.page.locator("body")).not_to_contain_text(HERS)


def test_a_round_handed_over_is_answered_by_the_other(comes: Comes, world: World) -> None:
    cora, robin, person = two_at_their_desks(comes, world)
    hers = cora.begins(person.name, HERS)
    left_open = cora.opens_another_tab(hers)
    cora.tab.follows("I cannot do this by then")
    hand = cora.page.get_by_role("region", name="I cannot do this by then")
    with cora.tab.expecting(REFUSED):  # a colleague wants to know why
        cora.tab.presses("Hand it over", hand)
    hand.get_by_label("Why").fill(WHY)
    cora.tab.presses("Hand it over", hand)
    cora.tab.reads("Handed over. Your colleagues are asked by mail, with your reason; your draft is kept.")

    robin.opens_mail(f"{person.name} waits for an answer")
    robin.tab.reads(WHY)
    robin.tab.goes_to("/coaching/queue")
    expect(robin.page.locator("li.q").filter(has_text=person.name)).to_contain_text(
        "handed to everyone since"
    )
    his = robin.begins(person.name, HIS)
    assert his != hers

    # her other tab knows nothing of it yet
    left_open.is_refused(f"{robin.who.name} took this review over", HERS)
    robin.accepts()
    assert world.counts(person)["reviews"] == {"draft": 1, "published": 1}
    cora.reads_the_draft(hers, HERS, f"{robin.who.name} published a review of this round")


def test_half_an_hour_without_a_key_frees_the_round(comes: Comes, world: World, later: str) -> None:
    cora, robin, person = two_at_their_desks(comes, world)
    hers = cora.begins(person.name, HERS)
    robin.reads_the_draft(hers, "Cora Bennett has this open until")

    robin.tab.world = replace(world, site=later)
    robin.reads_the_draft(hers, "Nobody has this open now.", HERS)
    robin.tab.presses("Review it yourself")
    his = robin.tab.path
    assert his != hers
    robin.praises_and_sees_it_saved(HIS)

    # she comes back from lunch to the page she left open
    cora.is_refused(f"{robin.who.name} took this review over", HERS)
    robin.rates()
    robin.accepts()
    assert world.counts(person)["reviews"] == {"draft": 1, "published": 1}
    cora.reads_the_draft(hers, HERS, f"{robin.who.name} published a review of this round")


def test_a_round_pulled_back_is_not_decided_and_its_next_one_is(comes: Comes, world: World) -> None:
    cora, robin, person = two_at_their_desks(comes, world)
    hers = cora.begins(person.name, HERS)
    left_open = cora.opens_another_tab(hers)

    writer = comes(Participant, person)
    writer.signs_in_by_mail()
    writer.opens_the_worksheet()
    sheet = writer.tab.path
    writer.tab.goes_to(f"{sheet}/submissions/1")
    writer.tab.presses("Take this round back")
    cora.is_refused("The participant took this round back, so there is nothing to decide.", HERS)

    writer.tab.goes_to(sheet)
    writer.sheet.rate("meets")
    writer.submits(2)
    left_open.is_refused("The participant took this round back, so there is nothing to decide.", HERS)
    assert world.counts(person) == {
        "system": "submitted",
        "rounds": {"waiting": 1, "withdrawn": 1},
        "reviews": {"draft": 1},
        "required": {},
    }

    robin.takes_from_the_queue(person.name)
    robin.tab.reads("Round 2, in review")
    robin.rates()
    robin.praises_and_sees_it_saved(HIS)
    robin.accepts()
    assert world.counts(person)["reviews"] == {"draft": 1, "published": 1}
    cora.reads_the_draft(hers, "This round was taken back.", HERS)


def test_an_older_text_of_the_same_review_is_not_published(comes: Comes, world: World) -> None:
    """Cora's own second tab is ahead of the first, where she presses publish."""
    cora, _robin, person = two_at_their_desks(comes, world)
    hers = cora.begins(person.name, HERS)
    second = cora.opens_another_tab(hers)
    second.praises_and_sees_it_saved(HIS)
    with cora.tab.expecting(BOTH):
        cora.praises(f"{HERS} Even a Friday.")
        cora.tab.presses("Accept system")
        cora.tab.reads(f"{HERS} Even a Friday.", HIS)
    assert world.counts(person)["reviews"] == {"draft": 1}
    cora.page.get_by_label("Keep both").check()
    cora.tab.presses("Save what I chose")
    expect(cora.page.get_by_label("One strength")).to_have_value(f"{HIS}\n\n{HERS} Even a Friday.")
    cora.accepts()
    assert world.counts(person)["reviews"] == {"published": 1}
