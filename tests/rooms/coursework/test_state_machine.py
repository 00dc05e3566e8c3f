"""Two participants and two coaches do whatever comes to mind, in any order and with forms that are out of date.

Hypothesis plays them: 500 runs of up to 30 steps. A refusal is an answer like any other, as long as it changed
nothing. After every step: what was sent is as it was sent; a round has at most one decision; accepted means that no
required change is open and no criterion is below Meets; a round is one coach's at a time; nothing that was written
down is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.accounts.models import User
from app.audit.models import Entry
from app.coursework import actions, forms, leases, queries, review_actions, waiting
from app.coursework import review_queries as reviews
from app.coursework.models import Draft, Submission, System
from app.coursework.review_models import Comment, Review
from app.coursework.review_rules import ENOUGH, Remark, ReviewText
from app.coursework.views.sheet_form import stored
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from tests.cast import NOW, Cast
from tests.conftest import ENGINE
from tests.factories import participant, second_coach
from tests.programs import COMPLETE

RUNS, STEPS = 500, 30
SOME = 60  # runs on PostgreSQL: the same rules, another engine below them
PARTS = 4  # of the runs, so that several processes share them
OFTEN = ("save", "submit", "take up", "write", "publish accepted", "publish changes requested")
PLAN = {"plan~when": "the next inquiry comes in", "plan~will": "read the rule aloud"}
CRITERIA = ("client_path", "rules")
FIELDS = ("1.A.1", "1.B.1", "1.C.1")
who, coach = st.integers(0, 1), st.integers(0, 1)
level = st.sampled_from(("not_yet", "meets", "exceeds"))


@dataclass
class Person:
    """A participant, with the forms that lie open on their desk."""

    user_id: int
    system_id: int
    version: int = 1  # of the draft, as their page shows it


@dataclass
class Desk:
    """A coach: of each round they opened, the review and what their page knows of it."""

    user_id: int
    open: dict[int, tuple[int, int, str]] = field(default_factory=dict)  # round → review, version, lease


class Practice(RuleBasedStateMachine):
    """One run. `done` counts what was done and not refused, over all runs."""

    people = 0

    def __init__(self, cast: Cast, theo_id: int, done: Counter[str]) -> None:
        super().__init__()
        self.done = done
        self.now: datetime = NOW
        self.coaches = [Desk(cast.cora), Desk(theo_id)]
        begin_write()
        self.persons = [self._arrives(cast.spring) for _ in range(2)]
        db.session.commit()
        self.frozen: dict[int, tuple[Any, ...]] = {}
        self.said: dict[int, tuple[Any, ...]] = {}
        self.told: dict[int, str] = {}
        self.last_entry = 0

    def _arrives(self, cohort_id: int) -> Person:
        Practice.people += 1
        enrollment = participant(cohort_id, 10_000 + Practice.people, self.now)
        system = System(
            enrollment_id=enrollment.id, module_slug="systems", assignment_key="practice-operating-system",
            status="drafting", created_at=self.now,
        )  # fmt: skip
        db.session.add(system)
        db.session.flush()
        db.session.add(_draft(system.id, self.now))
        return Person(enrollment.user_id, system.id)

    # --- doing ---

    def tries(self, name: str, act: Callable[[], object]) -> bool:
        """Do it in one transaction, as a view does; a refusal takes back everything."""
        begin_write()
        try:
            act()
        except Refused:
            db.session.rollback()
            return False
        db.session.commit()
        self.done[name] += 1
        return True

    @rule(minutes=st.sampled_from((1, 9, 11, 31, 60 * 25)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    # --- the participant ---

    def _sheet(self, person: Person) -> queries.Sheet:
        queries.lock_system(person.system_id)
        return queries.sheet_for(_user(person.user_id), person.system_id)

    @rule(who=who, at=st.integers(0, 11), marks=st.tuples(level, level))
    def fiddles(self, who: int, at: int, marks: tuple[str, str]) -> None:
        """One small thing on the worksheet."""
        if at < 8:
            self.types(who, FIELDS[at % 3], number=at // 2)
        elif at == 8:
            self.rates(who, marks)
        elif at < 11:
            self.answers_a_request(who, "changed" if at == 9 else "disagree", which=at)
        else:
            self.sends(who, stated=False)

    def types(self, who: int, field_id: str, number: int) -> None:
        """Something, or nothing: an emptied field keeps the round from being sent."""
        value = _typed(field_id, number)
        self._saves(self.persons[who], {field_id: value})

    def rates(self, who: int, marks: tuple[str, str]) -> None:
        rated = {forms.rating_key(key): mark for key, mark in zip(CRITERIA, marks, strict=True)}
        self._saves(self.persons[who], rated)

    def answers_a_request(self, who: int, answer: str, which: int) -> None:
        person = self.persons[who]
        begin_write()
        asked = self._sheet(person).open_requests
        if asked:
            key = forms.request_key(asked[which % len(asked)].id)
            self._saves(person, {key: {"answer": answer, "text": "Because."}})

    def _saves(self, person: Person, mine: forms.Entries) -> None:
        def save() -> None:
            sheet = self._sheet(person)
            merged = forms.merge(stored(sheet), mine, {}, is_current=True)
            actions.save(_user(person.user_id), sheet.system, sheet.draft, merged, self.now)

        self.tries("save", save)

    def sends(self, who: int, stated: bool) -> None:
        person = self.persons[who]

        def send() -> None:
            waiting.lock_enrollment_of(person.system_id)
            sheet = self._sheet(person)
            entries = stored(sheet)
            actions.check_ready(sheet, entries, is_own=stated, no_client=stated, now=self.now)
            rating = {key: sheet.draft.self_rating.get(key, "") for key in CRITERIA}
            number = sheet.system.round + 1
            frozen = actions.freeze(number, sheet.worksheet, sheet.rubric, sheet.draft.answers, rating)
            actions.submit(_user(person.user_id), sheet, frozen, self.now)

        self.tries("submit", send)

    @rule(who=who)
    def does_what_was_asked(self, who: int) -> None:
        """Everything filled in, rated, and every request answered; then it is sent."""
        person = self.persons[who]
        begin_write()
        asked = [forms.request_key(one.id) for one in self._sheet(person).open_requests]
        good: forms.Entries = {key: value for key, value in COMPLETE.items() if key in FIELDS}
        good |= {forms.rating_key(key): "meets" for key in CRITERIA} | PLAN
        self._saves(person, good | {key: {"answer": "changed", "text": ""} for key in asked})
        self.sends(who, stated=True)

    @rule(who=who)
    def takes_back(self, who: int) -> None:
        person = self.persons[who]

        def take_back() -> None:
            queries.lock_system(person.system_id)
            found = queries.latest_submission(person.system_id)
            if found:
                actions.take_back(_user(person.user_id), found, self.now)

        self.tries("take back", take_back)

    # --- the coach ---

    def _round(self, who: int) -> Submission | None:
        return queries.latest_submission(self.persons[who].system_id)

    @rule(
        coach=coach, who=who, verb=st.integers(0, 7), marks=st.tuples(level, level),
        kind=st.sampled_from(("", "praise", "suggested", "required")),
    )  # fmt: skip
    def looks_in(self, coach: int, who: int, verb: int, marks: tuple[str, str], kind: str) -> None:
        """One small thing at the coach's desk, perhaps with a page that is out of date."""
        if verb in (0, 1):
            self.takes_up(coach, who, take_over=bool(verb))
        elif verb in (2, 3):
            self.writes(coach, who, marks, "Clear." * (verb - 2), kind, "settled")
        elif verb == 4:
            self.drops_what_was_required(coach, who, "praise")
        elif verb == 5:
            self.hands_back(coach, who)
        else:
            self.publishes(coach, who, "accepted" if verb == 6 else "changes requested")

    def takes_up(self, coach: int, who: int, take_over: bool) -> None:
        desk = self.coaches[coach]

        def take_up() -> None:
            if found := self._round(who):
                review = leases.open_review(_user(desk.user_id), found, self.now, take_over=take_over)
                desk.open[found.id] = (review.id, review.version, found.lease_token or "")

        self.tries("take up", take_up)

    def writes(
        self, coach: int, who: int, marks: tuple[str, str], strength: str, kind: str, settle: str
    ) -> None:
        """With the page as it was opened or last saved, which may be long ago."""
        desk, found = self.coaches[coach], self._round(who)
        if not found or found.id not in desk.open:
            return
        review_id, _, lease = desk.open[found.id]

        def write() -> None:
            review = db.session.get_one(Review, review_id)
            earlier = reviews.earlier_requests(review.submission)
            remark = (Remark("new-1.C.1", "1.C.1", kind, "Say who decides."),) if kind else ()
            text = ReviewText(
                dict(zip(CRITERIA, marks, strict=True)),
                strength,
                "",
                {str(one.id): settle for one in earlier},
                remark,
            )
            review_actions.lock_draft(review)
            review_actions.save(_user(desk.user_id), review, text, self.now)
            token = (
                review.submission.lease_token if review.submission.lease_coach_id == desk.user_id else lease
            )
            desk.open[found.id] = (review_id, review.version, token or lease)

        self.tries("write", write)

    def drops_what_was_required(self, coach: int, who: int, kinds: str) -> None:
        """Of a draft: what was asked for is asked no more."""
        desk, found = self.coaches[coach], self._round(who)
        if not found or found.id not in desk.open:
            return
        review_id, _, lease = desk.open[found.id]

        def soften() -> None:
            review = db.session.get_one(Review, review_id)
            said = tuple(Remark(str(one.id), one.field_id, kinds, one.text) for one in review.comments)
            text = ReviewText(review.marks, review.strength, review.note, review.settled, said)
            review_actions.lock_draft(review)
            review_actions.save(_user(desk.user_id), review, text, self.now)
            desk.open[found.id] = (review_id, review.version, lease)

        self.tries("soften", soften)

    def publishes(self, coach: int, who: int, verdict: str) -> None:
        desk = self.coaches[coach]
        for round_id, (review_id, version, lease) in list(desk.open.items()):
            if db.session.get_one(Submission, round_id).system_id != self.persons[who].system_id:
                continue
            holds = self._holds(desk, round_id, lease)

            def publish(review_id: int = review_id, version: int = version, lease: str = lease) -> None:
                review = db.session.get_one(Review, review_id)
                review_actions.publish(
                    _user(desk.user_id), review, verdict, version=version, token=lease, now=self.now
                )

            if self.tries(f"publish {verdict}", publish):
                assert holds, "published by somebody who did not have the round"
                del desk.open[round_id]

    def _holds(self, desk: Desk, round_id: int, lease: str) -> bool:
        db.session.rollback()
        found = db.session.get_one(Submission, round_id)
        return found.lease_coach_id == desk.user_id and found.lease_token == lease

    @rule(coach=coach, who=who, verdict=st.sampled_from(("accepted", "accepted", "changes requested")))
    def reviews_in_one_go(self, coach: int, who: int, verdict: str) -> None:
        good = verdict == "accepted"
        self.takes_up(coach, who, take_over=True)
        self.drops_what_was_required(coach, who, "suggested")
        marks = ("meets", "exceeds" if good else "not_yet")
        self.writes(
            coach, who, marks, "Clear.", "praise" if good else "required", "settled" if good else "open"
        )
        self.publishes(coach, who, verdict)

    def hands_back(self, coach: int, who: int) -> None:
        self.takes_up(coach, who, take_over=True)
        desk, found = self.coaches[coach], self._round(who)
        if found and found.id in desk.open:
            review_id = desk.open[found.id][0]
            self.tries(
                "hand back",
                lambda: leases.hand_back(
                    _user(desk.user_id), db.session.get_one(Review, review_id), self.now
                ),
            )

    @rule(coach=coach, who=who)
    def withdraws(self, coach: int, who: int) -> None:
        desk = self.coaches[coach]
        of_system = Submission.system_id == self.persons[who].system_id
        query = select(Review).join(Submission, Submission.id == Review.submission_id).where(of_system)
        review = db.session.scalar(query.where(Review.status == "published").order_by(Review.id.desc()))
        if review:
            review_id = review.id
            self.tries(
                "withdraw",
                lambda: review_actions.withdraw(
                    _user(desk.user_id), db.session.get_one(Review, review_id), self.now
                ),
            )

    # --- what always holds ---

    @invariant()
    def everything_holds(self) -> None:
        db.session.rollback()
        self._nothing_written_down_is_gone()
        found = Kept.of([person.system_id for person in self.persons])
        for system in found.systems:
            rounds = [one for one in found.rounds if one.system_id == system.id]
            waiting = [one for one in rounds if one.status in ("waiting", "in review")]
            assert len(waiting) == (1 if system.status in ("submitted", "in review") else 0)
            assert (system.accepted_round is None) == (system.accepted_at is None)
            if system.status == "accepted":
                found.accepted_means_accepted(system, rounds)
        for one in found.rounds:
            sent = (one.number, one.answers, one.rendered, one.digest, one.self_rating, one.submitted_at)
            assert self.frozen.setdefault(one.id, sent) == sent, "a round was changed"
            assert (one.lease_coach_id is None) == (one.lease_token is None) == (one.lease_until is None)
            assert one.status != "in review" or one.lease_coach_id is not None
            decisions = [each for each in found.reviews if each.submission_id == one.id]
            decided = sum(each.status == "published" for each in decisions)
            assert decided == (one.status == "decided"), "one live decision per round"
        said = found.said()
        assert {key: said.get(key) for key in self.said} == self.said, "a published review was changed"
        self.said = said

    def _nothing_written_down_is_gone(self) -> None:
        newer = select(Entry.id, Entry.sentence).where(Entry.id > self.last_entry)
        self.told |= {row.id: row.sentence for row in db.session.execute(newer)}
        self.last_entry = max(self.told, default=0)

    def teardown(self) -> None:
        """The audit still says what it said."""
        db.session.rollback()
        kept = db.session.execute(select(Entry.id, Entry.sentence).where(Entry.id.in_(self.told)))
        assert {row.id: row.sentence for row in kept} == self.told


