"""What is said about comments in the machine, and between colleagues: replies, receipts, opinions, promises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.coursework import handover, opinions, queries, threads
from app.coursework.models import Submission
from app.coursework.quality_models import Opinion
from app.coursework.review_models import Review
from app.lib import times
from app.lib.database import db
from tests.rooms.coursework.machine_base import coach, user, which, who
from tests.rooms.coursework.machine_coach import Coaches
from tests.rooms.coursework.machine_kept import is_hidden

TOLD = {"coursework/replied": (0, 1)}  # one an hour; to one coach, or to the participant
EVERYBODY = (0, 1, 2)


class Talkers(Coaches):
    def _published(self) -> list[tuple[int, Any]]:
        """(system, comment) of every comment that was published once, the oldest first."""
        said = {one.id: one.submission_id for one in self.kept.reviews if one.status != "draft"}
        systems = {one.id: one.system_id for one in self.kept.rounds}
        return [(systems[said[one.review_id]], one) for one in self.kept.comments if one.review_id in said]

    @precondition(lambda self: self._published())
    @rule(side=st.integers(0, 2), which=which, verb=st.integers(0, 4))
    def talks(self, side: int, which: int, verb: int) -> None:
        """The participant or one of the two coaches, about one of the last comments."""
        found = self._published()[-8:]
        system_id, comment = found[which % len(found)]
        person = next(one for one in self.persons if one.system_id == system_id)
        speaker = [person.user_id, *(desk.user_id for desk in self.coaches)][side]
        others = [person.user_id, *(desk.user_id for desk in self.coaches)][0 if side else 1]
        if verb < 2:
            self.replies(speaker, system_id, comment.id)
        elif verb == 2:
            self.reads(speaker, system_id, comment.id)
        elif verb == 3:
            self.takes_reply_back(speaker, system_id, comment.id)
        else:
            self.replies(speaker, system_id, comment.id)
            self.reads(others, system_id, comment.id)
            self.takes_reply_back(speaker, system_id, comment.id)

    def replies(self, speaker: int, system_id: int, comment_id: int) -> None:
        text = f"I mean {self.word()}."

        def reply() -> None:
            queries.lock_system(system_id)
            threads.reply(user(speaker), threads.comment_in(system_id, comment_id), text, self.now)

        self.tries("reply", reply, mails=TOLD)

    def reads(self, reader: int, system_id: int, comment_id: int) -> None:
        newest = max((row.id for row in self.seen["reply"] if row.comment_id == comment_id), default=0)

        def read() -> None:
            queries.lock_system(system_id)
            threads.mark_read(user(reader), system_id, {comment_id: newest}, self.now)

        self.tries("read", read, said=(0,))

    def takes_reply_back(self, speaker: int, system_id: int, comment_id: int) -> None:
        own = [r for r in self.seen["reply"] if r.comment_id == comment_id and r.author_id == speaker]
        if not own:
            return
        last, owner = own[-1], next(one.user_id for one in self.persons if one.system_id == system_id)
        readers = {
            r.user_id
            for r in self.seen["comment_read"]
            if r.comment_id == comment_id and r.reply_id >= last.id
        }
        read = bool(readers - {owner}) if speaker == owner else owner in readers

        def take_back() -> None:
            queries.lock_system(system_id)
            threads.take_back(user(speaker), system_id, last.id, self.now)

        before = self.done["take a reply back"]
        self.tries("take a reply back", take_back)
        assert not (read and self.done["take a reply back"] > before), "taken back after it was read"

    # --- between colleagues ---

    @rule(coach=coach, who=who, named=st.booleans(), answered=st.integers(0, 2))
    def asks_a_colleague(self, coach: int, who: int, named: bool, answered: int) -> None:
        """About a draft of one's own; the colleague answers at once, twice, or not yet."""
        self.takes_up(coach, who, take_over=True)
        asker, colleague = self.coaches[coach].user_id, self.coaches[1 - coach].user_id
        found = self.round_of(who)
        if not found or found.id not in self.coaches[coach].open:
            return
        review_id, question = self.coaches[coach].open[found.id][0], f"Is it enough, {self.word()}?"

        def ask() -> None:
            review = db.session.get_one(Review, review_id)
            others = [one for one in handover.coaches_of(found.cohort_id, self.now) if one.id != asker]
            chosen = str(colleague) if named else "any"
            opinions.ask(user(asker), review, others, chosen, question, self.now)

        self.tries("ask a colleague", ask, mails={"coursework/opinion_asked": (1,)})
        for one in (asker, colleague, colleague)[: answered + 1 if answered else 0]:
            self.answers_a_colleague(one)

    def answers_a_colleague(self, coach_id: int) -> None:
        newest = max((row.id for row in self.seen["opinion"]), default=0)
        text = f"It is, {self.word()}."

        def answer() -> None:
            if newest:
                opinions.answer(user(coach_id), db.session.get_one(Opinion, newest), text, self.now)

        self.tries("answer a colleague", answer, mails={"coursework/opinion_answered": (1,)})

    @rule(coach=coach, who=who, verb=st.integers(0, 3), days=st.integers(0, 20))
    def minds_the_promise(self, coach: int, who: int, verb: int, days: int) -> None:
        """Hand it over, name another day, or let the clock do it. The promise itself never moves."""
        coach_id, found = self.coaches[coach].user_id, self.round_of(who)
        if not found:
            return
        round_id = found.id
        if verb == 0:
            mails = {"coursework/handed_over": (0, 1)}  # a colleague is told of a round once
            reason = f"I am away {days} days."
            self._on_round("hand over", round_id, mails, handover.hand_over, coach_id, reason)
        elif verb == 1:
            zone = found.system.enrollment.cohort.time_zone
            day = times.local_date(self.now + timedelta(days=days), zone)
            mails = {"coursework/promise_instead": (1,)}
            self._on_round(
                "name another day", round_id, mails, handover.name_another_day, coach_id, day, "Ill."
            )
        else:
            self._clock(round_id)

    def _on_round(self, name: str, round_id: int, mails: Any, act: Any, coach_id: int, *said: Any) -> None:
        def do() -> None:
            act(user(coach_id), db.session.get_one(Submission, round_id), *said, self.now)

        self.tries(name, do, mails=mails)

    def _clock(self, round_id: int) -> None:
        mails = {
            "coursework/handed_over": EVERYBODY,
            "coursework/promise_missed": (0, 1),
            "coursework/long_late": (0, 1),
        }
        for _ in range(2):  # twice is harmless
            before = self.done["the clock strikes"]
            self.tries(
                "the clock strikes", lambda: handover.look_after(round_id, self.now), said=(0, 1), mails=mails
            )
        assert self.done["the clock strikes"] == before, "the clock told it twice"

    # --- what always holds ---

    def more_holds(self, changed: set[str]) -> None:
        """A reply keeps its words unless it was taken back or hidden; receipts are of the other side."""
        super().more_holds(changed)
        if not changed & {"reply", "comment_read", "comment"}:
            return
        withheld = {row.system_id for row in self.kept.withheld}
        systems = {comment.id: system_id for system_id, comment in self._published()}
        for one in self.kept.replies:
            text = self.replied.setdefault(one.id, one.text)
            gone = one.taken_back_at is not None or systems[one.comment_id] in withheld
            assert one.text == text or (gone and is_hidden(one.text)), "a reply was changed"
        for person in self.persons:
            if any(systems.get(one.comment_id) == person.system_id for one in self.kept.reads):
                self._receipts_are_of_the_other_side(person.system_id, person.user_id)

    def _receipts_are_of_the_other_side(self, system_id: int, owner_id: int) -> None:
        for remark in queries.history_of(system_id)[1]:
            assert remark.thread is not None
            assert {one.user_id for one in remark.thread.readers_of()} <= {owner_id}
            for said in remark.thread.replies:
                readers = {one.user_id for one in remark.thread.readers_of(said)}
                assert said.author_id not in readers
                assert (owner_id in readers) <= (said.author_id != owner_id)
                assert readers <= {owner_id} or said.author_id == owner_id
