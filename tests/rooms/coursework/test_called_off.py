"""What waits in a cancelled cohort: nobody answers it any more, on no page, in no counter; its author reads so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.coursework import counts, waiting
from app.coursework.models import Draft, QueueCell, Submission, System
from app.lib.database import db
from app.lib.jobs import run
from app.mail.models import Message
from tests.factories import next_round, published_review, submitted_system
from tests.programs import COMPLETE

QUEUE = "/coaching/queue"


@pytest.fixture
def sent(app: Any, cast: Any, write: Any) -> int:
    """Ana's first round, which waits; her id of the round."""
    with write():
        return submitted_system(cast.ana_enrollment).id


@pytest.fixture
def cancel(cast: Any, clock: Any, write: Any) -> Any:
    """Cancel the spring cohort, and see to its people but for the rounds, as the worker does."""

    def cancelled() -> None:
        with write():
            cohort = db.session.get_one(Cohort, cast.spring)
            cohorts.cancel(None, cohort, "too few came", clock.now)
            for one in db.session.scalars(select(Enrollment).where(Enrollment.cohort_id == cast.spring)):
                cohorts.call_off(None, one, clock.now)

    return cancelled


def state() -> list[tuple[str, str]]:
    db.session.rollback()
    rows = select(Submission.status, System.status).join(System, System.id == Submission.system_id)
    return [tuple(row) for row in db.session.execute(rows.order_by(Submission.id))]


def test_it_leaves_the_queue_and_its_counters_and_the_draft_has_its_words(
    sent: int, cast: Any, cancel: Any, sign_in: Any
) -> None:
    cora = sign_in(cast.cora)
    assert "Ana Morales" in cora.get(QUEUE).text
    tag = cora.get(f"{QUEUE}/list", critical=False).headers["ETag"]
    cancel()
    assert "Ana Morales" not in cora.get(QUEUE).text  # at once
    for _ in range(2):  # twice is harmless
        run("empty-cancelled-queues")
    assert state() == [("withdrawn", "drafting")]
    assert db.session.scalars(select(QueueCell.waiting)).all() == [0]
    assert counts.differences() == []
    assert db.session.scalars(select(Draft.answers)).one() == COMPLETE
    sentences = db.session.scalars(select(Entry.sentence).where(Entry.about_id == sent)).all()
    assert [one for one in sentences if one.startswith("Took round 1")] == [
        "Took round 1 of practice-operating-system back: The Cohort of February 28, 2026 does not take place"
    ]
    assert cora.get(f"{QUEUE}/list", critical=False).headers["ETag"] != tag
    people = cora.get("/coaching/people").text
    assert "waiting for review" not in people


def test_a_cancelled_cohort_promises_no_next_submissions(
    cast: Any, clock: Any, cancel: Any, sign_in: Any
) -> None:
    clock.move(days=-23)
    cora = sign_in(cast.cora)
    page = cora.get(QUEUE).text
    assert "The next submissions are due" in page and "· Week 1" in page
    cancel()
    page = cora.get(QUEUE).text
    assert "The next submissions are due" not in page and "· Week 1" not in page
    assert "You coach no cohort at the moment" in page


def test_other_cohorts_and_answered_rounds_are_left_alone(
    sent: int, cast: Any, cancel: Any, write: Any
) -> None:
    with write():
        first = submitted_system(cast.ben_enrollment)
        published_review(first, cast.cora)
        submitted_system(cast.uma_enrollment)
    cancel()
    run("empty-cancelled-queues")
    assert [one for one, _system in state()] == ["withdrawn", "decided", "waiting"]
    assert counts.differences() == []


def test_a_later_round_and_what_is_sent_after_the_cancelling_go_too(
    sent: int, cast: Any, cancel: Any, write: Any
) -> None:
    cancel()
    run("empty-cancelled-queues")
    with write():  # their place ends person by person, so one may still send
        system = db.session.scalars(select(System)).one()
        next_round(system)
        system.status = "submitted"
    run("empty-cancelled-queues")
    assert state() == [("withdrawn", "drafting")] * 2
    assert counts.differences() == []


