"""The kept counters of the queue say what counting says, after any sequence of verbs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.accounts.models import User
from app.coursework import actions, counts, leases, queries, review_actions
from app.coursework.models import Draft, QueueCell, Submission, System
from app.coursework.review_models import Comment, Review, ReviewTally
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from tests.cast import NOW, Cast
from tests.factories import (
    GOOD_MARKS,
    next_round,
    participant,
    published_review,
    second_coach,
    submitted_system,
)
from tests.programs import COMPLETE

RATING = {"client_path": "meets", "rules": "meets"}


class People:
    """Two participants and two coaches who do whatever the rules allow, in an order drawn by lot.

    The lot is drawn among rows in the order of their ids: the same walk each time, on either engine.
    """

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.lot, self.now, self.done = cast, random.Random(seed), NOW, []
        begin_write()
        for number in (1, 2):
            system = submitted_system(participant(cast.spring, number).id).system
            system.round, system.status = 0, "drafting"
            counts.left(db.session.scalars(select(Submission).where(Submission.system_id == system.id)).one())
            db.session.flush()
            for one in db.session.scalars(select(Submission).where(Submission.system_id == system.id)):
                db.session.delete(one)
        self.coaches = [cast.cora, second_coach(cast.spring).id]
        db.session.commit()

    def does_something(self) -> None:
        verb = self.lot.choice(
            [self.submit, self.submit, self.take_back, self.take_up, self.publish, self.publish, self.hand_back,
             self.withdraw]
        )  # fmt: skip
        self.now += timedelta(hours=self.lot.choice([1, 5, 30, 220]))
        begin_write()
        with suppress(Refused):
            if verb(self.now):
                self.done.append(verb.__name__)
                db.session.commit()
        db.session.rollback()

    def submit(self, now: datetime) -> bool:
        system = self.lot.choice(db.session.scalars(select(System).order_by(System.id)).all())
        draft = db.session.get_one(Draft, system.id)
        draft.answers = dict(COMPLETE)
        db.session.execute(update(Comment).values(answer="changed", answer_text="Done.", answered_at=now))
        db.session.flush()
        sheet = queries.sheet_for(system.enrollment.user, system.id)
        frozen = actions.freeze(system.round + 1, sheet.worksheet, sheet.rubric, draft.answers, RATING)
        if system.status in ("changes requested", "reopened"):
            actions.work_on(system.enrollment.user, system, now)
        actions.submit(system.enrollment.user, sheet, frozen, now)
        return True

    def take_back(self, now: datetime) -> bool:
        found = self._a_round("waiting")
        if found:
            actions.take_back(found.system.enrollment.user, found, now)
        return bool(found)

    def take_up(self, now: datetime) -> bool:
        found = self._a_round("waiting", "in review")
        if found:
            leases.open_review(self._coach(), found, now, take_over=True)
        return bool(found)

    def hand_back(self, now: datetime) -> bool:
        found = self._a_review("draft")
        if found:
            leases.hand_back(found.coach, found, now)
        return bool(found)

    def publish(self, now: datetime) -> bool:
        found = self._a_review("draft")
        if not found:
            return False
        found.marks, found.strength = {**GOOD_MARKS, "rules": "not_yet"}, "The path is complete."
        if not found.comments:
            found.comments.append(Comment(field_id="1.C.1", kind="required", text="As a rule.", position=1))
        db.session.flush()
        token = found.submission.lease_token or ""
        version = found.version
        review_actions.publish(found.coach, found, "changes requested", version=version, token=token, now=now)
        return True

    def withdraw(self, now: datetime) -> bool:
        found = self._a_review("published")
        if found:
            review_actions.withdraw(found.coach, found, found.published_at + timedelta(hours=1))
        return bool(found)

    def _coach(self) -> User:
        return db.session.get_one(User, self.lot.choice(self.coaches))

    def _a_round(self, *statuses: str) -> Submission | None:
        query = select(Submission).where(Submission.status.in_(statuses)).order_by(Submission.id)
        found = db.session.scalars(query).all()
        return self.lot.choice(found) if found else None

    def _a_review(self, status: str) -> Review | None:
        query = select(Review).where(Review.status == status).order_by(Review.id)
        found = db.session.scalars(query).all()
        return self.lot.choice(found) if found else None


@pytest.fixture(autouse=True)
def request_context(app: Any) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize("seed", range(4))
def test_kept_is_counted_after_any_sequence_of_verbs(cast: Cast, seed: int) -> None:
    people = People(cast, seed)
    for _ in range(40):
        people.does_something()
        assert counts.differences() == [], people.done
        db.session.rollback()
    assert set(people.done) >= {"submit", "take_up", "publish"}, people.done


def test_all_the_verbs_are_walked(cast: Cast) -> None:
    people = People(cast, 7)
    for _ in range(160):
        people.does_something()
    assert set(people.done) == {"submit", "take_back", "take_up", "publish", "hand_back", "withdraw"}
    assert counts.differences() == []


def test_recount_puts_right_what_is_wrong_and_says_so(app: Any, cast: Cast, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        published_review(first, cast.cora)
        next_round(first.system)
    run = app.test_cli_runner()
    assert run.invoke(args=["recount"]).output == "The counters are right.\n"
    before = db.session.scalar(select(QueueCell.changes).where(QueueCell.waiting > 0))
    db.session.rollback()
    with write():
        db.session.execute(update(QueueCell).values(waiting=7))
        db.session.execute(update(ReviewTally).values(on_time=0))
    said = run.invoke(args=["recount"]).output
    assert f"waiting {cast.spring}, systems, 2, False: kept (7, 240), counted (1, 240)" in said
    assert f"answered {cast.spring}, systems, {cast.cora}, 4: kept (1, 0), counted (1, 1)" in said
    assert said.endswith("3 put right.\n")
    assert counts.differences() == []
    assert db.session.scalar(select(QueueCell.changes).where(QueueCell.waiting > 0)) > before
