"""What the database keeps of some systems, as rows of columns, and what always holds of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import select

from app.coursework import opinion_rules, withheld_rules
from app.coursework.models import Submission, System, Withholding
from app.coursework.quality_models import Opinion
from app.coursework.review_models import Comment, CommentRead, Reply, Review
from app.coursework.review_rules import ENOUGH
from app.coursework.withheld_rules import HIDDEN, Target
from app.lib.database import db
from tests.rooms.coursework.machine_rows import words

CRITERIA = ("client_path", "rules")


@dataclass(frozen=True)
class Kept:
    systems: Sequence[Any]
    rounds: Sequence[Any]
    reviews: Sequence[Any]
    comments: Sequence[Any]
    replies: Sequence[Any]
    reads: Sequence[Any]
    opinions: Sequence[Any]
    withheld: Sequence[Any]  # hidden or purged

    @classmethod
    def of(cls, ids: list[int], before: Self | None = None, changed: Collection[str] = ()) -> Self:
        """Of tables where nothing `changed`, what was read `before`."""
        tables = System.__table__, Submission.__table__, Review.__table__, Comment.__table__
        system, submission, review, comment = tables
        of_systems = select(submission.c.id).where(submission.c.system_id.in_(ids))
        of_rounds = select(review.c.id).where(review.c.submission_id.in_(of_systems))
        of_reviews = select(comment.c.id).where(comment.c.review_id.in_(of_rounds))
        reply, read, opinion, withheld = (
            one.__table__.c for one in (Reply, CommentRead, Opinion, Withholding)
        )
        queries = {
            "systems": (System, select(system).where(system.c.id.in_(ids))),
            "rounds": (Submission, select(submission).where(submission.c.system_id.in_(ids))),
            "reviews": (Review, select(review).where(review.c.submission_id.in_(of_systems))),
            "comments": (Comment, select(comment).where(comment.c.review_id.in_(of_rounds))),
            "replies": (Reply, select(*reply).where(reply.comment_id.in_(of_reviews))),
            "reads": (CommentRead, select(*read).where(read.comment_id.in_(of_reviews))),
            "opinions": (Opinion, select(*opinion).where(opinion.review_id.in_(of_rounds))),
            "withheld": (
                Withholding,
                select(*withheld).where(withheld.system_id.in_(ids), withheld.status != "shown again"),
            ),
        }
        return cls(**{
            name: getattr(before, name)
            if before and model.__tablename__ not in changed
            else db.session.execute(query.order_by(*model.__table__.primary_key)).all()
            for name, (model, query) in queries.items()
        })  # fmt: skip

    def check(self) -> None:
        for system in self.systems:
            rounds = [one for one in self.rounds if one.system_id == system.id]
            waiting = [one for one in rounds if one.status in ("waiting", "in review")]
            assert len(waiting) == (1 if system.status in ("submitted", "in review") else 0)
            assert (system.accepted_round is None) == (system.accepted_at is None)
            if system.accepted_round is not None:
                self._accepted_means_accepted(system, rounds)
            assert system.status != "accepted" or system.accepted_round is not None
            assert (system.status == "excused") == bool(system.excused_because)
        for one in self.rounds:
            assert (one.lease_coach_id is None) == (one.lease_token is None) == (one.lease_until is None)
            assert one.status != "in review" or one.lease_coach_id is not None
            decisions = [each for each in self.reviews if each.submission_id == one.id]
            decided = sum(each.status == "published" for each in decisions)
            assert decided == (one.status == "decided"), "one live decision per round"
            on_behalf = one.submitted_by_id is not None
            assert on_behalf == bool(one.submitted_because) == (not one.self_rating)
        self._opinions_are_of_colleagues()

    def _accepted_means_accepted(self, system: Any, rounds: list[Any]) -> None:
        """Also while it is being improved: the accepted round and everything asked for up to it is in order."""
        accepted = next(one for one in rounds if one.number == system.accepted_round)
        upto = {one.id for one in rounds if one.number <= accepted.number}
        published = {
            one.submission_id: one
            for one in self.reviews
            if one.status == "published" and one.submission_id in upto
        }
        review = published[accepted.id]
        assert review.verdict == "accepted"
        assert all(review.marks.get(key) in ENOUGH for key in CRITERIA)
        reviews = {one.id for one in published.values()}
        asked = [one for one in self.comments if one.review_id in reviews and one.kind == "required"]
        assert all(one.settled_at for one in asked), "accepted, and a required change is open"

    def _opinions_are_of_colleagues(self) -> None:
        coach_of = {one.id: one.coach_id for one in self.reviews}
        for one in self.opinions:
            assert 1 <= one.number <= opinion_rules.MOST
            assert one.colleague_id != coach_of[one.review_id]
            assert (one.answered_by_id is None) == (one.answered_at is None)
            assert one.answered_by_id != coach_of[one.review_id]

    # --- what is withheld ---

    def cut(self, one: Any, answers: Any, rendered: Any) -> tuple[Any, Any]:
        """What was sent with this round, without what is hidden or purged in it."""
        for row in self.withheld:
            if row.system_id == one.system_id and row.through >= one.number:
                target = target_of(row)
                fields = {row.field_id}
                answers = withheld_rules.cut_answers(answers, target, fields)
                rendered = withheld_rules.cut_keys(rendered, target, fields)
        return answers, rendered

    def said(self) -> dict[int, tuple[Any, ...]]:
        """Comment id → what it says, of reviews that were published, as far as nothing of it is withheld."""
        number = {one.id: (one.system_id, one.number) for one in self.rounds}
        found: dict[int, tuple[Any, ...]] = {}
        for review in self.reviews:
            system_id, nth = number[review.submission_id]
            here = [r for r in self.withheld if r.system_id == system_id and r.through >= nth]
            if review.status == "draft" or any(row.what == "round" for row in here):
                continue
            about = (review.verdict, review.marks, review.strength, review.published_at)
            for one in self.comments:
                if one.review_id == review.id and one.id not in {row.comment_id for row in here}:
                    found[one.id] = (*about, one.kind, one.text)
        return found

    def words_of(self, system_id: int, target: Target, through: int) -> set[str]:
        """The words that are in nothing of this system but what is meant, in the rounds up to `through`."""
        meant: set[str] = set()
        others: set[str] = set()
        for one in self.rounds:
            if one.system_id == system_id:
                for is_meant, value in self._texts(one, target):
                    (meant if is_meant and one.number <= through else others).update(words([value]))
        return meant - others

    def _texts(self, one: Any, target: Target) -> Iterator[tuple[bool, Any]]:
        whole = target.what == "round"
        for field_id, answer in one.answers.items():
            yield whole or (target.what == "field" and field_id == target.field_id), answer
        reviews = {review.id for review in self.reviews if review.submission_id == one.id}
        for review in self.reviews:
            if review.id in reviews:
                yield whole, (review.strength, review.note)
        for opinion in self.opinions:
            if opinion.review_id in reviews:
                yield whole, (opinion.question, opinion.answer)
        for comment in self.comments:
            if comment.review_id in reviews:
                named = whole or target.comment_id == comment.id
                on_field = named or (target.what == "field" and target.field_id == comment.field_id)
                yield named, comment.text
                yield on_field, (comment.quote, comment.answer_text)
                yield from ((on_field, each.text) for each in self.replies if each.comment_id == comment.id)


def target_of(row: Any) -> Target:
    return Target(row.what, row.field_id, row.attachment_id, row.comment_id)


def is_hidden(text: str) -> bool:
    return text in ("", HIDDEN)
