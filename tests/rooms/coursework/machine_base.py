"""The ground of the state machine: who is there, how a verb is tried, and what every verb is held to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import update

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework import counts
from app.coursework.models import Draft, System
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from tests.cast import NOW, Cast
from tests.factories import participant
from tests.programs import COMPLETE
from tests.rooms.coursework import machine_rows
from tests.rooms.coursework.machine_kept import CRITERIA, Kept
from tests.rooms.coursework.machine_rows import Rows

who, coach = st.integers(0, 1), st.integers(0, 1)
which = st.integers(0, 7)
level = st.sampled_from(("not_yet", "meets", "exceeds"))
SILENT: Mapping[str, tuple[int, ...]] = MappingProxyType({})


@dataclass(frozen=True)
class Person:
    user_id: int
    enrollment_id: int
    system_id: int


@dataclass
class Desk:
    """A coach: of each round they opened, the review and what their page knows of it."""

    user_id: int
    open: dict[int, tuple[int, int, str]] = field(default_factory=dict)  # round → review, version, lease


class Machine(RuleBasedStateMachine):
    """One run. `done` counts what was done, not refused and changed something, over all runs."""

    people = 0

    def __init__(self, cast: Cast, theo_id: int, done: Counter[str]) -> None:
        super().__init__()
        self.done, self.cast = done, cast
        self.now: datetime = NOW
        self.coaches = [Desk(cast.cora), Desk(theo_id)]
        self.written = 0
        begin_write()
        self.rows = Rows()
        self.persons = [self._arrives(cast.spring) for _ in range(2)]
        db.session.commit()
        self.seen = self.rows.read({})
        self.kept = Kept.of(self._systems())
        self.checked: machine_rows.Snapshot = {}  # the rows that everything was found to hold for
        self.sent: dict[int, tuple[object, object]] = {}  # round → answers and their rendering, as sent
        self.said: dict[int, tuple[object, ...]] = {}
        self.replied: dict[int, str] = {}  # reply → its words
        self.hidden: dict[int, set[str]] = {}  # withholding → the words that nobody may see
        self.purged: set[str] = set()  # words that are nowhere any more

    def _arrives(self, cohort_id: int) -> Person:
        Machine.people += 1
        enrollment = participant(cohort_id, 10_000 + Machine.people, self.now)
        system = System(
            enrollment_id=enrollment.id, module_slug="systems", assignment_key="practice-operating-system",
            status="drafting", created_at=self.now,
        )  # fmt: skip
        db.session.add(system)
        db.session.flush()
        rating = dict.fromkeys(CRITERIA, "meets")
        draft = Draft(system_id=system.id, answers=dict(COMPLETE), self_rating=rating, saved_at=self.now)
        db.session.add(draft)
        return Person(enrollment.user_id, enrollment.id, system.id)

    # --- doing ---

    def tries(
        self,
        name: str,
        act: Callable[[], object],
        said: tuple[int, ...] = (1,),
        mails: Mapping[str, tuple[int, ...]] = SILENT,
    ) -> bool:
        """Do it in one transaction, as a view does. `said` and `mails`: how many audit rows, and mails of a kind, it
        may leave; nothing at all when it was harmless. A refusal leaves every row as it was, before any rollback."""
        self.now += timedelta(seconds=1)
        begin_write()
        refused: Refused | None = None
        try:
            act()
        except Refused as one:
            refused = one
            db.session.flush()
            now = self.rows.read(self.seen)
            db.session.rollback()
        if refused is not None:
            changed = [table for table, rows in now.items() if rows != self.seen[table]]
            assert not changed, f"“{name}” was refused (“{refused}”) and changed {changed}"
            return False
        db.session.commit()
        before, self.seen = self.seen, self.rows.read(self.seen)
        if self.seen != before:
            self.done[name] += 1
            machine_rows.check_changes(before, self.seen, name)
            sentences, posted = machine_rows.told(before, self.seen)
            assert len(sentences) in said, f"{name}: {sentences}"
            for kind in {*posted, *mails}:
                assert posted[kind] in mails.get(kind, (0,)), f"{name}: {posted[kind]} mails {kind}"
        return True

    def lays_out(self, act: Callable[[], object]) -> None:
        """Rows that no verb of the machine makes."""
        begin_write()
        act()
        db.session.commit()
        self.seen = self.rows.read(self.seen)

    def word(self) -> str:
        """A word nobody has written before."""
        self.written += 1
        return f"zq{self.written}z"

    @rule(minutes=st.sampled_from((1, 9, 11, 31, 60 * 5, 60 * 25, 60 * 24 * 3)))
    def time_passes(self, minutes: int) -> None:
        """After half an hour the mails are sent."""
        self.now += timedelta(minutes=minutes)
        if minutes > 30:
            waiting = update(Message).where(Message.id > self.rows.after["message"])
            self.lays_out(lambda: db.session.execute(waiting.values(status="sent", sent_at=self.now)))

    # --- what always holds ---

    def _systems(self) -> list[int]:
        return [person.system_id for person in self.persons]

    @invariant()
    def everything_holds(self) -> None:
        db.session.rollback()
        changed = {name for name, rows in self.seen.items() if rows is not self.checked.get(name)}
        if not changed:
            return
        self.kept = found = Kept.of(self._systems(), self.kept, changed)
        found.check()
        for one in found.rounds:
            sent = self.sent.setdefault(one.id, (one.answers, one.rendered))
            assert found.cut(one, *sent) == (one.answers, one.rendered), "a round was changed"
        said = found.said()
        known = {key: said[key] for key in self.said if key in said}
        assert known == {key: self.said[key] for key in known}, "a published review was changed"
        self.said |= said
        if hidden := set().union(*self.hidden.values()):
            assert not hidden & machine_rows.seen_by_others(self.seen), "hidden, and there to be read"
        if self.purged:
            assert not self.purged & machine_rows.everywhere(self.seen), "purged, and still kept"
        self.more_holds(changed)
        self.checked = self.seen

    def more_holds(self, changed: set[str]) -> None:
        """What a part of the machine watches besides, when something in these tables changed."""

    def teardown(self) -> None:
        db.session.rollback()
        self.rows.close()
        assert counts.differences() == []


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def enrollment(person: Person) -> Enrollment:
    return db.session.get_one(Enrollment, person.enrollment_id)
