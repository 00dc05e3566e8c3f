"""What coaches do with a round in the machine: take it up, write, publish, withdraw, hand it back."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.coursework import leases, review_actions
from app.coursework import review_queries as reviews
from app.coursework.models import Submission
from app.coursework.review_models import Review
from app.coursework.review_rules import Remark, ReviewText
from app.lib.database import db
from tests.rooms.coursework.machine_base import Desk, coach, level, user, who
from tests.rooms.coursework.machine_kept import CRITERIA
from tests.rooms.coursework.machine_participant import Participants
from tests.rooms.coursework.machine_rows import WORD


class Coaches(Participants):
    @rule(
        coach=coach, who=who, verb=st.integers(0, 7), marks=st.tuples(level, level),
        kind=st.sampled_from(("", "praise", "suggested", "required")),
    )  # fmt: skip
    def looks_in(self, coach: int, who: int, verb: int, marks: tuple[str, str], kind: str) -> None:
        """One small thing at the coach's desk, perhaps with a page that is out of date."""
        if verb in (0, 1):
            self.takes_up(coach, who, take_over=bool(verb))
        elif verb in (2, 3):
            self.writes(coach, who, marks, f"Clear {self.word()}." * (verb - 2), kind, "settled")
        elif verb == 4:
            self.drops_what_was_required(coach, who, "praise")
        elif verb == 5:
            self.hands_back(coach, who)
        else:
            self.publishes(coach, who, "accepted" if verb == 6 else "changes requested")

    def takes_up(self, coach: int, who: int, take_over: bool) -> None:
        desk = self.coaches[coach]

        def take_up() -> None:
            if found := self.round_of(who):
                review = leases.open_review(user(desk.user_id), found, self.now, take_over=take_over)
                desk.open[found.id] = (review.id, review.version, found.lease_token or "")

        self.tries("take up", take_up, said=(0, 1, 2))  # a take-over and a first draft are two facts

    def writes(
        self, coach: int, who: int, marks: tuple[str, str], strength: str, kind: str, settle: str
    ) -> None:
        """With the page as it was opened or last saved, which may be long ago."""
        desk, found = self.coaches[coach], self.round_of(who)
        if not found or found.id not in desk.open:
            return
        review_id, _, lease = desk.open[found.id]
        remark = self._remark(found, kind)

        def write() -> None:
            review = db.session.get_one(Review, review_id)
            earlier = reviews.earlier_requests(review.submission)
            text = ReviewText(
                dict(zip(CRITERIA, marks, strict=True)),
                strength,
                "",
                {str(one.id): settle for one in earlier},
                remark,
            )
            review_actions.lock_draft(review)
            review_actions.save(user(desk.user_id), review, text, self.now)
            token = (
                review.submission.lease_token if review.submission.lease_coach_id == desk.user_id else lease
            )
            desk.open[found.id] = (review_id, review.version, token or lease)

        self.tries("write", write, said=(0,))

    def _remark(self, found: Submission, kind: str) -> tuple[Remark, ...]:
        """A comment that quotes what it is about."""
        quote = "".join(WORD.findall(str(found.answers.get("1.C.1", "")))[:1])
        text = f"Say who decides, {self.word()}."
        return (Remark("new-1.C.1", "1.C.1", kind, text, quote),) if kind else ()

    def drops_what_was_required(self, coach: int, who: int, kinds: str) -> None:
        """Of a draft: what was asked for is asked no more."""
        desk, found = self.coaches[coach], self.round_of(who)
        if not found or found.id not in desk.open:
            return
        review_id, _, lease = desk.open[found.id]

        def soften() -> None:
            review = db.session.get_one(Review, review_id)
            said = tuple(
                Remark(str(one.id), one.field_id, kinds, one.text, one.quote) for one in review.comments
            )
            text = ReviewText(review.marks, review.strength, review.note, review.settled, said)
            review_actions.lock_draft(review)
            review_actions.save(user(desk.user_id), review, text, self.now)
            desk.open[found.id] = (review_id, review.version, lease)

        self.tries("soften", soften, said=(0,))

    def publishes(self, coach: int, who: int, verdict: str) -> None:
        desk = self.coaches[coach]
        for round_id, (review_id, version, lease) in list(desk.open.items()):
            if db.session.get_one(Submission, round_id).system_id != self.persons[who].system_id:
                continue
            holds = self._holds(desk, round_id, lease)

            def publish(review_id: int = review_id, version: int = version, lease: str = lease) -> None:
                review = db.session.get_one(Review, review_id)
                review_actions.publish(
                    user(desk.user_id), review, verdict, version=version, token=lease, now=self.now
                )

            if self.tries(f"publish {verdict}", publish, mails={"coursework/review_published": (1,)}):
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
        kind, settle = ("praise", "settled") if good else ("required", "open")
        self.writes(coach, who, marks, f"Clear {self.word()}.", kind, settle)
        self.publishes(coach, who, verdict)

    @rule(coach=coach, who=who, verdict=st.sampled_from(("accepted", "changes requested")))
    def goes_round_once(self, coach: int, who: int, verdict: str) -> None:
        """Sent and answered: the way to everything that begins after a review."""
        self.does_what_was_asked(who)
        self.reviews_in_one_go(coach, who, verdict)

    def hands_back(self, coach: int, who: int) -> None:
        self.takes_up(coach, who, take_over=True)
        desk, found = self.coaches[coach], self.round_of(who)
        if found and found.id in desk.open:
            review_id = desk.open[found.id][0]
            self.tries(
                "hand back",
                lambda: leases.hand_back(user(desk.user_id), db.session.get_one(Review, review_id), self.now),
            )

    @rule(coach=coach, who=who)
    def withdraws(self, coach: int, who: int) -> None:
        desk = self.coaches[coach]
        of_system = Submission.system_id == self.persons[who].system_id
        query = select(Review).join(Submission, Submission.id == Review.submission_id).where(of_system)
        review = db.session.scalar(query.where(Review.status == "published").order_by(Review.id.desc()))
        if review:
            review_id = review.id

            def withdraw() -> None:
                review_actions.withdraw(user(desk.user_id), db.session.get_one(Review, review_id), self.now)

            self.tries("withdraw", withdraw, mails={"coursework/review_withdrawn": (1,)})
