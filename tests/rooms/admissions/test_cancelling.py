"""A cohort is cancelled: whom it touches, who may say yes, what the worker does for each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.admissions import jobs as seat_jobs
from app.admissions.cancelling_rules import Shown
from app.admissions.models import Application, Offer, SeatHold
from app.admissions.waitlist_models import WaitlistEntry
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments.models import Refund
from app.payments.paper_models import Paper
from tests.rooms.admissions.cancelled import (  # noqa: F401
    WHY,
    Called,
    applied,
    called,
    enrolled,
    people,
    well_again,
)
from tests.rooms.payments.leavers import returned
from tests.rooms.payments.plans import EACH, TOTAL
from tests.rooms.payments.purchases import CANCEL, SUCCESS, stripe  # noqa: F401


def test_everybody_touched_is_named_with_the_arithmetic(called, people):
    found = called.overview()
    stands = {one.name.split()[0]: one.standing for one in found.people}
    assert stands == {"Pat": "enrolled", "Ana": "offered", "Wes": "waiting", "Ben": "applied"}
    pat = found.of("enrolled")[0]
    assert (pat.paid_cents, pat.returned_cents, pat.back_cents) == (EACH, 0, EACH)
    assert (pat.stops, pat.stops_cents) == (2, TOTAL - EACH)
    assert found.shown == Shown(4, EACH)


def test_below_the_limit_one_person_cancels_and_everybody_is_seen_to(called, people, cast, stripe):
    assert called.ask() == "confirmed"
    assert called.status() == "cancelled"
    assert {status for _standing, status in called.cases().values()} == {"waiting"}
    assert people.state()["enrollment"] == "active"  # person after person, by the worker
    assert called.run() == []
    assert {status for _standing, status in called.cases().values()} == {"done"}
    assert people.state() == {
        "order": "cancelled",
        "enrollment": "withdrawn",
        "parts": ["paid", "cancelled", "cancelled"],
        "payments": [("succeeded", EACH)],
    }
    assert people.refunds() == [("succeeded", EACH)]
    assert returned(stripe) == EACH
    assert people.sums() == (0, 0, 0)
    assert called.tasks() == []


def test_the_way_in_ends_for_everybody(called, people):
    called.ask()
    called.run()
    assert set(db.session.scalars(select(SeatHold.status))) == {
        "converted",
        "released",
    }  # spring and autumn stay
    live = SeatHold.cohort_id == called.cohort_id, SeatHold.status.in_(("active", "converted"))
    assert db.session.scalars(select(SeatHold).where(*live)).all() == []
    assert db.session.scalars(select(Offer.status)).all() == ["withdrawn"]
    assert set(db.session.scalars(select(Application.status))) == {"withdrawn"}
    assert db.session.scalars(select(WaitlistEntry.status)).all() == ["removed"]


def test_each_gets_one_letter_with_their_own_amount(called, people):
    called.ask()
    called.run()
    called.run()
    letters = called.letters()
    assert set(letters) == {"Pat", "Ana", "Wes", "Ben"}
    for text in letters.values():
        assert WHY in text and "/subscribe?for=cohorts" in text and "/cohorts\n" in text
    assert "Goes back to you: $850" in letters["Pat"]
    assert "$1,700 that was still to come is cancelled." in letters["Pat"]
    assert "$850 goes to Visa ending 4242; it may take your bank up to ten business days" in letters["Pat"]
    assert "/manual" in letters["Pat"] and "/manual" not in letters["Ben"]
    assert "The seat we held for you ends with it." in letters["Ana"]
    assert "Your place in line ends with it." in letters["Wes"]
    assert "Your application ends with it." in letters["Ben"]
    assert "let your seat go" not in " ".join(people.mails())


def test_receipts_stay_and_one_credit_note_says_what_went_back(called, people):
    called.ask()
    called.run()
    called.run()
    papers = [(one.kind, one.amount_cents) for one in db.session.scalars(select(Paper).order_by(Paper.id))]
    assert papers == [("receipt", EACH), ("credit note", EACH)]
    row = db.session.scalars(select(Refund)).one()
    assert (row.reason, row.clause) == (
        "cohort cancelled", "Who paid for a cohort that is cancelled gets back all of it, $850."
    )  # fmt: skip


def test_everything_is_in_the_audit(called, people):
    called.ask()
    called.run()
    said = list(db.session.scalars(select(Entry.sentence)))
    for sentence in (
        f"Cancelled Cohort of June 6, 2026: 4 people are told, $850 goes back. {WHY}",
        "Pat Lindqvist's enrollment is withdrawn: the cohort does not take place",
        "$850 goes back to Pat Lindqvist: the cohort does not take place",
        "Saw to Ben Carter: Cohort of June 6, 2026 is cancelled",
    ):
        assert said.count(sentence) == 1, sentence


@pytest.mark.parametrize("status", ["finished", "archived", "cancelled"])
def test_what_has_taken_place_cannot_be_cancelled(called, people, write, status):
    with write():
        db.session.get_one(Cohort, called.cohort_id).status = status
    with pytest.raises(Refused):
        called.ask()
    assert called.cases() == {}


def test_other_figures_than_those_shown_are_refused(called, people, cast, clock):
    shown = called.shown()
    applied(cast.uma, cast.summer, clock)
    with pytest.raises(Refused, match="Something has changed"):
        called.ask(shown=shown)
    assert called.status() == "open"


# --- two people above the limit -----------------------------------------------------------------------------


@pytest.fixture
def paid(cast, clock, stripe, called):
    """Pat paid in full: above the limit."""
    return enrolled(cast.pat, cast.summer, clock, stripe, parts=1, total=240000)


def test_above_the_limit_it_is_asked_for_and_a_second_person_confirms(called, paid, cast):
    assert called.ask() == "requested"
    assert (called.status(), called.tasks()) == ("open", ["cancellation to confirm"])
    assert called.run() == []
    assert paid.state()["enrollment"] == "active"
    with pytest.raises(Refused, match="asked for this cancellation yourself"):
        called.confirm(cast.sam)
    called.confirm(cast.cal)
    assert called.tasks() == []
    called.run()
    assert paid.refunds() == [("succeeded", 240000)]
    row = db.session.scalars(select(Refund)).one()
    assert (row.asked_by_id, row.approved_by_id) == (cast.sam, cast.cal)


def test_while_it_is_asked_for_no_seat_is_sold_and_nothing_else_changes(
    called, paid, cast, clock, client, sign_in
):
    applied(cast.ana, cast.summer, clock, "accepted")
    called.ask()
    ana = sign_in(cast.ana)
    page = ana.get("/cohorts/summer-2026/checkout").text
    assert "nothing can be paid for it at the moment" in page and "Your seat stays held" in page
    assert "Nothing can be paid at the moment" in ana.get("/cohorts/summer-2026").text
    assert "no more applications at the moment" in client.get("/cohorts/summer-2026").text
    assert "takes no applications at the moment" in client.get("/cohorts/summer-2026/apply").text
    clock.move(hours=80)  # longer than the offer
    seat_jobs.sweep_seats(clock.now)
    held = db.session.scalars(
        select(SeatHold).where(SeatHold.user_id == cast.ana, SeatHold.cohort_id == cast.summer)
    )
    assert held.one().status == "active"
    called.end_request(cast.sam)
    assert called.cancellation().status == "taken back"
    seat_jobs.sweep_seats(clock.now)
    hold = db.session.scalars(
        select(SeatHold).where(SeatHold.user_id == cast.ana, SeatHold.cohort_id == cast.summer)
    )
    assert hold.one().until == clock.now + timedelta(hours=72)
    db.session.rollback()
    assert "Take your seat" in sign_in(cast.ana).get("/cohorts/summer-2026/checkout").text
    assert called.tasks() == []


def test_a_colleague_declines_with_a_reason_and_it_can_be_asked_for_again(called, paid, cast):
    called.ask()
    with pytest.raises(Refused, match="why not"):
        called.end_request(cast.cal, "")
    called.end_request(cast.cal, "Two more have promised to pay this week.")
    row = called.cancellation()
    assert (row.status, row.note) == ("declined", "Two more have promised to pay this week.")
    for verb in (lambda: called.confirm(cast.cal), lambda: called.end_request(cast.sam)):
        with pytest.raises(Refused, match="Nobody is asking"):
            verb()
    assert called.ask() == "requested"
    with pytest.raises(Refused, match="asked to cancel this cohort already"):
        called.ask(cast.cal)


def test_money_that_came_between_asking_and_confirming_is_shown_before(called, paid, cast, clock, stripe):
    called.ask()
    shown = called.shown()
    enrolled(cast.uma, cast.summer, clock, stripe)
    with pytest.raises(Refused, match="Something has changed"):
        called.confirm(cast.cal, shown)
    called.confirm(cast.cal)
    called.run()
    assert returned(stripe) == 240000 + EACH