def test_who_was_reading_it_is_told_why_and_keeps_the_draft(
    sent: int, cast: Any, cancel: Any, sign_in: Any
) -> None:
    cora = sign_in(cast.cora)
    draft = cora.post(f"/submissions/{sent}/review").location
    cancel()
    run("empty-cancelled-queues")
    db.session.rollback()
    mail = db.session.scalars(select(Message).where(Message.kind == "coursework/pulled_back")).one()
    assert (mail.to_address, mail.subject) == (
        "cora@example.com", "Round 1 of System 1 of Ana Morales left the queue",
    )  # fmt: skip
    assert "The Cohort of February 28, 2026 does not take place, so round 1 of System 1" in mail.text
    assert "had opened it.\n\nThere is nothing to decide now. What you wrote is kept." in mail.text
    assert "within ten minutes" not in mail.text and "next round" not in mail.text
    page = cora.get(draft)
    assert page.status_code == 200
    assert "The cohort does not take place, so this round left the queue." in page.text
    assert "Promised by" not in page.text
    assert "nobody answers this round any more" in cora.get(f"/coaching/rounds/{sent}").text


@pytest.mark.parametrize("swept", [False, True])
def test_its_author_reads_what_becomes_of_it(
    swept: bool, sent: int, cast: Any, cancel: Any, sign_in: Any
) -> None:
    ana = sign_in(cast.ana)
    address = ana.get("/modules/systems").text.split('href="/systems/')[1].split('"')[0]
    address = f"/systems/{address}"
    cancel()
    if swept:
        run("empty-cancelled-queues")
    receipt = ana.get(f"{address}/submissions/1").text
    assert "This cohort does not take place, so nobody answers this round any more" in receipt
    assert "Take this round back" not in receipt and "by you" not in receipt
    sheet = ana.get(address).text
    assert "This cohort does not take place, so what waited for an answer is not answered any more." in sheet
    board = ana.get("/dashboard").text
    assert "What waited for an answer is not answered any more." in board
    for page in (receipt, sheet, board):
        assert "You will hear by" not in page


def test_nothing_hands_it_over_or_calls_it_late(
    sent: int, cast: Any, clock: Any, cancel: Any, write: Any
) -> None:
    cancel()
    clock.move(days=30)
    run("watch-promises")
    run("empty-cancelled-queues")
    run("watch-promises")
    db.session.rollback()
    kinds = set(db.session.scalars(select(Message.kind)))
    assert not kinds & {"coursework/handed_over", "coursework/promise_missed", "coursework/long_late"}


def test_a_review_there_is_not_withdrawn_to_wait_for_nobody(
    sent: int, cast: Any, cancel: Any, write: Any, sign_in: Any, clock: Any
) -> None:
    with write():
        published_review(db.session.get_one(Submission, sent), cast.cora, now=clock.now)
    cora = sign_in(cast.cora)
    cancel()
    cora.post("/reviews/1/withdraw")
    assert "nobody would answer this round again" in cora.get("/reviews/1").text
    assert [one for one, _system in state()] == ["decided"]


@pytest.mark.parametrize("how", ["cancelled", "deferred"])
def test_what_was_hidden_by_mistake_does_not_wait_again_in_a_place_that_is_over(
    how: str, sent: int, cast: Any, cancel: Any, write: Any, sign_in: Any
) -> None:
    cora = sign_in(cast.cora)
    hidden = cora.post(f"/submissions/{sent}/client-data", data={"what": "round", "do": "hide"})
    assert state() == [("withdrawn", "drafting")], hidden.text
    if how == "cancelled":
        cancel()
    else:
        with write():
            db.session.get_one(Enrollment, cast.ana_enrollment).status = how
    withholding = db.session.scalars(select(System.withheld)).one()[0]["id"]
    db.session.rollback()
    assert cora.post(f"/client-data/{withholding}/show-again").status_code == 303
    assert state() == [("withdrawn", "drafting")]
    assert counts.differences() == []


def test_many_are_taken_back_in_runs(
    cast: Any, cancel: Any, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write():
        submitted_system(cast.ana_enrollment)
        submitted_system(cast.ben_enrollment)
    cancel()
    monkeypatch.setattr(waiting, "BATCH", 1)
    assert len(waiting.called_off()) == 1
    db.session.rollback()
    run("empty-cancelled-queues")
    run("empty-cancelled-queues")
    assert [one for one, _system in state()] == ["withdrawn"] * 2


def test_the_promise_of_yesterday_is_nobodys_either(
    cast: Any, clock: Any, cancel: Any, write: Any, sign_in: Any
) -> None:
    with write():
        submitted_system(cast.ana_enrollment, promised_at=clock.now - timedelta(days=1))
    cancel()
    assert "late" not in sign_in(cast.cora).get(QUEUE).text.partition("<main")[2]
