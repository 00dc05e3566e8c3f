"""What participants do in the machine: write, send, take back, improve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from app.coursework import actions, forms, improving, queries, waiting
from app.coursework.models import Draft, Submission, System
from app.coursework.sending import MOST_WAITING
from app.coursework.views.sheet_form import stored
from app.lib import merging
from app.lib.database import db
from app.manual.queries import work_of
from tests.factories import next_round
from tests.rooms.coursework.machine_base import Machine, Person, enrollment, level, user, who
from tests.rooms.coursework.machine_kept import CRITERIA
from tests.rooms.coursework.machine_rows import words

PLAN = {"plan~when": "the next inquiry comes in", "plan~will": "read the rule aloud"}
FIELDS = ("1.A.1", "1.B.1", "1.C.1")
RECEIPT = {"coursework/receipt": (1,)}


class Participants(Machine):
    def sheet(self, person: Person) -> queries.Sheet:
        queries.lock_system(person.system_id)
        return queries.sheet_for(user(person.user_id), person.system_id)

    def round_of(self, who: int) -> Submission | None:
        return queries.latest_submission(self.persons[who].system_id)

    def status_of(self, who: int) -> str:
        return next(one.status for one in self.seen["system"] if one.id == self.persons[who].system_id)

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
        self._saves(self.persons[who], {field_id: typed(field_id, number, self.word())})

    def rates(self, who: int, marks: tuple[str, str]) -> None:
        rated = {forms.rating_key(key): mark for key, mark in zip(CRITERIA, marks, strict=True)}
        self._saves(self.persons[who], rated)

    def answers_a_request(self, who: int, answer: str, which: int) -> None:
        text = f"Because {self.word()}."

        def answers(sheet: queries.Sheet) -> merging.Entries:
            keys = [forms.request_key(one.id) for one in sheet.open_requests]
            return {keys[which % len(keys)]: {"answer": answer, "text": text}} if keys else {}

        self._saves(self.persons[who], {}, answers)

    def _saves(
        self,
        person: Person,
        mine: merging.Entries,
        more: Callable[[queries.Sheet], merging.Entries] = lambda _sheet: {},
    ) -> None:
        def save() -> None:
            sheet = self.sheet(person)
            merged = forms.merge(stored(sheet), mine | more(sheet), {}, is_current=True)
            actions.save(user(person.user_id), sheet.system, sheet.draft, merged, self.now)

        self.tries("save", save, said=(0, 1))  # beginning the next round is said, and no save besides

    def sends(self, who: int, stated: bool) -> bool:
        person, before = self.persons[who], self.done["submit"]

        def send() -> None:
            waiting.lock_enrollment_of(person.system_id)
            sheet = self.sheet(person)
            entries = stored(sheet)
            actions.check_ready(sheet, entries, is_own=stated, no_client=stated, now=self.now)
            rating = {key: sheet.draft.self_rating.get(key, "") for key in CRITERIA}
            number = sheet.system.round + 1
            frozen = actions.freeze(number, sheet.worksheet, sheet.rubric, sheet.draft.answers, rating)
            actions.submit(user(person.user_id), sheet, frozen, self.now)

        self.tries("submit", send, mails=RECEIPT)
        sent = self.done["submit"] > before
        assert stated or not sent, "sent without the two sentences"
        if sent:
            self.is_new_work(who)
        return sent

    def is_new_work(self, who: int) -> None:
        """What a newer round says is said in it again, whatever was hidden in those before."""
        round_id = max(
            row.id for row in self.seen["submission"] if row.system_id == self.persons[who].system_id
        )
        said = set(words(row for row in self.seen["submission"] if row.id == round_id))
        self.hidden = {key: left - said for key, left in self.hidden.items()}
        self.purged -= said

    def prepares(self, who: int) -> None:
        """Everything filled in with new words, rated, and every request answered."""
        good: merging.Entries = {key: typed(key, 1, self.word()) for key in FIELDS}
        good |= {forms.rating_key(key): "meets" for key in CRITERIA} | PLAN

        def answers(sheet: queries.Sheet) -> merging.Entries:
            return {
                forms.request_key(one.id): {"answer": "changed", "text": ""} for one in sheet.open_requests
            }

        self._saves(self.persons[who], good, answers)

    @rule(who=who)
    def does_what_was_asked(self, who: int) -> None:
        self.prepares(who)
        self.sends(who, stated=True)

    @rule(who=who)
    def takes_back(self, who: int) -> None:
        person = self.persons[who]
        found = self.round_of(who)
        early = found is not None and found.status == "in review"
        drafts = (
            sum(one.status == "draft" and one.submission_id == found.id for one in self.kept.reviews)
            if found
            else 0
        )

        def take_back() -> None:
            queries.lock_system(person.system_id)
            if latest := queries.latest_submission(person.system_id):
                actions.take_back(user(person.user_id), latest, self.now)

        # only who has begun to read it is told
        mails = {"coursework/pulled_back": (drafts,)} if early else {}
        self.tries("pull back" if early else "take back", take_back, mails=mails)

    @rule(who=who, verb=st.integers(0, 3))
    def improves(self, who: int, verb: int) -> None:
        """Begin, stop, or go as far as a new round; the accepted one stands (`machine_rows.CHANGED_BY`)."""
        person = self.persons[who]

        def with_system(act: Any) -> Any:
            queries.lock_system(person.system_id)
            act(user(person.user_id), queries.system_for(user(person.user_id), person.system_id), self.now)

        if verb in (0, 2, 3):
            self.tries("improve", lambda: with_system(improving.improve))
        if verb == 3:
            self.does_what_was_asked(who)
        if verb in (1, 2):
            self.tries("stop improving", lambda: with_system(improving.stop))

    @rule(who=who)
    def has_three_others_waiting(self, who: int) -> None:
        """Then this one is not taken, until one of them is taken back."""
        person = self.persons[who]
        if self.status_of(who) not in ("drafting", "changes requested", "reopened"):
            return
        others: list[int] = []
        self.lays_out(lambda: others.extend(self._another(person) for _ in range(MOST_WAITING)))
        self.prepares(who)
        assert not self.sends(who, stated=True), "a fourth round waits"
        self.done["three wait"] += 1
        for other in others:
            self._takes_back_other(person, other)
        self.sends(who, stated=True)

    def _another(self, person: Person) -> int:
        """A round of another module, as it waits; its id."""
        name = f"other-{self.word()}"
        system = System(
            enrollment=enrollment(person), module_slug="systems", assignment_key=name, status="submitted",
            created_at=self.now,
        )  # fmt: skip
        db.session.add(system)
        db.session.flush()
        db.session.add(Draft(system_id=system.id, answers={}, self_rating={}, saved_at=self.now))
        found = next_round(system, now=self.now, promised_at=self.now)
        system.module_slug = name
        return found.id

    def _takes_back_other(self, person: Person, round_id: int) -> None:
        self.tries(
            "take back",
            lambda: actions.take_back(
                user(person.user_id), db.session.get_one(Submission, round_id), self.now
            ),
        )

    def more_holds(self, changed: set[str]) -> None:
        """The manual has the accepted round, whatever is being done now; nothing of somebody who is excused."""
        super().more_holds(changed)
        if not changed & {"system", "submission"}:
            return
        for person in self.persons:
            system = next(one for one in self.kept.systems if one.id == person.system_id)
            found = [one.round for one in work_of(enrollment(person))]
            stands = system.accepted_round is not None and system.status != "excused"
            assert found == ([system.accepted_round] if stands else [])


def typed(field_id: str, number: int, word: str) -> Any:
    if number == 0:
        return [] if field_id == "1.B.1" else ""
    if field_id == "1.B.1":
        return [{"id": f"r{row}", "step": f"Step {word}", "exists": "in_use"} for row in range(2)]
    return f"### Purpose\nWords {word}." if field_id == "1.C.1" else f"Practice {word}"