@dataclass(frozen=True)
class Kept:
    """What the database keeps of these systems, as rows of columns."""

    systems: Sequence[Any]
    rounds: Sequence[Any]
    reviews: Sequence[Any]
    comments: Sequence[Any]

    @classmethod
    def of(cls, ids: list[int]) -> Self:
        tables = System.__table__, Submission.__table__, Review.__table__, Comment.__table__
        system, submission, review, comment = tables
        of_systems = select(submission.c.id).where(submission.c.system_id.in_(ids))
        of_rounds = select(review.c.id).where(review.c.submission_id.in_(of_systems))
        return cls(
            db.session.execute(select(system).where(system.c.id.in_(ids))).all(),
            db.session.execute(select(submission).where(submission.c.system_id.in_(ids))).all(),
            db.session.execute(select(review).where(review.c.submission_id.in_(of_systems))).all(),
            db.session.execute(select(comment).where(comment.c.review_id.in_(of_rounds))).all(),
        )

    def accepted_means_accepted(self, system: Any, rounds: list[Any]) -> None:
        accepted = next(one for one in rounds if one.number == system.accepted_round)
        published = {
            one.submission_id: one
            for one in self.reviews
            if one.status == "published" and one.submission_id in {each.id for each in rounds}
        }
        review = published[accepted.id]
        assert review.verdict == "accepted"
        assert all(review.marks.get(key) in ENOUGH for key in CRITERIA)
        reviews = {one.id for one in published.values()}
        asked = [one for one in self.comments if one.review_id in reviews and one.kind == "required"]
        assert all(one.settled_at for one in asked), "accepted, and a required change is open"

    def said(self) -> dict[int, Any]:
        """Review id → what it said, of those that were published."""
        return {
            one.id: (
                one.verdict, one.marks, one.strength, one.published_at,
                sorted((c.id, c.kind, c.text) for c in self.comments if c.review_id == one.id),
            )
            for one in self.reviews
            if one.status != "draft"
        }  # fmt: skip


def _user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def _draft(system_id: int, now: datetime) -> Draft:
    rating = dict.fromkeys(CRITERIA, "meets")
    return Draft(system_id=system_id, answers=dict(COMPLETE), self_rating=rating, saved_at=now)


def _typed(field_id: str, number: int) -> Any:
    if number == 0:
        return [] if field_id == "1.B.1" else ""
    if field_id == "1.B.1":
        return [{"id": f"r{row}", "step": f"Step {number}", "exists": "in_use"} for row in range(2)]
    return f"### Purpose\nWords of the {number}th time." if field_id == "1.C.1" else f"Practice {number}"


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_they_do(app: Any, cast: Cast, write: Any, part: int, capsys: Any) -> None:
    with write():
        theo_id = second_coach(cast.spring).id
    done: Counter[str] = Counter()
    runs = (RUNS if ENGINE == "sqlite" else SOME) // PARTS
    run_state_machine_as_test(
        lambda: Practice(cast, theo_id, done),
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    with capsys.disabled():
        print(f"\n{runs} runs: {', '.join(f'{name} {count}' for name, count in sorted(done.items()))}")
    assert runs < 100 or set(OFTEN) <= set(done), "a verb that never succeeds is not tried"
