"""The server is killed (SIGKILL) at every stage of a verb: it has happened whole or not at all, what was confirmed
before is there, and doing it once more does it once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import SignIn, User
from app.audit.models import Entry
from app.coursework import leases, review_actions
from app.coursework.models import Draft, Submission, System
from app.coursework.review_models import Comment, Review
from app.coursework.review_rules import Remark, ReviewText
from app.lib.database import begin_write, db
from app.lib.tokens import hash_token, new_token
from app.mail.models import Message
from tests.client import Client
from tests.factories import participant, submitted_system
from tests.programs import COMPLETE
from tests.rooms.coursework.deaths import every_stage
from tests.rooms.coursework.worksheets import COMPLETE_FORM, JSON, RATED, SENDING

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
BATCH = 20  # subjects made in one transaction
ENOUGH = 200  # deaths in all
TEXT = "Typed before the server died, and confirmed."
MARKS = {"mark-client_path": "meets", "mark-rules": "exceeds"}


@dataclass(frozen=True)
class Subject:
    """One participant with one system; where a review is to be killed, Cora's draft of it too."""

    browser: Client
    system_id: int
    submission_id: int = 0
    review_id: int = 0
    lease: str = ""


class Kills:
    """Makes the subjects that verbs are killed on."""

    def __init__(self, app: Any, cast: Any, clock: Any, cora: Client) -> None:
        self.app, self.cast, self.clock, self.cora = app, cast, clock, cora
        self.people = 0

    # --- subjects ---

    def _enrolled(self) -> tuple[int, Client]:
        self.people += 1
        enrollment = participant(self.cast.spring, self.people, self.clock.now)
        token = new_token()
        row = SignIn(token_hash=hash_token(token), user_id=enrollment.user_id, device="Firefox on Linux")
        row.created_at = row.last_used_at = self.clock.now
        row.expires_at = self.clock.now + timedelta(days=30)
        db.session.add(row)
        browser = Client(self.app)
        with browser.session_transaction() as session:
            session["sign_in"] = token
        return enrollment.id, browser

    def drafting(self) -> list[Subject]:
        """Systems being drafted: everything is in the draft, and nothing is sent."""
        begin_write()
        found = []
        for _ in range(BATCH):
            enrollment_id, browser = self._enrolled()
            system = System(
                enrollment_id=enrollment_id, module_slug="systems", assignment_key="practice-operating-system",
                status="drafting", created_at=self.clock.now,
            )  # fmt: skip
            db.session.add(system)
            db.session.flush()
            answers = {**COMPLETE, "1.A.1": TEXT}
            db.session.add(
                Draft(system_id=system.id, answers=answers, self_rating={}, saved_at=self.clock.now)
            )
            found.append(Subject(browser, system.id))
        db.session.commit()
        return found

    def waiting(self) -> list[Subject]:
        """Rounds nobody has begun to read."""
        begin_write()
        found = []
        for _ in range(BATCH):
            enrollment_id, browser = self._enrolled()
            submission = submitted_system(enrollment_id, now=self.clock.now)
            found.append(Subject(browser, submission.system_id, submission.id))
        db.session.commit()
        return found

    def published(self) -> list[Subject]:
        """Accepted rounds, by Cora."""
        return self.in_review(published=True)

    def in_review(self, *, published: bool = False) -> list[Subject]:
        """Rounds of which Cora has a draft with everything in it but the verdict; or her published answer."""
        found = self.waiting()
        begin_write()
        opened = []
        cora = db.session.get_one(User, self.cast.cora)
        for one in found:
            submission = db.session.get_one(Submission, one.submission_id)
            review = leases.open_review(cora, submission, self.clock.now)
            remark = Remark("new-1.C.1", "1.C.1", "suggested", TEXT)
            text = ReviewText({"client_path": "meets", "rules": "meets"}, "Clear.", TEXT, {}, (remark,))
            review_actions.lock_draft(review)
            review_actions.save(cora, review, text, self.clock.now)
            token = submission.lease_token or ""
            if published:
                review_actions.publish(
                    cora, review, "accepted", version=review.version, token=token, now=self.clock.now
                )
            opened.append(Subject(one.browser, one.system_id, one.submission_id, review.id, token))
        db.session.commit()
        return opened


@pytest.fixture
def kills(app: Any, cast: Any, clock: Any, sign_in: Any) -> Kills:
    return Kills(app, cast, clock, sign_in(cast.cora))


# --- what is there ------------------------------------------------------------------------------------------------


