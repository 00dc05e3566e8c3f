"""Two publish at the same moment: exactly one answer stands, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.factories import second_coach, submitted_system
from tests.rooms.coursework.test_review import MARKS, hidden, opened

FORM = {"strength": "Clear.", **MARKS}


@pytest.fixture
def two_drafts(app: Any, cast: Any, write: Any, sign_in: Any) -> Any:
    """Both coaches have a draft ready; Theo has the lease."""
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
        theo_id = second_coach(cast.spring).id
    cora, theo = sign_in(cast.cora), sign_in(theo_id)
    hers = opened(cora, submission_id)
    her_lease = hidden(cora.get(hers).get_data(as_text=True), "lease")
    his = theo.post(f"/submissions/{submission_id}/review", data={"take_over": "yes"}).location
    his_lease = hidden(theo.get(his).get_data(as_text=True), "lease")
    db.session.remove()
    return submission_id, [(cora, hers, her_lease), (theo, his, his_lease)]


def at_once(app: Any, calls: list[Any]) -> list[Any]:
    """Start every call at the same moment, each in its own thread."""
    barrier = Barrier(len(calls))

    def run(call: Any) -> Any:
        with app.app_context():
            barrier.wait(timeout=10)
            return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, call) for call in calls]]


def test_two_coaches_publish_and_one_decision_stands(app: Any, two_drafts: Any) -> None:
    submission_id, sides = two_drafts
    calls = []
    for browser, address, lease in sides:
        token = browser.csrf_token()
        data = {**FORM, "version": "1", "lease": lease, "do": "accept", "csrf_token": token}
        calls.append(lambda b=browser, a=address, d=data: b.post(a, data=d, csrf=False))
    answers = at_once(app, calls)
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    _one_decision(submission_id)
    loser = next(answer for answer in answers if answer.status_code == 422).get_data(as_text=True)
    assert "Your draft is kept" in loser
    assert db.session.scalars(select(Review.strength)).all() == ["Clear.", "Clear."]


def test_the_same_coach_presses_four_times(app: Any, two_drafts: Any) -> None:
    submission_id, sides = two_drafts
    browser, address, lease = sides[1]
    data = {**FORM, "version": "1", "lease": lease, "do": "accept", "csrf_token": browser.csrf_token()}
    with browser.session_transaction() as kept:
        session = dict(kept)
    calls = []
    for _ in range(4):
        twin = type(browser)(browser.application)
        with twin.session_transaction() as own:
            own.update(session)
        calls.append(lambda b=twin: b.post(address, data=data, csrf=False))
    answers = at_once(app, calls)
    assert {answer.status_code for answer in answers} == {303}
    _one_decision(submission_id)


def test_the_index_is_the_last_net(two_drafts: Any, clock: Any) -> None:
    begin_write()
    reviews = db.session.scalars(select(Review)).all()
    for review in reviews:
        review.status, review.verdict, review.published_at = "published", "accepted", clock.now
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_when_the_net_speaks_the_sentence_is_kind_and_the_text_stays(
    two_drafts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.coursework import review_actions

    _submission_id, sides = two_drafts
    browser, address, lease = sides[1]

    def collide(*_: Any, **__: Any) -> None:
        raise IntegrityError("insert", {}, Exception("uq_review_published"))

    monkeypatch.setattr(review_actions, "publish", collide)
    answer = browser.post(address, data={**FORM, "version": "1", "lease": lease, "do": "accept"})
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "at the same moment" in page
    assert "Clear." in page


def _one_decision(submission_id: int) -> None:
    db.session.rollback()
    published = select(func.count(Review.id)).where(Review.status == "published")
    assert db.session.scalar(published) == 1
    submission = db.session.get_one(Submission, submission_id)
    assert (submission.status, submission.system.status) == ("decided", "accepted")
    assert db.session.scalar(select(func.count(Message.id)).where(Message.key.like("review:%"))) == 1
