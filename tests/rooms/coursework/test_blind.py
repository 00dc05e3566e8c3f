"""The blind second review: who is asked, what they see and do not see, and what both see afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.coursework import blind, blind_rules, counts
from app.coursework.models import Submission, System
from app.coursework.quality_models import AgreementTally, BlindReview
from app.coursework.review_models import Review, ReviewTally
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.cast import NOW
from tests.factories import published_review, second_coach, submitted_system
from tests.programs import COMPLETE

MARKS = {"mark-client_path": "meets", "mark-rules": "not_yet", "verdict": "changes requested"}


@pytest.fixture
def asked(app: Any, cast: Any, write: Any) -> int:
    """Cal, of another cohort, is asked about Ana's round that Cora answered."""
    with write(), app.test_request_context():
        answers = {**COMPLETE, "1.A.1": "Northgate Medical Exercise of Ana Morales"}
        review = published_review(submitted_system(cast.ana_enrollment, answers=answers), cast.cora)
        review.note = "Secret words"
        found = blind.offer(review, NOW)
        assert found is not None
        return found.id


@pytest.fixture
def cal(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cal)


def test_publishing_draws_by_the_receipt(
    app: Any, cast: Any, sign_in: Any, write: Any, monkeypatch: Any
) -> None:
    """Through the verb itself: a drawn round is offered once, another one is not."""
    for person, drawn in (("ana", True), ("ben", False)):
        monkeypatch.setattr(blind_rules, "is_drawn", lambda digest, drawn=drawn: drawn)
        with write():
            submission_id = submitted_system(getattr(cast, f"{person}_enrollment")).id
        cora = sign_in(cast.cora)
        address = cora.post(f"/submissions/{submission_id}/review").location
        lease = db.session.get_one(Submission, submission_id).lease_token
        db.session.rollback()
        form = {"mark-client_path": "meets", "mark-rules": "exceeds", "strength": "Clear."}
        sent = cora.post(
            address, data={**form, "version": 1, "lease": lease, "showing": "all", "do": "accept"}
        )
        assert sent.status_code == 303
    found = db.session.scalars(select(BlindReview)).one()
    assert (found.coach_id, found.status, found.expires_at) == (cast.cal, "offered", NOW + timedelta(days=10))
    kinds = db.session.scalars(select(Message.to_address).where(Message.kind == "coursework/blind_offered"))
    assert list(kinds) == ["cal@example.com"]


def test_a_colleague_of_the_cohort_comes_first_and_who_has_fewest(app: Any, cast: Any, write: Any) -> None:
    with write(), app.test_request_context():
        theo, una = second_coach(cast.spring), second_coach(cast.spring, "Una Falk")
        asked = []
        for enrollment in (cast.ana_enrollment, cast.ben_enrollment):
            review = published_review(submitted_system(enrollment), cast.cora)
            found = blind.offer(review, NOW)
            assert blind.offer(review, NOW) is found
            asked.append(found.coach_id)
        assert asked == [theo.id, una.id]


def test_who_has_read_the_work_is_not_asked(app: Any, cast: Any, write: Any) -> None:
    with write(), app.test_request_context():
        theo = second_coach(cast.spring)
        submission = submitted_system(cast.ana_enrollment)
        db.session.add(
            Review(
                submission=submission, coach_id=theo.id, created_at=NOW, saved_at=NOW, marks={}, settled={}
            )
        )
        found = blind.offer(published_review(submission, cast.cora), NOW)
        assert found is not None
        assert found.coach_id == cast.cal


def test_with_nobody_to_ask_nobody_is(app: Any, cast: Any, write: Any) -> None:
    with write(), app.test_request_context():
        assert blind.offer(published_review(submitted_system(cast.uma_enrollment), cast.cal), NOW) is not None
        from app.cohorts.models import CohortCoach

        for one in db.session.scalars(select(CohortCoach).where(CohortCoach.user_id == cast.cal)):
            one.until = NOW - timedelta(days=1)
        db.session.flush()
        assert blind.offer(published_review(submitted_system(cast.ana_enrollment), cast.cora), NOW) is None


def test_the_second_coach_sees_the_work_and_no_name(asked: int, cal: Any) -> None:
    page = cal.get(f"/coaching/blind/{asked}").get_data(as_text=True)
    assert "[practice] of [participant]" in page
    assert "Where services are delivered" in page
    for word in ("Ana", "Morales", "Northgate", "Cora", "Bennett", "Secret words", "Write the exception as a rule",
                 "The path is complete"):  # fmt: skip
        assert word not in page, word
    mail = db.session.scalars(select(Message)).one()
    assert "Ana" not in mail.text + mail.html + mail.subject
    assert "Cora" not in mail.text + mail.html + mail.subject


