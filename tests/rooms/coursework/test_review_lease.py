"""One coach at a time: the lease is visible, ends by itself, can be taken over, and is checked at publish."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.lib.database import db
from tests.factories import second_coach, submitted_system
from tests.rooms.coursework.test_review import MARKS, hidden, opened, send


@pytest.fixture
def desk(app: Any, cast: Any, write: Any, sign_in: Any) -> Any:
    """A waiting round, and the browsers of two coaches of its cohort."""
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
        theo = second_coach(cast.spring).id
    return submission_id, sign_in(cast.cora), sign_in(theo)


def test_a_colleague_is_shown_who_has_it_and_reads_only(desk: Any) -> None:
    submission_id, cora, theo = desk
    hers = opened(cora, submission_id)
    send(cora, hers, strength="Hers")
    assert opened(theo, submission_id) == hers  # the same button leads to what is there
    page = theo.get(hers).get_data(as_text=True)
    assert "Cora Bennett has this open until 11:30 a.m. EDT." in page
    assert "Hers" in page
    assert 'name="strength"' not in page
    refused = theo.post(hers, data={"version": "2", "strength": "His"})
    assert refused.status_code == 409
    assert db.session.scalar(select(Review.strength)) == "Hers"


def test_taking_over_keeps_the_colleagues_draft(desk: Any) -> None:
    submission_id, cora, theo = desk
    hers = opened(cora, submission_id)
    page = cora.get(hers).get_data(as_text=True)
    form = {"version": hidden(page, "version"), "lease": hidden(page, "lease"), "strength": "Hers", **MARKS}
    his = theo.post(f"/submissions/{submission_id}/review", data={"take_over": "yes"}).location
    assert his != hers
    assert db.session.scalar(
        select(Entry.id).where(Entry.sentence == "Took over the review of System 1, round 1 of Ana Morales")
    )
    db.session.rollback()

    lost = cora.post(hers, data={**form, "do": "accept"})
    assert lost.status_code == 422
    shown = lost.get_data(as_text=True)
    assert "Theo Marsh took this review over" in shown
    assert "Hers" in shown
    texts = dict(db.session.execute(select(Review.status, func.count()).group_by(Review.status)).all())
    assert texts == {"draft": 2}
    db.session.rollback()

    assert send(theo, his, do="accept", strength="His", **MARKS).status_code == 303
    kept = db.session.scalars(select(Review.strength).order_by(Review.id)).all()
    assert kept == ["Hers", "His"]
    db.session.rollback()
    left = cora.get(hers).get_data(as_text=True)
    assert "Theo Marsh published a review of this round." in left
    assert 'name="strength"' not in left


def test_after_thirty_minutes_anyone_may_open_it(desk: Any, clock: Any) -> None:
    submission_id, cora, theo = desk
    hers = opened(cora, submission_id)
    clock.move(minutes=29)
    assert opened(theo, submission_id) == hers
    clock.move(minutes=1)
    assert opened(theo, submission_id) != hers


def test_an_expired_lease_nobody_took_is_still_good(desk: Any, clock: Any) -> None:
    submission_id, cora, _theo = desk
    hers = opened(cora, submission_id)
    page = cora.get(hers).get_data(as_text=True)
    clock.move(hours=3)
    form = {"version": "1", "lease": hidden(page, "lease"), "do": "accept", "strength": "x", **MARKS}
    assert cora.post(hers, data=form).status_code == 303
    assert db.session.get_one(Submission, submission_id).status == "decided"


def test_saving_after_a_take_over_keeps_the_text_but_not_the_lease(desk: Any) -> None:
    submission_id, cora, theo = desk
    hers = opened(cora, submission_id)
    theo.post(f"/submissions/{submission_id}/review", data={"take_over": "yes"})
    answer = cora.post(
        hers, data={"version": "1", "strength": "Kept"}, headers={"Accept": "application/json"}
    )
    assert answer.get_json()["holder"] == "Theo Marsh"
    assert answer.get_json()["lease"] == ""
    assert "Kept" in db.session.scalars(select(Review.strength)).all()


def test_taken_over_and_expired_meanwhile_asks_for_a_second_look(desk: Any, clock: Any) -> None:
    submission_id, cora, theo = desk
    hers = opened(cora, submission_id)
    page = cora.get(hers).get_data(as_text=True)
    form = {"version": "1", "lease": hidden(page, "lease"), "do": "accept", "strength": "x", **MARKS}
    theo.post(f"/submissions/{submission_id}/review", data={"take_over": "yes"})
    clock.move(hours=1)
    first = cora.post(hers, data=form)
    assert first.status_code == 422
    assert "It is yours again" in first.get_data(as_text=True)
    assert send(cora, hers, do="accept", strength="x", **MARKS).status_code == 303


def test_handing_back_frees_the_round_and_keeps_the_draft(desk: Any) -> None:
    submission_id, cora, theo = desk
    hers = opened(cora, submission_id)
    send(cora, hers, strength="Hers")
    for _ in range(2):  # twice is harmless
        assert cora.post(f"{hers}/hand-back").status_code == 303
    submission = db.session.get_one(Submission, submission_id)
    assert (submission.status, submission.system.status, submission.lease_coach_id) == (
        "waiting",
        "submitted",
        None,
    )
    db.session.rollback()
    his = opened(theo, submission_id)
    assert his != hers
    cora.post(f"{hers}/hand-back")  # not hers any more
    assert db.session.get_one(Submission, submission_id).status == "in review"


def test_a_round_that_moved_on_or_was_taken_back_is_not_decided(desk: Any, write: Any) -> None:
    submission_id, cora, _theo = desk
    hers = opened(cora, submission_id)
    with write():
        db.session.get_one(Submission, submission_id).system.round = 2
    moved = send(cora, hers, do="accept", strength="x", **MARKS)
    assert "round 2 is in by now" in moved.get_data(as_text=True)
    with write():
        db.session.get_one(Submission, submission_id).status = "withdrawn"
    gone = cora.post(hers, data={"version": "2", "do": "accept", "strength": "x", **MARKS})
    assert "took this round back" in gone.get_data(as_text=True)
    assert db.session.scalar(select(Review.status)) == "draft"
    db.session.rollback()
    assert cora.post(f"/submissions/{submission_id}/review").location == "/coaching/queue"
