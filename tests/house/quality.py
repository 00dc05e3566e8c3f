"""What coaches do for one another, in the world of the house: a handed over round, a second opinion, blind
reviews, examples."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.coursework.exemplar_models import Exemplar
from app.coursework.models import Submission
from app.coursework.quality_models import BlindReview, Opinion, PromiseWatch
from app.coursework.review_models import Review
from app.lib.database import db
from tests.factories import GOOD_MARKS

if TYPE_CHECKING:
    from tests.house.world import World


def fill(world: World, name: str, coach: str, review: Review, now: datetime) -> None:
    """Ana's and Uma's waiting rounds are handed over and asked about; Ben's and Uma's answered ones marked blind."""
    if name != "ben":
        _handed_over(world, name, coach, now)
        _asked(world, name, coach, now)
    if name == "ben":
        _blind(world, name, "cal", review, now)
    if name != "ben":
        _example(world, name, coach, review, now)
    if name == "uma":
        done = _blind(world, name, "cora", review, now)
        done.status, done.marks, done.verdict, done.answered_at = "done", GOOD_MARKS, "accepted", now


def _handed_over(world: World, name: str, coach: str, now: datetime) -> None:
    db.session.get_one(Submission, world.ids[f"{name}_submission"]).handed_at = now
    word = world.canaries.plant(f"xq{name}handed", f"{coach} sam", coach)
    watch = PromiseWatch(submission_id=world.ids[f"{name}_submission"], reason=word, instead_reason="")
    watch.handed_by_id = getattr(world.cast, coach)
    db.session.add(watch)


def _asked(world: World, name: str, coach: str, now: datetime) -> None:
    word = world.canaries.plant(f"xq{name}opinion", f"{coach} sam", coach)
    db.session.add(
        Opinion(review_id=world.ids[f"{name}_review"], number=1, question=word, asked_at=now, answer="")
    )


def _blind(world: World, name: str, second: str, review: Review, now: datetime) -> BlindReview:
    row = BlindReview(
        submission_id=review.submission_id, review_id=review.id, coach_id=getattr(world.cast, second),
        status="offered", marks={}, why_declined="", offered_at=now, expires_at=now + timedelta(days=10),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    world.ids[f"{name}_blind"] = row.id
    return row


def _example(world: World, name: str, coach: str, review: Review, now: datetime) -> None:
    """Ana's is shown: Ben reads it too. Uma's is still hers and her coach's; its module is not open to her cohort."""
    is_shown, plant = name == "ana", world.canaries.plant
    others = " ben" if is_shown else ""
    word = plant(f"xq{name}example", f"{name} {coach} sam{others}", f"{name} {coach}{others}")
    wish = "" if is_shown else plant(f"xq{name}wish", f"{name} {coach} sam", coach)
    row = Exemplar(
        submission_id=review.submission_id, assignment_key=review.submission.system.assignment_key, consent_version=1,
        status="shown" if is_shown else "prepared", consent_text="I agree", consented_at=now, version=1, wish=wish,
        answers={"1.A.1": word}, rendered={}, changed_at=now, shown_at=now if is_shown else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    world.ids[f"{name}_exemplar"] = row.id