@pytest.mark.parametrize("who", ["ana", "ben", "uma", "cora", "pat", "sam"])
def test_nobody_else_finds_it_while_it_is_open(who: str, asked: int, cast: Any, sign_in: Any) -> None:
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(f"/coaching/blind/{asked}").status_code == 404
    assert stranger.post(f"/coaching/blind/{asked}", data=MARKS).status_code == 404
    assert stranger.post(f"/coaching/blind/{asked}/decline", data={"reason": "x"}).status_code == 404
    assert db.session.get_one(BlindReview, asked).status == "offered"
    db.session.rollback()


def test_reading_changes_nothing(asked: int, cal: Any) -> None:
    before = db.session.scalars(select(Entry.id)).all()
    cal.get(f"/coaching/blind/{asked}")
    assert db.session.scalars(select(Entry.id)).all() == before


def test_marks_are_kept_once_and_both_see_where_they_agree(
    asked: int, cal: Any, cast: Any, sign_in: Any
) -> None:
    tallies = _promises()
    for _ in range(2):
        assert cal.post(f"/coaching/blind/{asked}", data=MARKS).status_code == 303
    pairs = {
        (one.criterion, one.first, one.second): one.pairs
        for one in db.session.scalars(select(AgreementTally))
    }
    assert pairs == {("client_path", "meets", "meets"): 1, ("rules", "not_yet", "not_yet"): 1}
    db.session.rollback()
    for browser in (cal, sign_in(cast.cora)):
        page = browser.get(f"/coaching/blind/{asked}").get_data(as_text=True)
        assert "You agree on 2 of 2" in page
        assert "Cora Bennett" in page
        assert "Cal Whitman" in page
        assert "Ana" not in page
    to = db.session.scalars(select(Message.to_address).where(Message.kind == "coursework/blind_done")).all()
    assert to == ["cora@example.com"]
    # nothing changed for the participant, and no promise counts it
    assert db.session.scalars(select(System.status)).all() == ["changes requested"]
    db.session.rollback()
    assert _promises() == tallies
    assert counts.differences() == []
    db.session.rollback()
    changed = cal.post(
        f"/coaching/blind/{asked}", data={**MARKS, "mark-rules": "meets", "verdict": "accepted"}
    )
    assert changed.status_code == 422
    assert "done already" in changed.text


def _promises() -> list[tuple[int, int]]:
    found = [(one.answered, one.on_time) for one in db.session.scalars(select(ReviewTally))]
    db.session.rollback()
    return found


def test_half_a_form_is_refused_and_what_was_chosen_stays(asked: int, cal: Any) -> None:
    sent = cal.post(f"/coaching/blind/{asked}", data={"mark-rules": "exceeds", "mark-other": "meets"})
    assert sent.status_code == 422
    assert "One criterion has no level yet" in sent.text
    assert 'name="mark-rules" value="exceeds" checked' in sent.text
    assert db.session.scalars(select(AgreementTally)).all() == []


def test_it_can_be_declined_with_a_reason(asked: int, cal: Any) -> None:
    assert cal.post(f"/coaching/blind/{asked}/decline", data={"reason": " "}).status_code == 422
    for _ in range(2):
        sent = cal.post(f"/coaching/blind/{asked}/decline", data={"reason": "I know whose it is."})
        assert sent.status_code == 303
    found = db.session.get_one(BlindReview, asked)
    assert (found.status, found.why_declined) == ("declined", "I know whose it is.")
    db.session.rollback()
    assert cal.post(f"/coaching/blind/{asked}", data=MARKS).status_code == 422
    page = cal.get(f"/coaching/blind/{asked}").get_data(as_text=True)
    assert "You declined it" in page
    assert "Where services are delivered" not in page


def test_after_ten_days_it_is_over_and_shows_no_work(asked: int, cal: Any, clock: Any) -> None:
    clock.move(days=10)
    assert "Where services are delivered" not in cal.get(f"/coaching/blind/{asked}").get_data(as_text=True)
    sent = cal.post(f"/coaching/blind/{asked}", data=MARKS)
    assert sent.status_code == 422
    assert "ten days" in sent.text


def test_a_withdrawn_review_is_compared_with_nothing_and_the_next_one_takes_its_place(
    asked: int, cal: Any, cast: Any, app: Any
) -> None:
    begin_write()
    first = db.session.scalars(select(Review)).one()
    first.status, first.withdrawn_at = "withdrawn", NOW
    db.session.commit()
    sent = cal.post(f"/coaching/blind/{asked}", data=MARKS)
    assert sent.status_code == 422
    assert "withdrawn" in sent.text
    begin_write()
    with app.test_request_context():
        submission = db.session.scalars(select(Submission)).one()
        again = published_review(submission, cast.cora)
        assert blind.offer(again, NOW).id == asked
    db.session.commit()
    assert cal.post(f"/coaching/blind/{asked}", data=MARKS).status_code == 303