def facts(one: Subject) -> dict[str, Any]:
    """Everything the database holds of this subject, without ids and times: equal facts are the same state."""
    db.session.rollback()
    system = db.session.get_one(System, one.system_id)
    draft = db.session.get_one(Draft, one.system_id)
    rounds = list(
        db.session.scalars(
            select(Submission).where(Submission.system_id == system.id).order_by(Submission.number)
        )
    )
    reviews = [review for submission in rounds for review in _reviews(submission)]
    about = [("system", system.id)]
    about += [("submission", each.id) for each in rounds] + [("review", each.id) for each in reviews]
    person = system.enrollment.user
    return {
        "system": (system.status, system.round, system.accepted_round, bool(system.accepted_at)),
        "draft": (draft.answers, draft.self_rating, draft.version),
        "rounds": [
            (each.number, each.status, each.answers, each.digest, each.words, bool(each.lease_token))
            for each in rounds
        ],
        "reviews": [
            (each.status, each.verdict, each.marks, each.strength, each.note, each.version, _said(each))
            for each in reviews
        ],
        "mails": sorted(
            subject.replace(person.name, "Somebody")
            for subject in db.session.scalars(
                select(Message.subject).where(Message.to_address == person.email)
            )
        ),
        "audit": sorted(
            sentence.replace(person.name, "Somebody")
            for kind, number in about
            for sentence in db.session.scalars(
                select(Entry.sentence).where(Entry.about_kind == kind, Entry.about_id == number)
            )
        ),
    }


def _reviews(submission: Submission) -> list[Review]:
    query = select(Review).where(Review.submission_id == submission.id).order_by(Review.id)
    return list(db.session.scalars(query))


def _said(review: Review) -> list[tuple[str, str, str]]:
    query = select(Comment).where(Comment.review_id == review.id).order_by(Comment.position)
    return [(said.field_id, said.kind, said.text) for said in db.session.scalars(query)]


# --- the verbs -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verb:
    """How to bring subjects to its door, and the request that is killed."""

    subjects: Callable[[Kills], list[Subject]]
    request: Callable[[Kills, Subject], Any]
    confirms: int  # the status it answers with


def saves(_kills: Kills, one: Subject) -> Any:
    form = {"version": "1", "1.C.1": "### Purpose\nSaid once more.", "rating~rules": "meets"}
    return one.browser.post(f"/systems/{one.system_id}/draft", data=form, headers=JSON)


def submits(_kills: Kills, one: Subject) -> Any:
    form = {"version": "1", "round": "1", **COMPLETE_FORM, "1.A.1": TEXT, **RATED, **SENDING}
    return one.browser.post(f"/systems/{one.system_id}/submit", data=form)


def takes_back(_kills: Kills, one: Subject) -> Any:
    return one.browser.post(f"/systems/{one.system_id}/submissions/1/take-back")


def takes_up(kills: Kills, one: Subject) -> Any:
    return kills.cora.post(f"/submissions/{one.submission_id}/review")


def saves_review(kills: Kills, one: Subject) -> Any:
    form = {"version": "2", "lease": one.lease, "note": "Another word.", "comment-new-1.A.1": "Fine."}
    return kills.cora.post(f"/reviews/{one.review_id}", data=form, headers=JSON)


def accepts(kills: Kills, one: Subject) -> Any:
    form = {"version": "2", "lease": one.lease, "strength": "Clear.", "do": "accept", **MARKS}
    return kills.cora.post(f"/reviews/{one.review_id}", data=form)


def requests_changes(kills: Kills, one: Subject) -> Any:
    asked = {"comment-new-1.B.1": "Add the step after discharge.", "kind-new-1.B.1": "required"}
    form = {"version": "2", "lease": one.lease, "strength": "Clear.", "do": "request", **MARKS, **asked}
    return kills.cora.post(f"/reviews/{one.review_id}", data=form)


def withdraws(kills: Kills, one: Subject) -> Any:
    return kills.cora.post(f"/reviews/{one.review_id}/withdraw")


VERBS = {
    "save": Verb(Kills.drafting, saves, 200),
    "submit": Verb(Kills.drafting, submits, 303),
    "take back": Verb(Kills.waiting, takes_back, 303),
    "take up": Verb(Kills.waiting, takes_up, 303),
    "save the review": Verb(Kills.in_review, saves_review, 200),
    "accept": Verb(Kills.in_review, accepts, 303),
    "request changes": Verb(Kills.in_review, requests_changes, 303),
    "withdraw the review": Verb(Kills.published, withdraws, 303),
}


def killed_at_every_stage(kills: Kills, verb: Verb) -> int:
    """The number of deaths. Each leaves the state before or the state after, and the request sent again ends there."""
    control, *_ = verb.subjects(kills)
    before = facts(control)
    assert verb.request(kills, control).status_code == verb.confirms
    after = facts(control)
    assert after != before

    def looked_at(one: Subject, status: int | None) -> None:
        left = facts(one)
        assert left in ((before, after) if status is None else (after,))
        assert (status is None) or status == verb.confirms
        verb.request(kills, one)
        assert facts(one) == after

    fresh = (one for batch in iter(lambda: verb.subjects(kills), []) for one in batch)
    return every_stage(kills.app, fresh, lambda one: lambda: verb.request(kills, one), looked_at)


def test_killed_at_every_stage(kills: Kills, subtests: Any, capsys: Any) -> None:
    deaths = {}
    for name, verb in VERBS.items():
        with subtests.test(name):
            deaths[name] = killed_at_every_stage(kills, verb)
    with capsys.disabled():
        said = ", ".join(f"{name} {count}" for name, count in deaths.items())
        print(f"\nkilled {sum(deaths.values())} times, nothing lost, nothing half: {said}")
    assert sum(deaths.values()) >= ENOUGH
