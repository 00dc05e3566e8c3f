"""Undo: a published review is withdrawn, never deleted; the participant is told; the coach corrects it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.coursework.models import Submission
from app.coursework.review_actions import withdraw
from app.coursework.review_models import Comment, Review
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from tests.factories import answer_request, next_round, published_review, second_coach, submitted_system
from tests.rooms.coursework.test_review import MARKS, opened, send


@pytest.fixture
def published(app: Any, cast: Any, write: Any, sign_in: Any) -> Any:
    """A round accepted by Cora: its id, her browser, the address of her review."""
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    cora = sign_in(cast.cora)
    address = opened(cora, submission_id)
    words = {"comment-new-1.C.1": "Shorten it.", "kind-new-1.C.1": "suggested"}
    assert send(cora, address, do="accept", strength="Clear.", **{**MARKS, **words}).status_code == 303
    return submission_id, cora, address


def test_the_round_waits_again_and_the_participant_is_told(published: Any, clock: Any) -> None:
    submission_id, cora, address = published
    clock.move(hours=23)
    for _ in range(2):  # twice is harmless
        assert cora.post(f"{address}/withdraw").status_code == 303
    submission = db.session.get_one(Submission, submission_id)
    assert (submission.status, submission.system.status) == ("waiting", "submitted")
    assert (submission.system.accepted_at, submission.system.accepted_round) == (None, None)
    review = db.session.scalars(select(Review)).one()
    assert (review.status, review.withdrawn_at, review.strength) == ("withdrawn", clock.now, "Clear.")
    mails = db.session.scalars(
        select(Message.key).where(Message.key.like("review%")).order_by(Message.id)
    ).all()
    assert mails == [f"review:{review.id}", f"review-withdrawn:{review.id}"]
    assert "Correct it" in cora.get(address).get_data(as_text=True)


def test_correcting_begins_with_the_withdrawn_text_and_can_be_published(published: Any) -> None:
    submission_id, cora, address = published
    cora.post(f"{address}/withdraw")
    again = opened(cora, submission_id)
    assert again != address
    draft = db.session.scalars(select(Review).where(Review.status == "draft")).one()
    assert (draft.strength, draft.marks) == ("Clear.", {"client_path": "meets", "rules": "exceeds"})
    assert [one.text for one in draft.comments] == ["Shorten it."]
    db.session.rollback()
    assert "As you withdrew it. Nothing changed yet" in cora.get(again).text
    done = send(
        cora, again, do="request", **{**MARKS, "comment-new-1.B.1": "Row 2.", "kind-new-1.B.1": "required"}
    )
    assert done.status_code == 303
    statuses = db.session.scalars(select(Review.status).order_by(Review.id)).all()
    assert statuses == ["withdrawn", "published"]
    assert db.session.get_one(Submission, submission_id).system.status == "changes requested"


def test_not_after_a_day(published: Any, clock: Any) -> None:
    submission_id, cora, address = published
    clock.move(hours=24, seconds=1)
    assert "within 24 hours" in cora.get(address).get_data(as_text=True)
    assert cora.post(f"{address}/withdraw").status_code == 303
    assert db.session.get_one(Submission, submission_id).system.status == "accepted"


def test_not_by_a_colleague(published: Any, cast: Any, write: Any, sign_in: Any) -> None:
    submission_id, _cora, address = published
    with write():
        theo = second_coach(cast.spring).id
    colleague = sign_in(theo)
    page = colleague.get(address).get_data(as_text=True)
    assert "Only the coach who published this review" in page
    assert "Withdraw the review</button>" not in page
    colleague.post(f"{address}/withdraw")
    assert db.session.get_one(Submission, submission_id).system.status == "accepted"


def test_not_once_it_is_answered(published: Any, write: Any) -> None:
    submission_id, cora, address = published
    with write():
        answer_request(db.session.scalars(select(Comment)).one())
    cora.post(f"{address}/withdraw")
    assert db.session.get_one(Submission, submission_id).status == "decided"


def test_what_it_had_settled_is_open_again(app: Any, cast: Any, write: Any, sign_in: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        comment_id = published_review(first, cast.cora).comments[0].id
        submission_id = next_round(first.system).id
    cora = sign_in(cast.cora)
    address = opened(cora, submission_id)
    send(cora, address, do="accept", strength="x", **{**MARKS, f"settled-{comment_id}": "settled"})
    assert db.session.get_one(Comment, comment_id).settled_at is not None
    db.session.rollback()
    cora.post(f"{address}/withdraw")
    assert db.session.get_one(Comment, comment_id).settled_at is None


def test_an_earlier_acceptance_is_found_again(
    app: Any, cast: Any, write: Any, sign_in: Any, clock: Any
) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        published_review(first, cast.cora, verdict="accepted", comments=(), now=clock.now)
        submission_id = next_round(first.system).id  # reopened, and submitted once more
    accepted_at = clock.now
    clock.move(days=3)
    cora = sign_in(cast.cora)
    address = opened(cora, submission_id)
    send(cora, address, do="accept", strength="x", **MARKS)
    cora.post(f"{address}/withdraw")
    system = db.session.get_one(Submission, submission_id).system
    assert (system.accepted_at, system.accepted_round) == (accepted_at, 1)


def test_a_draft_cannot_be_withdrawn(app: Any, cast: Any, write: Any, sign_in: Any) -> None:
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    cora = sign_in(cast.cora)
    address = opened(cora, submission_id)
    assert cora.post(f"{address}/withdraw").status_code == 303
    assert db.session.scalar(select(func.count()).where(Review.status == "draft")) == 1


def test_a_refusal_changes_nothing_before_it_is_said(published: Any, clock: Any) -> None:
    """Of a system that was excused meanwhile: the rules answer before the first column is set."""
    submission_id, _cora, _address = published
    begin_write()
    submission = db.session.get_one(Submission, submission_id)
    submission.system.status, submission.system.excused_because = "excused", "Long built."
    db.session.flush()
    review = db.session.scalars(select(Review)).one()
    with pytest.raises(Refused, match="excused"):
        withdraw(review.coach, review, clock.now)
    assert (review.status, review.withdrawn_at, submission.status) == ("published", None, "decided")
    db.session.rollback()


def test_the_page_of_an_excused_system_says_why_and_offers_no_button(published: Any, write: Any) -> None:
    submission_id, cora, address = published
    assert f"{address}/withdraw" in cora.get(address).text
    with write():
        system = db.session.get_one(Submission, submission_id).system
        system.status, system.excused_because = "excused", "Long built."
    page = cora.get(address).text
    assert f"{address}/withdraw" not in page and "Call them back to it first" in page
