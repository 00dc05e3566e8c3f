"""An author who publishes whatever comes to mind, a cohort that is moved to and fro, and two people at work.

After every step: no typed answer is out of sight, no round reads otherwise than on the day it was sent, every round
has the structure of its release, and who has sent something is asked what they answered.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.cohorts.queries import program
from app.coursework import actions, forms, frozen, queries, review_queries, review_shown
from app.coursework.assignments import assignment_of, assignment_of_round
from app.coursework.models import Submission, System
from app.curriculum import fields
from app.curriculum.queries import program_of
from app.lib import merging
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from tests.cast import NOW, Cast
from tests.factories import published_review
from tests.programs import COMPLETE
from tests.releases import (
    add_field,
    drop_criterion,
    drop_field,
    drop_module,
    edited,
    moved,
    published,
    replace_field,
    retire,
    reword,
    set_field,
)

IDS = ("1.A.1", "1.A.2", "1.B.1", "1.B.2", "1.C.1", "1.E.1", "1.E.3")
PEOPLE = ("ana", "ben")
EDITS = (
    reword,
    add_field("1.B.2"),
    drop_field("1.A.1"),
    drop_field("1.B.1"),
    retire("1.A.1"),
    retire("1.C.1"),
    set_field("1.A.1", type="long_text", headings=[]),
    set_field("1.A.2", options=[{"key": "gym", "label": "A gym"}, {"key": "home", "label": "At home"}]),
    set_field("1.C.1", required=False),
    replace_field("1.E.3", type="short_text"),
    drop_criterion("client_path"),
    drop_module("systems"),
    drop_module("focus"),
)
who, field_id = st.sampled_from(PEOPLE), st.sampled_from(IDS)
STEPS = st.one_of(
    st.tuples(st.just("publish"), st.lists(st.sampled_from(range(len(EDITS))), min_size=1, max_size=2)),
    st.tuples(st.just("publish"), st.lists(st.sampled_from(range(len(EDITS))), min_size=1, max_size=2)),
    st.tuples(st.just("move"), st.integers(0, 9)),
    st.tuples(st.just("move"), st.integers(0, 9)),
    st.tuples(st.just("type"), who, field_id),
    st.tuples(st.just("type"), who, field_id),
    st.tuples(st.just("send"), who),
    st.tuples(st.just("review"), who, st.sampled_from(("accepted", "changes requested"))),
)


class World:
    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.releases = [1]
        self.typed: dict[
            tuple[str, str], Any
        ] = {}  # what stands in whose draft, as the field had it when it was typed
        self.seen: dict[int, str] = {}  # a round as it read when it was sent

    def step(self, verb: str, *more: Any) -> None:
        try:
            getattr(self, verb)(*more)
        except Refused:
            db.session.rollback()
        self.check()

    def publish(self, numbers: list[int]) -> None:
        found = program_of(self.releases[-1])
        for number in numbers:
            try:
                found = edited(EDITS[number], program=found)
            except (StopIteration, LookupError, TypeError, ValueError):
                continue
        self.releases.append(published(program=found))

    def move(self, number: int) -> None:
        moved(self.cast.spring, self.releases[-1 - number % len(self.releases)], self.cast.sam)

    def _sheet(self, name: str) -> queries.Sheet:
        """This person's worksheet, in a writing transaction; begun if it is not."""
        begin_write()
        user = db.session.get_one(User, getattr(self.cast, name))
        enrollment = db.session.get_one(Enrollment, getattr(self.cast, f"{name}_enrollment"))
        module = program(enrollment.cohort).module("systems")
        if module is None:
            raise Refused("There is no such module in this release.")
        system = actions.start(user, enrollment, module, NOW)
        db.session.flush()
        return queries.sheet_for(user, system.id)

    def _save(self, name: str, sheet: queries.Sheet, ids: list[str]) -> merging.Merge:
        stored = forms.stored(sheet.worksheet, sheet.rubric, sheet.draft.answers, sheet.draft.self_rating, {})
        mine = {}
        for one in ids:
            found = sheet.worksheet.field(one)
            if found is None or found.retired:
                continue
            value = (
                COMPLETE.get(one, "Words")
                if found.type not in ("short_text", "long_text")
                else f"Words on {one}"
            )
            mine[one] = fields.clean(found, value)[0]
        if sheet.rubric:
            mine |= {forms.rating_key(one.key): "meets" for one in sheet.rubric.criteria}
        merged = forms.merge(stored, mine, {}, is_current=True)
        actions.save(sheet.system.enrollment.user, sheet.system, sheet.draft, merged, NOW)
        self.typed |= {(name, one): mine[one] for one in ids if mine.get(one)}
        return merged

    def type(self, name: str, one: str) -> None:
        sheet = self._sheet(name)
        before = dict(self.typed)
        try:
            self._save(name, sheet, [one])
        except Refused:
            self.typed = before
            raise
        db.session.commit()

    def send(self, name: str) -> None:
        sheet = self._sheet(name)
        before = dict(self.typed)
        try:
            merged = self._save(
                name, sheet, [one.id for one in sheet.worksheet.fields() if one.type != "calculated"]
            )
            rating = dict.fromkeys(sheet.draft.self_rating, "meets")
            answers = (sheet.system.round + 1, sheet.worksheet, sheet.rubric, merged.entries, rating)
            actions.submit(sheet.system.enrollment.user, sheet, actions.freeze(*answers), NOW)
        except Refused:
            self.typed = before
            raise
        db.session.commit()

    def review(self, name: str, verdict: str) -> None:
        begin_write()
        enrollment_id = getattr(self.cast, f"{name}_enrollment")
        waiting = select(Submission).join(System, System.id == Submission.system_id)
        waiting = waiting.where(System.enrollment_id == enrollment_id, Submission.status == "waiting")
        submission = db.session.scalar(waiting)
        if submission is None:
            raise Refused("Nothing waits.")
        published_review(submission, self.cast.cora, verdict=verdict, comments=(), marks={"rules": "meets"})
        db.session.commit()

    # --- what is always true ---

    def check(self) -> None:
        db.session.rollback()
        for system in db.session.scalars(select(System)):
            self._reads_all(system)
        for submission in db.session.scalars(select(Submission)):
            self._is_as_sent(submission)
        db.session.rollback()

    def _reads_all(self, system: System) -> None:
        name = system.enrollment.user.first_name.lower()
        sheet = queries.sheet_for(system.enrollment.user, system.id)
        shown = {one.id for one in frozen.shown(frozen.Answers(sheet.worksheet, sheet.draft.answers, {}))}
        for (person, one), typed in self.typed.items():
            if person == name:
                found = sheet.worksheet.field(one)
                assert found is not None, f"{one} is out of sight"
                assert one in shown
                stored = fields.clean(found, sheet.draft.answers.get(one))[0]
                assert fields.display(found, stored) == fields.display(found, typed) != ""

    def _is_as_sent(self, submission: Submission) -> None:
        task = assignment_of_round(submission)
        views = review_shown.criteria_views(task.criteria, {}, submission.self_rating)
        words = (
            task.module.number,
            task.worksheet.title,
            frozen.shown(review_queries.answers_of(submission)),
            views,
        )
        assert self.seen.setdefault(submission.id, repr(words)) == repr(words)
        assert submission.structure_hash == task.module.assignment_hash
        now = assignment_of(submission.system)
        sheet = program_of(now.release_id).module_of(submission.system.assignment_key)
        assert sheet is not None
        assert sheet.assignment_hash == submission.structure_hash


@pytest.fixture
def fresh(app, databases):
    """The database as it was, before each example."""

    def renew() -> None:
        db.session.remove()
        db.engine.dispose()
        databases[0].renew()
        program_of.cache_clear()

    return renew


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=24))
def test_whatever_is_published_and_moved_no_work_is_hurt(fresh, cast, steps):
    fresh()
    world = World(cast)
    for step in steps:
        world.step(*step)
